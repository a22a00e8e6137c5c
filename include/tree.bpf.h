/* SPDX-License-Identifier: GPL-2.0-only */
/* From the roots of a forest's trees to their leaves, see NG_NODE_* in layout.h. */
#ifndef NG_TREE_BPF_H
#define NG_TREE_BPF_H

#include "image.bpf.h"

/* The node behind @node on the way of @key; a leaf leads to itself. */
static __always_inline __u64 ng_step(const void *image, const __u64 *key, __u64 node)
{
	const __u64 offset = ((1 << NG_NODE_WORD_BITS) - 1) * sizeof(*key);
	__u64 word =
		*(const __u64 *)((const void *)key + ((node >> (NG_NODE_WORD_SHIFT - 3)) & offset));

	/* A shift by the low 6 bits, as 64-bit machines do it; C leaves it open. */
	asm volatile("%0 >>= %1" : "+r"(word) : "r"(node));
	word = word << 3 & node >> (NG_NODE_WINDOW_SHIFT - 3);
	return *(const __u64 *)ng_image_at(image, (node >> NG_NODE_OFFSET_SHIFT) + word);
}

/*
 * Steps of different trees do not wait for each other: the processor has the memory accesses
 * of one level under way all at once.
 */
static __always_inline void ng_walk_trees(const void *image, const __u64 *key, __u64 *nodes,
					  __u32 levels, const int n)
{
	for (__u32 level = 0; level < NG_LEVELS_TOGETHER; level++) {
		if (level >= levels)
			break;
		for (int i = 0; i < n; i++)
			nodes[i] = ng_step(image, key, nodes[i]);
	}
	for (int i = 0; i < n; i++)
		for (int level = 0; level < NG_LEVELS_MAX; level++) {
			if (nodes[i] & NG_NODE_LEAF)
				break;
			nodes[i] = ng_step(image, key, nodes[i]);
		}
}

/** ng_walk() - the leaf of each of @forest's trees for @key; @nodes: NG_TREES_MAX words */
static __always_inline void ng_walk(const void *image, const struct ng_forest *forest,
				    const __u64 *key, __u64 *nodes)
{
	__u32 levels = forest->levels;

#pragma unroll
	for (int i = 0; i < NG_TREES_MAX; i++)
		nodes[i] = forest->roots[i];
	switch (forest->trees) {
	case 1:
		return ng_walk_trees(image, key, nodes, levels, 1);
	case 2:
		return ng_walk_trees(image, key, nodes, levels, 2);
	case 3:
		return ng_walk_trees(image, key, nodes, levels, 3);
	case 4:
		return ng_walk_trees(image, key, nodes, levels, 4);
	case 5:
		return ng_walk_trees(image, key, nodes, levels, 5);
	default:
		return ng_walk_trees(image, key, nodes, levels, NG_TREES_MAX);
	}
}

#endif
