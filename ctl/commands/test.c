// SPDX-License-Identifier: GPL-2.0-only
/* test: runs the real program on captures, with the kernel's test run. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/cleanup.h"
#include "cli/command.h"
#include "cli/context.h"
#include "cli/options.h"
#include "cli/usage.h"
#include "cli/words.h"
#include "commands/capture.h"
#include "commands/replay.h"
#include "commands/rules_file.h"
#include "kernel/programs/needs.h"
#include "report/counts.h"
#include "report/memory.h"
#include "report/plain.h"

struct test {
	struct ng_context *ctx;
	struct ng_replay replay;
	struct ng_ruleset *ruleset;
	struct ng_image image;
	struct json_object *each; /* for --each with --json */
};

static void clear(struct test *test)
{
	ng_replay_close(&test->replay);
	ng_image_clear(&test->image);
	ng_ruleset_free(test->ruleset);
	json_object_put(test->each);
}

static const char *const direction_names[] = { [NG_IN] = "in", [NG_OUT] = "out" };

static void each_frame(void *data, const struct ng_replayed *packet)
{
	struct test *test = data;
	const char *skip = packet->skip;
	const char *verdict = skip ? "skip" : packet->decision.drop ? "drop" : "pass";
	const char *direction = direction_names[packet->direction];
	struct json_object *entry;
	char by[16];

	if (!skip)
		ng_decider_text(&packet->decision, by, sizeof(by));
	if (!test->each) {
		ng_print(stdout, "%s\t%" PRIu64 "\t%s\t%s\t%s\n", packet->capture, packet->number,
			 verdict, skip ? skip : by, direction);
		return;
	}
	entry = ng_json_object(test->each, NULL);
	ng_json_text(entry, "capture", packet->capture);
	ng_json_number(entry, "number", packet->number);
	ng_json_text(entry, "verdict", verdict);
	ng_json_text(entry, "by", skip ? skip : by);
	ng_json_text(entry, "direction", direction);
}

/* ---- what was counted ------------------------------------------------------------------ */

static bool all_leave(const struct ng_replay *replay)
{
	return replay->setup.hook == NG_HOOK_TC_OUT;
}

static bool knows_own(const struct ng_replay *replay)
{
	return replay->setup.own.n_prefixes || replay->setup.own.n_macs;
}

static void say_directions(struct json_object *object, const struct ng_replay *replay)
{
	struct json_object *directions = ng_json_object(object, "directions");
	uint64_t frames = replay->frames[NG_IN] + replay->frames[NG_OUT];

	ng_json_number(directions, "in", replay->frames[NG_IN]);
	ng_json_number(directions, "out", replay->frames[NG_OUT]);
	ng_json_number(directions, "assumed", replay->unknown);
	ng_json_text(directions, "by",
		     all_leave(replay)		 ? "hook"
		     : knows_own(replay)	 ? "own"
		     : replay->unknown == frames ? "nothing"
						 : "capture");
}

static void say(struct test *test, const struct ng_counts *counts, int ret)
{
	const struct ng_replay *replay = &test->replay;
	struct json_object *object = ng_json_new(), *skipped, *reasons;

	ng_json_counter(ng_json_object(object, "total"), replay->total);
	say_directions(object, replay);
	skipped = ng_json_object(object, "skipped");
	ng_json_number(skipped, "packets", ng_replay_skipped(replay));
	reasons = ng_json_object(skipped, "reasons");
	for (size_t i = 0; i < replay->n_skips; i++)
		ng_json_number(reasons, replay->skips[i].reason, replay->skips[i].packets);
	ng_json_number(ng_json_object(object, "cut"), "packets", replay->cut);
	ng_counts_json_rules(counts, object);
	ng_counts_json_default(counts, all_leave(replay) ? NG_OUT : NG_IN, object, "default");
	if (!all_leave(replay))
		ng_counts_json_default(counts, NG_OUT, object, "default_out");
	ng_counts_json_others(counts, object);
	if (test->each) {
		ng_need(json_object_object_add(object, "each", test->each) ? NULL : object);
		test->each = NULL;
	}
	ng_say_json(test->ctx, object, ret);
}

static void print_directions(const struct ng_replay *replay)
{
	uint64_t in = replay->frames[NG_IN], out = replay->frames[NG_OUT];

	if (all_leave(replay) || !(in + out))
		return;
	if (!knows_own(replay) && replay->unknown == in + out) {
		puts("directions: all packets are taken as incoming, since the capture does not "
		     "say;\n            --own ADDRESS,... says whose packets leave");
		return;
	}
	printf("directions: %" PRIu64 " in, %" PRIu64 " out, %s", in, out,
	       knows_own(replay) ? "by --own" : "as the capture says");
	if (replay->unknown)
		printf("; %" PRIu64 " without one are taken as incoming", replay->unknown);
	putchar('\n');
	if (replay->free.packets)
		puts("            those that leave are not filtered: no rule is about them");
}

