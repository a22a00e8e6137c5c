/* SPDX-License-Identifier: GPL-2.0-only */
/* Rules -> one tree of an image (NG_NODE_* in include/layout/image.h). */
#ifndef NG_TREE_H
#define NG_TREE_H

#include "base/buffer.h"
#include "compile/tree/stride.h"

/**
 * struct ng_tree_build - parameters of a tree
 * @items:      rules in order
 * @body:       the image that nodes and leaves are appended to
 * @ends:       a rule that covers a node's region makes later ones irrelevant there (false for
 *              `count` rules)
 * @rule_shift: see NG_LEAF_RANK
 * @leaf_size:  a node with at most so many rules is a leaf
 * @thrift:     weight of memory against the number of steps
 * @hides:      by rule: set to 1 when others are left out after it somewhere; may be NULL
 */
struct ng_tree_build {
	const struct ng_items *items;
	struct ng_buffer *body;
	bool ends;
	unsigned int rule_shift;
	size_t leaf_size;
	double thrift;
	__u8 *hides;
};

/**
 * ng_tree_build() - append a tree of the rules @ids, which are ascending indices into @build->items
 * @bytes: approximate size that it should have
 * @limit: after so many bytes it does not cut any more
 *
 * The same rules give the same bytes. Work and memory are bounded by @limit.
 * Return: the root's node word; 0: out of memory.
 */
__u64 ng_tree_build(const struct ng_tree_build *build, const __u32 *ids, size_t n, size_t bytes,
		    size_t limit);

/**
 * ng_leaf_append() - append room for a leaf of @n entries, aligned to touch as few cache lines as
 * possible; returns a node word for ng_leaf_settle(), or 0: no memory
 */
__u64 ng_leaf_append(struct ng_buffer *body, size_t n, size_t entry_size);

/** ng_leaf_entries() - the number of entries of the leaf @node of the image @data */
size_t ng_leaf_entries(const void *data, __u64 node);

/**
 * ng_leaf_settle() - fill in the leaf's header after its @n entries were written; returns its node
 * word
 */
__u64 ng_leaf_settle(struct ng_buffer *body, __u64 node, size_t n, bool ipv6,
		     unsigned int rule_shift);

/**
 * struct ng_tree_node - a node that is about to be built
 * @n:     number of its rules
 * @bytes: size that it and all below it may have
 */
struct ng_tree_node {
	struct ng_region region;
	size_t n, bytes;
	int depth;
};

/**
 * ng_tree_cut() - should this node with the rules @ids be cut, and with which stride?
 *
 * Reduces @node->n to the rules that can decide there, and raises @node->bytes to what any node may
 * take.
 * Return: false: it should be a leaf.
 */
bool ng_tree_cut(const struct ng_tree_build *build, struct ng_stride_scratch *scratch,
		 const __u32 *ids, struct ng_tree_node *node, struct ng_stride *w);

/**
 * struct ng_tree_walk - the walk of a key through a tree
 * @steps: number of inner nodes; @entries: of the leaf; @leaf: its node word
 */
struct ng_tree_walk {
	unsigned int steps;
	size_t entries;
	__u64 leaf;
};

/** ng_tree_walk() - walk with @key (NG_WORDS words) from @root in the image @data */
struct ng_tree_walk ng_tree_walk(const void *data, __u64 root, const __u64 *key);

#endif
