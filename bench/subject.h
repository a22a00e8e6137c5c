/* SPDX-License-Identifier: GPL-2.0-only */
/* A ruleset made ready for the rows of both hooks: compiled, with packets and the right answers. */
#ifndef BENCH_SUBJECT_H
#define BENCH_SUBJECT_H

#include "bench.h"
#include "filter.h"

/**
 * struct bench_subject - see above
 * @random, @flows: traces with the right answers
 * @passes: by index of rule, pass or drop
 */
struct bench_subject {
	struct bench_filter filter;
	struct bench_trace random, flows;
	bool *passes;
};

/**
 * bench_subject_make() - compile @rules, which bench --wrong spoils, and draw traces for them
 *
 * Return: 0 with *@subject for bench_subject_clear(), or -errno with @err.
 */
int bench_subject_make(const struct bench *b, struct bench_rules *rules,
		       struct bench_subject *subject, struct ng_error *err);
void bench_subject_clear(struct bench_subject *subject);

#endif
