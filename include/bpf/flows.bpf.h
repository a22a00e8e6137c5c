/* SPDX-License-Identifier: GPL-2.0-only */
/* Flows that were noted when a packet left (layout/flows.h): noting them and looking them up. */
#ifndef NG_FLOWS_BPF_H
#define NG_FLOWS_BPF_H

#include "bpf/scratch.bpf.h"

#define NG_TCP_FIN 0x01 /* RFC 9293 section 3.1 */
#define NG_TCP_SYN 0x02
#define NG_TCP_RST 0x04
#define NG_TCP_ACK 0x10

#define NG_IN_EACH_BYTE 0x0101010101010101ULL

/* Where in the flow table the flow of a search is, or would be. */
struct ng_flow_place {
	void *table;
	__u64 hash;
	__u64 bucket, buckets;
};

static __always_inline __u64 ng_now(void)
{
	__u64 now = ng_config.trace ? *(volatile __u64 *)&ng_trace.now : 0;

	return now ? now : bpf_ktime_get_coarse_ns();
}

/* 0x80 in each byte of @word that is 0, and perhaps in some after it. */
static __always_inline __u64 ng_zero_bytes(__u64 word)
{
	return (word - NG_IN_EACH_BYTE) & ~word & NG_IN_EACH_BYTE << 7;
}

/* The number of the lowest byte with 0x80 in it. */
static __always_inline __u64 ng_lowest_byte(__u64 bytes)
{
	return ((bytes & -bytes) >> 7) * 0x0001020304050607ULL >> 56;
}

/* Return: 0 when there is no flow table. */
static __always_inline int ng_flow_begin(const struct ng_flow_search *search,
					 struct ng_flow_place *place)
{
	const struct ng_flows_head *head;
	__u32 zero = 0;

	place->table = bpf_map_lookup_elem(&ng_flows, &zero);
	if (!place->table)
		return 0;
	head = bpf_map_lookup_elem(place->table, &zero);
	if (!head)
		return 0;
	place->buckets = head->buckets;
	place->hash = ng_flow_hash(head->key, &search->key);
	place->bucket = ng_flow_bucket(place->hash, place->buckets);
	return 1;
}

static __always_inline __u64 *ng_flow_marks(const struct ng_flow_place *place)
{
	__u32 at = NG_FLOW_MARKS_AT(place->bucket);
	struct ng_flow_marks *marks = bpf_map_lookup_elem(place->table, &at);

	return marks ? &marks->buckets[place->bucket & 7] : NULL;
}

static __always_inline volatile struct ng_flow_entry *ng_flow_at(const struct ng_flow_place *place,
								 __u64 i)
{
	__u32 at = ng_flow_lines_at(place->buckets) + 2 * place->bucket + (i >> 2);
	struct ng_flow_line *line = bpf_map_lookup_elem(place->table, &at);

	return line ? &line->flows[i & 3] : NULL;
}

static __always_inline volatile struct ng_flow_entry *
ng_flow_find(const struct ng_flow_place *place)
{
	const volatile __u64 *marks = ng_flow_marks(place);
	volatile struct ng_flow_entry *flow;
	__u64 hits;

	if (!marks)
		return NULL;
	hits = ng_zero_bytes(*marks ^ ng_flow_mark(place->hash) * NG_IN_EACH_BYTE);
	for (int i = 0; i < NG_FLOW_WAYS && hits; i++) {
		flow = ng_flow_at(place, ng_lowest_byte(hits));
		if (!flow)
			return NULL;
		if (flow->tag == place->hash && !((flow->meta ^ place->hash) & NG_FLOW_TAG))
			return flow;
		hits &= hits - 1;
	}
	return NULL;
}

static __always_inline __u64 ng_flow_state(__u64 meta)
{
	return meta >> NG_FLOW_STATE_SHIFT & NG_FLOW_STATE;
}

static __always_inline int ng_flow_is_over(const struct ng_flow_search *search, __u64 meta,
					   __u64 tick)
{
	__u64 state = ng_flow_state(meta);

	return state >= NG_FLOW_STATES || ng_flow_age(meta, tick) > search->timeouts[state];
}

static __always_inline __u64 ng_flow_meta(__u64 hash, __u64 state, __u64 tick)
{
	return (hash & NG_FLOW_TAG) | state << NG_FLOW_STATE_SHIFT | tick;
}

/* The state after a packet has come in. */
static __always_inline __u64 ng_flow_answered(__u64 state, __u64 flags)
{
	if (state == NG_FLOW_TCP_SYN)
		return flags & NG_TCP_RST ? NG_FLOW_TCP_CLOSE : NG_FLOW_TCP_ESTABLISHED;
	return state == NG_FLOW_UDP ? NG_FLOW_UDP_STREAM : state;
}

/**
 * ng_flow_is_known() - is there a flow with @search's key whose time is not over?
 * @answers: a packet of it has come in, which prolongs it
 * @flags:   of TCP
 */
