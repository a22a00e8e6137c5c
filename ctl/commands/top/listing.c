// SPDX-License-Identifier: GPL-2.0-only
#include "commands/top/listing.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define ROOM_MIN 64

/* The order for qsort_r(). */
struct order {
	enum ng_sort sort;
	bool up;
};

void ng_listing_clear(struct ng_listing *listing)
{
	free(listing->lines);
	free(listing->shown);
	*listing = (struct ng_listing){ 0 };
}

void ng_listing_empty(struct ng_listing *listing)
{
	listing->n = 0;
	listing->n_shown = 0;
}

struct ng_line *ng_listing_add(struct ng_listing *listing)
{
	size_t room = listing->room ? 2 * listing->room : ROOM_MIN;
	const struct ng_line **shown;
	struct ng_line *lines;

	if (listing->n == listing->room) {
		lines = reallocarray(listing->lines, room, sizeof(*lines));
		if (lines)
			listing->lines = lines;
		shown = reallocarray(listing->shown, room, sizeof(*shown));
		if (shown)
			listing->shown = shown;
		if (!lines || !shown)
			return NULL;
		listing->room = room;
	}
	listing->lines[listing->n] = (struct ng_line){ 0 };
	return &listing->lines[listing->n++];
}

static double key_of(const struct ng_line *line, enum ng_sort sort)
{
	switch (sort) {
	case NG_SORT_PACKETS:
		return line->rate.packets;
	case NG_SORT_BITS:
		return line->rate.bits;
	case NG_SORT_COUNT:
		return line->count;
	default:
		return 0;
	}
}

static int compare(const void *left, const void *right, void *arg)
{
	const struct ng_line *a = *(const struct ng_line *const *)left;
	const struct ng_line *b = *(const struct ng_line *const *)right;
	const struct order *order = arg;
	double x = key_of(a, order->sort), y = key_of(b, order->sort);

	if (x != y)
		return (x < y) == order->up ? -1 : 1;
	if (order->sort == NG_SORT_ORDER && order->up)
		return a < b ? 1 : -1;
	return a < b ? -1 : 1;
}

static bool holds(const struct ng_line *line, const char *filter)
{
	size_t size = strlen(filter);

	for (size_t i = 0; i + size <= line->size; i++)
		if (!strncasecmp(line->text + i, filter, size))
			return true;
	return false;
}

void ng_listing_arrange(struct ng_listing *listing, enum ng_sort sort, bool up, const char *filter)
{
	struct order order = { .sort = sort, .up = up };

	listing->n_shown = 0;
	for (size_t i = 0; i < listing->n; i++)
		if (holds(&listing->lines[i], filter))
			listing->shown[listing->n_shown++] = &listing->lines[i];
	if (listing->n_shown)
		qsort_r(listing->shown, listing->n_shown, sizeof(*listing->shown), compare, &order);
}

const char *ng_sort_name(enum ng_sort sort)
{
	static const char *const names[NG_SORTS] = {
		[NG_SORT_PACKETS] = "packets/s",
		[NG_SORT_BITS] = "bits/s",
		[NG_SORT_COUNT] = "total packets",
		[NG_SORT_ORDER] = "order",
	};

	return names[sort];
}
