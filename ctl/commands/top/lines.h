/* SPDX-License-Identifier: GPL-2.0-only */
/* What top lists, made of what was seen at the last look. Pure. */
#ifndef NG_LINES_H
#define NG_LINES_H

#include "commands/top/listing.h"
#include "commands/top/look.h"
#include "commands/top/sources.h"

/* The texts of lines belong to @look and @sources. Return: 0 or -ENOMEM, of all three. */

/** ng_lines_rules() - the rules, and whatever else decides about packets */
int ng_lines_rules(const struct ng_look *look, struct ng_listing *listing);
/** ng_lines_hooks() - "eth0 xdp" … */
int ng_lines_hooks(const struct ng_look *look, struct ng_listing *listing);
/** ng_lines_sources() - addresses, their shares those of what is dropped */
int ng_lines_sources(const struct ng_sources *sources, struct ng_listing *listing);

/** struct ng_whole - what all hooks see */
struct ng_whole {
	struct ng_rate passed, dropped;
};
struct ng_whole ng_lines_whole(const struct ng_look *look);

#endif
