/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Live entries: addresses and prefixes that a named set holds besides those of the ruleset, without
 * an image being touched. They stay over every update as long as the ruleset has a set of that
 * name.
 *
 * Sets are named without '@'. All functions fill @err when they fail: -ENOENT for a set that the
 * ruleset in force does not have.
 */
#ifndef NG_LIVE_H
#define NG_LIVE_H

#include <linux/types.h>

#include "base/error.h"
#include "rules/ruleset.h"

struct ng_state;

#define NG_LIVE_FOR_GOOD 0

/**
 * struct ng_live_member - a live entry
 * @until: CLOCK_BOOTTIME in ns when it expires, or NG_LIVE_FOR_GOOD
 */
struct ng_live_member {
	struct ng_prefix prefix;
	__u64 until;
};

enum ng_live_change { NG_LIVE_ADDED, NG_LIVE_CHANGED, NG_LIVE_UNCHANGED };

/** ng_live_until() - the CLOCK_BOOTTIME that is @ns from now */
__u64 ng_live_until(__u64 ns);
/** ng_live_left() - ns until then, at least 1 for what has not expired yet */
__u64 ng_live_left(__u64 until);

/**
 * ng_live_add() - make @prefix a member of @set until @until; the last word counts
 * @state:  opened with NG_ACCESS_CHANGE
 * @change: may be NULL; ADDED what was no member or had expired, CHANGED what had another @until
 *
 * The packets that come after the return find it. Return: 0; -ENOSPC when the table is full, which
 * loses nothing that it holds; another -errno.
 */
int ng_live_add(struct ng_state *state, const char *set, const struct ng_prefix *prefix,
		__u64 until, enum ng_live_change *change, struct ng_error *err);

/** ng_live_delete() - @there (may be NULL): was it a member? It is no error when it was not */
int ng_live_delete(struct ng_state *state, const char *set, const struct ng_prefix *prefix,
		   bool *there, struct ng_error *err);

/** ng_live_flush() - delete all live entries of @set; *@n (may be NULL): how many there were */
int ng_live_flush(struct ng_state *state, const char *set, size_t *n, struct ng_error *err);

/**
 * ng_live_test() - which live entry holds @address, the longest prefix if there are several
 *
 * Return: 0 with *@there, and *@member when there is one; -errno.
 */
int ng_live_test(const struct ng_state *state, const char *set, const struct ng_prefix *address,
		 bool *there, struct ng_live_member *member, struct ng_error *err);

/**
 * ng_live_list() - the live entries of @set that have not expired, by family, address, length
 *
 * Entries that come or go while the table is read may be in or not.
 * Return: 0 with *@members, *@n of them, for free(); -errno.
 */
int ng_live_list(const struct ng_state *state, const char *set, struct ng_live_member **members,
		 size_t *n, struct ng_error *err);

/**
 * struct ng_live_count - how many live entries a set has
 */
struct ng_live_count {
	char set[NG_SET_NAME_LEN];
	size_t n;
};

/** ng_live_counts() - of all sets in force that can have any; *@counts for free() */
int ng_live_counts(const struct ng_state *state, struct ng_live_count **counts, size_t *n,
		   struct ng_error *err);

#endif