__noinline int ng_flow_is_known(struct ng_flow_search *search, __u32 answers, __u32 flags)
{
	volatile struct ng_flow_entry *flow;
	struct ng_flow_place place;
	__u64 tick, meta, next;

	if (!search || !ng_flow_begin(search, &place))
		return 0;
	flow = ng_flow_find(&place);
	if (!flow)
		return 0;
	tick = ng_flow_tick(ng_now());
	meta = flow->meta;
	if (ng_flow_is_over(search, meta, tick))
		return 0;
	next = ng_flow_meta(place.hash, ng_flow_answered(ng_flow_state(meta), flags), tick);
	/* If this fails, another CPU has just done the same. */
	if (answers && next != meta)
		__sync_val_compare_and_swap(&flow->meta, meta, next);
	return 1;
}

/* The state after a TCP packet has left; NG_FLOW_STATES: it begins none. */
static __always_inline __u64 ng_flow_left(__u64 state, __u64 flags)
{
	if (flags & NG_TCP_RST)
		return state == NG_FLOW_STATES ? state : NG_FLOW_TCP_CLOSE;
	if (flags & NG_TCP_FIN)
		return state == NG_FLOW_TCP_CLOSE ? state : NG_FLOW_TCP_FIN;
	if (state == NG_FLOW_STATES || (flags & (NG_TCP_SYN | NG_TCP_ACK)) == NG_TCP_SYN)
		return NG_FLOW_TCP_SYN;
	return state;
}

/* Lower for flows that are replaced earlier. */
static __always_inline __u64 ng_flow_worth(const struct ng_flow_search *search, __u64 meta,
					   __u64 tick)
{
	__u64 state = ng_flow_state(meta);
	__u64 answered = state == NG_FLOW_TCP_ESTABLISHED || state == NG_FLOW_UDP_STREAM;

	if (ng_flow_is_over(search, meta, tick))
		return 0;
	return answered << 32 | (NG_FLOW_SEEN - ng_flow_age(meta, tick));
}

/* The entry of a full bucket that is replaced. */
static __always_inline __u64 ng_flow_worst(const struct ng_flow_search *search,
					   const struct ng_flow_place *place, __u64 tick)
{
	__u64 worst = ~0ULL, worth;

	for (int i = 0; i < NG_FLOW_WAYS; i++) {
		const volatile struct ng_flow_entry *flow = ng_flow_at(place, i);

		if (!flow)
			return 0;
		worth = ng_flow_worth(search, flow->meta, tick) << 3 | i;
		worst = worth < worst ? worth : worst;
		ng_opaque(worst);
	}
	return worst & (NG_FLOW_WAYS - 1);
}

static __always_inline int ng_flow_insert(struct ng_flow_search *search,
					  const struct ng_flow_place *place, __u64 state,
					  __u64 tick)
{
	__u64 *marks = ng_flow_marks(place), free, i, tag;
	volatile struct ng_flow_entry *flow;
	struct ng_flow_key *key;
	__u32 at;

	if (!marks)
		return 0;
	free = ng_zero_bytes(*(volatile __u64 *)marks);
	i = free ? ng_lowest_byte(free) : ng_flow_worst(search, place, tick);
	i &= NG_FLOW_WAYS - 1;
	flow = ng_flow_at(place, i);
	at = ng_flow_keys_at(place->buckets) + NG_FLOW_WAYS * place->bucket + i;
	key = bpf_map_lookup_elem(place->table, &at);
	if (!flow || !key)
		return 0;
	tag = flow->tag;
	/* If this fails, another CPU takes the entry; the flow's next packet tries again. */
	if (__sync_val_compare_and_swap(&flow->tag, tag, place->hash) != tag)
		return 0;
	search->key.begun = tick;
	*key = search->key;
	flow->meta = ng_flow_meta(place->hash, state, tick);
	((volatile __u8 *)marks)[i] = ng_flow_mark(place->hash);
	return 1;
}

/**
 * ng_flow_note() - a packet of the flow with @search's key has left
 * @begins: the state in which a flow begins; NG_FLOW_TCP_SYN: @flags tell
 */
__noinline int ng_flow_note(struct ng_flow_search *search, __u32 begins, __u32 flags)
{
	volatile struct ng_flow_entry *flow;
	__u64 tick, meta, state = begins, next;
	struct ng_flow_place place;

	if (!search || !ng_flow_begin(search, &place))
		return 0;
	if (begins == NG_FLOW_TCP_SYN)
		state = ng_flow_left(NG_FLOW_STATES, flags);
	tick = ng_flow_tick(ng_now());
	flow = ng_flow_find(&place);
	if (!flow)
		return state < NG_FLOW_STATES && ng_flow_insert(search, &place, state, tick);
	meta = flow->meta;
	if (!ng_flow_is_over(search, meta, tick)) {
		state = ng_flow_state(meta);
		if (begins == NG_FLOW_TCP_SYN)
			state = ng_flow_left(state, flags);
	}
	next = ng_flow_meta(place.hash, state, tick);
	if (state < NG_FLOW_STATES && next != meta)
		__sync_val_compare_and_swap(&flow->meta, meta, next);
	return 1;
}

#endif
