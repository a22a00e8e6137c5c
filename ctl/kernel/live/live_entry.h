/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Entries of a mapped live table, by key.
 *
 * Programs read the table while this writes, and a command may be killed after any store. So a key
 * is written before the word that makes an entry a member; lengths and filter, which tell programs
 * where to look, before the first entry there; and the head's counts before what they count.
 *
 * @row is a row, for the entry that programs find; or ng_live_claim_row() of it, for an owner's
 * claim beside that entry, of which programs know nothing. See live_claim.h.
 */
#ifndef NG_LIVE_ENTRY_H
#define NG_LIVE_ENTRY_H

#include "kernel/live/live_table.h"
#include "rules/ruleset.h"

/** ng_live_claim_row() - in place of @row: the claims of @owner */
static inline __u32 ng_live_claim_row(__u32 row, __u32 owner)
{
	return row | (owner + 1) << (NG_LIVE_CLAIM_SHIFT - NG_LIVE_ROW_SHIFT);
}

/** ng_live_claimant() - of a claim: 1 + the number of its owner; 0: it is no claim */
static inline __u32 ng_live_claimant(const struct ng_live_entry *entry)
{
	return entry->meta >> NG_LIVE_CLAIM_SHIFT & 0xff;
}

/**
 * ng_live_reach() - map the part of the table where the entry of @prefix is or would be; 0 or
 * -errno
 */
int ng_live_reach(struct ng_live_table *table, __u32 row, const struct ng_prefix *prefix);

/**
 * ng_live_find() - the entry of @prefix, a member or deleted; NULL when there is none
 *
 * This and ng_live_put() require ng_live_reach() before.
 */
struct ng_live_entry *ng_live_find(const struct ng_live_table *table, __u32 row,
				   const struct ng_prefix *prefix);

/** ng_live_prefix() - the prefix of an entry that is or was a member */
void ng_live_prefix(const struct ng_live_entry *entry, struct ng_prefix *prefix);
static inline __u32 ng_live_row_of(const struct ng_live_entry *entry)
{
	return entry->meta >> NG_LIVE_ROW_SHIFT & (NG_LIVE_ROWS - 1);
}

/** ng_live_is_valid() - is it a member that has not expired? */
bool ng_live_is_valid(const struct ng_live_entry *entry, __u64 now);

/**
 * ng_live_put() - make @prefix a member until @until; the programs see it when this returns
 * @until:   as in struct ng_live_entry, with the owner's bits
 * @control: NULL: no program reads this table yet
 *
 * Return: 0; -ENOSPC when the map is full; -EXFULL when it is not, but all places where a search
 * would find the entry are taken, which another hash key would change.
 */
int ng_live_put(struct ng_live_table *table, struct ng_control *control, __u32 row,
		const struct ng_prefix *prefix, __u64 until);

/** ng_live_entry_delete() - mark it as deleted */
void ng_live_entry_delete(struct ng_live_table *table, struct ng_live_entry *entry);

/**
 * ng_live_sweep() - delete expired entries in the next @n buckets, going on where the last call
 * ended
 */
void ng_live_sweep(struct ng_live_table *table, __u64 n);

/** ng_live_entry_at() - entry @i of the table, member or not; each bucket has two */
static inline struct ng_live_entry *ng_live_entry_at(const struct ng_live_table *table, __u64 i)
{
	return &table->buckets[i / 2].entries[i % 2];
}

#endif
