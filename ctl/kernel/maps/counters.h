/* SPDX-License-Identifier: GPL-2.0-only */
/* What the programs counted, summed over all CPUs, since attach or the last reset. */
#ifndef NG_COUNTERS_H
#define NG_COUNTERS_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "kernel/pins/hooks.h"
#include "layout/counters.h"

struct ng_state;

/**
 * ng_counters_read() - all counters, indexed by slot (enum ng_slot)
 *
 * Packets and bytes of one counter may be a packet apart while traffic flows.
 * Return: 0 with *@counters, @*n of them, for free(); -errno with @err filled.
 */
int ng_counters_read(const struct ng_state *state, struct ng_counter **counters, __u32 *n,
		     struct ng_error *err);

/**
 * ng_counters_reset() - count from 0 again
 * @state: opened with NG_ACCESS_CHANGE
 *
 * Moves a baseline; no packet that passes meanwhile is lost or counted twice.
 */
int ng_counters_reset(struct ng_state *state, struct ng_error *err);

/**
 * ng_counters_are_whole() - is all that was counted in the counters that @state was opened with?
 *
 * While programs replace others their counters begin with 0, and what the others counted comes
 * later. What was read between two answers that say so is whole.
 */
bool ng_counters_are_whole(const struct ng_state *state);

#endif
