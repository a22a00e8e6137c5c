/* SPDX-License-Identifier: GPL-2.0-only */
/* An estimate of the cost of an average packet in a forest, and of the rules that cause it. */
#ifndef NG_ESTIMATE_H
#define NG_ESTIMATE_H

#include "compile/entry/items.h"
#include "layout/image.h"

/*
 * If an average packet costs more, users are warned: a core then handles less than a million
 * packets a second. That is three times the cost of the slowest of 100,000 ordinary rules.
 */
#define NG_SLOW_NS 1000

#define NG_SLOW_RULES 3 /* that are named */

/* What most of the time is spent on. */
enum ng_slow_cause {
	NG_SLOW_OVERLAP, /* comparing with rules that overlap others */
	NG_SLOW_COUNT,	 /* likewise, with `count` rules */
	NG_SLOW_LISTS,	 /* searching long lists, `not` and MAC addresses */
	NG_SLOW_CAUSES
};

/**
 * struct ng_slow - a kind of packets for which an average one costs more than NG_SLOW_NS
 * @direction, @class, @invalid: which kind
 * @ns:       cost of an average packet, without parsing it and looking up sets
 * @compared: number of entries that it is compared with
 * @n_rules:  number of rules that cause nine tenths of these comparisons; the numbers of the first
 *            ones, from 1, are in @rules, the slowest first
 */
struct ng_slow {
	__u32 direction, class, invalid;
	enum ng_slow_cause cause;
	double ns, compared;
	size_t n_rules;
	__u32 rules[NG_SLOW_RULES];
};

/**
 * ng_estimate() - walk through a forest with random packets, as programs would
 * @decide, @count: the rules it was built from
 * @data:  the image
 * @bytes: size of the forest
 * @rules: number of rules in the ruleset
 * @slow:  all zero except for the kind; @slow->ns is always set, the rest only when it is slow
 *
 * The packets are random points in random rules, and one of 16 is anywhere, as in the random
 * traffic of docs/performance.md. They are the same for the same rules.
 * Return: 0, or -ENOMEM.
 */
int ng_estimate(const struct ng_items *decide, const struct ng_items *count,
		const struct ng_forest *forest, const void *data, size_t bytes, size_t rules,
		struct ng_slow *slow);

#endif
