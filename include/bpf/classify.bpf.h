/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Find the rule that decides: walk the trees of the image (layout/image.h) with the packet's key,
 * and compare it with the entries of the leaves.
 *
 * Comparisons are arithmetic, not branches: each branch in a loop is one more path for the
 * verifier, and may be mispredicted by the processor. Only when addresses differ, which they mostly
 * do where an entry does not match, the rest of it is not compared.
 */
#ifndef NG_CLASSIFY_BPF_H
#define NG_CLASSIFY_BPF_H

#include "bpf/established.bpf.h"
#include "bpf/limit.bpf.h"
#include "bpf/match.bpf.h"
#include "bpf/sets.bpf.h"
#include "bpf/tree.bpf.h"

#define NG_LOOPS_MAX (1 << 23) /* BPF_MAX_LOOPS */

static __always_inline void ng_count(struct ng_scan *scan, __u64 slot)
{
	struct ng_counter *counter =
		scan->row + (slot & ng_config.slot_mask) * sizeof(struct ng_counter);

	counter->packets += ng_packets(scan->scratch);
	counter->bytes += scan->scratch->bytes;
}

/* 0 when the conditions in @extra hold, apart from its matches and its time. */
static __always_inline __u64 ng_extra_differs(const __u64 *key, const struct ng_entry_extra *extra)
{
	__u64 guards = NG_MISC_GUARDS, misc = key[NG_WORD_MISC], differ;
	__u64 length = key[NG_WORD_LANES] >> NG_LANE_LENGTH_SHIFT;

	differ = ((length - extra->length) | (extra->length_end - length)) >> 63;
	differ |= (((misc | guards) - extra->lo) & (extra->hi - misc) & guards) ^ guards;
	differ |= (key[NG_WORD_SETS] ^ extra->sets) & extra->sets_mask;
	return differ | (((key[NG_WORD_IFACE_HI] ^ extra->iface[0]) |
			  (key[NG_WORD_IFACE_LO] ^ extra->iface[1])) &
			 extra->iface_mask);
}

static __always_inline int ng_extra_holds(const __u64 *key, const struct ng_entry_extra *extra)
{
	if (ng_extra_differs(key, extra))
		return 0;
	return !extra->until || bpf_ktime_get_tai_ns() < extra->until;
}

/* 0 when the ports are in the ranges. */
static __always_inline __u64 ng_ports_differ(const __u64 *key, const struct ng_ports *ports)
{
	__u64 lanes = key[NG_WORD_LANES];

	return ((lanes - ports->first) | (ports->last - lanes)) & NG_PORT_BORROWS;
}

static __always_inline __u64 ng_bits_differ(const __u64 *key, const struct ng_bits *bits)
{
	return ((__u32)key[NG_WORD_BITS] ^ bits->value) & bits->mask;
}

static __always_inline __u64 ng_addrs4_differ(const __u64 *key, const struct ng_entry4 *entry,
					      const struct ng_masks4 *masks)
{
	__u64 addrs = key[NG_WORD_SADDR_LO] | key[NG_WORD_DADDR_LO] << 32;

	return (addrs ^ entry->addrs) & masks->addrs;
}

static __always_inline __u64 ng_addrs6_differ(const __u64 *key, const struct ng_entry6 *entry,
					      const struct ng_masks6 *masks)
{
	return ((key[NG_WORD_SADDR_HI] ^ entry->saddr[0]) & masks->saddr[0]) |
	       ((key[NG_WORD_SADDR_LO] ^ entry->saddr[1]) & masks->saddr[1]) |
	       ((key[NG_WORD_DADDR_HI] ^ entry->daddr[0]) & masks->daddr[0]) |
	       ((key[NG_WORD_DADDR_LO] ^ entry->daddr[1]) & masks->daddr[1]);
}

/* @ipv6 is a constant: one function for both kinds of entries. */
static __always_inline __u64 ng_entry_size(const int ipv6)
{
	return ipv6 ? sizeof(struct ng_entry6) : sizeof(struct ng_entry4);
}

static __always_inline const struct ng_entry *ng_entry_common(const void *entry, const int ipv6)
{
	return ipv6 ? &((const struct ng_entry6 *)entry)->common
		    : &((const struct ng_entry4 *)entry)->common;
}

/*
 * 0 when the entry matches, apart from its extra. It is in an image or in the filter of a reader of
 * records: @base is its beginning, @mask keeps offsets inside it.
 */
