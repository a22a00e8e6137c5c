/* SPDX-License-Identifier: GPL-2.0-only */
/* The sets of a ruleset -> their parts of an image. */
#ifndef NG_COMPILE_SETS_H
#define NG_COMPILE_SETS_H

#include "compile/entry/entry.h"

/**
 * ng_sets_write() - append the prefixes of all sets to the source, and fill its list @source->sets
 *
 * Return: 0; -ENOMEM; -E2BIG with @err filled: they do not fit, including what programs search.
 */
int ng_sets_write(struct ng_compiler *compiler, struct ng_image_source *source,
		  struct ng_error *err);

/** ng_lookups_write() - append the sets that rules look up, for programs; 0 or -ENOMEM */
int ng_lookups_write(struct ng_compiler *compiler, struct ng_image_header *header);

/** ng_source_prefixes_fit() - is a list of struct ng_image_set inside the @size bytes of @source?
 */
bool ng_source_prefixes_fit(const struct ng_image_source *source, size_t size,
			    const struct ng_list *list, unsigned int family);

/** ng_source_prefixes() - read the list->count prefixes of such a list, of one @family */
void ng_source_prefixes(const struct ng_image_source *source, const struct ng_list *list,
			unsigned int family, struct ng_prefix *prefixes);

#endif
