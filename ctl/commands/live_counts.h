/* SPDX-License-Identifier: GPL-2.0-only */
/* The ruleset in force with its counters, for the commands that show them. */
#ifndef NG_LIVE_COUNTS_H
#define NG_LIVE_COUNTS_H

#include "cli/command.h"
#include "report/counts.h"

/** struct ng_live_counts - @counts, and what it points to */
struct ng_live_counts {
	struct ng_counts counts;
	struct ng_ruleset *ruleset;
	void *image;
	struct ng_counter *counters;
};

/**
 * ng_live_counts_read() - read both from the kernel
 *
 * A publication between the two does no harm: a slot is given to another rule only when neither the
 * current nor the previous ruleset uses it.
 */
int ng_live_counts_read(struct ng_context *ctx, struct ng_live_counts *live);
void ng_live_counts_clear(struct ng_live_counts *live);
#define __cleanup_live_counts __attribute__((cleanup(ng_live_counts_clear)))

#endif
