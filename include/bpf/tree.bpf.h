/* SPDX-License-Identifier: GPL-2.0-only */
/* Walking the trees of a forest from the roots to the leaves, see NG_NODE_* in layout/image.h. */
#ifndef NG_TREE_BPF_H
#define NG_TREE_BPF_H

#include "bpf/image.bpf.h"

/* The next node after @node for @key; after a leaf, the same leaf. @mask: for offsets. */
static __always_inline __u64 ng_step(const void *image, __u64 mask, const __u64 *key, __u64 node)
{
	const __u64 words = ((1 << NG_NODE_WORD_BITS) - 1) * sizeof(*key);
	const void *array = image + (node >> NG_NODE_OFFSET_SHIFT & mask);
	__u64 at = *(const __u64 *)((const void *)key + (node & words)), shift;

	_Static_assert(NG_NODE_WORD_SHIFT == 3, "words have 8 bytes");
	shift = node >> NG_NODE_SHIFT_SHIFT;
	/* A shift by the low 6 bits, as the BPF instruction does; undefined in C. */
	asm volatile("%0 >>= %1" : "+r"(at) : "r"(shift));
	return *(const __u64 *)(array + (at << 3 & node >> (NG_NODE_STRIDE_SHIFT - 3)));
}

/* The leaf that @node leads to. */
static __always_inline __u64 ng_leaf_of(const void *image, __u64 mask, const __u64 *key, __u64 node)
{
	for (int level = 0; level < NG_LEVELS_MAX; level++) {
		if (node & NG_NODE_LEAF)
			break;
		node = ng_step(image, mask, key, node);
	}
	return node;
}

/*
 * Steps of different trees do not depend on each other, so the processor overlaps the memory
 * accesses of one level. @n is a constant; a loop over trees would keep their nodes in memory.
 */
/* clang-format off */
#define NG_EACH_TREE(n, statement)	\
	do {				\
		statement(0);		\
		if (n > 1)		\
			statement(1);	\
		if (n > 2)		\
			statement(2);	\
		if (n > 3)		\
			statement(3);	\
		if (n > 4)		\
			statement(4);	\
		if (n > 5)		\
			statement(5);	\
	} while (0)
/* clang-format on */
_Static_assert(NG_TREES_MAX == 6, "each tree has its turn");

static __always_inline void ng_walk_trees(const void *image, const __u64 *key, const __u64 *roots,
					  __u32 levels, __u64 *leaves, const int n)
{
	__u64 nodes[NG_TREES_MAX], mask = ng_config.image_mask;

#define NG_BEGIN(i) nodes[i] = roots[i]
#define NG_GO_ON(i) nodes[i] = ng_step(image, mask, key, nodes[i])
#define NG_END(i)   leaves[i] = ng_leaf_of(image, mask, key, nodes[i])
	NG_EACH_TREE(n, NG_BEGIN);
	for (__u32 level = 0; level < NG_LEVELS_TOGETHER; level++) {
		if (level >= levels)
			break;
		NG_EACH_TREE(n, NG_GO_ON);
	}
	NG_EACH_TREE(n, NG_END);
#undef NG_BEGIN
#undef NG_GO_ON
#undef NG_END
}

/** ng_walk() - the leaf of each of @forest's trees for @key; @leaves: room for NG_TREES_MAX */
static __always_inline void ng_walk(const void *image, const struct ng_forest *forest,
				    const __u64 *key, __u64 *leaves)
{
	const __u64 *roots = forest->roots;
	__u32 levels = forest->levels;

	switch (forest->trees) {
	case 1:
		return ng_walk_trees(image, key, roots, levels, leaves, 1);
	case 2:
		return ng_walk_trees(image, key, roots, levels, leaves, 2);
	case 3:
		return ng_walk_trees(image, key, roots, levels, leaves, 3);
	case 4:
		return ng_walk_trees(image, key, roots, levels, leaves, 4);
	case 5:
		return ng_walk_trees(image, key, roots, levels, leaves, 5);
	default:
		return ng_walk_trees(image, key, roots, levels, leaves, NG_TREES_MAX);
	}
}

#endif
