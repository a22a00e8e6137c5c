/* SPDX-License-Identifier: GPL-2.0-only */
/* Other filters, on the same course. */
#ifndef BENCH_PEERS_H
#define BENCH_PEERS_H

#include "filter.h"
#include "sets.h"

struct bpf_object;

/** bench_block_all() - netguard's live set: every address of @set; 0 or -errno with @err */
int bench_block_all(const struct bench_set *set, struct ng_runner *runner, struct ng_error *err);

/**
 * bench_xdp_filter_open() - load the program of xdp-filter with all features that passes what is
 * not on its lists, as `xdp-filter load` does without options
 * @set: IPv4 addresses that it is to drop when they are the source; NULL: none
 *
 * Return: 0 with *@object for bpf_object__close(); -ENOENT with @err when it is not installed;
 * another -errno.
 */
int bench_xdp_filter_open(const struct bench_set *set, struct bpf_object **object,
			  struct ng_error *err);

/**
 * bench_xdp_filter_run() - check how many packets it drops, and time it
 * @filled: it knows the set that @trace asks for
 */
int bench_xdp_filter_run(struct bpf_object *object, struct bench_course *course,
			 const struct bench_trace *trace, bool filled, struct bench_times *times,
			 struct ng_error *err);

#endif