static __always_inline __u64 ng_entry_differs(const void *base, __u64 mask, const __u64 *key,
					      const void *entry, const int ipv6)
{
	const struct ng_entry *common = ng_entry_common(entry, ipv6);
	const void *masks = base + (common->masks & mask);
	__u64 differ =
		ipv6 ? ng_addrs6_differ(key, entry, masks) : ng_addrs4_differ(key, entry, masks);

	if (differ)
		return differ;
	/* Both kinds of masks begin with bits. */
	return ng_bits_differ(key, masks) | ng_ports_differ(key, base + (common->ports & mask));
}
_Static_assert(!offsetof(struct ng_masks4, bits) && !offsetof(struct ng_masks6, bits),
	       "masks begin with bits");

/* Return: the entry's NG_OUTCOME_* when it matches, apart from its extra; 0: it does not. */
static __always_inline __u64 ng_compare(const void *base, __u64 mask, const __u64 *key,
					const void *entry, const int ipv6)
{
	return ng_entry_differs(base, mask, key, entry, ipv6)
		       ? 0
		       : ng_entry_common(entry, ipv6)->outcome;
}

static __always_inline __u64 ng_rule_of(__u64 outcome)
{
	return outcome >> NG_OUTCOME_RULE_SHIFT & NG_OUTCOME_RULE;
}

/* By the sign: after a comparison the verifier would know more about @rule, in each branch. */
static __always_inline int ng_is_behind(__u64 rule, __u64 outcome)
{
	return (__s64)(rule - ng_rule_of(outcome)) <= 0;
}

static __always_inline void ng_entry_decides(struct ng_scratch *scratch, __u64 outcome)
{
	scratch->outcome = outcome;
	scratch->rule = ng_rule_of(outcome);
}

static __always_inline __u32 ng_slot_of(const struct ng_scan *scan, __u64 outcome)
{
	const struct ng_entry_extra *extra;

	if (!(outcome & NG_OUTCOME_EXTRA))
		return outcome & NG_OUTCOME_SLOT;
	extra = ng_image_at(scan->image, outcome & NG_OUTCOME_SLOT);
	return extra->slot;
}

static __always_inline __u64 ng_leaf_size(const void *image, __u64 node)
{
	__u64 n = node >> NG_LEAF_ENTRIES_SHIFT & NG_LEAF_ENTRIES;

	if (n < NG_LEAF_ENTRIES)
		return n;
	return *(const __u64 *)ng_image_at(image, (node >> NG_NODE_OFFSET_SHIFT) - sizeof(n));
}

static __always_inline __u64 ng_first_entry(__u64 node)
{
	return (node >> NG_NODE_OFFSET_SHIFT) + sizeof(struct ng_leaf);
}

/*
 * A `limit` rule matched. A packet over its rate is decided here: by an outcome like that of a
 * `drop` rule, with the rule's other counter; no leaf that is left is examined.
 */
static __always_inline void ng_slow_limit(struct ng_scan *scan, __u64 outcome)
{
	const struct ng_limiter *limiter = ng_image_at(scan->image, ng_slot_of(scan, outcome));
	struct ng_scratch *scratch = scan->scratch;

	ng_count(scan, limiter->slot);
	if (ng_rate_admits(scan, limiter))
		return;
	outcome &= NG_OUTCOME_RULE << NG_OUTCOME_RULE_SHIFT | NG_OUTCOME_LOG;
	outcome |=
		(__u64)NG_ACTION_DROP << NG_OUTCOME_ACTION_SHIFT | NG_OUTCOME_OVER | limiter->over;
	ng_entry_decides(scratch, outcome);
	scratch->slow.entries = 0;
	scratch->slow.wanted = 0;
}

static __always_inline int ng_is_limit(__u64 outcome)
{
	return (outcome >> NG_OUTCOME_ACTION_SHIFT & NG_OUTCOME_ACTION) == NG_ACTION_LIMIT;
}

/* An entry matched completely. */
static __always_inline void ng_slow_matched(struct ng_scan *scan, __u64 outcome)
{
	struct ng_scratch *scratch = scan->scratch;

	if (scratch->slow.leaf > NG_TREES_MAX) {
		if (ng_is_limit(outcome)) {
			ng_slow_limit(scan, outcome);
			return;
		}
		ng_count(scan, ng_slot_of(scan, outcome));
		if (outcome & NG_OUTCOME_LOG)
			scratch->slow.logged = ng_rule_of(outcome);
		return;
	}
	ng_entry_decides(scratch, outcome);
	scratch->slow.entries = 0;
}

static __always_inline void ng_slow_match(struct ng_scan *scan)
{
	struct ng_slow_scan *slow = &scan->scratch->slow;

	if (ng_match_step(scan->image, ng_config.image_mask, scan->scratch->packet.key,
			  &slow->matches))
		ng_slow_matched(scan, slow->outcome);
}

