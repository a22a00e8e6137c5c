/* SPDX-License-Identifier: GPL-2.0-only */
/* How keys would fare in a tree, found by making only those of its nodes that they come to. */
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

/** ng_probe_draw() - the next of a series of random numbers of 32 bits */
__u64 ng_probe_draw(__u64 *seed);

#define NG_PROBE_ANYWHERE 16 /* one key in so many is in no rule */

/**
 * ng_probe_key() - a key inside the box of the rule @rule, or @anywhere
 * @kind: another rule, which says what that one does not of the packet's kind: so keys are of the
 *        protocols that the rules are about
 */
void ng_probe_key(const struct ng_items *items, size_t rule, size_t kind, bool anywhere,
		  __u64 *seed, __u64 *key);

/** ng_probe_keys() - random points in random rules, a few anywhere; the same for the same rules */
void ng_probe_keys(const struct ng_items *items, struct ng_probe_keys *keys);

/**
 * struct ng_probe - a tree as keys meet it
 * @visits: what ng_cost_visit() would say of each key
 * @nodes:  that keys come to
 * @bytes:  that the whole tree would take, roughly
 */
struct ng_probe {
	struct ng_visit visits[NG_PROBE_KEYS];
	size_t nodes, bytes;
};

/**
 * ng_probe_tree() - make the nodes of ng_tree_build()'s tree that keys come to
 * @ids, @n, @bytes: as for ng_tree_build()
 * @nodes_max: a tree with more is not of interest
 *
 * Return: 0 with *@probe; -E2BIG beyond @nodes_max, -ENOMEM.
 */
int ng_probe_tree(const struct ng_tree_build *build, const __u32 *ids, size_t n, size_t bytes,
		  const struct ng_probe_keys *keys, size_t nodes_max, struct ng_probe *probe);

#endif
