/* SPDX-License-Identifier: GPL-2.0-only */
/* set add, set delete: one entry. */
#ifndef NG_SET_CHANGE_H
#define NG_SET_CHANGE_H

#include "cli/command.h"
#include "kernel/live/live.h"

/**
 * struct ng_set_change - what is done to a set, and what came of it
 * @set:      its name
 * @deletes:  set delete, not set add
 * @seconds:  for how long entries are added that do not say it themselves; 0: for good
 * @done:     entries added or deleted
 * @changed:  entries that were in and now expire at another time
 * @same:     entries that were as they were to be: added, in for good already
 * @failed:   entries that could not be read, added or found
 */
struct ng_set_change {
	const char *set;
	bool deletes;
	uint64_t seconds;
	size_t done, changed, same, failed;
};

/** ng_set_name() - a set may be named as rules name it, with '@' */
static inline const char *ng_set_name(const char *word)
{
	return *word == '@' ? word + 1 : word;
}

/**
 * ng_set_change_one() - add or delete one entry: "ADDRESS [for TIME]"
 * @text:   is written to
 * @outcome: what was done, for people; at least NG_SET_OUTCOME bytes
 *
 * Return: 0; -errno with ctx->error; either is counted.
 */
#define NG_SET_OUTCOME 96
int ng_set_change_one(struct ng_context *ctx, struct ng_state *state, struct ng_set_change *change,
		      char *text, char outcome[NG_SET_OUTCOME]);

/** ng_set_change_prefix() - the same of a prefix that was read; a failure is not counted */
int ng_set_change_prefix(struct ng_context *ctx, struct ng_state *state,
			 struct ng_set_change *change, const struct ng_prefix *prefix,
			 uint64_t seconds, char outcome[NG_SET_OUTCOME]);

#endif
