/* SPDX-License-Identifier: GPL-2.0-only */
/* Frames of every kind, valid and malformed, drawn from a seed. */
#ifndef NG_TEST_RANDOM_FRAME_H
#define NG_TEST_RANDOM_FRAME_H

#include <stddef.h>
#include <stdint.h>

#include "captures.h"
#include "random_number.h"

#define RANDOM_FRAME_MAX 3500

/**
 * struct random_frame - a frame of 14 to RANDOM_FRAME_MAX bytes
 * @segments, @segment_size: 0, or those of an aggregate that a TC program would be shown
 * @gap: ns since the frame before; not drawn by random_frame()
 */
struct random_frame {
	uint8_t bytes[RANDOM_FRAME_MAX];
	size_t len;
	uint32_t segments, segment_size;
	uint64_t gap;
};

/** random_gap() - none, or a time in which rates of random rules admit a few packets */
uint64_t random_gap(struct random *random);

/** random_frame() - draw one, now and then from @captures (@n of them, may be 0) */
void random_frame(struct random *random, const struct captures *captures, size_t n,
		  struct random_frame *frame);

#endif
