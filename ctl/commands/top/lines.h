/* SPDX-License-Identifier: GPL-2.0-only */
/* Makes the lines of top from the last snapshot. No system calls. */
#ifndef NG_LINES_H
#define NG_LINES_H

#include "commands/top/listing.h"
#include "commands/top/snapshot.h"
#include "commands/top/sources.h"

/* The texts of lines belong to @snapshot and @sources. All three return 0 or -ENOMEM. */

/** ng_lines_rules() - the rules, and whatever else decides about packets */
int ng_lines_rules(const struct ng_snapshot *snapshot, struct ng_listing *listing);
/** ng_lines_hooks() - "eth0 xdp" … */
int ng_lines_hooks(const struct ng_snapshot *snapshot, struct ng_listing *listing);
/** ng_lines_sources() - source addresses, with their share of dropped packets */
int ng_lines_sources(const struct ng_sources *sources, struct ng_listing *listing);

/** struct ng_whole - the sum of all hooks */
struct ng_whole {
	struct ng_rate passed, dropped;
};
struct ng_whole ng_lines_whole(const struct ng_snapshot *snapshot);

#endif
