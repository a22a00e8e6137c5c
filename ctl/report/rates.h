/* SPDX-License-Identifier: GPL-2.0-only */
/* Rates: what counters grew by between two looks at them, and how it was before. Pure. */
#ifndef NG_RATES_H
#define NG_RATES_H

#include <stddef.h>
#include <stdint.h>

#include "layout/counters.h"

#define NG_TREND_LOOKS 60 /* looks */

/** struct ng_rate - per second */
struct ng_rate {
	double packets;
	double bits;
};

/** struct ng_trend - packets per second, by the number of the look modulo NG_TREND_LOOKS */
struct ng_trend {
	float packets[NG_TREND_LOOKS];
};

/**
 * struct ng_rates - begins zeroed; all arrays are by slot, @n of them
 * @time:      of the last look, ns of a clock that only goes forward
 * @seconds:   between the last two; 0: there are no rates yet
 * @looks:     how many there were
 * @counted:   at the last look
 * @owners:    a hash of the name of whose counter it is; 0: nobody's yet
 * @list:      rates between the last two looks
 * @trends: NULL: nothing was ever counted
 */
struct ng_rates {
	uint64_t time;
	double seconds;
	uint64_t looks;
	uint32_t n;
	struct ng_counter *counted;
	uint64_t *owners;
	struct ng_rate *list;
	struct ng_trend **trends;
};

void ng_rates_clear(struct ng_rates *rates);

/** ng_rates_room() - for @n slots; what is known stays. 0 or -ENOMEM */
int ng_rates_room(struct ng_rates *rates, uint32_t n);

/**
 * ng_rates_own() - the counter @slot is that of @name, @size bytes, from now on
 *
 * Of another one than before, which counts from 0 and has no trend. A name stays known when it
 * is not told again: a rule that comes back with its counter goes on.
 */
void ng_rates_own(struct ng_rates *rates, uint32_t slot, const char *name, size_t size);

/**
 * ng_rates_look() - take in what all counters are at @time
 * @n: of @counters, at most @rates->n
 *
 * A counter that is less than it was began from 0 in between. Return: 0 or -ENOMEM.
 */
int ng_rates_look(struct ng_rates *rates, uint64_t time, const struct ng_counter *counters,
		  uint32_t n);

/** ng_rate_of() - the rate of @slot; 0 for one that is not known */
struct ng_rate ng_rate_of(const struct ng_rates *rates, uint32_t slot);

/** ng_rate_sum() - both together */
struct ng_rate ng_rate_sum(struct ng_rate a, struct ng_rate b);

#endif
