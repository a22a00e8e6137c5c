/* SPDX-License-Identifier: GPL-2.0-only */
/* One rule -> the entries that it needs in an image. */
#ifndef NG_ENTRY_H
#define NG_ENTRY_H

#include "compile/buffer.h"
#include "layout.h"
#include "rules/ruleset.h"

/**
 * struct ng_used_set - a set that rules look up, on one side
 * @set: NULL for the live set
 */
struct ng_used_set {
	char name[NG_SET_NAME_LEN];
	const struct ng_set *set;
	int daddr;
};

/**
 * struct ng_compiler - an image while it is written
 * @body:    the image: the header's place first, then bounds and matches as they come
 * @entries: by direction and class, in the order of the rules
 * @used:    the sets that were met, @n_used of them, bit i of the key's set word the i-th
 */
struct ng_compiler {
	const struct ng_ruleset *ruleset;
	struct ng_buffer body;
	struct ng_buffer entries[NG_DIRECTIONS][NG_CLASSES];
	struct ng_used_set used[NG_LOOKUPS_MAX];
	size_t n_used;
};

/**
 * ng_entries_add() - append @rule to every class of frames it can match
 * @number: from 1, 0 for the implicit rule about @blocked
 *
 * Return: 0, -ENOMEM, -E2BIG with @err when a limit of the layout is exceeded.
 */
int ng_entries_add(struct ng_compiler *compiler, const struct ng_rule *rule, __u32 number,
		   __u32 slot, struct ng_error *err);

#endif
