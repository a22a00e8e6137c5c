/* SPDX-License-Identifier: GPL-2.0-only */
/* How keys would fare in a tree, found by making only those of its nodes that they come to. */
#ifndef NG_PROBE_H
#define NG_PROBE_H

#include "compile/cost.h"
#include "compile/tree.h"

#define NG_PROBE_KEYS 64

/** struct ng_probe_keys - keys like those of packets */
struct ng_probe_keys {
	__u64 key[NG_PROBE_KEYS][NG_WORDS];
};

/** ng_probe_keys() - random points in random rules, a few anywhere; the same for the same rules */
void ng_probe_keys(const struct ng_items *items, struct ng_probe_keys *keys);

/**
 * ng_probe_tree() - what ng_cost_visit() would say of each key in ng_tree_build()'s tree
 * @ids, @n, @bytes: as for ng_tree_build()
 * @visits: NG_PROBE_KEYS
 *
 * Return: about how many bytes the tree would take; 0 without memory.
 */
size_t ng_probe_tree(const struct ng_tree_build *build, const __u32 *ids, size_t n, size_t bytes,
		     const struct ng_probe_keys *keys, struct ng_visit *visits);

#endif
