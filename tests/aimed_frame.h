/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Frames drawn from rules: points inside of a rule and points just outside of a border of it,
 * where a classifier that cuts its rules apart goes wrong.
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
 * It is an attempt: conditions may exclude what the frame's builder can do, and earlier rules
 * may decide. Direction and interface are not the frame's.
 */
void aimed_frame(struct random *random, const struct ng_ruleset *ruleset, size_t rule, bool inside,
		 struct random_frame *frame);

#endif
