/* SPDX-License-Identifier: GPL-2.0-only */
/* The walks of keys in a tree, found by building only the nodes that they reach. */
#ifndef NG_PROBE_H
#define NG_PROBE_H

#include "compile/tree/cost.h"
#include "compile/tree/tree.h"
#include "layout/key.h"

#define NG_PROBE_KEYS 250

/** struct ng_probe_keys - keys like those of packets */
struct ng_probe_keys {
	__u64 key[NG_PROBE_KEYS][NG_WORDS];
};

/** ng_probe_draw() - the next 32-bit number of a pseudo-random sequence */
__u64 ng_probe_draw(__u64 *seed);

#define NG_PROBE_ANYWHERE 16 /* one key in so many is anywhere */

/**
 * ng_probe_key() - a random key inside the box of rule @rule, or @anywhere
 * @kind: another rule, from which the packet's kind is taken if @rule has no condition on it, so
 *        that keys have protocols that rules name
 */
void ng_probe_key(const struct ng_items *items, size_t rule, size_t kind, bool anywhere,
		  __u64 *seed, __u64 *key);

/** ng_probe_keys() - random points in random rules, a few anywhere; the same for the same rules */
void ng_probe_keys(const struct ng_items *items, struct ng_probe_keys *keys);

/**
 * struct ng_probe - a tree as keys see it
 * @visits: what ng_cost_visit() would return for each key
 * @nodes:  number of nodes that keys reach
 * @bytes:  approximate size of the whole tree
 */
struct ng_probe {
	struct ng_visit visits[NG_PROBE_KEYS];
	size_t nodes, bytes;
};

/**
 * ng_probe_tree() - build the nodes of ng_tree_build()'s tree that keys reach
 * @ids, @n, @bytes: as for ng_tree_build()
 * @nodes_max: give up at a tree with more
 *
 * Return: 0 with *@probe; -E2BIG beyond @nodes_max; -ENOMEM.
 */
int ng_probe_tree(const struct ng_tree_build *build, const __u32 *ids, size_t n, size_t bytes,
		  const struct ng_probe_keys *keys, size_t nodes_max, struct ng_probe *probe);

#endif
