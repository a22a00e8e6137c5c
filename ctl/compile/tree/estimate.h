/* SPDX-License-Identifier: GPL-2.0-only */
/* What an average packet will cost in a forest that was built, and which rules make it so. */
#ifndef NG_ESTIMATE_H
#define NG_ESTIMATE_H

#include "compile/entry/items.h"
#include "layout/image.h"

/*
 * Where an average packet costs more, people are told: a core then handles less than a million
 * packets a second. It is three times what the slowest of 100,000 ordinary rules cost.
 */
#define NG_SLOW_NS 1000

#define NG_SLOW_RULES 3 /* that are named */

/* What most of the time goes into. */
enum ng_slow_cause {
	NG_SLOW_OVERLAP, /* comparing with rules that lie where others do */
	NG_SLOW_COUNT,	 /* likewise, with `count` rules */
	NG_SLOW_LISTS,	 /* searching long lists, `not` and MAC addresses */
	NG_SLOW_CAUSES
};

/**
 * struct ng_slow - a kind of packets of which an average one costs more than NG_SLOW_NS
 * @direction, @class, @invalid: which kind
 * @ns:       of an average packet, beside reading it and looking sets up
 * @compared: entries that it is compared with
 * @n_rules:  rules that nine tenths of these comparisons are about, those of @rules first: numbers
 *            from 1, the slowest first
 */
struct ng_slow {
	__u32 direction, class, invalid;
	enum ng_slow_cause cause;
	double ns, compared;
	size_t n_rules;
	__u32 rules[NG_SLOW_RULES];
};

/**
 * ng_estimate() - lead packets through a forest as the programs would
 * @decide, @count: what it was built of
 * @data:  the image
 * @bytes: of the forest
 * @rules: of the ruleset
 * @slow:  zeroed but for the kind; @slow->ns is set in any case, the rest when it is slow
 *
 * The packets are random points in random rules, one of 16 lies anywhere: those of the random
 * traffic of docs/performance.md. The same for the same rules.
 * Return: 0, or -ENOMEM.
 */
int ng_estimate(const struct ng_items *decide, const struct ng_items *count,
		const struct ng_forest *forest, const void *data, size_t bytes, size_t rules,
		struct ng_slow *slow);

#endif
