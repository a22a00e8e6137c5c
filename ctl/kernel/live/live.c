// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/live/live.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "kernel/live/live_entry.h"
#include "kernel/live/live_rebuild.h"
#include "kernel/live/live_rows.h"
#include "kernel/live/live_table.h"
#include "kernel/maps/window.h"
#include "layout/image.h"
#include "layout/live.h"
#include "net/ip.h"

/* Buckets in which each command deletes expired entries; takes some ten microseconds. */
#define SWEEP 1024

__u64 ng_live_until(__u64 ns)
{
	return ng_clock_now() + ns;
}

__u64 ng_live_remaining(__u64 until)
{
	__u64 now = ng_clock_now();

	return until > now ? until - now : 1;
}

static int no_such_set(const char *set, struct ng_error *err)
{
	ng_fail(err, -ENOENT, "there is no set @%s in the ruleset in force", set);
	return ng_hint(err, -ENOENT, "%s set list lists them", ng_netguard());
}

static int open_row(const struct ng_state *state, const char *set, struct ng_live_table *table,
		    __u32 *row, struct ng_error *err)
{
	int result = ng_live_map(state, false, table);

	if (result)
		return ng_fail_bpf(err, result, "cannot read the live table");
	*row = ng_live_row_find(table, set, ng_window_slot(state));
	if (*row < NG_LIVE_ROWS)
		return 0;
	ng_live_unmap(table);
	return no_such_set(set, err);
}

/* Fewer entries may need less memory; if that fails, the table stays as it is. */
static void shrink(struct ng_state *state)
{
	if (ng_live_is_sparse(state->table))
		ng_live_rebuild(state, state->table);
}

/* The table stays mapped until the state is closed, for callers that make many changes. */
static int change_row(struct ng_state *state, const char *set, __u32 *row, struct ng_error *err)
{
	int result = 0;

	if (!state->table) {
		state->table = calloc(1, sizeof(*state->table));
		if (!state->table)
			return ng_fail(err, -ENOMEM, "out of memory");
		result = ng_live_map(state, true, state->table);
		if (result)
			return ng_fail_bpf(err, result, "cannot change the live table");
		ng_live_sweep(state->table, SWEEP);
		shrink(state);
	}
	*row = ng_live_row_find(state->table, set, ng_window_slot(state));
	return *row < NG_LIVE_ROWS ? 0 : no_such_set(set, err);
}

/* Map the place of one entry, or the whole table when @prefix is NULL. */
static int reach(struct ng_live_table *table, __u32 row, const struct ng_prefix *prefix,
		 struct ng_error *err)
{
	int result = prefix ? ng_live_reach(table, row, prefix) : ng_live_reach_all(table);

	return result ? ng_fail_bpf(err, result, "cannot map the live table") : 0;
}

static int fail_put(int code, struct ng_error *err)
{
	if (code == -EXFULL) {
		ng_fail(err, code,
			"the live table has no place for this entry under any of %d keys",
			NG_LIVE_KEYS);
		return ng_hint(err, code, "nothing in it is lost; try again");
	}
	if (code != -ENOSPC)
		return ng_fail_bpf(err, code, "cannot enlarge the live table");
	ng_fail(err, code, "the live table is full: it holds %u entries", NG_LIVE_MAX);
	return ng_hint(err, code,
		       "delete what is no longer needed, or put it into the ruleset: set NAME "
		       "file \"FILE\"");
}

/* If the entry does not fit, rebuild the table: with more buckets, or with another key. */
static int put(struct ng_state *state, __u32 row, const struct ng_prefix *prefix, __u64 until)
{
	for (int keys = 0;; keys++) {
		int result = ng_live_put(state->table, state->words, row, prefix, until);

		if ((result != -ENOSPC && result != -EXFULL) || keys == NG_LIVE_KEYS)
			return result;
		result = ng_live_rebuild(state, state->table);
		if (!result)
			result = ng_live_reach(state->table, row, prefix);
		if (result)
			return result;
	}
}

int ng_live_add(struct ng_state *state, const char *set, const struct ng_prefix *prefix,
		__u64 until, enum ng_live_change *change, struct ng_error *err)
{
	enum ng_live_change done = NG_LIVE_ADDED;
	struct ng_live_entry *entry;
	__u32 row;
	int result = change_row(state, set, &row, err);

	if (result)
		return result;
	result = reach(state->table, row, prefix, err);
	if (result)
		return result;
	entry = ng_live_find(state->table, row, prefix);
	if (entry && ng_live_is_valid(entry, ng_clock_now()))
		done = entry->until == until ? NG_LIVE_UNCHANGED : NG_LIVE_CHANGED;
	result = put(state, row, prefix, until);
	if (result)
		return fail_put(result, err);
	if (change)
		*change = done;
	return 0;
}

int ng_live_delete(struct ng_state *state, const char *set, const struct ng_prefix *prefix,
		   bool *there, struct ng_error *err)
{
	struct ng_live_entry *entry;
	__u32 row;
	int result = change_row(state, set, &row, err);

	if (!result)
		result = reach(state->table, row, prefix, err);
	if (result)
		return result;
	entry = ng_live_find(state->table, row, prefix);
	if (there)
		*there = entry && ng_live_is_valid(entry, ng_clock_now());
	if (entry)
		ng_live_entry_delete(state->table, entry);
	shrink(state);
	return 0;
}

