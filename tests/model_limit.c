// SPDX-License-Identifier: GPL-2.0-only
#include "model_limit.h"

#include <stdlib.h>
#include <string.h>

#include "rules/limit.h"

#define SECOND 1000000000

/* Exact: a time in ns is this times the rate. */
typedef __int128 scaled;

/**
 * struct bucket - one with a debt
 * @prefix: the address with zeros after the prefix; all zeros without `per`
 * @full_at: scaled by the rule's rate
 */
struct bucket {
	size_t rule;
	uint64_t family;
	uint8_t prefix[16];
	scaled full_at;
};

struct model_buckets {
	struct bucket *list;
	size_t n, room;
};

struct model_buckets *model_buckets_new(void)
{
	return calloc(1, sizeof(struct model_buckets));
}

void model_buckets_free(struct model_buckets *buckets)
{
	if (buckets)
		free(buckets->list);
	free(buckets);
}

static void copy_prefix(const struct model_passing *passing, struct bucket *bucket)
{
	const struct ng_rule_limit *limit = passing->limit;
	const uint8_t *address =
		limit->per == NG_LIMIT_PER_SOURCE ? passing->source : passing->destination;
	unsigned int length = passing->family == 4 ? limit->len4 : limit->len6;

	for (unsigned int bit = 0; bit < length; bit++)
		bucket->prefix[bit / 8] |= address[bit / 8] & 0x80 >> bit % 8;
}

/* The packet's bucket, a full one if it has none. */
static struct bucket *find(struct model_buckets *buckets, const struct model_passing *passing)
{
	struct bucket wanted = { .rule = passing->rule };

	if (passing->limit->per != NG_LIMIT_ALL) {
		wanted.family = passing->family;
		copy_prefix(passing, &wanted);
	}
	for (size_t i = 0; i < buckets->n; i++) {
		struct bucket *bucket = &buckets->list[i];

		if (bucket->rule == wanted.rule && bucket->family == wanted.family &&
		    !memcmp(bucket->prefix, wanted.prefix, sizeof(wanted.prefix)))
			return bucket;
	}
	if (buckets->n == buckets->room) {
		buckets->room = 2 * buckets->room + 16;
		buckets->list = reallocarray(buckets->list, buckets->room, sizeof(wanted));
		if (!buckets->list)
			abort();
	}
	buckets->list[buckets->n] = wanted;
	return &buckets->list[buckets->n++];
}

/* The time of @units packets or bytes, times the rate. */
static scaled time_of(const struct ng_rule_limit *limit, uint64_t units)
{
	if (ng_limit_counts_bits(limit))
		return (scaled)units * 8 * SECOND;
	return (scaled)units * ng_limit_seconds(limit) * SECOND;
}

bool model_buckets_admit(struct model_buckets *buckets, const struct model_passing *passing)
{
	const struct ng_rule_limit *limit = passing->limit;
	bool bits = ng_limit_counts_bits(limit);
	struct bucket *bucket = find(buckets, passing);
	scaled now = (scaled)passing->time * limit->rate;
	scaled cost = time_of(limit, bits ? passing->bytes : passing->packets);
	scaled burst = time_of(limit, ng_limit_burst(limit));
	scaled debt = bucket->full_at > now ? bucket->full_at - now : 0;

	if (debt + (cost < burst ? cost : burst) > burst)
		return false;
	bucket->full_at = now + debt + cost;
	return true;
}
