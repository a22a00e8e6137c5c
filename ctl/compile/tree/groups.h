/* SPDX-License-Identifier: GPL-2.0-only */
/* Which rules stand together in a tree. */
#ifndef NG_GROUPS_H
#define NG_GROUPS_H

#include "compile/tree/tree.h"
#include "layout/image.h"

/**
 * struct ng_groups - the trees that rules go to
 * @of:   by rule, its tree; for free()
 * @n:    how many trees, NG_TREES_MAX or fewer, in the order in which they are searched
 * @rules, @bytes: by tree: how many rules it has, what it would take, roughly
 * @ns:   what a packet may cost, see struct ng_cost
 */
struct ng_groups {
	__u8 *of;
	size_t n;
	size_t rules[NG_TREES_MAX], bytes[NG_TREES_MAX];
	double ns;
};

/**
 * ng_groups_choose() - part the rules of @build->items so that keys fare best
 * @bytes: that all trees together may take
 *
 * The same rules are parted alike always. Return: 0, or -ENOMEM; @groups->of is for free() anyway.
 */
int ng_groups_choose(const struct ng_tree_build *build, size_t bytes, struct ng_groups *groups);

#endif
