/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The memory of the live table (include/layout/live.h): one map, mapped. live_entry.h works on its
 * entries, live_rows.h assigns its rows to sets.
 */
#ifndef NG_LIVE_TABLE_H
#define NG_LIVE_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel/pins/handle.h"
#include "layout/live.h"

/*
 * Mapping takes time for each page, 10 ms for a million entries. So the table is mapped in windows,
 * and for one entry only the windows where it may be.
 */
#define NG_LIVE_WINDOW	(1UL << 20) /* bytes */
#define NG_LIVE_WINDOWS 512

/**
 * struct ng_live_table - one map of the live table, of which ng_live_reach() maps what is needed
 * @rows, @names: NG_LIVE_ROWS of them, always mapped, and so is @head
 * @buckets:      @n_buckets of them; the first @homes are homes; 0 homes in an older layout
 * @size:         bytes of the whole table, which begins at @rows
 * @fd:           owned
 * @has_owners:   false: of a layout whose entries have none
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
	bool writable, has_owners;
	bool windows[NG_LIVE_WINDOWS];
};

/**
 * ng_live_create() - create the map of maps with an empty table: an fd, or -errno; @folder as for
 * ng_inner_put()
 */
int ng_live_create(const char *folder);

/**
 * ng_live_map() - map the table that is in the map of maps of @state
 * @writable: only under the lock, so that it is not replaced meanwhile
 *
 * Return: 0 with *@table for ng_live_unmap(); -errno.
 */
int ng_live_map(const struct ng_state *state, bool writable, struct ng_live_table *table);
void ng_live_unmap(struct ng_live_table *table); /* a zeroed one is fine */

/** ng_live_reach_all() - map the whole table; 0 or -errno */
int ng_live_reach_all(struct ng_live_table *table);

/** ng_live_reach_elements() - map @n elements from @first on; 0 or -errno */
int ng_live_reach_elements(struct ng_live_table *table, size_t first, size_t n);

/**
 * ng_live_table_create() - create an empty table of @elements with a new hash key; not yet visible
 * to programs
 *
 * Return: 0 with *@table for ng_live_unmap(), its first window mapped; -errno.
 */
int ng_live_table_create(__u64 elements, struct ng_live_table *table);
#define NG_LIVE_NEVER (~0ULL) /* ng_live_head.expires when no entry expires */

/** ng_live_outer() - create a map of maps with the table @first (fd) in it: an fd, or -errno */
int ng_live_outer(const char *folder, int first);

/** ng_live_elements_for() - number of elements of a table for @n entries */
__u64 ng_live_elements_for(__u64 n);

/**
 * ng_live_is_full() - have all places that may be used been written, those of deleted entries
 * included?
 */
bool ng_live_is_full(const struct ng_live_table *table);

/** ng_live_is_sparse() - does it take more than four times the memory that its entries need? */
bool ng_live_is_sparse(const struct ng_live_table *table);

#endif
