/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Rules with a rate (`limit`): their parameters, which are in the image, and their state, which
 * outlives it.
 *
 * A bucket is one number: the time when it will be full again (GCRA). What is left until then is
 * the bucket's *debt*. A packet adds its cost to the debt, unless the debt would become longer than
 * the burst: then the packet is over the rate, and nothing changes. Times are in steps of the
 * limiter, so that a number of few bits is exact enough.
 */
#ifndef NG_LAYOUT_LIMIT_H
#define NG_LAYOUT_LIMIT_H

#include <linux/types.h>

#include "layout/siphash.h"

/* Enough for the current ruleset, the previous one, and one that is to be published. */
#define NG_BUCKETS	4096
#define NG_LIMITERS_MAX 1024 /* in one ruleset */

#define NG_LIMIT_BYTES	     1 /* of bytes, not of packets */
#define NG_LIMIT_PRECISE     2 /* the tick is not good enough for such a short burst */
#define NG_LIMIT_DESTINATION 4 /* a bucket for each destination, not source */

/**
 * struct ng_limiter - a rule with a rate, in an image
 * @cost:    of one packet or byte, in steps << @cost_shift
 * @burst:   the longest debt up to which packets are admitted, in steps
 * @longest: no packet costs more, and no debt is longer: an aggregate may cost more than the burst
 * @mask_hi, @mask_lo: prefix of IPv6 addresses that share a bucket; @mask4: of IPv4 addresses
 * @lines:   lines of its table of buckets; 0: there is one bucket for all packets
 * @slot:    counter of packets that matched; @over: of those that were over the rate
 * @bucket:  index of its struct ng_bucket, and of its table
 * @up, @down: steps are (ns << up) >> down
 * @flags:   NG_LIMIT_*
 */
struct ng_limiter {
	__u64 cost, burst, longest;
	__u64 mask_hi, mask_lo;
	__u32 mask4;
	__u32 lines;
	__u32 slot, over;
	__u32 bucket;
	__u8 up, down, cost_shift, flags;
};
_Static_assert(sizeof(struct ng_limiter) == 64, "ng_limiter has no holes");

/**
 * struct ng_bucket - the state of a rule with a rate
 * @full_at: when its only bucket is full, in steps
 * @key:     random key for hashing the addresses in its table
 * @lines:   of its table; 0: it has none. Only for the command
 *
 * One in each cache line, so that rules do not slow each other down.
 */
struct ng_bucket {
	__u64 full_at;
	__u64 key[4];
	__u64 lines;
	__u64 pad[2];
};
_Static_assert(sizeof(struct ng_bucket) == 64, "ng_bucket is one cache line");

/*
 * A table of buckets, one for each address or prefix: an array of lines, with a word for each
 * bucket: a tag, which is a part of the address's hash, and the time when the bucket is full. A
 * bucket without debt is the same as none, so nothing expires or is swept. When all buckets of a
 * line have debts and another address comes, the one with the smallest debt is given up: its
 * address may then send a little more than its rate, and never less.
 */
#define NG_LIMIT_WAYS	   8
#define NG_LIMIT_TIME_BITS 40
#define NG_LIMIT_TIME	   ((1ULL << NG_LIMIT_TIME_BITS) - 1)

struct ng_limit_line {
	__u64 words[NG_LIMIT_WAYS];
};
_Static_assert(sizeof(struct ng_limit_line) == 64, "ng_limit_line is one cache line");

#define NG_LIMIT_TABLE_MIN   8 /* buckets of a table */
#define NG_LIMIT_TABLE_MAX   (16U << 20)
#define NG_LIMIT_TABLE_USUAL (64U << 10) /* when the rule does not say */

/**
 * ng_limit_hash4() - hash of an IPv4 address or prefix: the upper bits are the tag
 *
 * Two strongly universal functions (Dietzfelbinger, 1996: the upper half of ax + b), for the tag
 * and for the line: that any two addresses meet in a bucket has the same small probability under a
 * random key as with SipHash, and nothing else matters here. There are so few addresses that hardly
 * any two differ by a number that would meet under a given key.
 */
static inline __u64 ng_limit_hash4(const __u64 key[4], __u32 address)
{
	__u64 line = key[0] * address + key[1], tag = key[2] * address + key[3];

	return (tag & ~NG_LIMIT_TIME) | line >> 32;
}

/** ng_limit_hash6() - the same of an IPv6 address or prefix */
static inline __u64 ng_limit_hash6(const __u64 key[4], __u64 hi, __u64 lo)
{
	return ng_siphash(key[0], key[1], hi, lo, 0);
}

/** ng_limit_home() - index of the line for this hash, of @lines */
static inline __u64 ng_limit_home(__u64 hash, __u64 lines)
{
	return (hash & 0xffffffffULL) * lines >> 32;
}

#endif
