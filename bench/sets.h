/* SPDX-License-Identifier: GPL-2.0-only */
/* Sets of addresses, and traces that ask for them. */
#ifndef BENCH_SETS_H
#define BENCH_SETS_H

#include "trace.h"

/* @len bits of @address are given, the others are zero. */
struct bench_prefix {
	struct bench_address address;
	uint8_t len;
};

struct bench_set {
	int family;
	size_t n;
	struct bench_prefix *list;
};
void bench_set_clear(struct bench_set *set);

/**
 * bench_set_generate() - @n prefixes, no two equal, the same for the same arguments
 * @mixed: lengths as in lists of networks, nested here and there; else addresses
 *
 * Half of them lie close together in a few networks, the others anywhere.
 * Return: 0 with *@set for bench_set_clear(), or -ENOMEM.
 */
int bench_set_generate(int family, bool mixed, size_t n, struct bench_set *set);

/** bench_set_print() - as a list file: one prefix a line */
void bench_set_print(const struct bench_set *set, FILE *out);

/**
 * bench_trace_set() - packets whose source is in the set (half of them), next to a prefix of it
 * (a quarter), anywhere (the rest); UDP
 *
 * The answers are found by a search in the sorted prefixes: 0 for a source that the set holds.
 */
int bench_trace_set(const struct bench_set *set, size_t n, struct bench_trace *trace);

#endif
