// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/live/live_owned.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/clock.h"
#include "kernel/live/live_change.h"
#include "kernel/live/live_owner.h"
#include "kernel/live/live_rows.h"
#include "kernel/maps/window.h"

/* ---- changes --------------------------------------------------------------------------- */

static int give_owner(struct ng_state *state, const char *owner, __u32 *number,
		      struct ng_error *err)
{
	int result = ng_live_owner_give(state->table, owner, number);

	if (result != -ENOSPC)
		return result ? ng_fail_bpf(err, result, "cannot map the live table") : 0;
	ng_fail(err, result, "there is no place for the owner %s: %d others have live entries",
		owner, NG_LIVE_OWNERS - 1);
	return ng_hint(err, result, "feed several sources under one name");
}

int ng_live_claim(struct ng_state *state, const char *set, const struct ng_prefix *prefix,
		  const char *owner, __u64 until, enum ng_live_change *change, struct ng_error *err)
{
	struct ng_live_subject subject = { .prefix = prefix };
	int result = ng_live_change_row(state, set, &subject.row, err);

	if (!result)
		result = give_owner(state, owner, &subject.owner, err);
	return result ? result
		      : ng_live_claim_or_grow(state, &subject, until, NG_LIVE_KEEP_LONGER, change,
					      err);
}

int ng_live_release(struct ng_state *state, const char *set, const struct ng_prefix *prefix,
		    const char *owner, bool *there, struct ng_error *err)
{
	struct ng_live_subject subject = { .prefix = prefix };
	int result = ng_live_change_row(state, set, &subject.row, err);

	if (result)
		return result;
	subject.owner = *owner ? ng_live_owner_find(state->table, owner) : 0;
	*there = false;
	if (subject.owner == NG_NO_OWNER)
		return 0;
	result = ng_live_claim_delete(state->table, &subject, there);
	if (result)
		return ng_fail_bpf(err, result, "cannot map the live table");
	ng_live_shrink(state);
	return 0;
}

int ng_live_knows_owner(const struct ng_state *state, const char *owner, bool *knows,
			struct ng_error *err)
{
	struct ng_live_table table;
	int result = ng_live_map(state, false, &table);

	if (result)
		return ng_fail_bpf(err, result, "cannot read the live table");
	*knows = ng_live_owner_find(&table, owner) != NG_NO_OWNER;
	ng_live_unmap(&table);
	return 0;
}

/* ---- replacing all of an owner --------------------------------------------------------- */

static int compare_prefixes(const struct ng_prefix *a, const struct ng_prefix *b)
{
	int order = a->family - b->family;

	if (!order)
		order = memcmp(a->addr, b->addr, sizeof(a->addr));
	return order ? order : a->len - b->len;
}

/* By prefix, the one that lasts longest first. */
static int by_member(const void *a, const void *b)
{
	const struct ng_live_member *x = a, *y = b;
	int order = compare_prefixes(&x->prefix, &y->prefix);

	return order				      ? order
	       : x->until == y->until		      ? 0
	       : ng_live_is_later(x->until, y->until) ? -1
						      : 1;
}

void ng_live_sort(struct ng_live_member *members, size_t *n)
{
	size_t kept = 0;

	if (*n)
		qsort(members, *n, sizeof(*members), by_member);
	for (size_t i = 0; i < *n; i++)
		if (!kept || compare_prefixes(&members[i].prefix, &members[kept - 1].prefix) != 0)
			members[kept++] = members[i];
	*n = kept;
}

static int by_prefix(const void *a, const void *b)
{
	return compare_prefixes(&((const struct ng_live_member *)a)->prefix,
				&((const struct ng_live_member *)b)->prefix);
}

/* Will all of them find a place? More than needed is assumed for those that others want, too. */
static int check_room(struct ng_state *state, const struct ng_live_subject *subject,
		      const struct ng_live_member *members, size_t n, struct ng_error *err)
{
	const struct ng_live_table *table = state->table;
	__u64 now = ng_clock_now(), more = 0;

	for (size_t i = 0; i < n; i++) {
		const struct ng_live_entry *entry =
			ng_live_find(table, subject->row, &members[i].prefix);

		more += !entry || !ng_live_is_valid(entry, now) ||
			(entry->until & NG_LIVE_OWNER) != subject->owner;
	}
	if (table->head->entries + more <= NG_LIVE_MAX)
		return 0;
	ng_fail(err, -ENOSPC,
		"the live table has no room for %llu more entries: it holds %llu of %u",
		(unsigned long long)more, (unsigned long long)table->head->entries, NG_LIVE_MAX);
	return ng_hint(err, -ENOSPC, "nothing has changed");
}

