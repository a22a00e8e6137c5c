// SPDX-License-Identifier: GPL-2.0-only
#include "compile/limiter.h"

#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "compile/image_read.h"
#include "layout/counters.h"
#include "rules/limit.h"

#define BITS_OF_COST	42	 /* of the cost of a packet or byte: 2^20 of them fit into a word */
#define FRACTION	22	 /* at most so many bits of it are a fraction */
#define PACKETS_MOST	10	 /* as a power of two: packets of the largest aggregate */
#define BYTES_MOST	20	 /* likewise, bytes */
#define FINE_BITS	10	 /* a step of a single bucket is 2^-10 ns, if its times fit */
#define FINE_COST	32	 /* as a power of two, ns: the largest cost for which they do */
#define STEPS_OF_PACKET 128	 /* at least, in a table: exact to less than a percent */
#define SMALLEST	60	 /* bytes of a frame */
#define COARSE_NS	20000000 /* a burst this long does not need the precise clock */

/* The time of @units packets or bytes, in ns << @fraction. */
static __uint128_t time_of(const struct ng_rule_limit *limit, __uint128_t units, int fraction)
{
	__uint128_t ns = (__uint128_t)ng_limit_seconds(limit) * NG_NS_PER_SECOND << fraction;

	if (ng_limit_counts_bits(limit))
		units *= 8;
	return (ns * units + limit->rate / 2) / limit->rate;
}

static void choose_step(const struct ng_rule_limit *limit, struct ng_limiter *limiter)
{
	unsigned int least = ng_limit_counts_bits(limit) ? SMALLEST : 1;

	if (limit->per == NG_LIMIT_ALL) {
		if (time_of(limit, 1, 0) < 1ULL << FINE_COST)
			limiter->up = FINE_BITS;
		return;
	}
	while (time_of(limit, least, 0) >> (limiter->down + 1) >= STEPS_OF_PACKET)
		limiter->down++;
	while (time_of(limit, least, limiter->up) < STEPS_OF_PACKET)
		limiter->up++;
}

/* The cost of a packet or byte with as many bits of a fraction as fit. */
static void choose_cost(const struct ng_rule_limit *limit, struct ng_limiter *limiter)
{
	int fraction = FRACTION;

	while (fraction > limiter->up && time_of(limit, 1, fraction) >> BITS_OF_COST)
		fraction--;
	limiter->cost = time_of(limit, 1, fraction);
	limiter->cost_shift = fraction - limiter->up + limiter->down;
}

static __u64 leading_ones(unsigned int n)
{
	return n ? ~0ULL << (64 - n) : 0;
}

static void choose_prefixes(const struct ng_rule_limit *limit, struct ng_limiter *limiter)
{
	unsigned int hi = limit->len6 < 64 ? limit->len6 : 64;

	limiter->mask4 = limit->len4 ? ~0U << (32 - limit->len4) : 0;
	limiter->mask_hi = leading_ones(hi);
	limiter->mask_lo = leading_ones(limit->len6 - hi);
}

static __u64 cost_of(const struct ng_limiter *limiter, __u64 units)
{
	return (units * limiter->cost + (1ULL << limiter->cost_shift >> 1)) >> limiter->cost_shift;
}

/* Is the cost of a byte no whole number of steps, which are longer than a ns? */
static bool rounds_costs(const struct ng_limiter *limiter)
{
	return limiter->down && limiter->cost & ((1ULL << limiter->cost_shift) - 1);
}

/* So many packets at once are admitted, although the cost of each is rounded. */
static __u64 burst_of(const struct ng_rule_limit *limit, const struct ng_limiter *limiter)
{
	__u64 units = ng_limit_burst(limit);

	if (!ng_limit_counts_bits(limit))
		return units * cost_of(limiter, 1);
	return cost_of(limiter, units) + (rounds_costs(limiter) ? units / SMALLEST / 2 + 1 : 0);
}

struct ng_limiter ng_limiter_of(const struct ng_rule_limit *limit)
{
	__uint128_t burst = time_of(limit, ng_limit_burst(limit), 0);
	struct ng_limiter limiter = { 0 };
	__u64 most;

