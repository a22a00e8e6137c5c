/* SPDX-License-Identifier: GPL-2.0-only */
/* Which bits of the key a node of a tree examines. */
#ifndef NG_STRIDE_H
#define NG_STRIDE_H

#include "compile/entry/items.h"

/** struct ng_stride - @bits bits of field @cut, from bit @shift on; a child for each value */
struct ng_stride {
	enum ng_cut cut;
	unsigned int shift, bits;
};

/**
 * struct ng_region - what the keys that reach a node have in common
 * @value, @mask: by field: the bits that nodes above examined
 */
struct ng_region {
	__u32 value[NG_CUTS], mask[NG_CUTS];
};

/** ng_region_enter() - the region of child @i of a node with stride @w */
void ng_region_enter(struct ng_region *region, const struct ng_stride *w, __u32 i);

/** ng_region_is_covered() - does rule @id match every key of the region? */
bool ng_region_is_covered(const struct ng_region *region, const struct ng_items *items, size_t id);

/**
 * struct ng_stride_view - a stride applied to the keys of one region
 * @min, @max: range of the field's values in the region
 * @below:     bits of the field that are still unknown after the stride
 */
struct ng_stride_view {
	struct ng_stride stride;
	__u32 min, max, below;
	bool ternary;
};
struct ng_stride_view ng_stride_view(const struct ng_stride *w, const struct ng_region *region);

/**
 * struct ng_stride_span - the children that a rule belongs to
 * @child: the current one; @left: how many from there on, modulo the number of children if the rule
 *         is a range, else in the order of @free, the bits that it leaves open
 */
struct ng_stride_span {
	__u32 child, left, fixed, free;
};

static inline void ng_stride_begin(struct ng_stride_span *span, const struct ng_stride_view *v,
				   __u32 lo, __u32 hi)
{
	__u32 last = (1U << v->stride.bits) - 1, shift = v->stride.shift;

	if (v->ternary) {
		span->free = (lo ^ hi) >> shift & last;
		span->fixed = lo >> shift & last & ~span->free;
		span->child = span->fixed;
		span->left = 1U << __builtin_popcount(span->free);
		return;
	}
	span->free = span->fixed = 0;
	lo = lo > v->min ? lo : v->min;
	hi = hi < v->max ? hi : v->max;
	span->child = lo >> shift & last;
	span->left = hi < lo ? 0 : (hi >> shift) - (lo >> shift);
	if (hi < lo)
		return;
	if (span->left >= last)
		span->child = 0;
	span->left = span->left >= last ? last + 1 : span->left + 1;
}

static inline void ng_stride_next(struct ng_stride_span *span, const struct ng_stride_view *v)
{
	span->left--;
	if (v->ternary)
		span->child = span->fixed | (((span->child | ~span->free) + 1) & span->free);
	else
		span->child = (span->child + 1) & ((1U << v->stride.bits) - 1);
}

/* Does a rule contain every value of the field that can reach @child? */
static inline bool ng_stride_is_whole(const struct ng_stride_view *v, __u32 child, __u32 lo,
				      __u32 hi)
{
	__u32 min = v->min | child << v->stride.shift;

	if (v->ternary)
		return !(~(lo ^ hi) & v->below);
	return lo <= min && hi >= (min | v->below);
}

struct ng_stride_scratch;
/** ng_stride_scratch_new() - for a tree of @n rules; for free() */
struct ng_stride_scratch *ng_stride_scratch_new(size_t n);

/**
 * ng_stride_choose() - the stride that separates @n rules best
 * @bytes: size that the subtree may have; @thrift: see struct ng_tree_build
 * @saves: a child must have that many rules less, on average
 *
 * Return: false if none is worth it or fits.
 */
bool ng_stride_choose(struct ng_stride_scratch *scratch, const struct ng_items *items,
		      const __u32 *ids, size_t n, const struct ng_region *region, size_t bytes,
		      double thrift, double saves, struct ng_stride *stride);

#endif
