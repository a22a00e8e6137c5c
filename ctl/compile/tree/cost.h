/* SPDX-License-Identifier: GPL-2.0-only */
/* What a packet costs on its way through the trees of a forest. */
#ifndef NG_COST_H
#define NG_COST_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

/**
 * struct ng_visit - how a key fares in one tree
 * @steps:   inner nodes on its way
 * @rank:    of the leaf that it comes to
 * @entries: of that leaf that are compared with it, up to the first that matches
 * @rule:    the number of that one; 0: none matches
 */
struct ng_visit {
	__u32 steps;
	__u32 rank;
	__u32 entries;
	__u32 rule;
};

/** ng_cost_matches() - does @entry, of the image @data, match? Time and long lists are not looked
 * at */
bool ng_cost_matches(const void *data, const void *entry, const __u64 *key, bool ipv6);

/** ng_cost_visit() - walk the tree @root of the image @data with @key (NG_WORDS words) */
struct ng_visit ng_cost_visit(const void *data, __u64 root, const __u64 *key, bool ipv6);

/**
 * struct ng_cost - what keys cost in a forest, on average
 * @steps:   in all trees
 * @leaves:  that are searched; ranks exclude the others
 * @entries: compared in those
 * @levels:  steps that all trees are best walked together, see struct ng_forest
 * @ns:      of an average processor of today: to be compared with others, no more
 */
struct ng_cost {
	double steps, leaves, entries;
	unsigned int levels;
	double ns;
};

/**
 * ng_cost_of() - @n_keys keys in @n_trees trees
 * @visits: by tree, in the order of search: of each key
 * @bytes:  of all trees
 */
struct ng_cost ng_cost_of(const struct ng_visit *const *visits, size_t n_trees, size_t n_keys,
			  unsigned int rule_shift, size_t bytes);

/**
 * struct ng_met - what packets met in a forest, all in all
 * @trees, @steps: that they were led through, and in those
 * @leaves:  that were searched; @entries: compared there
 * @loops:   packets for which bpf_loop() was called; @looped: entries compared by it
 * @counts:  of those, in the tree of `count` rules; @hits: that were counted
 * @matches: lists searched
 */
struct ng_met {
	size_t trees, steps, leaves, entries, loops, looped, counts, hits, matches;
};

/** ng_cost_of_met() - ns, of all packets; without mispredictions, of which few are known here
 * @bytes: of the forest
 */
double ng_cost_of_met(const struct ng_met *met, size_t bytes);

#endif
