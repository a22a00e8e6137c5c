// SPDX-License-Identifier: GPL-2.0-only
#include "commands/replay.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "report/progress.h"

#define TOO_SHORT "too-short-for-test-run"
#define TOO_LONG  "too-long-for-test-run"

/* Of the first frame, in ns: 0 would be the kernel's clock. */
#define BEGINNING (3600 * NG_NS_PER_SECOND)

static int open_runner(struct ng_replay *replay, enum ng_direction direction, enum ng_hook hook,
		       const struct ng_image *image, struct ng_error *err)
{
	struct ng_runner **runner = &replay->runners[direction];
	int ret = ng_runner_open(hook, image, replay->setup.iface, runner, err);
	size_t longest;

	if (ret)
		return ret;
	longest = ng_runner_longest(*runner);
	if (longest > replay->longest)
		replay->longest = longest;
	return 0;
}

static int share_flows(struct ng_replay *replay, struct ng_error *err)
{
	int ret = ng_runner_share_flows(replay->runners[NG_IN], replay->runners[NG_OUT]);

	return ret ? ng_fail(err, ret, "cannot share the flow table of a test run: %s",
			     strerror(-ret))
		   : 0;
}

int ng_replay_open(struct ng_replay *replay, const struct ng_image *image, struct ng_error *err)
{
	enum ng_hook hook = replay->setup.hook;
	int ret = 0;

	if (hook != NG_HOOK_TC_OUT)
		ret = open_runner(replay, NG_IN, hook, image, err);
	if (!ret && (hook == NG_HOOK_TC_OUT || replay->setup.out))
		ret = open_runner(replay, NG_OUT, NG_HOOK_TC_OUT, image, err);
	if (!ret && replay->runners[NG_IN] && replay->runners[NG_OUT])
		ret = share_flows(replay, err);
	if (ret)
		return ret;
	replay->buffer = malloc(replay->longest);
	return replay->buffer ? 0 : ng_fail(err, -ENOMEM, "out of memory");
}

void ng_replay_close(struct ng_replay *replay)
{
	free(replay->buffer);
	for (int direction = 0; direction < NG_DIRECTIONS; direction++)
		ng_runner_close(replay->runners[direction]);
	ng_own_clear(&replay->setup.own);
}

/* ---- one frame ------------------------------------------------------------------------- */

/* The last row counts all reasons that there is no other row for. */
static void count_skip(struct ng_replay *replay, const char *reason)
{
	size_t i = 0;

	while (i < replay->n_skips && strcmp(replay->skips[i].reason, reason))
		i++;
	if (i == NG_SKIPS_MAX) {
		i--;
		reason = "other";
	}
	if (i == replay->n_skips)
		replay->n_skips++;
	snprintf(replay->skips[i].reason, sizeof(replay->skips[i].reason), "%s", reason);
	replay->skips[i].packets++;
}

static enum ng_direction direction_of(struct ng_replay *replay, const struct ng_frame *frame)
{
	const struct ng_own *own = &replay->setup.own;

	if (replay->setup.hook == NG_HOOK_TC_OUT)
		return NG_OUT;
	if (own->n_prefixes || own->n_macs)
		return ng_own_sends(own, frame->data, frame->captured, frame->wire) ? NG_OUT
										    : NG_IN;
	if (frame->direction == NG_PCAPNG_OUT)
		return NG_OUT;
	if (frame->direction != NG_PCAPNG_IN)
		replay->unknown++;
	return NG_IN;
}

/*
 * Time never goes back, and a capture that begins before the end of the one before begins right
 * after it.
 */
static void set_time(struct ng_replay *replay, const struct ng_frame *frame, bool first)
{
	if (!replay->now)
		replay->shift = BEGINNING - frame->time;
	else if (first && frame->time + replay->shift < replay->now)
		replay->shift = replay->now - frame->time;
	if (frame->time + replay->shift > replay->now)
		replay->now = frame->time + replay->shift;
	for (int direction = 0; direction < NG_DIRECTIONS; direction++) {
		if (!replay->runners[direction])
			continue;
		ng_runner_time(replay->runners[direction], replay->now);
		ng_runner_set_now(replay->runners[direction], replay->now);
	}
}