static void print(const struct test *test, const struct ng_counts *counts)
{
	const struct ng_replay *replay = &test->replay;
	unsigned int directions = all_leave(replay) ? 1U << NG_OUT : 1U << NG_IN;

	if (replay->frames[NG_OUT])
		directions |= 1U << NG_OUT;
	if (test->ruleset->n_rules) {
		ng_counts_print_rules(counts, stdout);
		putchar('\n');
	}
	ng_counts_print_others(counts, directions, stdout);
	printf("\ntotal: %" PRIu64 " packets, %" PRIu64 " bytes\n", (uint64_t)replay->total.packets,
	       (uint64_t)replay->total.bytes);
	print_directions(replay);
	if (replay->cut)
		printf("truncated by the capture and padded with zeros: %" PRIu64 "\n",
		       replay->cut);
	for (size_t i = 0; i < replay->n_skips; i++)
		printf("skipped, %s: %" PRIu64 "\n", replay->skips[i].reason,
		       replay->skips[i].packets);
}

/* @ret: the result of reading the captures. */
static int report(struct test *test, int ret)
{
	struct ng_counts counts = { .ruleset = test->ruleset,
				    .image = test->image.data,
				    .n = test->image.slots };
	__cleanup_free struct ng_counter *counters = calloc(counts.n, sizeof(*counters));

	if (!counters)
		return -ENOMEM;
	for (__u32 slot = 0; slot < counts.n; slot++)
		counters[slot] = ng_replay_counter(&test->replay, slot);
	counts.counters = counters;
	if (test->ctx->json)
		say(test, &counts, ret);
	else if (!ng_option(test->ctx, "--each"))
		print(test, &counts);
	return ret;
}

static int check_arguments(struct test *test)
{
	struct ng_context *ctx = test->ctx;
	const char *iface = ng_option(ctx, "--on"), *hook = ng_option(ctx, "--hook");
	int readers = 0;

	for (int i = 0; i < ctx->n_words; i++)
		readers += !strcmp(ctx->words[i], "-");
	if (readers > 1)
		return ng_usage(ctx, "standard input can be read only once");
	if (hook && ng_hook_parse(hook, &test->replay.setup.hook))
		return ng_usage(ctx, "unknown hook '%s'", hook);
	if (ng_option(ctx, "--own") && all_leave(&test->replay))
		return ng_usage(ctx, "--own is for xdp and tc-in: at tc-out all packets leave");
	if (iface && strlen(iface) >= NG_IFNAME_LEN)
		return ng_usage(ctx, "'%s' is too long for an interface name", iface);
	return 0;
}

/* Run all captures. If one is damaged, the packets before that are counted. */
static int run(struct test *test)
{
	struct ng_context *ctx = test->ctx;
	bool each = ng_option(ctx, "--each");
	int ret = 0;

	for (int i = 1; !ret && i < ctx->n_words; i++)
		ret = ng_replay_capture(&test->replay, ctx->words[i], each ? each_frame : NULL,
					test, &ctx->error);
	return ret == -EPIPE ? ret : report(test, ret);
}

static int read_setup(struct test *test)
{
	struct ng_context *ctx = test->ctx;
	struct ng_replay_setup *setup = &test->replay.setup;
	const char *iface = ng_option(ctx, "--on"), *own = ng_option(ctx, "--own");
	int ret = check_arguments(test);

	setup->iface = iface ? iface : "";
	return !ret && own ? ng_own_read(own, &setup->own, &ctx->error) : ret;
}

int ng_command_test(struct ng_context *ctx)
{
	__attribute__((cleanup(clear))) struct test test = { .ctx = ctx,
							     .replay.setup.hook = NG_HOOK_XDP };
	int ret = read_setup(&test);

	if (!ret)
		ret = ng_rules_read(ctx, ctx->words[0], false, &test.ruleset);
	if (!ret)
		ret = ng_rules_compile(ctx, test.ruleset, true, NULL, 0, NULL, &test.image);
	if (ret)
		return ret;
	test.replay.setup.out = ng_image_needs_out(test.image.data);
	ret = ng_replay_open(&test.replay, &test.image, &ctx->error);
	/* Test runs need none, and captures may come from anyone. */
	if (!ret)
		ret = ng_privilege_drop_spare(&ctx->error);
	if (ret)
		return ret;
	if (ctx->json && ng_option(ctx, "--each"))
		test.each = ng_need(json_object_new_array());
	return run(&test);
}
