/* SPDX-License-Identifier: GPL-2.0-only */
/* Which rules are together in a tree. */
#ifndef NG_GROUPS_H
#define NG_GROUPS_H

#include "compile/tree/tree.h"
#include "layout/image.h"

/**
 * struct ng_groups - the assignment of rules to trees
 * @of:   by rule: its tree; for free()
 * @n:    number of trees, at most NG_TREES_MAX, in the order in which they are searched
 * @rules, @bytes: by tree: number of rules, and approximate size
 * @thrift: by tree: see struct ng_tree_build
 * @ns:   what a packet may cost, see struct ng_cost
 */
struct ng_groups {
	__u8 *of;
	size_t n;
	size_t rules[NG_TREES_MAX], bytes[NG_TREES_MAX];
	double thrift[NG_TREES_MAX];
	double ns;
};

/**
 * ng_groups_choose() - group the rules of @build->items so that keys cost least
 * @bytes: size that all trees together may have
 *
 * The result is the same for the same rules. Return: 0 or -ENOMEM, in both cases with @groups->of
 * for free().
 */
int ng_groups_choose(const struct ng_tree_build *build, size_t bytes, struct ng_groups *groups);

/**
 * ng_tree_share() - how many of @bytes for all trees may be used by a tree with @n of @rules rules
 * @thrift: the tree's; if it is less than usual, the tree may use a few times more, as long as that
 *          is a small part of @bytes
 */
size_t ng_tree_share(size_t bytes, size_t n, size_t rules, double thrift);

#endif
