/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A rule with lists -> its variants, rules with one value or range each: trees separate boxes, and
 * a list is not a box.
 */
#ifndef NG_VARIANT_H
#define NG_VARIANT_H

#include "compile/entry/entry.h"

/**
 * ng_entries_add() - append entries for @rule, for all kinds of frames that it can match
 * @number: from 1
 *
 * Return: 0; -ENOMEM; -E2BIG with @err filled when a limit of the layout is exceeded.
 */
int ng_entries_add(struct ng_compiler *compiler, const struct ng_rule *rule, __u32 number,
		   __u32 slot, struct ng_error *err);

#endif
