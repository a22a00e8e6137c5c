/* SPDX-License-Identifier: GPL-2.0-only */
/* What was read of a frame, against what is known to be in it. */
#ifndef NG_TEST_FRAME_COMPARE_H
#define NG_TEST_FRAME_COMPARE_H

#include "layout/config.h"
#include "net/frame.h"

/**
 * frame_difference() - in what the two differ, "ports" or "reason"; NULL: in nothing
 * @whole: of the whole frame. Where @fields are cut, something may be missing in them
 * @segments: of an aggregate, whose length is another matter; else 0 or 1
 */
const char *frame_difference(const struct ng_frame_fields *fields, const struct ng_trace *whole,
			     unsigned int segments);

#endif
