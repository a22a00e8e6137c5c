/* SPDX-License-Identifier: GPL-2.0-only */
/* The cost of a packet in the trees of a forest. */
#ifndef NG_COST_H
#define NG_COST_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

/**
 * struct ng_visit - the walk of a key in one tree
 * @steps:   number of inner nodes
 * @rank:    rank of the leaf
 * @entries: number of entries of that leaf that are compared, up to the first that matches
 * @rule:    number of the rule that matches; 0: none
 */
struct ng_visit {
	__u32 steps;
	__u32 rank;
	__u32 entries;
	__u32 rule;
};

/** ng_cost_matches() - does @entry of the image @data match? Ignores time and long lists */
bool ng_cost_matches(const void *data, const void *entry, const __u64 *key, bool ipv6);

/** ng_cost_visit() - walk the tree @root of the image @data with @key (NG_WORDS words) */
struct ng_visit ng_cost_visit(const void *data, __u64 root, const __u64 *key, bool ipv6);

/**
 * struct ng_cost - the average cost of keys in a forest
 * @steps:   number of steps in all trees
 * @leaves:  number of leaves searched; the others are skipped by rank
 * @entries: number of entries compared in these
 * @levels:  the best number of steps to take in all trees together, see struct ng_forest
 * @ns:      on an average current processor: only for comparisons
 */
struct ng_cost {
	double steps, leaves, entries;
	unsigned int levels;
	double ns;
};

/**
 * ng_cost_of() - the cost of @n_keys keys in @n_trees trees
 * @visits: by tree, in the order of search: those of each key
 * @bytes:  size of all trees
 */
struct ng_cost ng_cost_of(const struct ng_visit *const *visits, size_t n_trees, size_t n_keys,
			  unsigned int rule_shift, size_t bytes);

/**
 * struct ng_met - sums over all packets of what they met in a forest
 * @trees, @steps: trees walked, and steps in those
 * @leaves:  leaves searched; @entries: compared there
 * @loops:   packets for which bpf_loop() was called; @looped: entries compared by it
 * @counts:  of those, entries of `count` rules; @hits: those that matched
 * @matches: lists searched
 */
struct ng_met {
	size_t trees, steps, leaves, entries, loops, looped, counts, hits, matches;
};

/**
 * ng_cost_of_met() - the cost of all packets in ns, without mispredictions, of which few are known
 * @bytes: size of the forest
 */
double ng_cost_of_met(const struct ng_met *met, size_t bytes);

#endif
