/* SPDX-License-Identifier: GPL-2.0-only */
/* Ranges and prefixes -> struct ng_bound, for struct ng_match. */
#ifndef NG_BOUNDS_H
#define NG_BOUNDS_H

#include "layout/image.h"
#include "rules/ruleset.h"

/**
 * struct ng_bounds - a list of bounds
 * @list: owned; NULL when empty
 */
struct ng_bounds {
	struct ng_bound *list;
	size_t n;
};

/**
 * ng_bounds_of_ranges() - the bounds of ranges of numbers below 2^64
 * @ranges: ascending and disjoint
 *
 * Return: 0; -ENOMEM, and *@bounds is unchanged.
 */
int ng_bounds_of_ranges(const struct ng_range *ranges, size_t n, struct ng_bounds *bounds);

/**
 * ng_bounds_of_prefixes() - the bounds of the prefixes of one @family (4 or 6)
 * @prefixes: sorted by family, address, length; may nest and touch
 */
int ng_bounds_of_prefixes(const struct ng_prefix *prefixes, size_t n, int family,
			  struct ng_bounds *bounds);

/** ng_prefix_number() - the first address of a prefix, and its mask, as numbers as in the key */
void ng_prefix_number(const struct ng_prefix *prefix, struct ng_bound *address,
		      struct ng_bound *mask);

#endif
