/* SPDX-License-Identifier: GPL-2.0-only */
/* The state of `top`, without the terminal. */
#ifndef NG_TOP_H
#define NG_TOP_H

#include "commands/top/listing.h"
#include "commands/top/sample.h"
#include "commands/top/snapshot.h"

#define NG_SEARCH_SIZE 64

enum ng_view { NG_VIEW_RULES, NG_VIEW_INTERFACES, NG_VIEW_SOURCES, NG_VIEWS };

/**
 * struct ng_top - zero it at first, except for @interval
 * @up:       the smallest first
 * @typing:   keys go to @filter
 * @ended:    the user has quit
 * @first:    the first line that is shown; @page: number of lines that fit, as drawn last
 * @interval: seconds between snapshots
 * @error:    why the last snapshot failed; empty on success
 */
struct ng_top {
	struct ng_snapshot snapshot;
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

/** ng_top_update() - take a snapshot and make the list again; 0, or -errno with @top->error */
int ng_top_update(struct ng_top *top);

/** ng_top_take() - between snapshots: read the sample of dropped packets, if it is shown */
void ng_top_take(struct ng_top *top);

/** ng_top_list() - make the list again, after a change of view, order or filter */
void ng_top_list(struct ng_top *top);

/** ng_view_name() - "rules" … */
const char *ng_view_name(enum ng_view view);

#endif