	choose_step(limit, &limiter);
	choose_cost(limit, &limiter);
	limiter.burst = burst_of(limit, &limiter);
	most = cost_of(&limiter, 1 << (ng_limit_counts_bits(limit) ? BYTES_MOST : PACKETS_MOST));
	limiter.longest = limiter.burst > most ? limiter.burst : most;
	limiter.lines = (ng_limit_table(limit) + NG_LIMIT_WAYS - 1) / NG_LIMIT_WAYS;
	limiter.flags |= ng_limit_counts_bits(limit) ? NG_LIMIT_BYTES : 0;
	limiter.flags |= burst < COARSE_NS ? NG_LIMIT_PRECISE : 0;
	limiter.flags |= limit->per == NG_LIMIT_PER_DESTINATION ? NG_LIMIT_DESTINATION : 0;
	choose_prefixes(limit, &limiter);
	return limiter;
}

/* ---- counters and buckets -------------------------------------------------------------- */

/**
 * struct taken - what kept images and the new one use
 * @slots:   by slot; @next_slot and all before it are taken, likewise @next_bucket
 */
struct taken {
	__u8 *slots;
	__u32 next_slot, next_bucket;
	__u8 buckets[NG_BUCKETS];
};

static void take_rules(struct taken *taken, const struct ng_image_rule *rules, size_t n)
{
	for (size_t i = 0; i < n; i++)
		taken->slots[rules[i].slot] = 1;
}

static void take_image(struct taken *taken, const void *image)
{
	size_t n;
	const struct ng_image_rule *rules = ng_image_rules(image, &n);
	const struct ng_limiter *limiters;

	take_rules(taken, rules, n);
	limiters = ng_image_limiters(image, &n);
	for (size_t i = 0; i < n; i++) {
		taken->slots[limiters[i].over] = 1;
		taken->buckets[limiters[i].bucket] = 1;
	}
}

/* The limiter of the same rule in a kept image; NULL: there is none. */
static const struct ng_limiter *find_kept(const void *const *kept, size_t n_kept, __u32 slot)
{
	for (size_t i = 0; i < n_kept; i++) {
		const struct ng_limiter *found = kept[i] ? ng_image_limiter(kept[i], slot) : NULL;

		if (found)
			return found;
	}
	return NULL;
}

static void give(struct ng_limiter *limiter, struct taken *taken)
{
	while (taken->slots[taken->next_slot])
		taken->next_slot++;
	while (taken->buckets[taken->next_bucket])
		taken->next_bucket++;
	limiter->over = taken->next_slot++;
	limiter->bucket = taken->next_bucket++;
}

static int add_fresh(struct ng_slots *slots, __u32 slot)
{
	__u32 *fresh = reallocarray(slots->fresh, slots->n_fresh + 1, sizeof(*fresh));

	if (!fresh)
		return -ENOMEM;
	slots->fresh = fresh;
	fresh[slots->n_fresh++] = slot;
	return 0;
}

static int assign_one(struct ng_limiter *limiter, const struct ng_limiter *kept,
		      struct taken *taken, struct ng_slots *slots)
{
	int failed = 0;

	if (kept) {
		limiter->over = kept->over;
		limiter->bucket = kept->bucket;
	} else {
		give(limiter, taken);
		failed = add_fresh(slots, limiter->over);
	}
	if (limiter->over >= slots->end)
		slots->end = limiter->over + 1;
	return failed;
}

/* Room for the slots of all images, and for those of the new limiters. */
static size_t slots_of_all(const void *const *kept, size_t n_kept, size_t n,
			   const struct ng_slots *slots)
{
	size_t top = slots->end;

	for (size_t i = 0; i < n_kept; i++)
		if (kept[i] && ng_image_slots(kept[i]) > top)
			top = ng_image_slots(kept[i]);
	return top + n + 1;
}

int ng_limiters_assign(struct ng_limiter *limiters, size_t n, const struct ng_image_rule *rules,
		       size_t n_rules, const void *const *kept, size_t n_kept,
		       struct ng_slots *slots)
{
	__cleanup_free __u8 *places = calloc(slots_of_all(kept, n_kept, n, slots), 1);
	struct taken taken = { .slots = places, .next_slot = NG_SLOT_RULES };
	int failed = places ? 0 : -ENOMEM;

	if (failed)
		return failed;
	for (size_t i = 0; i < n_kept; i++)
		if (kept[i])
			take_image(&taken, kept[i]);
	take_rules(&taken, rules, n_rules);
	for (size_t i = 0; i < n && !failed; i++)
		failed = assign_one(&limiters[i], find_kept(kept, n_kept, limiters[i].slot), &taken,
				    slots);
	return failed;
}