static __always_inline void ng_slow_entry(struct ng_scan *scan)
{
	struct ng_slow_scan *slow = &scan->scratch->slow;
	int ipv6 = scan->scratch->packet.class == NG_CLASS_IPV6;
	const void *entry = ng_image_at(scan->image, slow->entry);
	const __u64 *key = scan->scratch->packet.key;
	__u64 mask = ng_config.image_mask;
	__u64 outcome = ipv6 ? ng_compare(scan->image, mask, key, entry, 1)
			     : ng_compare(scan->image, mask, key, entry, 0);
	const struct ng_entry_extra *extra;

	slow->entry += ng_entry_size(ipv6);
	slow->entries--;
	if (!outcome)
		return;
	if (ng_is_behind(scan->scratch->rule, outcome)) {
		slow->entries = 0;
		return;
	}
	if (outcome & NG_OUTCOME_EXTRA) {
		extra = ng_image_at(scan->image, outcome & NG_OUTCOME_SLOT);
		if (!ng_extra_holds(key, extra))
			return;
		if (extra->matches) {
			slow->outcome = outcome;
			ng_match_begin(scan->image, ng_config.image_mask, outcome, extra->matches,
				       &slow->matches);
			return;
		}
	}
	ng_slow_matched(scan, outcome);
}

static __always_inline void ng_slow_leaf(struct ng_scan *scan)
{
	struct ng_slow_scan *slow = &scan->scratch->slow;
	__u32 i = slow->leaf++;
	__u64 node;

	if (i <= NG_TREES_MAX && slow->wanted & 1) {
		node = scan->scratch->leaves[i];
		slow->entry = ng_first_entry(node);
		slow->entries = ng_leaf_size(scan->image, node);
	}
	slow->wanted >>= 1;
}

/*
 * One step through the wanted leaves: a step of a match, an entry, or a leaf. Everything long or
 * rare is done here, in a single loop, since the verifier follows each loop separately.
 * Return: 1 at the end.
 */
static long ng_slow_step(__u64 index, struct ng_scan *scan)
{
	const struct ng_slow_scan *slow = &scan->scratch->slow;

	(void)index;
	if (slow->matches.left)
		ng_slow_match(scan);
	else if (slow->entries)
		ng_slow_entry(scan);
	else if (slow->wanted)
		ng_slow_leaf(scan);
	else
		return 1;
	return 0;
}

/* @wanted: bit i for leaf i */
static __always_inline void ng_slow_scan(struct ng_scan *scan, __u32 wanted)
{
	scan->scratch->slow = (struct ng_slow_scan){ .wanted = wanted };
	bpf_loop(NG_LOOPS_MAX, ng_slow_step, scan, 0);
}

/*
 * Compare the packet with the first entries of a leaf, inline. *@rule is scratch->rule, in a
 * register: the next branches depend on it.
 * Return: 1 when ng_slow_scan() has to do it: the leaf is long, or an entry has matches or a time.
 */
static __always_inline __u32 ng_search_leaf(struct ng_scan *scan, __u64 node, __u64 *rule,
					    const int ipv6)
{
	const void *entry = ng_image_at(scan->image, node >> NG_NODE_OFFSET_SHIFT);
	__u64 left = node >> NG_LEAF_ENTRIES_SHIFT & NG_LEAF_ENTRIES, outcome;
	__u64 mask = ng_config.image_mask;
	struct ng_scratch *scratch = scan->scratch;
	const __u64 *key = scratch->packet.key;
	const struct ng_entry_extra *extra;

	ng_widen(&scratch->packet.zero, left);
	entry += sizeof(struct ng_leaf);
#pragma unroll
	for (__u32 i = 0; i < NG_LEAF_STEPS; i++) {
		if (ipv6) /* else most of the key would be copied to the stack */
			ng_reload();
		if (!ng_entry_differs(scan->image, mask, key, entry, ipv6)) {
			outcome = ng_entry_common(entry, ipv6)->outcome;
			if (ng_is_behind(*rule, outcome))
				return 0;
			if (outcome & NG_OUTCOME_EXTRA) {
				extra = ng_image_at(scan->image, outcome & NG_OUTCOME_SLOT);
				if (extra->matches || extra->until)
					return 1;
				if (ng_extra_differs(key, extra))
					outcome = 0;
			}
			if (outcome) {
				ng_entry_decides(scratch, outcome);
				*rule = ng_rule_of(outcome);
				return 0;
			}
		}
		entry += ng_entry_size(ipv6);
		if (left == i + 1)
			return 0;
	}
	return 1;
}

