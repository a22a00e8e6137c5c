/* SPDX-License-Identifier: GPL-2.0-only */
/* Reading the image at an offset, and comparing numbers without branches. */
#ifndef NG_IMAGE_BPF_H
#define NG_IMAGE_BPF_H

#include "bpf/maps.bpf.h"

/* The bytes at @offset of the image; offsets are multiples of 8. */
static __always_inline const void *ng_image_at(const void *image, __u64 offset)
{
	return image + (offset & ng_config.image_mask);
}

/* 1 when a < b, else 0: the borrow of a - b. */
static __always_inline __u64 ng_less(__u64 a, __u64 b)
{
	return ((~a & b) | ((~a | b) & (a - b))) >> 63;
}

/* The same for numbers of two words, the upper half first. */
static __always_inline __u64 ng_less_wide(__u64 a_hi, __u64 a_lo, __u64 b_hi, __u64 b_lo)
{
	return ng_less(a_hi, b_hi) | (~ng_less(b_hi, a_hi) & ng_less(a_lo, b_lo));
}

#endif
