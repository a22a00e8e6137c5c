/* SPDX-License-Identifier: GPL-2.0-only */
/* The list that top shows: its lines, a filter and an order. No system calls. */
#ifndef NG_LISTING_H
#define NG_LISTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "report/rates.h"
#include "report/terminal.h"

/**
 * struct ng_line - a counter and its rates
 * @number:  of a rule, from 1; 0: it has none
 * @text:    its name, @size bytes without a NUL; not owned
 * @over:    it is about the packets over the rate of a rule
 * @rate:    of all its packets; @dropped: of those that were dropped
 * @share:   of the whole, from 0 to 1
 * @count:   total packets
 * @trend:   two trends to be added up; NULL: always 0
 */
struct ng_line {
	uint32_t number;
	const char *text;
	size_t size;
	enum ng_colour colour;
	struct ng_rate rate;
	struct ng_rate dropped;
	bool over;
	double share;
	uint64_t count;
	const struct ng_trend *trend[2];
};

enum ng_sort { NG_SORT_PACKETS, NG_SORT_BITS, NG_SORT_COUNT, NG_SORT_ORDER, NG_SORTS };

/**
 * struct ng_listing - zero it at first
 * @lines: all @n lines, in their original order
 * @shown: the @n_shown lines that match the filter, sorted
 */
struct ng_listing {
	struct ng_line *lines;
	size_t n, room;
	const struct ng_line **shown;
	size_t n_shown;
};

void ng_listing_clear(struct ng_listing *listing);

/** ng_listing_empty() - remove all lines, but keep the memory */
void ng_listing_empty(struct ng_listing *listing);

/** ng_listing_add() - add a zeroed line at the end; NULL: no memory */
struct ng_line *ng_listing_add(struct ng_listing *listing);

/**
 * ng_listing_arrange() - fill @listing->shown
 * @filter: a line's text has to contain it, in letters of either case; "": no filter
 * @up:     the smallest first
 *
 * Equal lines keep their original order.
 */
void ng_listing_arrange(struct ng_listing *listing, enum ng_sort sort, bool up, const char *filter);

/** ng_sort_name() - "packets/s" … */
const char *ng_sort_name(enum ng_sort sort);

#endif
