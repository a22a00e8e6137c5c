/* SPDX-License-Identifier: GPL-2.0-only */
/* Rules with a rate: does the bucket admit the packet (layout/limit.h)? */
#ifndef NG_LIMIT_BPF_H
#define NG_LIMIT_BPF_H

#include "bpf/image.bpf.h"
#include "bpf/scratch.bpf.h"

/*
 * Tries to change a word that other CPUs change at the same time. Nobody waits for anybody: after
 * the last one the packet is over the rate of a single bucket, since as many others were admitted
 * meanwhile; in a table, where these may have been of other addresses, it is admitted.
 */
#define NG_LIMIT_TRIES 4

/*
 * The debt of a bucket that is full at @full_at. What is longer than any debt was in the past, or
 * so long ago that times have wrapped around. Without branches: they could not be predicted.
 */
static __always_inline __u64 ng_debt(__u64 full_at, __u64 now, __u64 longest)
{
	__u64 debt = full_at - now;

	return debt & (ng_less(longest, debt) - 1);
}

/* The same for a word of a table. */
static __always_inline __u64 ng_word_debt(__u64 word, __u64 now, __u64 longest)
{
	__u64 debt = (word - now) & NG_LIMIT_TIME, longer = (longest - debt) >> 63;

	ng_opaque(longer);
	return debt & (longer - 1);
}

/*
 * An aggregate that costs more than the burst is admitted when there is no debt: else none of its
 * packets would ever be.
 */
static __always_inline int ng_is_over(__u64 debt, __u64 cost, __u64 burst)
{
	return debt + (cost < burst ? cost : burst) > burst;
}

/* ng_bucket_admits() - of a rule with one bucket */
static __always_inline int ng_bucket_admits(const struct ng_limiter *limiter, __u64 now, __u64 cost)
{
	__u64 full_at, debt, burst = limiter->burst, longest = limiter->longest;
	__u32 index = limiter->bucket;
	struct ng_bucket *bucket = bpf_map_lookup_elem(&ng_buckets, &index);

	if (!bucket)
		return 1;
#pragma unroll
	for (__u32 i = 0; i < NG_LIMIT_TRIES; i++) {
		full_at = *(volatile __u64 *)&bucket->full_at;
		debt = ng_debt(full_at, now, longest);
		if (ng_is_over(debt, cost, burst))
			return 0; /* a flood only reads the line */
		if (__sync_val_compare_and_swap(&bucket->full_at, full_at, now + debt + cost) ==
		    full_at)
			return 1;
	}
	return 0;
}

/* The bucket with @tag; else the one with the smallest debt. */
static __always_inline __u64 ng_limit_way(const volatile struct ng_limit_line *line, __u64 tag,
					  __u64 now, __u64 longest)
{
	__u64 least = ~0ULL >> 1, rank, word, less;

#pragma unroll
	for (__u64 i = 0; i < NG_LIMIT_WAYS; i++) {
		word = line->words[i];
		/* With the same tag, the rank is the index. */
		rank = (ng_word_debt(word, now, longest) << 3) + 8;
		rank = (rank & ng_all_if((word ^ tag) >> NG_LIMIT_TIME_BITS)) | i;
		less = (rank - least) >> 63;
		ng_opaque(less);
		least ^= (least ^ rank) & -less;
	}
	return least & (NG_LIMIT_WAYS - 1);
}

/* The hash of the packet's address or prefix. */
static __always_inline __u64 ng_limit_hash(const struct ng_packet *packet,
					   const struct ng_limiter *limiter, const __u64 key[4])
{
	__u64 to = -(__u64)(limiter->flags >> 2 & 1); /* NG_LIMIT_DESTINATION */
	const __u64 *words = packet->key;
	__u64 hi, lo;

	lo = words[NG_WORD_SADDR_LO] ^ (to & (words[NG_WORD_SADDR_LO] ^ words[NG_WORD_DADDR_LO]));
	if (packet->class != NG_CLASS_IPV6)
		return ng_limit_hash4(key, lo & limiter->mask4);
	hi = words[NG_WORD_SADDR_HI] ^ (to & (words[NG_WORD_SADDR_HI] ^ words[NG_WORD_DADDR_HI]));
	return ng_limit_hash6(key, hi & limiter->mask_hi, lo & limiter->mask_lo);
}

/* ng_table_admits() - of a rule with a bucket for each address */
static __always_inline int ng_table_admits(const struct ng_packet *packet,
					   const struct ng_limiter *limiter, __u64 now, __u64 cost)
{
	__u64 tag, word, debt, *place, longest = limiter->longest;
	__u32 index = limiter->bucket;
	struct ng_bucket *bucket = bpf_map_lookup_elem(&ng_buckets, &index);
	void *table = bpf_map_lookup_elem(&ng_tables, &index);
	struct ng_limit_line *line;

	if (!bucket || !table)
		return 1;
	tag = ng_limit_hash(packet, limiter, bucket->key);
	index = ng_limit_home(tag, limiter->lines);
	tag &= ~NG_LIMIT_TIME;
	line = bpf_map_lookup_elem(table, &index);
	if (!line)
		return 1;
	/* If another CPU gives the bucket away meanwhile, it is taken back. */
	place = &line->words[ng_limit_way(line, tag, now, longest)];
#pragma unroll
	for (__u32 i = 0; i < NG_LIMIT_TRIES; i++) {
		word = *(volatile __u64 *)place;
		debt = ng_word_debt(word, now, longest) &
		       ~ng_all_if((word ^ tag) >> NG_LIMIT_TIME_BITS);
		if (ng_is_over(debt, cost, limiter->burst))
			return 0;
		if (__sync_val_compare_and_swap(
			    place, word, tag | ((now + debt + cost) & NG_LIMIT_TIME)) == word)
			return 1;
	}
	return 1;
}

static __always_inline __u64 ng_limit_time(const struct ng_limiter *limiter)
{
	__u64 now;

	if (ng_config.trace)
		now = ng_trace.time;
	else if (limiter->flags & NG_LIMIT_PRECISE)
		now = bpf_ktime_get_ns();
	else
		now = bpf_jiffies64() * ng_config.tick_ns; /* the kernel inlines that */
	return now << (limiter->up & 63) >> (limiter->down & 63);
}

/* What the packet costs. */
static __always_inline __u64 ng_limit_cost(const struct ng_scratch *scratch,
					   const struct ng_limiter *limiter)
{
	__u64 units = limiter->flags & NG_LIMIT_BYTES ? scratch->bytes : ng_packets(scratch);
	__u64 shift = limiter->cost_shift & 63, cost;

	cost = (units * limiter->cost + (1ULL << shift >> 1)) >> shift;
	return cost < limiter->longest ? cost : limiter->longest;
}

/**
 * ng_rate_admits() - is the packet, which matched the rule, below its rate?
 *
 * If so, it is charged. Inline, since it reads the image.
 */
static __always_inline int ng_rate_admits(struct ng_scan *scan, const struct ng_limiter *limiter)
{
	struct ng_scratch *scratch = scan->scratch;
	__u64 now = ng_limit_time(limiter), cost = ng_limit_cost(scratch, limiter);

	if (limiter->lines)
		return ng_table_admits(&scratch->packet, limiter, now, cost);
	return ng_bucket_admits(limiter, now, cost);
}

#endif
