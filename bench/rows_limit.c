// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rows about rules with a rate: limit, limit-over, limit-sources-100000, …; each beside the same
 * rule as `count`, over the same packets in the same run.
 */
#include <errno.h>
#include <stdlib.h>

#include "bench.h"
#include "base/cleanup.h"
#include "filter.h"
#include "kernel/runner.h"
#include "random.h"

/**
 * struct limited - a row
 * @rule:    the verdict and its rate
 * @sources: addresses that packets come from, at random
 */
static const struct limited {
	const char *name, *rule;
	size_t sources;
} rows[] = {
	{ "limit", "limit 1000000000/s", 1 },
	{ "limit-bits", "limit 1000gbit", 1 },
	{ "limit-over", "limit 1/h", 1 },
	{ "limit-precise", "limit 100000000/s burst 10", 1 },
	{ "limit-sources-1", "limit 100/s per source table 64k", 1 },
	{ "limit-sources-1000", "limit 100/s per source table 64k", 1000 },
	{ "limit-sources-100000", "limit 100/s per source table 128k", 100000 },
	{ "limit-sources-1000000", "limit 100/s per source table 2M", 1000000 },
};

/* UDP datagrams, each from one of @sources. */
static int make_trace(size_t sources, struct bench_trace *trace)
{
	uint64_t random = 1;

	*trace = (struct bench_trace){ .family = 4, .n = BENCH_SET_PACKETS };
	trace->keys = calloc(trace->n, sizeof(*trace->keys));
	trace->answers = calloc(trace->n, sizeof(*trace->answers));
	if (!trace->keys || !trace->answers) {
		bench_trace_clear(trace);
		return -ENOMEM;
	}
	for (size_t i = 0; i < trace->n; i++) {
		uint64_t source = bench_below(&random, sources);

		trace->keys[i] = (struct bench_key){
			.src.lo = (uint32_t)(source * 2654435761U + 1),
			.dst.lo = 0xc0000201,
			.sport = 40000,
			.dport = 53,
			.proto = 17,
		};
	}
	return 0;
}

/* A rule with this verdict for all packets, then what passes them; ns over parsing. */
static int measure(struct bench_course *course, const char *verdict, double base[BENCH_BASES],
		   double *over_parsing, struct ng_error *err)
{
	char text[256];
	int len = snprintf(text, sizeof(text), "%s udp dport 53\npass udp dport 53\n", verdict);
	size_t packets = BENCH_SET_PACKETS;
	struct ng_runner *runner = NULL;
	struct bench_filter filter;
	double guess, all;
	int result = bench_filter_make(text, len, NULL, &filter, err);

	if (result)
		return result;
	result = ng_runner_open_plain(NG_HOOK_XDP, &filter.image, "", &runner, err);
	if (!result)
		result = bench_course_once(course, ng_runner_fd(runner), &packets, &guess, err);
	if (!result && ng_runner_counter(runner, filter.slots[0]).packets != packets)
		result =
			ng_fail(err, -EBADMSG, "wrong answers: the rule did not match all packets");
	if (!result)
		result = bench_course_time(course, ng_runner_fd(runner), guess, base, &all, err);
	if (!result)
		*over_parsing = all - base[BENCH_PARSE];
	ng_runner_close(runner);
	bench_filter_clear(&filter);
	return result;
}

static int measure_row(struct bench *b, const struct limited *limited, struct ng_error *err)
{
	struct bench_course *course = bench_course(b, NG_HOOK_XDP, 4, BENCH_SET_PACKETS, err);
	double base[BENCH_BASES], count, limit;
	struct bench_trace trace;
	int result;

	if (!course)
		return -1;
	if (make_trace(limited->sources, &trace))
		return ng_fail(err, -ENOMEM, "out of memory");
	bench_course_load(course, &trace);
	result = measure(course, "count", base, &count, err);
	if (!result)
		result = measure(course, limited->rule, base, &limit, err);
	bench_trace_clear(&trace);
	if (result)
		return result;
	bench_row(b, limited->name,
		  (struct bench_figure[]){
			  { "floor_ns", base[BENCH_FLOOR] },
			  { "over_parsing_ns", limit },
			  { "count_ns", count },
			  { "over_count_ns", limit - count },
			  { NULL },
		  });
	return 0;
}

void bench_limit_rows(struct bench *b)
{
	struct ng_error err;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (bench_wants(b, "%s", rows[i].name) && measure_row(b, &rows[i], &err))
			bench_fail(b, rows[i].name, &err);
}
