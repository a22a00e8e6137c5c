/* SPDX-License-Identifier: GPL-2.0-only */
/* Rates of counters between two snapshots, and their history. No system calls. */
#ifndef NG_RATES_H
#define NG_RATES_H

#include <stddef.h>
#include <stdint.h>

#include "layout/counters.h"

#define NG_TREND_INTERVALS 60

/** struct ng_rate - per second */
struct ng_rate {
	double packets;
	double bits;
};

/** struct ng_trend - packets per second, by the number of the snapshot modulo NG_TREND_INTERVALS */
struct ng_trend {
	float packets[NG_TREND_INTERVALS];
};

/**
 * struct ng_rates - zero it at first; all arrays have @n elements, by slot
 * @time:      of the last snapshot, ns of a monotonic clock
 * @seconds:   between the last two snapshots; 0: there are no rates yet
 * @intervals:     number of snapshots
 * @counted:   counters at the last snapshot
 * @owners:    a hash of what the counter belongs to; 0: nothing yet
 * @list:      rates between the last two snapshots
 * @trends:    NULL: nothing was ever counted
 */
struct ng_rates {
	uint64_t time;
	double seconds;
	uint64_t intervals;
	uint32_t n;
	struct ng_counter *counted;
	uint64_t *owners;
	struct ng_rate *list;
	struct ng_trend **trends;
};

void ng_rates_clear(struct ng_rates *rates);

/** ng_rates_room() - grow all arrays to @n slots; 0 or -ENOMEM */
int ng_rates_room(struct ng_rates *rates, uint32_t n);

/**
 * ng_rates_own() - note that the counter @slot belongs to @name, @size bytes
 *
 * If it belonged to another one before, it counts from 0 and loses its trend. A name is kept until
 * then: a rule that is deleted and comes back with its counter continues.
 */
void ng_rates_own(struct ng_rates *rates, uint32_t slot, const char *name, size_t size);

/**
 * ng_rates_update() - take a snapshot of all counters at @time
 * @n: of @counters, at most @rates->n
 *
 * A counter that is less than before was reset in between. Return: 0 or -ENOMEM.
 */
int ng_rates_update(struct ng_rates *rates, uint64_t time, const struct ng_counter *counters,
		    uint32_t n);

/** ng_rate_of() - the rate of @slot; 0 for an unknown slot */
struct ng_rate ng_rate_of(const struct ng_rates *rates, uint32_t slot);

/** ng_rate_sum() - the sum of two rates */
struct ng_rate ng_rate_sum(struct ng_rate a, struct ng_rate b);

#endif
