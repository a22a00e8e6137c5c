/* SPDX-License-Identifier: GPL-2.0-only */
/* set add, set delete: one entry. */
#ifndef NG_SET_CHANGE_H
#define NG_SET_CHANGE_H

#include "cli/command.h"
#include "kernel/live/live.h"

/**
 * struct ng_set_change - a change of a set, and its results
 * @set:      its name
 * @deletes:  set delete; otherwise set add
 * @seconds:  for entries without their own `for TIME`; 0: permanently
 * @done:     entries added or deleted
 * @changed:  entries that existed and now expire at another time
 * @same:     permanent entries that were to be added and existed already
 * @failed:   entries that could not be parsed, added or found
 */
struct ng_set_change {
	const char *set;
	bool deletes;
	uint64_t seconds;
	size_t done, changed, same, failed;
};

/**
 * ng_set_change_one() - add or delete one entry: "ADDRESS [for TIME]"
 * @text:   is modified
 * @outcome: what was done, as text
 *
 * Return: 0; -errno with ctx->error. The counts of @change are updated in both cases.
 */
#define NG_SET_OUTCOME 96
int ng_set_change_one(struct ng_context *ctx, struct ng_state *state, struct ng_set_change *change,
		      char *text, char outcome[NG_SET_OUTCOME]);

/** ng_set_change_prefix() - the same for a prefix; does not count failures */
int ng_set_change_prefix(struct ng_context *ctx, struct ng_state *state,
			 struct ng_set_change *change, const struct ng_prefix *prefix,
			 uint64_t seconds, char outcome[NG_SET_OUTCOME]);

#endif
