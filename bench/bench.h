/* SPDX-License-Identifier: GPL-2.0-only */
/* A run of the bench: what was asked for, and the rows that came of it. */
#ifndef BENCH_H
#define BENCH_H

#include <json-c/json.h>

#include "course.h"

#define BENCH_PACKETS	  (1U << 16) /* of a trace over rules */
#define BENCH_SET_PACKETS (1U << 20) /* over sets: no cache holds all that it touches */

/**
 * struct bench - see above
 * @words: rows whose name contains one of them are wanted ("…$": ends with it); NULL: all
 * @netguard: the command's path
 * @prototype: the folder in which the prototype was built; NULL: it is not asked for
 * @bfcli, @bpfilter: programs of a bpfilter that was named; NULL: none was, it has no daemon
 * @up_to: rulesets and sets of more are left out; 0: none
 * @walk:  instead of running programs, count what packets meet in the trees of rules
 * @wrong: spoil one rule of each ruleset: every row must fail then
 * @rows, @left_out: arrays of objects; left_out has "name" and "why"
 * @failed: rows that could not be measured, or whose answers were wrong
 * @kept, @missed, @reached: promises, and of those kept the goals
 * @courses: opened when needed, by hook, IPv6, and BENCH_SET_PACKETS instead of BENCH_PACKETS
 */
struct bench {
	char *const *words;
	char *netguard;
	char *prototype;
	char *bfcli, *bpfilter;
	size_t up_to;
	bool walk;
	bool wrong;
	struct json_object *rows, *left_out;
	size_t failed, kept, missed, reached;
	struct bench_course *courses[2][2][2];
};

/** bench_wants() - is a row of this name asked for? */
bool bench_wants(const struct bench *b, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/** bench_course() - for traces of @n packets, BENCH_PACKETS or BENCH_SET_PACKETS; NULL with @err */
struct bench_course *bench_course(struct bench *b, enum ng_hook hook, int family, size_t n,
				  struct ng_error *err);

/**
 * struct bench_figure - a number of a row; lists of them end with a NULL name
 * @value: rounded to 0.1 when written, ratios to 0.01
 */
struct bench_figure {
	const char *name;
	double value;
};

/**
 * bench_row() - a row is done: it is printed and goes into the results
 *
 * It is about "over_parsing_ns", "over_floor_ns" (over a bare drop) or "ms", which is printed with
 * what is promised (promises.c).
 */
void bench_row(struct bench *b, const char *name, const struct bench_figure *figures);

/** bench_row_name() - of a row of results; "" when it has none */
const char *bench_row_name(struct json_object *row);

/** bench_row_of() - the row of that name in the array @rows, or NULL */
struct json_object *bench_row_of(struct json_object *rows, const char *name);

/** bench_cost() - what a row of results is about. Return: the unit, or NULL when there is none */
const char *bench_cost(struct json_object *row, double *cost);

/** bench_head() - the table's first line */
void bench_head(void);

/** bench_fail() - a row that should have been there is not: an error of the whole run */
void bench_fail(struct bench *b, const char *name, const struct ng_error *err);

/** bench_leave_out() - a row cannot be had on this machine, which is no error */
void bench_leave_out(struct bench *b, const char *name, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/** bench_summary() - how many promises were kept; what was not measured */
void bench_summary(const struct bench *b);

/** bench_chart() - draw what there is to draw, as bench.svg in @folder */
void bench_chart(struct bench *b, const char *folder);

/* The groups of rows, each in a file of its own. They report all by themselves. */
void bench_rules_rows(struct bench *b);
void bench_worst_rows(struct bench *b);
void bench_sets_rows(struct bench *b);
void bench_limit_rows(struct bench *b);
void bench_established_rows(struct bench *b);
void bench_log_rows(struct bench *b);
void bench_times_rows(struct bench *b);
void bench_live_rows(struct bench *b);
/** bench_print_rules() - print the generated ruleset of the row @name; says so if there is none */
int bench_print_rules(const char *name);
/** bench_print_packets() - likewise its packets, as a capture */
int bench_print_packets(const char *name);
struct bench_filter;
struct bench_trace;
/** bench_walk() - print what the packets of @trace meet in the trees for them, with
 * bench_walk_head() */
void bench_walk(const char *name, const struct bench_filter *filter,
		const struct bench_trace *trace);
void bench_walk_head(void);
/** bench_classbench_row() - one row for a file of ClassBench rules */
void bench_classbench_row(struct bench *b, const char *path);

#endif
