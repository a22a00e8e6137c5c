/* SPDX-License-Identifier: GPL-2.0-only */
/* The listing that top shows: its lines, which of them are shown, and in which order. Pure. */
#ifndef NG_LISTING_H
#define NG_LISTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "report/rates.h"
#include "report/terminal.h"

/**
 * struct ng_line - something that is counted
 * @number:  of a rule, from 1; 0: it has none
 * @text:    what it is called, @size bytes without a NUL; not owned
 * @rate:    of all its packets, and @dropped of those of them that were dropped
 * @share:   of the whole, from 0 to 1
 * @count:   packets in all
 * @trend: two trends that are to be added up; NULL: always 0
 */
struct ng_line {
	uint32_t number;
	const char *text;
	size_t size;
	enum ng_colour colour;
	struct ng_rate rate;
	struct ng_rate dropped;
	double share;
	uint64_t count;
	const struct ng_trend *trend[2];
};

enum ng_sort { NG_SORT_PACKETS, NG_SORT_BITS, NG_SORT_COUNT, NG_SORT_ORDER, NG_SORTS };

/**
 * struct ng_listing - begins zeroed
 * @lines: all, @n of them, in their natural order
 * @shown: those that the filter lets by, @n_shown of them, sorted
 */
struct ng_listing {
	struct ng_line *lines;
	size_t n, room;
	const struct ng_line **shown;
	size_t n_shown;
};

void ng_listing_clear(struct ng_listing *listing);

/** ng_listing_empty() - no lines; memory stays for new ones */
void ng_listing_empty(struct ng_listing *listing);

/** ng_listing_add() - a zeroed line at the end, to be filled; NULL: no memory */
struct ng_line *ng_listing_add(struct ng_listing *listing);

/**
 * ng_listing_arrange() - make @listing->shown
 * @filter: what a line's text must hold, letters of either case; "": anything
 * @up:     the smallest first
 *
 * What is equal stands in its natural order.
 */
void ng_listing_arrange(struct ng_listing *listing, enum ng_sort sort, bool up, const char *filter);

/** ng_sort_name() - "packets/s" … */
const char *ng_sort_name(enum ng_sort sort);

#endif
