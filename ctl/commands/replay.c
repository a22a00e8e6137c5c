// SPDX-License-Identifier: GPL-2.0-only
#include "commands/replay.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "commands/capture.h"
#include "report/progress.h"

#define TOO_SHORT "too-short-for-test-run"
#define TOO_LONG  "too-long-for-test-run"

int ng_replay_open(struct ng_replay *replay, enum ng_hook hook, const struct ng_image *image,
		   const char *iface, struct ng_error *err)
{
	int ret = ng_runner_open(hook, image, iface, &replay->runner, err);

	if (ret)
		return ret;
	replay->hook = hook;
	replay->longest = ng_runner_longest(replay->runner);
	replay->buffer = malloc(replay->longest);
	return replay->buffer ? 0 : ng_fail(err, -ENOMEM, "out of memory");
}

void ng_replay_close(struct ng_replay *replay)
{
	free(replay->buffer);
	ng_runner_close(replay->runner);
}

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

/* Sets *@skip if the test run cannot decide the frame. */
static int run_frame(struct ng_replay *replay, const struct ng_frame *frame, const char **skip,
		     struct ng_decision *decision)
{
	int ret;

	*skip = frame->skip;
	if (!*skip && frame->wire > replay->longest)
		*skip = TOO_LONG;
	if (*skip)
		return 0;
	/* Rates need a time that does not go back. */
	if (frame->time > replay->time)
		replay->time = frame->time;
	ng_runner_time(replay->runner, replay->time);
	memcpy(replay->buffer, frame->data, frame->captured);
	memset(replay->buffer + frame->captured, 0, frame->wire - frame->captured);
	ret = ng_runner_run(replay->runner, replay->buffer, frame->wire, NULL, decision);
	if (ret == -ERANGE) {
		*skip = TOO_SHORT;
		return 0;
	}
	if (ret)
		return ret;
	replay->total.packets += decision->packets;
	replay->total.bytes += decision->bytes;
	replay->cut += frame->captured < frame->wire;
	return 0;
}

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
		struct ng_decision decision = { 0 };
		const char *skip;

		number++;
		ret = run_frame(replay, &frame, &skip, &decision);
		if (ret) {
			ng_fail_at(err, ret, path, "packet %llu: the kernel's test run failed: %s",
				   (unsigned long long)number, strerror(-ret));
			break;
		}
		if (skip)
			count_skip(replay, skip);
		if (each)
			each(data, path, number, skip, &decision); /* shows progress itself */
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

enum ng_direction ng_replay_direction(const struct ng_replay *replay)
{
	return replay->hook == NG_HOOK_TC_OUT ? NG_OUT : NG_IN;
}
