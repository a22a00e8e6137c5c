/* SPDX-License-Identifier: GPL-2.0-only */
/* The sets of a ruleset -> what an image holds of them. */
#ifndef NG_COMPILE_SETS_H
#define NG_COMPILE_SETS_H

#include "compile/entry.h"

/** ng_sets_write() - every set's name and prefixes, for the command to read; 0 or -ENOMEM */
int ng_sets_write(struct ng_compiler *compiler, struct ng_image_header *header);

/**
 * ng_lookups_write() - the sets that rules look up, for the programs to search
 *
 * Return: 0, -ENOMEM, -E2BIG with @err when a limit of the layout is exceeded.
 */
int ng_lookups_write(struct ng_compiler *compiler, struct ng_image_header *header,
		     struct ng_error *err);

#endif
