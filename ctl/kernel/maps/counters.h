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
 * ng_counters_reset() - set all counters to 0
 * @state: opened with NG_ACCESS_CHANGE
 *
 * It moves a baseline, so packets that arrive meanwhile are counted exactly once.
 */
int ng_counters_reset(struct ng_state *state, struct ng_error *err);

/**
 * ng_counters_are_whole() - do the counters that @state was opened with hold everything counted so
 * far?
 *
 * While programs are being replaced, the counters of the new ones begin at 0; those of the old ones
 * are added later. What is read between two calls that return true is complete.
 */
bool ng_counters_are_whole(const struct ng_state *state);

#endif
