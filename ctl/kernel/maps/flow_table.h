/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The flow table (include/layout/flows.h): there while a ruleset in force, or the one to go back
 * to, uses `established`.
 */
#ifndef NG_FLOW_TABLE_H
#define NG_FLOW_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel/pins/handle.h"
#include "layout/flows.h"
#include "layout/image.h"

/**
 * struct ng_flow_table - a mapped flow table
 * @head, @marks, @flows, @keys: into the mapping; @flows and @keys have @n elements each, in the
 *                               same order, NG_FLOW_WAYS for each bucket
 */
struct ng_flow_table {
	struct ng_flows_head *head;
	__u64 *marks;
	struct ng_flow_entry *flows;
	struct ng_flow_key *keys;
	size_t n;
	size_t size;
};

/** ng_flows_create() - create the map of maps, without a table in it: an fd, or -errno */
int ng_flows_create(void);

/**
 * ng_flows_map() - map the table of @state
 * @writable: programs write at the same time
 *
 * Return: 0 with *@table for ng_flows_unmap(); -ENOENT when there is none; another -errno.
 */
int ng_flows_map(const struct ng_state *state, bool writable, struct ng_flow_table *table);
void ng_flows_unmap(struct ng_flow_table *table); /* a zeroed one is fine */

/**
 * ng_flows_bind() - make a table for @image, if it uses `established`, before it is in force
 *
 * A table of another size is replaced, and its flows go into the new one. Return: 0 or -errno.
 */
int ng_flows_bind(struct ng_state *state, const struct ng_image_header *image);

/** ng_flows_share() - put the table of @from, if there is one, into @to as well; 0 or -errno */
int ng_flows_share(struct ng_state *to, const struct ng_state *from);

/** ng_flows_settle() - remove the table if no image uses it; 0 or -errno */
int ng_flows_settle(struct ng_state *state);

/**
 * ng_flow_put() - note a flow as the programs would
 * @seen: tick of its last packet
 *
 * Return: false when another flow had to go.
 */
bool ng_flow_put(struct ng_flow_table *table, const struct ng_flow_key *key, __u64 seen,
		 enum ng_flow_state state);

/** ng_flow_has_room() - can the flow be noted without replacing another? */
bool ng_flow_has_room(const struct ng_flow_table *table, const struct ng_flow_key *key);

/** ng_flows_flush() - forget all flows; programs may write at the same time */
void ng_flows_flush(struct ng_flow_table *table);

/**
 * ng_flow_state_of() - the state of the flow with index @i
 * @settings: of the image in force
 * @tick:     now
 *
 * Return: NG_FLOW_STATES: there is none, its time is over, or it is being written.
 */
enum ng_flow_state ng_flow_state_of(const struct ng_flow_table *table, size_t i,
				    const struct ng_flow_settings *settings, __u64 tick);

/**
 * ng_flow_read() - likewise, with *@key
 *
 * It is the key of that flow even if programs write at the same time.
 */
enum ng_flow_state ng_flow_read(const struct ng_flow_table *table, size_t i,
				const struct ng_flow_settings *settings, __u64 tick,
				struct ng_flow_key *key);

/** ng_flow_forget() - remove the flow with index @i from a table that is mapped writable */
void ng_flow_forget(struct ng_flow_table *table, size_t i);

#endif
