/* SPDX-License-Identifier: GPL-2.0-only */
/* The rules for one kind of frames -> a forest of an image (struct ng_forest). */
#ifndef NG_FOREST_H
#define NG_FOREST_H

#include "compile/entry.h"

/**
 * ng_forest_build() - append the trees of @decide and of @count to @body
 * @rare: few frames are of this kind: coarser trees will do, which are built faster
 *
 * Return: 0 with *@forest filled, or -ENOMEM.
 */
int ng_forest_build(const struct ng_items *decide, const struct ng_items *count, bool rare,
		    struct ng_buffer *body, struct ng_forest *forest);

#endif
