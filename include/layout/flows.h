/* SPDX-License-Identifier: GPL-2.0-only */
/* Flows that were noted when a packet left: for the condition `established` */
#ifndef NG_LAYOUT_FLOWS_H
#define NG_LAYOUT_FLOWS_H

#include <linux/types.h>

#include "layout/flow_state.h"
#include "layout/siphash.h"

/*
 * The flow table: an array with elements of one cache line, inside a map of maps, since its size is
 * set by the ruleset. Without a ruleset that uses `established` there is none. It outlives rulesets
 * and generations. The elements are, in this order:
 *
 *	1		struct ng_flows_head
 *	buckets / 8	struct ng_flow_marks, rounded up
 *	2 * buckets	struct ng_flow_line: a bucket has NG_FLOW_WAYS flows
 *	8 * buckets	struct ng_flow_key: of each flow, in the same order
 *
 * A flow is in the bucket of its hash (ng_flow_bucket()). The bucket's marks, one byte for each
 * flow, tell where in it to look, and nearly always that there is nothing to look for: they are
 * small enough for a cache. A search compares the whole hash and never reads the key, which is
 * there for the command. Programs write without locks:
 *
 *  - A flow is noted by exchanging @tag for its hash; then its key, @meta and its mark are written.
 *    @meta repeats a part of the hash, so an entry that is only half written matches nothing.
 *  - Time and state are changed by exchanging @meta.
 *  - If the bucket is full, the flow that was seen least recently is replaced, one that was never
 *    answered before one that was. A flow whose time is over stays until its entry is needed.
 *
 * A key may be torn between two flows for an instant: it is valid if its hash is the entry's tag.
 */

/**
 * struct ng_flows_head
 * @key:     of ng_flow_hash(); random, never changes
 * @buckets: number of buckets
 * @wanted:  the number of flows that the ruleset asked for
 */
struct ng_flows_head {
	__u64 key[2];
	__u64 buckets;
	__u64 wanted;
	__u64 pad[4];
};

/** struct ng_flow_marks - of 8 buckets: byte i of a word is the mark of its flow i; 0: unused */
struct ng_flow_marks {
	__u64 buckets[8];
};

/**
 * struct ng_flow_entry - one flow
 * @tag:  ng_flow_hash() of its key; 0: unused
 * @meta: NG_FLOW_* below
 */
struct ng_flow_entry {
	__u64 tag;
	__u64 meta;
};

/*
 * The bits of ng_flow_entry.meta:
 *
 *	 63..48   47..32   31..0
 *	+--------+--------+------+
 *	| of tag | state  | seen |   state: enum ng_flow_state; seen: ng_flow_tick() of the last
 *packet
 *	+--------+--------+------+
 */
#define NG_FLOW_SEEN	    0xffffffffULL
#define NG_FLOW_STATE_SHIFT 32
#define NG_FLOW_STATE	    0xffffULL
#define NG_FLOW_TAG	    0xffff000000000000ULL /* the same bits as in the tag */

struct ng_flow_line {
	struct ng_flow_entry flows[4];
};

/**
 * struct ng_flow_key - a flow, as its first packet left
 * @from, @to: its source and destination as NG_WORD_SADDR_HI, _LO, NG_WORD_DADDR_HI, _LO
 * @ports: source port << 16 | destination port; of an echo request identifier << 16 | identifier
 * @proto: 6, 17, 1 or 58
 * @class: NG_CLASS_IPV4 or NG_CLASS_IPV6
 * @begun: ng_flow_tick() when it was noted
 */
struct ng_flow_key {
	__u64 from[2];
	__u64 to[2];
	__u32 ports;
	__u8 proto;
	__u8 class;
	__u8 pad[2];
	__u64 begun;
	__u64 reserved[2];
};

#define NG_FLOW_ELEMENT 64 /* bytes */
_Static_assert(sizeof(struct ng_flows_head) == NG_FLOW_ELEMENT, "an element is a cache line");
_Static_assert(sizeof(struct ng_flow_marks) == NG_FLOW_ELEMENT, "an element is a cache line");
_Static_assert(sizeof(struct ng_flow_line) == NG_FLOW_ELEMENT, "an element is a cache line");
_Static_assert(sizeof(struct ng_flow_key) == NG_FLOW_ELEMENT, "an element is a cache line");

#define NG_FLOW_WAYS	   8
#define NG_FLOWS_MIN	   256 /* elements of the smallest table */
#define NG_FLOW_TICK_SHIFT 30  /* a tick is 2^30 ns, 1.07 s */

/** ng_flow_tick() - @ns: CLOCK_MONOTONIC */
static inline __u64 ng_flow_tick(__u64 ns)
{
	return ns >> NG_FLOW_TICK_SHIFT & NG_FLOW_SEEN;
}

/** ng_flow_ticks_of() - ticks that are not less than @seconds */
static inline __u64 ng_flow_ticks_of(__u64 seconds)
{
	return (seconds * 1000000000ULL >> NG_FLOW_TICK_SHIFT) + 1;
}

/** ng_flow_age() - ticks since the last packet; a clock that is behind that of another CPU: 0 */
static inline __u64 ng_flow_age(__u64 meta, __u64 tick)
{
	__u64 age = (tick - meta) & NG_FLOW_SEEN;

	return age & -(~age >> 31 & 1);
}

static inline __u64 ng_flow_hash(const __u64 key[2], const struct ng_flow_key *flow)
{
	__u64 words[5] = { flow->from[0], flow->from[1], flow->to[0], flow->to[1],
			   flow->ports | (__u64)flow->proto << 32 | (__u64)flow->class << 40 };
	__u64 hash = ng_siphash_words(key[0], key[1], words);

	return hash + !hash;
}

/** ng_flow_bucket() - index of the bucket, of @buckets */
static inline __u64 ng_flow_bucket(__u64 hash, __u64 buckets)
{
	return (hash & 0xffffffffULL) * buckets >> 32;
}

/** ng_flow_mark() - the byte for this hash, never 0 */
static inline __u64 ng_flow_mark(__u64 hash)
{
	__u64 mark = hash >> 40 & 0xff;

	return mark + ((mark - 1) >> 63);
}

/* Indexes of elements. */
#define NG_FLOW_MARKS_AT(bucket) (1 + (bucket) / 8)
static inline __u64 ng_flow_lines_at(__u64 buckets)
{
	return 1 + (buckets + 7) / 8;
}
static inline __u64 ng_flow_keys_at(__u64 buckets)
{
	return ng_flow_lines_at(buckets) + 2 * buckets;
}

#endif
