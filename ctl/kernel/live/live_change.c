// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/live/live_change.h"

#include <errno.h>
#include <stdlib.h>

#include "kernel/live/live_rebuild.h"
#include "kernel/live/live_rows.h"
#include "kernel/maps/window.h"
#include "layout/live.h"

/* Buckets in which each command deletes expired entries; takes some ten microseconds. */
#define SWEEP 1024

static int no_such_set(const char *set, struct ng_error *err)
{
	ng_fail(err, -ENOENT, "there is no set @%s in the ruleset in force", set);
	return ng_hint(err, -ENOENT, "%s set list lists them", ng_netguard());
}

int ng_live_open_row(const struct ng_state *state, const char *set, struct ng_live_table *table,
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

void ng_live_shrink(struct ng_state *state)
{
	if (ng_live_is_sparse(state->table))
		ng_live_rebuild(state, state->table);
}

int ng_live_change_row(struct ng_state *state, const char *set, __u32 *row, struct ng_error *err)
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
		ng_live_shrink(state);
	}
	*row = ng_live_row_find(state->table, set, ng_window_slot(state));
	return *row < NG_LIVE_ROWS ? 0 : no_such_set(set, err);
}

int ng_live_map_place(struct ng_live_table *table, __u32 row, const struct ng_prefix *prefix,
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

int ng_live_claim_or_grow(struct ng_state *state, const struct ng_live_subject *subject, __u64 end,
			  enum ng_live_how how, enum ng_live_change *change, struct ng_error *err)
{
	int result = 0;

	for (int keys = 0; !result; keys++) {
		int code = ng_live_claim_put(state->table, state->words, subject, end, how, change);

		if (!code)
			return 0;
		if ((code != -ENOSPC && code != -EXFULL) || keys == NG_LIVE_KEYS)
			return fail_put(code, err);
		result = ng_live_rebuild(state, state->table);
	}
	return fail_put(result, err);
}