static int add_all(struct ng_state *state, struct ng_live_subject *subject,
		   const struct ng_live_member *members, size_t n, struct ng_live_replaced *done,
		   struct ng_error *err)
{
	for (size_t i = 0; i < n; i++) {
		enum ng_live_change change;
		int result;

		subject->prefix = &members[i].prefix;
		result = ng_live_claim_or_grow(state, subject, members[i].until, NG_LIVE_REPLACE,
					       &change, err);
		if (result)
			return result;
		done->added += change == NG_LIVE_ADDED;
		done->changed += change == NG_LIVE_CHANGED || change == NG_LIVE_HELD;
		done->unchanged += change == NG_LIVE_UNCHANGED;
	}
	return 0;
}

static int delete_others(struct ng_state *state, const struct ng_live_subject *all,
			 const struct ng_live_member *members, size_t n,
			 struct ng_live_replaced *done, struct ng_error *err)
{
	struct ng_live_table *table = state->table;
	int result = ng_live_map_place(table, 0, NULL, err);
	__u64 now = ng_clock_now();

	for (__u64 i = 0; !result && i < 2 * table->n_buckets; i++) {
		const struct ng_live_entry *entry = ng_live_entry_at(table, i);
		struct ng_live_member member = { 0 };
		struct ng_live_subject subject = { all->row, &member.prefix, all->owner };
		__u32 owner;
		bool there;

		if (ng_live_row_of(entry) != all->row ||
		    !ng_live_counts_as_claim(table, entry, now, &owner) || owner != all->owner)
			continue;
		ng_live_prefix(entry, &member.prefix);
		if (n && bsearch(&member, members, n, sizeof(*members), by_prefix))
			continue;
		result = ng_live_claim_delete(table, &subject, &there);
		if (result)
			return ng_fail_bpf(err, result, "cannot map the live table");
		done->deleted += there;
	}
	return result;
}

int ng_live_replace(struct ng_state *state, const char *set, const char *owner,
		    const struct ng_live_member *members, size_t n, struct ng_live_replaced *done,
		    struct ng_error *err)
{
	struct ng_live_subject subject = { 0 };
	struct ng_live_replaced replaced = { 0 };
	int result = ng_live_change_row(state, set, &subject.row, err);

	if (!result)
		result = give_owner(state, owner, &subject.owner, err);
	if (!result)
		result = ng_live_map_place(state->table, 0, NULL, err);
	if (!result)
		result = check_room(state, &subject, members, n, err);
	if (!result)
		result = add_all(state, &subject, members, n, &replaced, err);
	if (!result)
		result = delete_others(state, &subject, members, n, &replaced, err);
	if (result)
		return result;
	ng_live_shrink(state);
	*done = replaced;
	return 0;
}

/* ---- reading --------------------------------------------------------------------------- */

static int by_holding(const void *a, const void *b)
{
	const struct ng_live_holding *x = a, *y = b;
	int order = compare_prefixes(&x->prefix, &y->prefix);

	if (order)
		return order;
	if (x->until != y->until)
		return ng_live_is_later(x->until, y->until) ? -1 : 1;
	return x->owner < y->owner ? -1 : x->owner > y->owner;
}

static int append(struct ng_live_holdings *holdings, const struct ng_live_entry *entry, __u32 owner)
{
	struct ng_live_holding holding = { .until = ng_live_end(entry->until), .owner = owner };

	ng_live_prefix(entry, &holding.prefix);
	if (ng_array_grow(&holdings->list, holdings->n, sizeof(*holdings->list)))
		return -ENOMEM;
	holdings->list[holdings->n++] = holding;
	return 0;
}

/* Of one prefix, without looking at all entries. */
static int gather_one(struct ng_live_table *table, __u32 row, const struct ng_prefix *prefix,
		      struct ng_live_holdings *holdings)
{
	__u64 now = ng_clock_now();
	int result = 0;

	for (__u32 claimant = 0; !result && claimant <= NG_LIVE_OWNERS; claimant++) {
		__u32 at = claimant ? ng_live_claim_row(row, claimant - 1) : row, owner;
		const struct ng_live_entry *entry;

		if (claimant && !ng_live_owner_exists(table, claimant - 1))
			continue;
		result = ng_live_reach(table, at, prefix);
		entry = result ? NULL : ng_live_find(table, at, prefix);
		if (entry && ng_live_counts_as_claim(table, entry, now, &owner))
			result = append(holdings, entry, owner);
	}
	return result;
}

