/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Live entries with owners: each program that feeds a set has a name, its own ends, and can only
 * end what it wants itself. An entry lasts as long as the last of its owners wants it. What the
 * operator adds by ng_live_add() has the owner "".
 *
 * An owner's name has at most NG_LIVE_OWNER_LEN bytes. Functions fill @err when they fail; -ENOENT:
 * the ruleset in force has no such set.
 */
#ifndef NG_LIVE_OWNED_H
#define NG_LIVE_OWNED_H

#include "kernel/live/live.h"
#include "layout/live.h"

/**
 * ng_live_claim() - @owner wants @prefix in @set until @until; or longer, if it said so before
 * @state: opened with NG_ACCESS_CHANGE
 *
 * Packets that arrive after the return see it. Return: as ng_live_add().
 */
int ng_live_claim(struct ng_state *state, const char *set, const struct ng_prefix *prefix,
		  const char *owner, __u64 until, enum ng_live_change *change,
		  struct ng_error *err);

/** ng_live_release() - @owner wants it no longer; *@there: it did until now */
int ng_live_release(struct ng_state *state, const char *set, const struct ng_prefix *prefix,
		    const char *owner, bool *there, struct ng_error *err);

/** ng_live_knows_owner() - has @owner wanted anything since the filter was attached? 0 or -errno */
int ng_live_knows_owner(const struct ng_state *state, const char *owner, bool *knows,
			struct ng_error *err);

/** struct ng_live_replaced - the result of ng_live_replace(), in entries */
struct ng_live_replaced {
	size_t added, changed, unchanged, deleted;
};

/**
 * ng_live_replace() - from now on @owner wants exactly @members in @set
 * @members: @n of them, sorted by ng_live_sort(), each prefix once
 *
 * First all are added, then those are deleted that @owner wants no longer: an entry that is in both
 * is in force all the time. -ENOSPC before anything is changed; if another error comes between,
 * nothing was deleted yet.
 * Return: 0 with *@done; -errno.
 */
int ng_live_replace(struct ng_state *state, const char *set, const char *owner,
		    const struct ng_live_member *members, size_t n, struct ng_live_replaced *done,
		    struct ng_error *err);

/** ng_live_sort() - by family, address, length; of equal prefixes the one that lasts longest stays
 */
void ng_live_sort(struct ng_live_member *members, size_t *n);

/**
 * struct ng_live_holding - what one owner wants
 * @owner: its number in struct ng_live_holdings
 */
struct ng_live_holding {
	struct ng_prefix prefix;
	__u64 until;
	__u32 owner;
};

/**
 * struct ng_live_holdings - what all owners want in one set
 * @list:   @n of them, sorted by prefix, and then the one that lasts longest first
 * @owners: names; "" the operator's
 */
struct ng_live_holdings {
	struct ng_live_holding *list;
	size_t n;
	char owners[NG_LIVE_OWNERS][NG_LIVE_OWNER_LEN + 1];
};

/**
 * ng_live_holdings() - who wants the live entries of @set, or @prefix alone if it is not NULL
 *
 * Return: 0 with *@holdings for ng_live_holdings_clear(); -errno.
 */
int ng_live_holdings(const struct ng_state *state, const char *set, const struct ng_prefix *prefix,
		     struct ng_live_holdings *holdings, struct ng_error *err);
void ng_live_holdings_clear(struct ng_live_holdings *holdings); /* a zeroed one is fine */

/** ng_live_holder() - the name of the owner of @list[i]; "operator" for the operator */
const char *ng_live_holder(const struct ng_live_holdings *holdings, size_t i);
#define NG_OPERATOR "operator" /* no owner's name */

/** ng_live_holders() - of the entry at @first of the list: how many owners it has */
size_t ng_live_holders(const struct ng_live_holdings *holdings, size_t first);

/** struct ng_live_owned - number of entries of a set that an owner wants */
struct ng_live_owned {
	char set[NG_SET_NAME_LEN];
	char owner[NG_LIVE_OWNER_LEN + 1];
	size_t n;
};

/**
 * ng_live_owned() - of all owners, without the operator, and all sets of the ruleset in force, by
 * set and owner; *@owned for free()
 */
int ng_live_owned(const struct ng_state *state, struct ng_live_owned **owned, size_t *n,
		  struct ng_error *err);

#endif
