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

static void each_frame(void *data, const char *capture, uint64_t number, const char *skip,
		       const struct ng_decision *decision)
{
	struct test *test = data;
	const char *verdict = skip ? "skip" : decision->drop ? "drop" : "pass";
	struct json_object *entry;
	char by[16];

	if (!skip)
		ng_decider_text(decision, by, sizeof(by));
	if (!test->each) {
		ng_print(stdout, "%s\t%" PRIu64 "\t%s\t%s\n", capture, number, verdict,
			 skip ? skip : by);
		return;
	}
	entry = ng_json_object(test->each, NULL);
	ng_json_text(entry, "capture", capture);
	ng_json_number(entry, "number", number);
	ng_json_text(entry, "verdict", verdict);
	ng_json_text(entry, "by", skip ? skip : by);
}

static void say(struct test *test, const struct ng_counts *counts, int ret)
{
	const struct ng_replay *replay = &test->replay;
	struct json_object *object = ng_json_new(), *skipped, *reasons;
	enum ng_direction direction = ng_replay_direction(replay);

	ng_json_counter(ng_json_object(object, "total"), replay->total);
	skipped = ng_json_object(object, "skipped");
	ng_json_number(skipped, "packets", ng_replay_skipped(replay));
	reasons = ng_json_object(skipped, "reasons");
	for (size_t i = 0; i < replay->n_skips; i++)
		ng_json_number(reasons, replay->skips[i].reason, replay->skips[i].packets);
	ng_json_number(ng_json_object(object, "cut"), "packets", replay->cut);
	ng_counts_json_rules(counts, object);
	ng_counts_json_default(counts, direction, object, "default");
	ng_counts_json_others(counts, object);
	if (test->each) {
		ng_need(json_object_object_add(object, "each", test->each) ? NULL : object);
		test->each = NULL;
	}
	ng_say_json(test->ctx, object, ret);
}

static void print(const struct test *test, const struct ng_counts *counts)
{
	const struct ng_replay *replay = &test->replay;

	if (test->ruleset->n_rules) {
		ng_counts_print_rules(counts, stdout);
		putchar('\n');
	}
	ng_counts_print_others(counts, 1U << ng_replay_direction(replay), stdout);
	printf("\ntotal: %" PRIu64 " packets, %" PRIu64 " bytes\n", (uint64_t)replay->total.packets,
	       (uint64_t)replay->total.bytes);
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
		counters[slot] = ng_runner_counter(test->replay.runner, slot);
	counts.counters = counters;
	if (test->ctx->json)
		say(test, &counts, ret);
	else if (!ng_option(test->ctx, "--each"))
		print(test, &counts);
	return ret;
}

static int find_hook(struct ng_context *ctx, enum ng_hook *hook)
{
	const char *name = ng_option(ctx, "--hook");

	*hook = NG_HOOK_XDP;
	if (!name)
		return 0;
	for (*hook = 0; *hook < NG_HOOKS; ++*hook)
		if (!strcmp(ng_hook_name(*hook), name))
			return 0;
	return ng_usage(ctx, "unknown hook '%s'", name);
}

static int check_arguments(struct ng_context *ctx)
{
	const char *iface = ng_option(ctx, "--on");
	int readers = 0;

	for (int i = 0; i < ctx->n_words; i++)
		readers += !strcmp(ctx->words[i], "-");
	if (readers > 1)
		return ng_usage(ctx, "standard input can be read only once");
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

int ng_command_test(struct ng_context *ctx)
{
	__attribute__((cleanup(clear))) struct test test = { .ctx = ctx };
	const char *iface = ng_option(ctx, "--on");
	enum ng_hook hook;
	int ret;

	ret = find_hook(ctx, &hook);
	if (!ret)
		ret = check_arguments(ctx);
	if (!ret)
		ret = ng_rules_read(ctx, ctx->words[0], false, &test.ruleset);
	if (!ret)
		ret = ng_rules_compile(ctx, test.ruleset, true, NULL, 0, NULL, &test.image);
	if (!ret)
		ret = ng_replay_open(&test.replay, hook, &test.image, iface ? iface : "",
				     &ctx->error);
	/* Test runs need none, and captures may come from anyone. */
	if (!ret)
		ret = ng_privilege_drop_spare(&ctx->error);
	if (ret)
		return ret;
	if (ctx->json && ng_option(ctx, "--each"))
		test.each = ng_need(json_object_new_array());
	return run(&test);
}
