/* SPDX-License-Identifier: GPL-2.0-only */
/* Conditions -> struct ng_filter: which packets who reads records asks for. */
#ifndef NG_COMPILE_FILTER_H
#define NG_COMPILE_FILTER_H

#include <linux/types.h>

#include "base/buffer.h"
#include "rules/ruleset.h"

/**
 * ng_filter_compile() - the conditions of @rule, a `drop`, which name no set
 * @directions: bit 1 << enum ng_direction; those of packets that are asked for
 *
 * Return: 0 with @filter, at most NG_FILTER_SIZE bytes, for ng_buffer_clear(); -E2BIG, -EINVAL,
 * -ENOMEM with @err.
 */
int ng_filter_compile(const struct ng_rule *rule, __u32 directions, struct ng_buffer *filter,
		      struct ng_error *err);

#endif
