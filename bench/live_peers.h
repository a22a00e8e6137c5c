/* SPDX-License-Identifier: GPL-2.0-only */
/* Filters that are attached to an interface by their own commands, and given the same rules. */
#ifndef BENCH_LIVE_PEERS_H
#define BENCH_LIVE_PEERS_H

#include "bench.h"

#define BENCH_NEAR "bench0" /* where frames are made, and received for TC and nftables */
#define BENCH_FAR  "bench1" /* where those that bench0 sends come in, for XDP */

/**
 * struct bench_peer - a filter
 * @name:       of its rows, before the count of rules
 * @may_refuse: that it does not take so many rules is a result, no error
 * @load:       put @rules in force, and drop what none of them decides
 * @counts:     packets that each rule counted since it was loaded, then what no rule decided, -1
 *              where that is not known: n + 1 numbers
 */
struct bench_peer {
	const char *name;
	bool may_refuse;
	int (*load)(const struct bench *b, const struct bench_rules *rules, struct ng_error *err);
	int (*counts)(const struct bench *b, size_t n, long long *counts, struct ng_error *err);
};

/**
 * bench_bpfilter_find() - the programs of a bpfilter that was built in @folder or below
 *
 * Return: 0 with @b->bfcli and @b->bpfilter, -ENOENT with @err.
 */
int bench_bpfilter_find(struct bench *b, const char *folder, struct ng_error *err);

/**
 * bench_bpfilter_begin() - make bpfilter ready to be called, of which older versions need a daemon
 *
 * Return: 0 with *@daemon for bench_bpfilter_end(), -errno with @err when it does not answer.
 */
int bench_bpfilter_begin(const struct bench *b, pid_t *daemon, struct ng_error *err);
/** bench_bpfilter_end() - take all of it away again */
void bench_bpfilter_end(const struct bench *b, pid_t daemon);

extern const struct bench_peer bench_netguard_xdp, bench_netguard_tc;
extern const struct bench_peer bench_nftables, bench_bpfilter;

#endif
