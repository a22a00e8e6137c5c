/* SPDX-License-Identifier: GPL-2.0-only */
/* What all changes of live entries begin and end with: mapping the table, making it larger. */
#ifndef NG_LIVE_CHANGE_H
#define NG_LIVE_CHANGE_H

#include "kernel/live/live_claim.h"

/**
 * ng_live_open_row() - map the live table for reading, and find the row of @set
 *
 * Return: 0 with *@table for ng_live_unmap(); -ENOENT when the ruleset in force has no such set;
 * another -errno.
 */
int ng_live_open_row(const struct ng_state *state, const char *set, struct ng_live_table *table,
		     __u32 *row, struct ng_error *err);

/**
 * ng_live_change_row() - the same for changes, in state->table
 *
 * That stays mapped until the state is closed, for callers that make many changes.
 */
int ng_live_change_row(struct ng_state *state, const char *set, __u32 *row, struct ng_error *err);

/** ng_live_map_place() - map the place of one entry, or the whole table when @prefix is NULL */
int ng_live_map_place(struct ng_live_table *table, __u32 row, const struct ng_prefix *prefix,
		      struct ng_error *err);

/**
 * ng_live_claim_or_grow() - ng_live_claim_put(); when there is no place, the table is rebuilt: with
 * more buckets, or with another key
 */
int ng_live_claim_or_grow(struct ng_state *state, const struct ng_live_subject *subject, __u64 end,
			  enum ng_live_how how, enum ng_live_change *change, struct ng_error *err);

/** ng_live_shrink() - if fewer entries need less memory; if that fails, the table stays as it is */
void ng_live_shrink(struct ng_state *state);

#endif
