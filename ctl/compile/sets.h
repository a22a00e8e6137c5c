/* SPDX-License-Identifier: GPL-2.0-only */
/* The sets of a ruleset -> what an image holds of them. */
#ifndef NG_COMPILE_SETS_H
#define NG_COMPILE_SETS_H

#include "compile/entry/entry.h"

/**
 * ng_sets_write() - every set's name and prefixes, for the command to read
 *
 * Return: 0, -ENOMEM, -E2BIG with @err: there is no room for them, nor for what programs search.
 */
int ng_sets_write(struct ng_compiler *compiler, struct ng_image_header *header,
		  struct ng_error *err);

/** ng_lookups_write() - the sets that rules look up, for the programs to search; 0 or -ENOMEM */
int ng_lookups_write(struct ng_compiler *compiler, struct ng_image_header *header);

/** ng_image_prefixes_fit() - does a list of struct ng_image_set lie inside @size bytes of image? */
bool ng_image_prefixes_fit(const void *image, size_t size, const struct ng_list *list,
			   unsigned int family);

/** ng_image_prefixes_read() - the prefixes of such a list, of one @family, to list->count places */
void ng_image_prefixes_read(const void *image, const struct ng_list *list, unsigned int family,
			    struct ng_prefix *prefixes);

#endif
