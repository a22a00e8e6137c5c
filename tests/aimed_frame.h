/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Frames drawn from rules: points inside a rule, and points just outside its border, where errors
 * of a classifier that cuts rules into pieces show.
 */
#ifndef NG_TEST_AIMED_FRAME_H
#define NG_TEST_AIMED_FRAME_H

#include "random_frame.h"
#include "rules/ruleset.h"

/**
 * aimed_frame() - draw a frame that a rule of @ruleset matches, or misses by one condition
 * @rule:   its index
 * @inside: whether the rule is to match it
 *
 * It is only an attempt: some conditions are beyond what the frame's builder can do, and earlier
 * rules may decide. Direction and interface are not the frame's.
 */
void aimed_frame(struct random *random, const struct ng_ruleset *ruleset, size_t rule, bool inside,
		 struct random_frame *frame);

#endif
