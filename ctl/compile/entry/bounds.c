// SPDX-License-Identifier: GPL-2.0-only
#include "compile/entry/bounds.h"

#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"

typedef unsigned __int128 u128;

static struct ng_bound bound_of(u128 number)
{
	return (struct ng_bound){ .hi = number >> 64, .lo = number };
}

static u128 address_of(const struct ng_prefix *prefix)
{
	u128 number = 0;

	for (int i = 0; i < (prefix->family == 4 ? 4 : 16); i++)
		number = number << 8 | prefix->addr[i];
	return number;
}

/* The number of addresses in a prefix; 0 stands for 2^128. */
static u128 size_of(const struct ng_prefix *prefix)
{
	int bits = (prefix->family == 4 ? 32 : 128) - prefix->len;

	return bits == 128 ? 0 : (u128)1 << bits;
}

void ng_prefix_number(const struct ng_prefix *prefix, struct ng_bound *address,
		      struct ng_bound *mask)
{
	u128 all = prefix->family == 4 ? 0xffffffffU : ~(u128)0;

	*address = bound_of(address_of(prefix));
	*mask = bound_of(all & ~(size_of(prefix) - 1));
}

/**
 * struct writer - a list of ranges, appended in ascending order; adjacent ones are joined
 * @open: the last range ends with the largest number
 */
struct writer {
	struct ng_bound *list;
	size_t n;
	u128 end;
	int open;
};

/* @end is exclusive; 0 stands for one more than the largest number. */
static void write_range(struct writer *w, u128 start, u128 end)
{
	if (w->open)
		return;
	if (w->n && start <= w->end) {
		if (end && end <= w->end)
			return;
		w->n--;
	} else {
		w->list[w->n++] = bound_of(start);
	}
	if (!end) {
		w->open = 1;
		return;
	}
	w->list[w->n++] = bound_of(end);
	w->end = end;
}

int ng_bounds_of_ranges(const struct ng_range *ranges, size_t n, struct ng_bounds *bounds)
{
	struct writer w = { .list = calloc(2 * n + 1, sizeof(struct ng_bound)) };

	if (!w.list)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		write_range(&w, ranges[i].lo, (u128)ranges[i].hi + 1);
	*bounds = (struct ng_bounds){ w.list, w.n };
	return 0;
}

int ng_bounds_of_prefixes(const struct ng_prefix *prefixes, size_t n, int family,
			  struct ng_bounds *bounds)
{
	struct writer w = { .list = calloc(2 * n + 1, sizeof(struct ng_bound)) };

	if (!w.list)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		u128 start = address_of(&prefixes[i]);

		if (prefixes[i].family == family)
			write_range(&w, start, start + size_of(&prefixes[i]));
	}
	*bounds = (struct ng_bounds){ w.list, w.n };
	return 0;
}
