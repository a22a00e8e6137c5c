/* SPDX-License-Identifier: GPL-2.0-only */
/* Reading the image: bytes at an offset, numbers among bounds. */
#ifndef NG_IMAGE_BPF_H
#define NG_IMAGE_BPF_H

#include "bpf/cursor.bpf.h"
#include "bpf/maps.bpf.h"

/* The bytes at @offset of the image; offsets are multiples of 8. */
static __always_inline const void *ng_image_at(const void *image, __u64 offset)
{
	return image + (offset & ng_config.image_mask);
}

/* For ng_forget(). */
static __always_inline const volatile __u64 *ng_nothing(const void *image)
{
	return &((const struct ng_image_header *)image)->nothing;
}

/* 1 when a < b, else 0: the borrow of a - b. */
static __always_inline __u64 ng_less(__u64 a, __u64 b)
{
	return ((~a & b) | ((~a | b) & (a - b))) >> 63;
}

/* The same for two words each, the upper first. */
static __always_inline __u64 ng_less_wide(__u64 a_hi, __u64 a_lo, __u64 b_hi, __u64 b_lo)
{
	return ng_less(a_hi, b_hi) | (~ng_less(b_hi, a_hi) & ng_less(a_lo, b_lo));
}

/**
 * ng_inside() - does a number of 128 bits stand behind an odd count of bounds?
 *
 * A binary search whose steps depend on the count of bounds only.
 */
static __always_inline __u64 ng_inside(const void *image, const struct ng_list *bounds, __u64 hi,
				       __u64 lo, const int steps)
{
	const volatile __u64 *nothing = ng_nothing(image);
	__u64 below = 0, left = bounds->count, offset = bounds->offset, half;
	const struct ng_bound *bound;

	if (!left)
		return 0;
	for (int step = 0; step < steps; step++) {
		if (left <= 1)
			break;
		ng_forget(nothing, below);
		ng_forget(nothing, left);
		half = left >> 1;
		bound = ng_image_at(image, offset + (below + half - 1) * sizeof(*bound));
		below += half & -(1 - ng_less_wide(hi, lo, bound->hi, bound->lo));
		left -= half;
	}
	bound = ng_image_at(image, offset + below * sizeof(*bound));
	below += 1 - ng_less_wide(hi, lo, bound->hi, bound->lo);
	return below & 1;
}

#endif
