// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/live/live.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "kernel/live/live_change.h"
#include "kernel/live/live_rows.h"
#include "kernel/live/live_table.h"
#include "kernel/maps/window.h"
#include "layout/image.h"
#include "layout/live.h"
#include "net/ip.h"

__u64 ng_live_until(__u64 ns)
{
	return ng_clock_now() + ns;
}

__u64 ng_live_remaining(__u64 until)
{
	__u64 now = ng_clock_now();

	return until > now ? until - now : 1;
}

int ng_live_add(struct ng_state *state, const char *set, const struct ng_prefix *prefix,
		__u64 until, enum ng_live_change *change, struct ng_error *err)
{
	struct ng_live_subject subject = { .prefix = prefix };
	enum ng_live_change done;
	int result = ng_live_change_row(state, set, &subject.row, err);

	if (!result)
		result = ng_live_claim_or_grow(state, &subject, until, NG_LIVE_REPLACE, &done, err);
	if (!result && change)
		*change = done;
	return result;
}

int ng_live_delete(struct ng_state *state, const char *set, const struct ng_prefix *prefix,
		   bool *there, struct ng_error *err)
{
	bool was_there;
	__u32 row;
	int result = ng_live_change_row(state, set, &row, err);

	if (result)
		return result;
	result = ng_live_claims_delete(state->table, row, prefix, &was_there);
	if (result)
		return ng_fail_bpf(err, result, "cannot map the live table");
	ng_live_shrink(state);
	if (there)
		*there = was_there;
	return 0;
}

/* Is it an entry of that row that programs find? */
static bool lasts_in(const struct ng_live_entry *entry, __u32 row, __u64 now)
{
	return ng_live_is_valid(entry, now) && ng_live_row_of(entry) == row &&
	       !ng_live_claimant(entry);
}

int ng_live_flush(struct ng_state *state, const char *set, size_t *n, struct ng_error *err)
{
	__u64 now = ng_clock_now();
	size_t deleted = 0;
	__u32 row;
	int result = ng_live_change_row(state, set, &row, err);

	if (!result)
		result = ng_live_map_place(state->table, row, NULL, err);
	if (result)
		return result;
	for (__u64 i = 0; i < 2 * state->table->n_buckets; i++) {
		struct ng_live_entry *entry = ng_live_entry_at(state->table, i);

		deleted += lasts_in(entry, row, now);
		if (entry->meta && ng_live_row_of(entry) == row)
			ng_live_entry_delete(state->table, entry);
	}
	ng_live_shrink(state);
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
	int result = ng_live_open_row(state, set, &table, &row, err);

	if (result)
		return result;
	for (int len = address->len; !result && !found && len >= 0; len--) {
		struct ng_live_entry *entry;

		ng_prefix_mask(&prefix, len);
		result = ng_live_map_place(&table, row, &prefix, err);
		if (result)
			break;
		entry = ng_live_find(&table, row, &prefix);
		found = entry && ng_live_is_valid(entry, now);
		if (found)
			*member = (struct ng_live_member){ prefix, ng_live_end(entry->until) };
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
	(*list)[(*n)++].until = ng_live_end(__atomic_load_n(&entry->until, __ATOMIC_RELAXED));
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
	int result = ng_live_open_row(state, set, &table, &row, err);

	if (result)
		return result;
	result = ng_live_map_place(&table, row, NULL, err);
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
	result = ng_live_map_place(&table, 0, NULL, err);
	if (result) {
		ng_live_unmap(&table);
		free(list);
		return result;
	}
	for (__u64 i = 0; i < 2 * table.n_buckets; i++) {
		const struct ng_live_entry *entry = ng_live_entry_at(&table, i);
		__u32 row = ng_live_row_of(entry);

		rows[row] += lasts_in(entry, row, now);
	}
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
