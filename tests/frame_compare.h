/* SPDX-License-Identifier: GPL-2.0-only */
/* Compares the fields that were read of a frame with the known ones. */
#ifndef NG_TEST_FRAME_COMPARE_H
#define NG_TEST_FRAME_COMPARE_H

#include "layout/config.h"
#include "net/frame.h"

/**
 * frame_difference() - the first difference, such as "ports" or "reason"; NULL: there is none
 * @whole: fields of the whole frame; if @fields are cut, some may be missing in them
 * @segments: of an aggregate, whose length is not compared; else 0 or 1
 */
const char *frame_difference(const struct ng_frame_fields *fields, const struct ng_trace *whole,
			     unsigned int segments);

#endif
