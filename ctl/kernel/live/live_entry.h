/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Entries of a live table that is mapped, by key.
 *
 * Programs read while this writes, and a command may be killed after any store. So a key is written
 * before the word that makes an entry a member, what tells the programs where to look before the
 * first entry there, and the head's counts before what they count.
 */
#ifndef NG_LIVE_ENTRY_H
#define NG_LIVE_ENTRY_H

#include "kernel/live/live_table.h"
#include "rules/ruleset.h"

/** ng_live_reach() - map where the entry of @prefix stands or would stand; 0 or -errno */
int ng_live_reach(struct ng_live_table *table, __u32 row, const struct ng_prefix *prefix);

/**
 * ng_live_find() - the entry of @prefix, a member or deleted; NULL when it never was in here
 *
 * This and ng_live_put() are for what ng_live_reach() has reached.
 */
struct ng_live_entry *ng_live_find(const struct ng_live_table *table, __u32 row,
				   const struct ng_prefix *prefix);

/** ng_live_prefix() - of an entry that is or was a member */
void ng_live_prefix(const struct ng_live_entry *entry, struct ng_prefix *prefix);
static inline __u32 ng_live_row_of(const struct ng_live_entry *entry)
{
	return entry->meta >> NG_LIVE_ROW_SHIFT & (NG_LIVE_ROWS - 1);
}

/** ng_live_lasts() - is it a member, and not expired? */
bool ng_live_lasts(const struct ng_live_entry *entry, __u64 now);

/**
 * ng_live_put() - make @prefix a member until @until; the programs see it when this returns
 * @control: may be NULL for a table that no program reads yet
 *
 * Return: 0; -ENOSPC when this map is as full as it may be; -EXFULL when it is not, but has no
 * place where a search would find the entry: under another key it has.
 */
int ng_live_put(struct ng_live_table *table, struct ng_control *control, __u32 row,
		const struct ng_prefix *prefix, __u64 until);

/** ng_live_entry_delete() - a member no longer */
void ng_live_entry_delete(struct ng_live_table *table, struct ng_live_entry *entry);

/** ng_live_sweep() - delete what has expired among the next @n buckets, from where it ended last */
void ng_live_sweep(struct ng_live_table *table, __u64 n);

/** ng_live_entry_at() - one after the other, members or not: two in each bucket */
static inline struct ng_live_entry *ng_live_entry_at(const struct ng_live_table *table, __u64 i)
{
	return &table->buckets[i / 2].entries[i % 2];
}

#endif
