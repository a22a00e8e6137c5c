/* SPDX-License-Identifier: GPL-2.0-only */
/* netguard itself on a course: a ruleset goes through the parser, the compiler, the program. */
#ifndef BENCH_FILTER_H
#define BENCH_FILTER_H

#include "compile/image.h"
#include "course.h"

/**
 * struct bench_filter - a compiled ruleset
 * @slots: of the rules' counters, by index
 * @read_ms, @compile_ms: wall time of text -> ruleset, ruleset -> image
 */
struct bench_filter {
	struct ng_image image;
	size_t n_rules;
	__u32 *slots;
	double read_ms, compile_ms;
};

/**
 * bench_filter_make() - compile a ruleset
 * @text:   of @len bytes
 * @folder: what its set files are relative to, or NULL
 *
 * Return: 0 with *@filter for bench_filter_clear(), or -errno with @err.
 */
int bench_filter_make(const char *text, size_t len, const char *folder, struct bench_filter *filter,
		      struct ng_error *err);
void bench_filter_clear(struct bench_filter *filter);

/**
 * struct bench_times - ns a packet
 * @base: of the programs of enum bench_base
 * @all:  of netguard behind the writer
 */
struct bench_times {
	double base[BENCH_BASES];
	double all;
};

struct ng_runner;

/**
 * bench_filter_check() - does the program answer right for each packet of a trace?
 * @trace:  is loaded into @course
 * @passes: by index of rule, pass or drop: what the trace's answers mean
 *
 * What each rule, the default and the totals counted is compared with the trace's answers.
 * Return: 0 with *@ns a packet, roughly; -EBADMSG with @err when an answer is wrong; another
 * -errno with @err.
 */
int bench_filter_check(const struct bench_filter *filter, struct ng_runner *runner,
		       struct bench_course *course, const struct bench_trace *trace,
		       const bool *passes, double *ns, struct ng_error *err);

/**
 * bench_filter_run() - bench_filter_check(), and how fast is it?
 *
 * Return: 0 with *@times; -EBADMSG with @err when an answer is wrong; another -errno with @err.
 */
int bench_filter_run(const struct bench_filter *filter, struct ng_runner *runner,
		     struct bench_course *course, const struct bench_trace *trace,
		     const bool *passes, struct bench_times *times, struct ng_error *err);

#endif