static bool lasts_in(const struct ng_live_entry *entry, __u32 row, __u64 now)
{
	return ng_live_is_valid(entry, now) && ng_live_row_of(entry) == row;
}

int ng_live_flush(struct ng_state *state, const char *set, size_t *n, struct ng_error *err)
{
	__u64 now = ng_clock_now();
	size_t deleted = 0;
	__u32 row;
	int result = change_row(state, set, &row, err);

	if (!result)
		result = reach(state->table, row, NULL, err);
	if (result)
		return result;
	for (__u64 i = 0; i < 2 * state->table->n_buckets; i++) {
		struct ng_live_entry *entry = ng_live_entry_at(state->table, i);

		deleted += lasts_in(entry, row, now);
		if (entry->meta && ng_live_row_of(entry) == row)
			ng_live_entry_delete(state->table, entry);
	}
	shrink(state);
	if (n)
		*n = deleted;
	return 0;
}

int ng_live_test(const struct ng_state *state, const char *set, const struct ng_prefix *address,
		 bool *there, struct ng_live_member *member, struct ng_error *err)
{
	struct ng_prefix prefix = *address;
	__u64 now = ng_clock_now();
	struct ng_live_table table;
	bool found = false;
	__u32 row;
	int result = open_row(state, set, &table, &row, err);

	if (result)
		return result;
	for (int len = address->len; !result && !found && len >= 0; len--) {
		struct ng_live_entry *entry;

		ng_prefix_mask(&prefix, len);
		result = reach(&table, row, &prefix, err);
		if (result)
			break;
		entry = ng_live_find(&table, row, &prefix);
		found = entry && ng_live_is_valid(entry, now);
		if (found)
			*member = (struct ng_live_member){ prefix, entry->until };
	}
	ng_live_unmap(&table);
	if (!result)
		*there = found;
	return result;
}

static int by_prefix(const void *a, const void *b)
{
	const struct ng_prefix *x = &((const struct ng_live_member *)a)->prefix;
	const struct ng_prefix *y = &((const struct ng_live_member *)b)->prefix;
	int order;

	if (x->family != y->family)
		return x->family - y->family;
	order = memcmp(x->addr, y->addr, sizeof(x->addr));
	return order ? order : x->len - y->len;
}

static int append(struct ng_live_member **list, size_t *n, const struct ng_live_entry *entry)
{
	if (ng_array_grow(list, *n, sizeof(**list)))
		return -ENOMEM;
	ng_live_prefix(entry, &(*list)[*n].prefix);
	(*list)[(*n)++].until = __atomic_load_n(&entry->until, __ATOMIC_RELAXED);
	return 0;
}

int ng_live_list(const struct ng_state *state, const char *set, struct ng_live_member **members,
		 size_t *n, struct ng_error *err)
{
	__cleanup_free struct ng_live_member *list = NULL;
	__u64 now = ng_clock_now();
	struct ng_live_table table;
	size_t length = 0;
	__u32 row;
	int result = open_row(state, set, &table, &row, err);

	if (result)
		return result;
	result = reach(&table, row, NULL, err);
	for (__u64 i = 0; !result && i < 2 * table.n_buckets; i++)
		if (lasts_in(ng_live_entry_at(&table, i), row, now) &&
		    append(&list, &length, ng_live_entry_at(&table, i)))
			result = ng_fail(err, -ENOMEM, "out of memory");
	ng_live_unmap(&table);
	if (result)
		return result;
	if (length)
		qsort(list, length, sizeof(*list), by_prefix);
	*members = list;
	*n = length;
	list = NULL;
	return 0;
}

int ng_live_counts(const struct ng_state *state, struct ng_live_count **counts, size_t *n,
		   struct ng_error *err)
{
	struct ng_live_count *list = calloc(NG_LIVE_ROWS, sizeof(*list));
	enum ng_image_slot slot = ng_window_slot(state);
	size_t rows[NG_LIVE_ROWS] = { 0 };
	__u64 now = ng_clock_now();
	struct ng_live_table table;
	int result;

	if (!list)
		return ng_fail(err, -ENOMEM, "out of memory");
	result = ng_live_map(state, false, &table);
	if (result) {
		free(list);
		return ng_fail_bpf(err, result, "cannot read the live table");
	}
	result = reach(&table, 0, NULL, err);
	if (result) {
		ng_live_unmap(&table);
		free(list);
		return result;
	}
	for (__u64 i = 0; i < 2 * table.n_buckets; i++)
		if (ng_live_is_valid(ng_live_entry_at(&table, i), now))
			rows[ng_live_row_of(ng_live_entry_at(&table, i))]++;
	*n = 0;
	for (__u32 row = 0; row < NG_LIVE_ROWS; row++)
		if (ng_live_row_in_force(&table, row, slot)) {
			memcpy(list[*n].set, table.names[row].name, sizeof(list[*n].set));
			list[(*n)++].n = rows[row];
		}
	ng_live_unmap(&table);
	*counts = list;
	return 0;
}
