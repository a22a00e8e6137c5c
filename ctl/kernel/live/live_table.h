/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The live table's memory (include/layout/live.h): one map, mapped; entries in it by key. What sets
 * its rows belong to is the business of live_rows.h.
 *
 * Programs read while this writes, and a command may be killed after any store. So a key is written
 * before the word that makes an entry a member, what tells the programs where to look before the
 * first entry there, and the head's counts before what they count.
 */
#ifndef NG_LIVE_TABLE_H
#define NG_LIVE_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel/state/private.h"
#include "rules/ruleset.h"
#include "layout/control.h"
#include "layout/live.h"

/*
 * To map a map costs time for each of its pages, 10 ms for a million entries: so it is done in
 * windows, and for one entry only that one is mapped where it may stand.
 */
#define NG_LIVE_WINDOW	(1UL << 20) /* bytes */
#define NG_LIVE_WINDOWS 512

/**
 * struct ng_live_table - one map of the live table, mapped as far as ng_live_reach() was asked for
 * @rows, @names: NG_LIVE_ROWS of them, always mapped, and so is @head
 * @buckets:      @n_buckets of them; a hash names the first @homes, in a table of this layout
 * @size:         of all that is or can be mapped, which begins with @rows
 * @fd:           owned
 * @windows:      those that are mapped
 */
struct ng_live_table {
	struct ng_live_row *rows;
	struct ng_live_name *names;
	struct ng_live_head *head;
	struct ng_live_bucket *buckets;
	__u64 n_buckets, homes;
	size_t size;
	int fd;
	bool writable;
	bool windows[NG_LIVE_WINDOWS];
};

/** ng_live_create() - the map of maps with an empty table in it: an fd, or -errno; @folder as for
 * ng_inner_put()
 */
int ng_live_create(const char *folder);

/**
 * ng_live_map() - map the table that stands in the map of maps of @state
 * @writable: only under the lock, so that no other takes its place
 *
 * Return: 0 with *@table for ng_live_unmap(); -errno.
 */
int ng_live_map(const struct ng_state *state, bool writable, struct ng_live_table *table);
void ng_live_unmap(struct ng_live_table *table); /* a zeroed one is fine */

/** ng_live_reach() - map where the entry of @prefix stands or would stand; 0 or -errno */
int ng_live_reach(struct ng_live_table *table, __u32 row, const struct ng_prefix *prefix);
/** ng_live_reach_all() - map the whole table; 0 or -errno */
int ng_live_reach_all(struct ng_live_table *table);

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

/** ng_live_drop() - a member no longer */
void ng_live_drop(struct ng_live_table *table, struct ng_live_entry *entry);

/** ng_live_sweep() - drop what has expired among the next @n buckets, from where it ended last */
void ng_live_sweep(struct ng_live_table *table, __u64 n);

/**
 * ng_live_rebuild() - after -ENOSPC or -EXFULL: a new map in the place of *@table, of the size that
 * its entries need and with a new key; or, where that is enough, drop what has expired
 *
 * All that lasts is in both: the programs see one or the other. A killed command leaves either.
 * Return: 0 with *@table the new one; -ENOSPC when NG_LIVE_MAX entries last; -EXFULL when their
 * places cannot be found under any of NG_LIVE_KEYS new keys; another -errno. Then the old one is in
 * place, and no map is left over.
 */
int ng_live_rebuild(const struct ng_state *state, struct ng_live_table *table);
#define NG_LIVE_KEYS 8

/** ng_live_wasteful() - it takes more than four times the memory that its entries need */
bool ng_live_wasteful(const struct ng_live_table *table);

/**
 * ng_live_carry() - a new map of maps with all that lasts in that of @state, perhaps one of an
 * older layout
 *
 * Its rows are the same and unsettled, see ng_live_settle(). The control words are told whether
 * there are entries. Under the lock.
 * Return: its fd; -ENOSPC when more than NG_LIVE_MAX entries last; another -errno.
 */
int ng_live_carry(const struct ng_state *state);

#endif
