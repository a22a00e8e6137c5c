/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Live entries: addresses and prefixes that a named set holds in addition to those of the ruleset.
 * Changing them does not change an image. They survive every update of the ruleset as long as it
 * has a set of that name.
 *
 * Names of sets are without '@'. All functions fill @err when they fail; -ENOENT: the ruleset in
 * force has no such set.
 */
#ifndef NG_LIVE_H
#define NG_LIVE_H

#include <linux/types.h>

#include "base/error.h"
#include "kernel/live/live_member.h"
#include "rules/ruleset.h"

struct ng_state;

/** ng_live_until() - the CLOCK_BOOTTIME @ns from now */
__u64 ng_live_until(__u64 ns);
/** ng_live_remaining() - ns until then, at least 1 */
__u64 ng_live_remaining(__u64 until);

/**
 * ng_live_add() - the operator wants @prefix in @set until @until, whatever @until he gave before
 * @state:  opened with NG_ACCESS_CHANGE
 * @change: may be NULL
 *
 * Owners who want it longer (live_owned.h) keep it. Packets that arrive after the return see it.
 * Return: 0; -ENOSPC when the table is full, and no entry is lost; another -errno.
 */
int ng_live_add(struct ng_state *state, const char *set, const struct ng_prefix *prefix,
		__u64 until, enum ng_live_change *change, struct ng_error *err);

/**
 * ng_live_delete() - delete @prefix, if it is a member, whoever wants it; *@there (may be NULL): it
 * was one
 */
int ng_live_delete(struct ng_state *state, const char *set, const struct ng_prefix *prefix,
		   bool *there, struct ng_error *err);

/** ng_live_flush() - delete all live entries of @set; *@n (may be NULL): how many there were */
int ng_live_flush(struct ng_state *state, const char *set, size_t *n, struct ng_error *err);

/**
 * ng_live_test() - the live entry with the longest prefix that contains @address
 *
 * Return: 0 with *@there, and *@member when there is one; -errno.
 */
int ng_live_test(const struct ng_state *state, const char *set, const struct ng_prefix *address,
		 bool *there, struct ng_live_member *member, struct ng_error *err);

/**
 * ng_live_list() - the live entries of @set that have not expired, sorted by family, address,
 * length
 *
 * Entries that are added or deleted while the table is read may be missing or not.
 * Return: 0 with *@members, *@n of them, for free(); -errno.
 */
int ng_live_list(const struct ng_state *state, const char *set, struct ng_live_member **members,
		 size_t *n, struct ng_error *err);

/** struct ng_live_count - number of live entries of a set */
struct ng_live_count {
	char set[NG_SET_NAME_LEN];
	size_t n;
};

/** ng_live_counts() - of all sets of the ruleset in force that can have any; *@counts for free() */
int ng_live_counts(const struct ng_state *state, struct ng_live_count **counts, size_t *n,
		   struct ng_error *err);

#endif
