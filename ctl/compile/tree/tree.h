/* SPDX-License-Identifier: GPL-2.0-only */
/* Rules -> one tree of an image (NG_NODE_* in include/layout/image.h). */
#ifndef NG_TREE_H
#define NG_TREE_H

#include "base/buffer.h"
#include "compile/tree/stride.h"

/**
 * struct ng_tree_build - how to build
 * @items:      rules in order
 * @body:       the image that nodes and leaves are appended to
 * @ends:       a rule that covers all that a node stands for makes later ones irrelevant there
 *              (not so for `count` rules)
 * @rule_shift: see NG_LEAF_RANK
 * @leaf_size:  fewer rules are not cut further
 * @thrift:     weight of memory against the length of the walk
 */
struct ng_tree_build {
	const struct ng_items *items;
	struct ng_buffer *body;
	bool ends;
	unsigned int rule_shift;
	size_t leaf_size;
	double thrift;
};

/**
 * ng_tree_build() - append a tree of the rules @ids, ascending indices into @build->items
 * @bytes: about how much it should append
 * @limit: behind so much more it does not cut any further
 *
 * The same rules give the same bytes. Work and memory are bounded by @limit.
 * Return: the root's node word; 0 without memory.
 */
__u64 ng_tree_build(const struct ng_tree_build *build, const __u32 *ids, size_t n, size_t bytes,
		    size_t limit);

/**
 * struct ng_tree_node - a node that is about to be made
 * @n:     rules that come to it
 * @bytes: that it and all below it may take
 */
struct ng_tree_node {
	struct ng_region region;
	size_t n, bytes;
	int depth;
};

/**
 * ng_tree_cut() - shall this node of the rules @ids be cut, and through which stride?
 *
 * @node->n falls to the rules that can decide there, @node->bytes rises to what any node may take.
 * Return: false when it shall be a leaf.
 */
bool ng_tree_cut(const struct ng_tree_build *build, struct ng_stride_scratch *scratch,
		 const __u32 *ids, struct ng_tree_node *node, struct ng_stride *w);

/**
 * struct ng_tree_walk - how a key went through a tree
 * @steps: inner nodes; @entries: of the leaf it came to; @leaf: its node word
 */
struct ng_tree_walk {
	unsigned int steps;
	size_t entries;
	__u64 leaf;
};

/** ng_tree_walk() - the way of @key (NG_WORDS words) from @root through the image @data */
struct ng_tree_walk ng_tree_walk(const void *data, __u64 root, const __u64 *key);

#endif
