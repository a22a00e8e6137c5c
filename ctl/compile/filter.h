/* SPDX-License-Identifier: GPL-2.0-only */
/* Conditions -> struct ng_filter, by which a reader of records selects packets. */
#ifndef NG_COMPILE_FILTER_H
#define NG_COMPILE_FILTER_H

#include <linux/types.h>

#include "base/buffer.h"
#include "rules/ruleset.h"

/**
 * ng_filter_compile() - compile the conditions of @rule, which is a `drop` and names no set
 * @directions: bit 1 << enum ng_direction of the packets to select
 *
 * Return: 0 with @filter, at most NG_FILTER_SIZE bytes, for ng_buffer_clear(); -E2BIG, -EINVAL,
 * -ENOMEM with @err filled.
 */
int ng_filter_compile(const struct ng_rule *rule, __u32 directions, struct ng_buffer *filter,
		      struct ng_error *err);

#endif
