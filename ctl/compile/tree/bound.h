/* SPDX-License-Identifier: GPL-2.0-only */
/* What no packet exceeds in a forest that was built, whoever chooses it. */
#ifndef NG_BOUND_H
#define NG_BOUND_H

#include "compile/entry/items.h"
#include "layout/image.h"

/**
 * ng_bound_forest() - the sum of what the dearest path of each tree costs, by the model of cost.h
 * @decide, @count: what it was built of
 * @data:  the image
 * @bytes: of the forest
 * @ns:    filled; beside reading the packet and looking sets up
 *
 * It may be more than any packet costs, since no packet need take the dearest path of all trees.
 * Return: 0, or -ENOMEM.
 */
int ng_bound_forest(const struct ng_items *decide, const struct ng_items *count,
		    const struct ng_forest *forest, const void *data, size_t bytes, double *ns);

#endif
