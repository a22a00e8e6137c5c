// SPDX-License-Identifier: GPL-2.0-only
#include "compile/image_read.h"
#include "filter.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "kernel/runner.h"
#include "rules/parse.h"
#include "rules/messages.h"

static double wall_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

static int read_text(const char *text, size_t len, const char *folder, struct ng_ruleset **ruleset,
		     struct ng_error *err)
{
	struct ng_messages messages = { 0 };
	int result = ng_parse_text(text, len, "bench", folder, NULL, ruleset, &messages);

	if (result)
		ng_fail(err, result, "netguard does not take the ruleset: %s", strerror(-result));
	for (size_t i = 0; result && i < messages.n; i++)
		if (!messages.list[i].warning)
			*err = messages.list[i].error;
	ng_messages_clear(&messages);
	return result;
}

static int copy_slots(struct bench_filter *filter)
{
	const struct ng_image_rule *rules = ng_image_rules(filter->image.data, &filter->n_rules);

	filter->slots = calloc(filter->n_rules + 1, sizeof(*filter->slots));
	if (!filter->slots)
		return -ENOMEM;
	for (size_t i = 0; i < filter->n_rules; i++)
		filter->slots[i] = rules[i].slot;
	return 0;
}

int bench_filter_make(const char *text, size_t len, const char *folder, struct bench_filter *filter,
		      struct ng_error *err)
{
	double begun = wall_ms(), read, compiled;
	struct bench_filter made = { 0 };
	struct ng_ruleset *ruleset;
	int result = read_text(text, len, folder, &ruleset, err);

	if (result)
		return result;
	read = wall_ms();
	result = ng_image_compile(ruleset, NULL, 0, &made.image, err);
	compiled = wall_ms();
	ng_ruleset_free(ruleset);
	if (result)
		return result;
	if (copy_slots(&made)) {
		ng_image_clear(&made.image);
		return ng_fail(err, -ENOMEM, "out of memory");
	}
	made.read_ms = read - begun;
	made.compile_ms = compiled - read;
	*filter = made;
	return 0;
}

void bench_filter_clear(struct bench_filter *filter)
{
	ng_image_clear(&filter->image);
	free(filter->slots);
	*filter = (struct bench_filter){ 0 };
}

/*
 * What counters show, by index: of each rule, then of the default, of what was passed and of
 * what was dropped.
 */
static uint64_t *read_counters(const struct bench_filter *filter, const struct ng_runner *runner)
{
	uint64_t *counted = calloc(filter->n_rules + 3, sizeof(*counted));

	if (!counted)
		return NULL;
	for (size_t i = 0; i < filter->n_rules; i++)
		counted[i] = ng_runner_counter(runner, filter->slots[i]).packets;
	counted[filter->n_rules] = ng_runner_counter(runner, NG_SLOT_DEFAULT_IN).packets;
	counted[filter->n_rules + 1] = ng_runner_counter(runner, NG_SLOT_TOTALS).packets;
	counted[filter->n_rules + 2] = ng_runner_counter(runner, NG_SLOT_TOTALS + 1).packets;
	return counted;
}

/* Likewise what they must have counted of the first @packets. */
static uint64_t *expect_counters(const struct bench_filter *filter, const struct bench_trace *trace,
				 size_t packets, const bool *passes)
{
	uint64_t *expected = calloc(filter->n_rules + 3, sizeof(*expected));
	size_t n = filter->n_rules;

	if (!expected)
		return NULL;
	for (size_t i = 0; i < packets; i++) {
		uint32_t answer = trace->answers[i];
		bool passed = answer == BENCH_NOTHING || passes[answer];

		expected[answer == BENCH_NOTHING ? n : answer]++;
		expected[passed ? n + 1 : n + 2]++;
	}
	return expected;
}

static int compare_counters(const struct bench_filter *filter, const uint64_t *before,
			    const uint64_t *after, const uint64_t *expected, struct ng_error *err)
{
	static const char *const names[] = { "the default", "what passed", "what was dropped" };
	size_t n = filter->n_rules;
	char name[32];

	for (size_t i = 0; i < n + 3; i++) {
		uint64_t counted = after[i] - before[i];

		if (counted == expected[i])
			continue;
		snprintf(name, sizeof(name), "rule %zu", i + 1);
		return ng_fail(
			err, -EBADMSG,
			"wrong answers: %s counted %llu packets, comparing all rules finds %llu",
			i < n ? name : names[i - n], (unsigned long long)counted,
			(unsigned long long)expected[i]);
	}
	return 0;
}

int bench_filter_check(const struct bench_filter *filter, struct ng_runner *runner,
		       struct bench_course *course, const struct bench_trace *trace,
		       const bool *passes, double *ns, struct ng_error *err)
{
	__cleanup_free uint64_t *before = read_counters(filter, runner);
	__cleanup_free uint64_t *expected = NULL, *after = NULL;
	size_t packets = trace->n;
	int result;

	bench_course_load(course, trace);
	result = bench_course_once(course, ng_runner_fd(runner), &packets, ns, err);
	if (result)
		return result;
	after = read_counters(filter, runner);
	expected = expect_counters(filter, trace, packets, passes);
	if (!before || !after || !expected)
		return ng_fail(err, -ENOMEM, "out of memory");
	return compare_counters(filter, before, after, expected, err);
}

int bench_filter_run(const struct bench_filter *filter, struct ng_runner *runner,
		     struct bench_course *course, const struct bench_trace *trace,
		     const bool *passes, struct bench_times *times, struct ng_error *err)
{
	double guess;
	int result = bench_filter_check(filter, runner, course, trace, passes, &guess, err);

	if (result)
		return result;
	return bench_course_time(course, ng_runner_fd(runner), guess, times->base, &times->all,
				 err);
}
