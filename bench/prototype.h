/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The prototype of the classifier, beside netguard on the same rules and packets. It is built from
 * a folder of its sources by `make bench PROTOTYPE=dir`; nothing of it is part of netguard.
 */
#ifndef BENCH_PROTOTYPE_H
#define BENCH_PROTOTYPE_H

#include "bench.h"

struct bench_prototype;

/**
 * bench_prototype_open() - build its trees for @rules and load its programs
 * @rules: of IPv4
 *
 * Return: 0 with *@prototype for bench_prototype_close(), or -errno with @err.
 */
int bench_prototype_open(const struct bench *b, const struct bench_rules *rules,
			 struct bench_prototype **prototype, struct ng_error *err);
void bench_prototype_close(struct bench_prototype *prototype); /* NULL is fine */

/**
 * bench_prototype_load() - @trace are its packets from now on; do its programs answer right?
 *
 * Return: 0, -EBADMSG with @err when an answer is wrong, another -errno with @err.
 */
int bench_prototype_load(struct bench_prototype *prototype, struct bench_course *course,
			 const struct bench_trace *trace, struct ng_error *err);

/** bench_prototype_beside() - its programs, to be timed in turns with netguard's */
struct bench_beside *bench_prototype_beside(struct bench_prototype *prototype);

/**
 * struct bench_prototype_cost - ns a packet over its own reading of a packet
 * @counted: packets and bytes are counted by rule, as netguard does
 * @alone: nothing is counted
 */
struct bench_prototype_cost {
	double counted, alone;
};

/** bench_prototype_cost() - after the turns */
struct bench_prototype_cost bench_prototype_cost(const struct bench_prototype *prototype);

/** bench_prototype_built() - what building its trees gave: bytes of them, and ms */
void bench_prototype_built(const struct bench_prototype *prototype, double *bytes, double *ms);

#endif
