/* SPDX-License-Identifier: GPL-2.0-only */
/* What `top` shows, and what keys do to it: all but the terminal. */
#ifndef NG_TOP_H
#define NG_TOP_H

#include "commands/top/listing.h"
#include "commands/top/look.h"
#include "commands/top/sample.h"

#define NG_SEARCH_SIZE 64

enum ng_view { NG_VIEW_RULES, NG_VIEW_INTERFACES, NG_VIEW_SOURCES, NG_VIEWS };

/**
 * struct ng_top - begins zeroed but for @interval
 * @up:       the smallest first
 * @typing:   keys go to @filter
 * @ended:    the user wants no more
 * @first:    of @listing's lines, the one at the top; @page: how many fit, as drawn last
 * @interval: seconds between looks
 * @error:    why the last look failed, in .what; else empty
 */
struct ng_top {
	struct ng_look look;
	struct ng_sample sample;
	struct ng_listing listing;
	enum ng_view view;
	enum ng_sort sort;
	bool up;
	char filter[NG_SEARCH_SIZE];
	bool typing, paused, help, ended;
	size_t first, page;
	double interval;
	struct ng_error error;
};

void ng_top_clear(struct ng_top *top);

/** ng_top_look() - ask what there is, and make the listing anew; 0, -errno with @top->error */
int ng_top_look(struct ng_top *top);

/** ng_top_take() - between looks: take in what is sampled, if that is shown */
void ng_top_take(struct ng_top *top);

/** ng_top_list() - make the listing anew, since something else is to be shown */
void ng_top_list(struct ng_top *top);

/** ng_view_name() - "rules" … */
const char *ng_view_name(enum ng_view view);

#endif