static int gather_all(struct ng_live_table *table, __u32 row, struct ng_live_holdings *holdings)
{
	__u64 now = ng_clock_now();
	int result = ng_live_reach_all(table);

	for (__u64 i = 0; !result && i < 2 * table->n_buckets; i++) {
		const struct ng_live_entry *entry = ng_live_entry_at(table, i);
		__u32 owner;

		if (ng_live_row_of(entry) == row &&
		    ng_live_counts_as_claim(table, entry, now, &owner))
			result = append(holdings, entry, owner);
	}
	return result;
}

int ng_live_holdings(const struct ng_state *state, const char *set, const struct ng_prefix *prefix,
		     struct ng_live_holdings *holdings, struct ng_error *err)
{
	struct ng_live_table table;
	__u32 row;
	int result = ng_live_open_row(state, set, &table, &row, err);

	if (result)
		return result;
	*holdings = (struct ng_live_holdings){ 0 };
	result = prefix ? gather_one(&table, row, prefix, holdings)
			: gather_all(&table, row, holdings);
	for (__u32 owner = 0; owner < NG_LIVE_OWNERS; owner++)
		ng_live_owner_name(&table, owner, holdings->owners[owner]);
	ng_live_unmap(&table);
	if (result) {
		ng_live_holdings_clear(holdings);
		return ng_fail_bpf(err, result, "cannot read the live table");
	}
	if (holdings->n)
		qsort(holdings->list, holdings->n, sizeof(*holdings->list), by_holding);
	return 0;
}

void ng_live_holdings_clear(struct ng_live_holdings *holdings)
{
	free(holdings->list);
	*holdings = (struct ng_live_holdings){ 0 };
}

const char *ng_live_holder(const struct ng_live_holdings *holdings, size_t i)
{
	const char *name = holdings->owners[holdings->list[i].owner];

	return *name ? name : NG_OPERATOR;
}

size_t ng_live_holders(const struct ng_live_holdings *holdings, size_t first)
{
	size_t n = 1;

	while (first + n < holdings->n &&
	       !compare_prefixes(&holdings->list[first].prefix, &holdings->list[first + n].prefix))
		n++;
	return n;
}

/* Numbers by row and owner. */
static void count_owned(const struct ng_live_table *table, size_t (*counts)[NG_LIVE_OWNERS])
{
	__u64 now = ng_clock_now();

	for (__u64 i = 0; i < 2 * table->n_buckets; i++) {
		const struct ng_live_entry *entry = ng_live_entry_at(table, i);
		__u32 owner;

		if (ng_live_counts_as_claim(table, entry, now, &owner))
			counts[ng_live_row_of(entry)][owner]++;
	}
}

static int list_owned(const struct ng_state *state, const struct ng_live_table *table,
		      size_t (*counts)[NG_LIVE_OWNERS], struct ng_live_owned **owned, size_t *n)
{
	for (__u32 row = 0; row < NG_LIVE_ROWS; row++)
		for (__u32 owner = 1; owner < NG_LIVE_OWNERS; owner++) {
			struct ng_live_owned *added;

			if (!counts[row][owner] ||
			    !ng_live_row_in_force(table, row, ng_window_slot(state)))
				continue;
			if (ng_array_grow(owned, *n, sizeof(**owned)))
				return -ENOMEM;
			added = &(*owned)[(*n)++];
			memcpy(added->set, table->names[row].name, sizeof(added->set));
			ng_live_owner_name(table, owner, added->owner);
			added->n = counts[row][owner];
		}
	return 0;
}

int ng_live_owned(const struct ng_state *state, struct ng_live_owned **owned, size_t *n,
		  struct ng_error *err)
{
	size_t(*counts)[NG_LIVE_OWNERS] = calloc(NG_LIVE_ROWS, sizeof(*counts)), found = 0;
	struct ng_live_owned *list = NULL;
	struct ng_live_table table = { 0 };
	int result;

	if (!counts)
		return ng_fail(err, -ENOMEM, "out of memory");
	result = ng_live_map(state, false, &table);
	if (result)
		ng_fail_bpf(err, result, "cannot read the live table");
	else
		result = ng_live_map_place(&table, 0, NULL, err);
	if (!result) {
		count_owned(&table, counts);
		result = list_owned(state, &table, counts, &list, &found);
		if (result)
			ng_fail(err, result, "out of memory");
	}
	ng_live_unmap(&table);
	free(counts);
	if (result) {
		free(list);
		return result;
	}
	*owned = list;
	*n = found;
	return 0;
}
