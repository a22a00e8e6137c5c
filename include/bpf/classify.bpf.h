/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Find the rule that decides: walk the trees of the image (layout/image.h) with the packet's key,
 * and compare it with the entries of the leaves.
 *
 * Comparisons are arithmetic, not branches: each branch in a loop is one more path for the
 * verifier, and may be mispredicted by the processor.
 */
#ifndef NG_CLASSIFY_BPF_H
#define NG_CLASSIFY_BPF_H

#include "bpf/established.bpf.h"
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

/* 0 when the conditions in @entry hold, apart from addresses. */
static __always_inline __u64 ng_entry_differs(const __u64 *key, const struct ng_entry *entry)
{
	__u64 guards = NG_PORT_GUARDS, lanes = key[NG_WORD_LANES], within;
	__u32 bits = key[NG_WORD_BITS];

	within = ((lanes | guards) - entry->ports) & (entry->ports_end - lanes) & guards;
	return (within ^ guards) | ((bits ^ entry->bits) & entry->bits_mask);
}

static __always_inline __u64 ng_entry4_differs(const __u64 *key, const struct ng_entry4 *entry)
{
	__u64 addrs = key[NG_WORD_SADDR_LO] | key[NG_WORD_DADDR_LO] << 32;

	return ((addrs ^ entry->addrs) & entry->addrs_mask) | ng_entry_differs(key, &entry->common);
}

/* Masks by length, up to 128; the rest makes any byte a valid index. */
#define NG_MASKS_4(n) \
	NG_PREFIX_MASK(n), NG_PREFIX_MASK(n + 1), NG_PREFIX_MASK(n + 2), NG_PREFIX_MASK(n + 3)
#define NG_MASKS_16(n) NG_MASKS_4(n), NG_MASKS_4(n + 4), NG_MASKS_4(n + 8), NG_MASKS_4(n + 12)
static const volatile struct ng_prefix_mask ng_prefix_masks[256] = {
	NG_MASKS_16(0),	 NG_MASKS_16(16), NG_MASKS_16(32),  NG_MASKS_16(48),	NG_MASKS_16(64),
	NG_MASKS_16(80), NG_MASKS_16(96), NG_MASKS_16(112), NG_PREFIX_MASK(128)
};

static __always_inline __u64 ng_entry6_differs(const __u64 *key, const struct ng_entry6 *entry)
{
	const __u8 *ports = (const void *)&entry->common.ports;
	const volatile struct ng_prefix_mask *saddr =
		&ng_prefix_masks[ports[NG_ENTRY_SADDR_SHIFT / 8]];
	const volatile struct ng_prefix_mask *daddr =
		&ng_prefix_masks[ports[NG_ENTRY_DADDR_SHIFT / 8]];

	return ((key[NG_WORD_SADDR_HI] ^ entry->saddr[0]) & saddr->hi) |
	       ((key[NG_WORD_SADDR_LO] ^ entry->saddr[1]) & saddr->lo) |
	       ((key[NG_WORD_DADDR_HI] ^ entry->daddr[0]) & daddr->hi) |
	       ((key[NG_WORD_DADDR_LO] ^ entry->daddr[1]) & daddr->lo) |
	       ng_entry_differs(key, &entry->common);
}

/* @ipv6 is a constant: one function for both kinds of entries. */
static __always_inline __u64 ng_entry_size(const int ipv6)
{
	return ipv6 ? sizeof(struct ng_entry6) : sizeof(struct ng_entry4);
}

/*
 * Return: the entry's NG_OUTCOME_* when it matches, apart from its extra; else 0, which no entry
 * has.
 */
static __always_inline __u64 ng_compare(const __u64 *key, const void *entry, const int ipv6)
{
	if (ipv6)
		return ng_entry6_differs(key, entry)
			       ? 0
			       : ((const struct ng_entry6 *)entry)->common.outcome;
	return ng_entry4_differs(key, entry) ? 0
					     : ((const struct ng_entry4 *)entry)->common.outcome;
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
	const struct ng_leaf *leaf;

	if (n < NG_LEAF_ENTRIES)
		return n;
	leaf = ng_image_at(image, node >> NG_NODE_OFFSET_SHIFT);
	return leaf->entries;
}

static __always_inline __u64 ng_first_entry(__u64 node)
{
	return (node >> NG_NODE_OFFSET_SHIFT) + sizeof(struct ng_leaf);
}

/* An entry matched completely. */
static __always_inline void ng_slow_matched(struct ng_scan *scan, __u64 outcome)
{
	struct ng_scratch *scratch = scan->scratch;

	if (scratch->slow.leaf > NG_TREES_MAX) {
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
	__u64 outcome = ipv6 ? ng_compare(key, entry, 1) : ng_compare(key, entry, 0);
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
 * Compare the packet with the first entries of a leaf, inline.
 * Return: 1 when ng_slow_scan() has to do it: the leaf is long, or an entry has matches or a time.
 */
static __always_inline __u32 ng_search_leaf(struct ng_scan *scan, __u64 node, const int ipv6)
{
	const void *entry = ng_image_at(scan->image, node >> NG_NODE_OFFSET_SHIFT);
	__u64 left = node >> NG_LEAF_ENTRIES_SHIFT & NG_LEAF_ENTRIES, outcome;
	struct ng_scratch *scratch = scan->scratch;
	const __u64 *key = scratch->packet.key;
	const struct ng_entry_extra *extra;

	ng_widen(&scratch->packet.zero, left);
	entry += sizeof(struct ng_leaf);
#pragma unroll
	for (__u32 i = 0; i < NG_LEAF_STEPS; i++) {
		if (ipv6) /* else most of the key would be copied to the stack */
			ng_reload();
		outcome = ng_compare(key, entry, ipv6);
		if (outcome) {
			if (ng_is_behind(scratch->rule, outcome))
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
	__u64 best = NG_LEAF_RANK - 1, later = 0;

	ng_widen(zero, best);
	for (__u32 i = 0; i < NG_TREES_MAX; i++) {
		if (i >= forest->trees)
			break;
		if ((scratch->leaves[i] & NG_LEAF_RANK) > best)
			continue;
		later |= (__u64)ng_search_leaf(scan, scratch->leaves[i], ipv6) << i;
		ng_widen(zero, later);
		best = scratch->rule >> (forest->rule_shift & 63);
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