/* What no program sees passes. */
static void pass_freely(struct ng_replay *replay, const struct ng_frame *frame,
			struct ng_decision *decision)
{
	*decision = (struct ng_decision){ .decider = NG_BY_DEFAULT,
					  .packets = 1,
					  .bytes = frame->wire };
	replay->free.packets++;
	replay->free.bytes += frame->wire;
}

static int decide(struct ng_replay *replay, struct ng_runner *runner, const struct ng_frame *frame,
		  struct ng_replayed *packet)
{
	int ret;

	if (frame->wire > ng_runner_longest(runner)) {
		packet->skip = TOO_LONG;
		return 0;
	}
	memcpy(replay->buffer, frame->data, frame->captured);
	memset(replay->buffer + frame->captured, 0, frame->wire - frame->captured);
	ret = ng_runner_run(runner, replay->buffer, frame->wire, NULL, &packet->decision);
	if (ret == -ERANGE) {
		packet->skip = TOO_SHORT;
		return 0;
	}
	return ret;
}

/* Sets @packet->skip if the test run cannot decide the frame. */
static int run_frame(struct ng_replay *replay, const struct ng_frame *frame,
		     struct ng_replayed *packet)
{
	struct ng_runner *runner;
	int ret = 0;

	packet->skip = frame->skip;
	if (packet->skip)
		return 0;
	packet->direction = direction_of(replay, frame);
	replay->frames[packet->direction]++;
	set_time(replay, frame, packet->number == 1);
	runner = replay->runners[packet->direction];
	if (runner)
		ret = decide(replay, runner, frame, packet);
	else
		pass_freely(replay, frame, &packet->decision);
	if (ret || packet->skip)
		return ret;
	replay->total.packets += packet->decision.packets;
	replay->total.bytes += packet->decision.bytes;
	replay->cut += frame->captured < frame->wire;
	return 0;
}

/* ---- captures -------------------------------------------------------------------------- */

int ng_replay_capture(struct ng_replay *replay, const char *path, ng_replay_each *each, void *data,
		      struct ng_error *err)
{
	struct ng_capture *capture;
	struct ng_progress progress;
	struct ng_frame frame;
	uint64_t number = 0;
	int ret;

	ret = ng_capture_open(path, &capture, err);
	if (ret)
		return ret;
	ng_progress_begin(&progress);
	while ((ret = ng_capture_next(capture, &frame, err)) == 1) {
		struct ng_replayed packet = { .capture = path };

		packet.number = ++number;
		ret = run_frame(replay, &frame, &packet);
		if (ret) {
			ng_fail_at(err, ret, path, "packet %llu: the kernel's test run failed: %s",
				   (unsigned long long)number, strerror(-ret));
			break;
		}
		if (packet.skip)
			count_skip(replay, packet.skip);
		if (each)
			each(data, &packet); /* shows progress itself */
		else
			ng_progress_say(&progress, path, number, "packets");
		if (ferror(stdout)) {
			ret = -EPIPE;
			break;
		}
	}
	ng_progress_end(&progress);
	ng_capture_close(capture);
	return ret;
}

uint64_t ng_replay_skipped(const struct ng_replay *replay)
{
	uint64_t packets = 0;

	for (size_t i = 0; i < replay->n_skips; i++)
		packets += replay->skips[i].packets;
	return packets;
}

struct ng_counter ng_replay_counter(const struct ng_replay *replay, __u32 slot)
{
	struct ng_counter sum = { 0 }, counter;

	if (slot == NG_SLOT_DEFAULT_OUT)
		sum = replay->free;
	for (int direction = 0; direction < NG_DIRECTIONS; direction++) {
		if (!replay->runners[direction])
			continue;
		counter = ng_runner_counter(replay->runners[direction], slot);
		sum.packets += counter.packets;
		sum.bytes += counter.bytes;
	}
	return sum;
}