/* Return: bit i: leaf i is left to ng_slow_scan(). */
static __always_inline __u32 ng_search_leaves(struct ng_scan *scan, const struct ng_forest *forest,
					      const int ipv6)
{
	struct ng_scratch *scratch = scan->scratch;
	const volatile __u64 *zero = &scratch->packet.zero;
	__u64 best = NG_LEAF_RANK - 1, later = 0, rule = scratch->rule;

	ng_widen(zero, best);
	for (__u32 i = 0; i < NG_TREES_MAX; i++) {
		if (i >= forest->trees)
			break;
		if ((scratch->leaves[i] & NG_LEAF_RANK) > best)
			continue;
		later |= (__u64)ng_search_leaf(scan, scratch->leaves[i], &rule, ipv6) << i;
		ng_widen(zero, later);
		ng_widen(zero, rule);
		best = rule >> (forest->rule_shift & 63);
	}
	return later;
}

static __always_inline const struct ng_forest *ng_forest_of(const struct ng_scan *scan)
{
	const struct ng_packet *packet = &scan->scratch->packet;
	const struct ng_image_header *header = scan->image;
	__u64 index = (ng_config.direction & 1) * NG_CLASSES + packet->class;

	ng_widen(&packet->zero, index);
	return ng_image_at(header, offsetof(struct ng_image_header, forests) +
					   index * sizeof(struct ng_forest));
}

/* Is the packet dropped because of @blocked, before any rule? */
static __always_inline int ng_is_blocked(struct ng_scan *scan, __u64 live)
{
	const struct ng_image_header *header = scan->image;

	ng_look_up_sets(scan, live);
	return scan->scratch->packet.key[NG_WORD_SETS] & header->blocked && !ng_config.direction;
}

/*
 * What rules compare and the frame does not say. Return: 1: the packet is dropped because of
 * @blocked, before any rule.
 */
static __always_inline int ng_look_up_all(NG_CONTEXT *ctx, struct ng_scan *scan, __u64 live)
{
	const struct ng_image_header *header = scan->image;
	struct ng_packet *packet = &scan->scratch->packet;

	if (!(header->tries | header->established | live) || packet->class == NG_CLASS_OTHER)
		return 0;
	if ((header->tries | live) && ng_is_blocked(scan, live))
		return 1;
	if (!ng_config.direction && header->established &&
	    ng_is_established(ctx, packet, ng_flow_search(scan)))
		packet->key[NG_WORD_BITS] |= NG_BIT_ESTABLISHED;
	return 0;
}

/* Sets scratch->outcome and scratch->rule. */
static __always_inline void ng_find_rule(struct ng_scan *scan)
{
	const struct ng_forest *forest = ng_forest_of(scan);
	struct ng_scratch *scratch = scan->scratch;
	const __u64 *key = scratch->packet.key;
	__u32 later = 0;

	scratch->outcome = 0;
	scratch->rule = (NG_LEAF_RANK << (forest->rule_shift & 63)) - 1;
	if (forest->trees) {
		ng_walk(scan->image, forest, key, scratch->leaves);
		if (scratch->packet.class == NG_CLASS_IPV6)
			later = ng_search_leaves(scan, forest, 1);
		else
			later = ng_search_leaves(scan, forest, 0);
	}
	if (forest->count) {
		ng_walk_trees(scan->image, key, &forest->count, 0, &scratch->leaves[NG_TREES_MAX],
			      1);
		later |= 1U << NG_TREES_MAX;
	}
	if (later)
		ng_slow_scan(scan, later);
}

/**
 * ng_classify() - find what decides about the packet
 * @live: the live table has entries
 *
 * Counts the matching `count` rules before it; the caller counts the rule that decides. Return:
 * enum ng_decider, NG_BY_DEFAULT when no rule decides; else the scratch's action and slot are set,
 * for a rule also outcome and rule.
 */
static __always_inline __u32 ng_classify(NG_CONTEXT *ctx, struct ng_scan *scan, __u64 live)
{
	struct ng_scratch *scratch = scan->scratch;

	if (ng_look_up_all(ctx, scan, live)) {
		scratch->outcome = 0;
		scratch->action = NG_ACTION_DROP;
		scratch->slot = NG_SLOT_BLOCKED;
		return NG_BY_BLOCKED;
	}
	ng_find_rule(scan);
	if (!scratch->outcome)
		return NG_BY_DEFAULT;
	scratch->action = scratch->outcome >> NG_OUTCOME_ACTION_SHIFT & NG_OUTCOME_ACTION;
	scratch->slot = ng_slot_of(scan, scratch->outcome);
	return NG_BY_RULE;
}

#endif
