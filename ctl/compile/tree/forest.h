/* SPDX-License-Identifier: GPL-2.0-only */
/* The rules for one kind of frames -> a forest of an image (struct ng_forest). */
#ifndef NG_FOREST_H
#define NG_FOREST_H

#include "compile/entry/entry.h"

/**
 * ng_forest_build() - append the trees of @decide and of @count to @body
 * @most: bytes that it may take, and half as much again; if that is less than
 *        ng_forest_allowance(), it becomes slower, but fits
 * @hides: see struct ng_tree_build
 *
 * Return: 0 with *@forest filled, or -ENOMEM.
 */
int ng_forest_build(const struct ng_items *decide, const struct ng_items *count, size_t most,
		    __u8 *hides, struct ng_buffer *body, struct ng_forest *forest);

/** ng_forest_allowance() - bytes that it takes at most if there is enough room */
size_t ng_forest_allowance(const struct ng_items *decide, const struct ng_items *count);

#endif
