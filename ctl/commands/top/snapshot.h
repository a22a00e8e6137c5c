/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Snapshots of the filter and its counters, and the rates between two of them. Rulesets, programs
 * and generations may be replaced in between.
 */
#ifndef NG_SNAPSHOT_H
#define NG_SNAPSHOT_H

#include "kernel/attachment/counting.h"
#include "kernel/maps/counters.h"
#include "kernel/publish.h"
#include "report/counts.h"
#include "report/rates.h"

#define NG_HOOK_TEXT (IF_NAMESIZE + 8)

/**
 * struct ng_snapshot - zero it at first
 * @counts: the ruleset in force with its counters, and the rates since the snapshot before
 * @image, @ruleset, @counters: what @counts points to
 * @hooks:  @n_hooks of them, and @names: "eth0 xdp"
 */
struct ng_snapshot {
	struct ng_counts counts;
	struct ng_held_image image;
	struct ng_ruleset *ruleset;
	struct ng_counter *counters;
	struct ng_counting *hooks;
	char (*names)[NG_HOOK_TEXT];
	size_t n_hooks;
	struct ng_rates rates;
};

/**
 * ng_snapshot_update() - open the state, read everything, close it
 *
 * A ruleset that has not changed is not read again. Return: 0; -EAGAIN if programs are just being
 * replaced (see ng_counters_are_whole()), nothing has changed then; -errno with @err filled, as of
 * ng_state_open().
 */
int ng_snapshot_update(struct ng_snapshot *snapshot, struct ng_error *err);
void ng_snapshot_clear(struct ng_snapshot *snapshot);
#define __cleanup_snapshot __attribute__((cleanup(ng_snapshot_clear)))

/** ng_snapshot_time() - CLOCK_BOOTTIME in ns, which includes the time that the machine sleeps */
uint64_t ng_snapshot_time(void);

/** ng_snapshot_passed() - the rate at which hook @index passes packets; _dropped(): drops them */
struct ng_rate ng_snapshot_passed(const struct ng_snapshot *snapshot, size_t index);
struct ng_rate ng_snapshot_dropped(const struct ng_snapshot *snapshot, size_t index);

#endif
