// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/live/live_rebuild.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "kernel/live/live_claim.h"
#include "kernel/maps/inner.h"
#include "layout/control.h"
#include "layout/live.h"
#include "layout/stable.h"

static int copy_entries(const struct ng_live_table *from, struct ng_live_table *to,
			struct ng_control *words, __u64 now)
{
	int result = 0;

	for (__u64 i = 0; !result && i < 2 * from->n_buckets; i++) {
		const struct ng_live_entry *entry = ng_live_entry_at(from, i);
		__u64 until = entry->until;
		struct ng_prefix prefix;

		if (!ng_live_is_valid(entry, now) || (from->has_owners && ng_live_claimant(entry)))
			continue;
		/* In layouts without owners all bits are time. */
		if (!from->has_owners)
			until = ng_live_until_word(until, 0);
		ng_live_prefix(entry, &prefix);
		result = ng_live_put(to, words, ng_live_row_of(entry), &prefix, until);
	}
	return result;
}

/*
 * Those that count beside the entries that were copied. In another layout, entries of the old table
 * could not be found.
 */
static int copy_claims(const struct ng_live_table *from, struct ng_live_table *to, __u64 now)
{
	int result = 0;

	for (__u64 i = 0; !result && i < 2 * from->n_buckets; i++) {
		const struct ng_live_entry *entry = ng_live_entry_at(from, i);
		struct ng_prefix prefix;
		__u32 row, owner;

		if (!ng_live_claimant(entry) || !ng_live_counts_as_claim(to, entry, now, &owner))
			continue;
		row = ng_live_claim_row(ng_live_row_of(entry), owner);
		ng_live_prefix(entry, &prefix);
		result = ng_live_put(to, NULL, row, &prefix, entry->until);
	}
	return result;
}

/* Copy all entries that have not expired, and claims that count. Return: as ng_live_put(). */
static int copy(const struct ng_live_table *from, struct ng_live_table *to,
		struct ng_control *words, __u64 now)
{
	int result = copy_entries(from, to, words, now);

	if (!result && from->has_owners)
		result = copy_claims(from, to, now);
	if (result)
		return result;
	memcpy(to->names, from->names, NG_LIVE_ROWS * sizeof(*to->names));
	for (__u32 row = 0; row < NG_LIVE_ROWS && !from->has_owners; row++)
		memset(to->names[row].owner, 0, sizeof(to->names[row].owner));
	return 0;
}

/*
 * Create a table with all entries that have not expired. *@live: the new value of ng_control.live.
 */
static int copy_once(const struct ng_live_table *from, __u64 elements, __u64 now,
		     struct ng_live_table *to, __u64 *live)
{
	struct ng_control words = { 0 };
	int result = ng_live_table_create(elements, to);

	if (result)
		return result;
	result = ng_live_reach_all(to);
	if (!result)
		result = copy(from, to, &words, now);
	if (result)
		ng_live_unmap(to);
	*live = words.live;
	return result;
}

static int make_copy(const struct ng_live_table *from, __u64 elements, __u64 now,
		     struct ng_live_table *to, __u64 *live)
{
	int result = -EXFULL;

	for (int keys = 0; result == -EXFULL && keys < NG_LIVE_KEYS; keys++)
		result = copy_once(from, elements, now, to, live);
	return result;
}

/* The number of entries that have not expired. *@expires: none of them expires before that. */
static __u64 count_lasting(const struct ng_live_table *table, __u64 now, __u64 *expires)
{
	__u64 lasting = 0;

	*expires = NG_LIVE_NEVER;
	for (__u64 i = 0; i < 2 * table->n_buckets; i++) {
		const struct ng_live_entry *entry = ng_live_entry_at(table, i);

		if (!ng_live_is_valid(entry, now))
			continue;
		lasting++;
		if (entry->until && entry->until < *expires)
			*expires = entry->until;
	}
	return lasting;
}

/* Delete expired entries, and set the counts in the head to their exact values. */
static int sweep_all(struct ng_live_table *table)
{
	int result = ng_live_reach_all(table);
	__u64 expires, members;

	if (result)
		return result;
	ng_live_sweep(table, table->n_buckets);
	members = count_lasting(table, 0, &expires);
	__atomic_store_n(&table->head->entries, members, __ATOMIC_SEQ_CST);
	__atomic_store_n(&table->head->expires, expires, __ATOMIC_SEQ_CST);
	return 0;
}

static int put_in_place(const struct ng_state *state, struct ng_live_table *table,
			struct ng_live_table *next)
{
	int result;

	next->head->unsettled = table->head->unsettled;
	result = ng_inner_put(state->folder, state->now.live, 0, next->fd);
	if (result) {
		ng_inner_unpin(state->folder, next->fd);
		ng_live_unmap(next);
		return result;
	}
	ng_inner_unpin(state->folder, table->fd);
	ng_live_unmap(table);
	*table = *next;
	return 0;
}

int ng_live_rebuild(const struct ng_state *state, struct ng_live_table *table)
{
	bool was_full = table->head->entries >= NG_LIVE_MAX;
	__u64 now = ng_clock_now(), words;
	struct ng_live_table next;
	int result;

	if (now < table->head->full_until)
		return -ENOSPC;
	result = sweep_all(table);
	if (result)
		return result;
	if (table->head->entries >= NG_LIVE_MAX) {
		table->head->full_until = table->head->expires;
		return -ENOSPC;
	}
	if (was_full && !ng_live_is_full(table))
		return 0;
	result = make_copy(table, ng_live_elements_for(table->head->entries + 1), now, &next,
			   &words);
	if (!result)
		result = put_in_place(state, table, &next);
	if (!result)
		__atomic_store_n(&state->words->live, words, __ATOMIC_SEQ_CST);
	return result;
}

int ng_live_carry(const struct ng_state *state)
{
	__u64 now = ng_clock_now(), expires, words;
	struct ng_live_table old, next;
	int live, result = ng_live_map(state, false, &old);

	if (result)
		return result;
	old.has_owners = state->words->version >= NG_LAYOUT_OWNERS;
	result = ng_live_reach_all(&old);
	if (!result)
		result = make_copy(&old, ng_live_elements_for(count_lasting(&old, now, &expires)),
				   now, &next, &words);
	ng_live_unmap(&old);
	if (result)
		return result;
	next.head->unsettled = 1;
	live = ng_live_outer(state->folder, next.fd);
	ng_live_unmap(&next);
	if (live >= 0)
		__atomic_store_n(&state->words->live, words, __ATOMIC_SEQ_CST);
	return live;
}
