/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The live table's memory (include/layout/live.h): one map, mapped. Its entries are the business
 * of live_entry.h, what sets its rows belong to of live_rows.h.
 */
#ifndef NG_LIVE_TABLE_H
#define NG_LIVE_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel/pins/handle.h"
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

/** ng_live_reach_all() - map the whole table; 0 or -errno */
int ng_live_reach_all(struct ng_live_table *table);

/** ng_live_reach_elements() - map those; 0 or -errno */
int ng_live_reach_elements(struct ng_live_table *table, size_t first, size_t n);

/**
 * ng_live_make() - an empty table of so many elements, with a key of its own, that no program sees
 * yet
 *
 * Return: 0 with *@table for ng_live_unmap(), its first window mapped; -errno.
 */
int ng_live_make(__u64 elements, struct ng_live_table *table);
#define NG_LIVE_NEVER (~0ULL) /* ng_live_head.expires when no entry expires */

/** ng_live_outer() - a map of maps with the table @first (fd) in it: an fd, or -errno */
int ng_live_outer(const char *folder, int first);

/** ng_live_elements_for() - how many a table for @n entries has */
__u64 ng_live_elements_for(__u64 n);

/** ng_live_is_full() - are as many places written as may be, those of deleted entries among them?
 */
bool ng_live_is_full(const struct ng_live_table *table);

/** ng_live_wasteful() - it takes more than four times the memory that its entries need */
bool ng_live_wasteful(const struct ng_live_table *table);

#endif
