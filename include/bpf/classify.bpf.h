/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which rule decides: a packet's key is led through the trees of the image (layout/image.h) and
 * compared with the entries of the leaves that it comes to.
 *
 * Comparisons are arithmetic, not branches: every branch in a loop is a path more for the
 * verifier, and a misprediction for the processor.
 */
#ifndef NG_CLASSIFY_BPF_H
#define NG_CLASSIFY_BPF_H

#include "bpf/sets.bpf.h"
#include "bpf/tree.bpf.h"

#define NG_LOOPS_MAX (1 << 23) /* BPF_MAX_LOOPS */

/**
 * struct ng_scan - one packet on its way through the rules
 * @image:   the image in force
 * @row:     this CPU's counters
 * @take:    NG_TAKE_* of the best entry that matched, 0: none did
 * @rule:    its rule; without one a number behind all rules
 * @packets, @bytes: what is counted
 * @action, @slot: of the rule that decided
 * @leaves:  node words of the leaves that the packet came to, one a tree; the last: `count` rules
 * @meet:    for ng_meet(): how far those leaves were compared
 */
struct ng_scan {
	const void *image;
	void *row;
	struct ng_packet packet;
	__u64 take;
	__u64 rule;
	__u32 packets, bytes;
	__u32 action;
	__u32 slot;
	union {
		union ng_copy copy;	 /* while the frame is read */
		struct ng_search search; /* while sets are looked up */
		struct {
			__u64 leaves[NG_TREES_MAX + 1];
			struct ng_meeting {
				__u16 leaf;    /* index of the next leaf */
				__u16 wanted;  /* bit i: leaf @leaf + i is to be compared */
				__u32 logged;  /* number of a `count` rule marked `log` */
				__u32 entry;   /* offset of the next entry */
				__u32 entries; /* that are left of the leaf in hand */
				__u32 match;   /* offset of the next struct ng_match */
				__u32 matches; /* that are left of the entry in hand */
				__u64 take;    /* NG_TAKE_* of the entry in hand */
			} meet;
		};
	};
};

static __always_inline void ng_count(struct ng_scan *scan, __u64 slot)
{
	struct ng_counter *counter =
		scan->row + (slot & ng_config.slot_mask) * sizeof(struct ng_counter);

	counter->packets += scan->packets;
	counter->bytes += scan->bytes;
}

/* Does the number that @match is about lie where it wants it? */
static __always_inline int ng_match_holds(const void *image, const __u64 *key,
					  const struct ng_match *match)
{
	__u64 hi = 0, word = match->word;

	if (word >= NG_WORDS) /* no image has that; the verifier wants to hear it */
		return 0;
	if (match->wide && word)
		hi = key[word - 1];
	return match->odd == ng_inside(image, &match->bounds, hi,
				       key[word] >> (match->shift & 63) & match->mask,
				       NG_MATCH_STEPS);
}

/* 0 when what an entry could not hold matches too, apart from its matches and its time. */
static __always_inline __u64 ng_rest_differs(const __u64 *key, const struct ng_rest *rest)
{
	__u64 guards = NG_MISC_GUARDS, misc = key[NG_WORD_MISC], differ;

	differ = (((misc | guards) - rest->lo) & (rest->hi - misc) & guards) ^ guards;
	differ |= (key[NG_WORD_SETS] ^ rest->sets) & rest->sets_mask;
	return differ | (((key[NG_WORD_IFACE_HI] ^ rest->iface[0]) |
			  (key[NG_WORD_IFACE_LO] ^ rest->iface[1])) &
			 rest->iface_mask);
}

static __always_inline int ng_rest_holds(const __u64 *key, const struct ng_rest *rest)
{
	if (ng_rest_differs(key, rest))
		return 0;
	return !rest->until || bpf_ktime_get_tai_ns() < rest->until;
}

/* 0 when the packet has what @entry asks for, apart from addresses. */
static __always_inline __u64 ng_entry_differs(const __u64 *key, const struct ng_entry *entry)
{
	__u64 guards = NG_LANE_GUARDS, lanes = key[NG_WORD_LANES], within;
	__u32 bits = key[NG_WORD_BITS];

	within = ((lanes | guards) - entry->lo) & (entry->hi - lanes) & guards;
	return (within ^ guards) | ((bits ^ entry->bits) & entry->bits_mask);
}

static __always_inline __u64 ng_entry4_differs(const __u64 *key, const struct ng_entry4 *entry)
{
	__u64 addrs = key[NG_WORD_SADDR_LO] | key[NG_WORD_DADDR_LO] << 32;

	return ((addrs ^ entry->addrs) & entry->addrs_mask) | ng_entry_differs(key, &entry->common);
}

static __always_inline __u64 ng_entry6_differs(const __u64 *key, const struct ng_entry6 *entry)
{
	return ((key[NG_WORD_SADDR_HI] ^ entry->saddr[0]) & entry->saddr_mask[0]) |
	       ((key[NG_WORD_SADDR_LO] ^ entry->saddr[1]) & entry->saddr_mask[1]) |
	       ((key[NG_WORD_DADDR_HI] ^ entry->daddr[0]) & entry->daddr_mask[0]) |
	       ((key[NG_WORD_DADDR_LO] ^ entry->daddr[1]) & entry->daddr_mask[1]) |
	       ng_entry_differs(key, &entry->common);
}

/* @ipv6 is known to the compiler: one function for both kinds of entries. */
static __always_inline __u64 ng_entry_size(const int ipv6)
{
	return ipv6 ? sizeof(struct ng_entry6) : sizeof(struct ng_entry4);
}

/* Return: the entry's NG_TAKE_* when all but its rest matches, else 0, which none has. */
static __always_inline __u64 ng_compare(const __u64 *key, const void *entry, const int ipv6)
{
	if (ipv6)
		return ng_entry6_differs(key, entry)
			       ? 0
			       : ((const struct ng_entry6 *)entry)->common.take;
	return ng_entry4_differs(key, entry) ? 0 : ((const struct ng_entry4 *)entry)->common.take;
}

static __always_inline __u64 ng_rule_of(__u64 take)
{
	return take >> NG_TAKE_RULE_SHIFT & NG_TAKE_RULE;
}

/* By its sign: a comparison would tell the verifier, in each branch, what scan->rule can be. */
static __always_inline int ng_is_behind(const struct ng_scan *scan, __u64 take)
{
	return (__s64)(scan->rule - ng_rule_of(take)) <= 0;
}

static __always_inline void ng_take_entry(struct ng_scan *scan, __u64 take)
{
	scan->take = take;
	scan->rule = ng_rule_of(take);
}

static __always_inline __u32 ng_slot_of(const struct ng_scan *scan, __u64 take)
{
	const struct ng_rest *rest;

	if (!(take & NG_TAKE_REST))
		return take & NG_TAKE_SLOT;
	rest = ng_image_at(scan->image, take & NG_TAKE_SLOT);
	return rest->slot;
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

/* All of an entry matched. */
static __always_inline void ng_met_entry(struct ng_scan *scan, __u64 take)
{
	ng_forget(ng_nothing(scan->image), take);
	if (scan->meet.leaf > NG_TREES_MAX) {
		ng_count(scan, ng_slot_of(scan, take));
		if (take & NG_TAKE_LOG)
			scan->meet.logged = ng_rule_of(take);
		return;
	}
	ng_take_entry(scan, take);
	scan->meet.entries = 0;
}

static __always_inline void ng_meet_match(struct ng_scan *scan)
{
	const struct ng_match *match = ng_image_at(scan->image, scan->meet.match);

	if (!ng_match_holds(scan->image, scan->packet.key, match)) {
		scan->meet.matches = 0;
		return;
	}
	scan->meet.match += sizeof(*match);
	if (!--scan->meet.matches)
		ng_met_entry(scan, scan->meet.take);
}

static __always_inline void ng_meet_entry(struct ng_scan *scan)
{
	int ipv6 = scan->packet.class == NG_CLASS_IPV6;
	const void *entry = ng_image_at(scan->image, scan->meet.entry);
	const __u64 *key = scan->packet.key;
	__u64 take = ipv6 ? ng_compare(key, entry, 1) : ng_compare(key, entry, 0);
	const struct ng_rest *rest;

	scan->meet.entry += ng_entry_size(ipv6);
	scan->meet.entries--;
	if (!take)
		return;
	if (ng_is_behind(scan, take)) {
		scan->meet.entries = 0;
		return;
	}
	if (take & NG_TAKE_REST) {
		rest = ng_image_at(scan->image, take & NG_TAKE_SLOT);
		if (!ng_rest_holds(scan->packet.key, rest))
			return;
		if (rest->matches) {
			scan->meet.matches = rest->matches;
			scan->meet.match = (take & NG_TAKE_SLOT) + sizeof(*rest);
			scan->meet.take = take;
			return;
		}
	}
	ng_met_entry(scan, take);
}

static __always_inline void ng_meet_leaf(struct ng_scan *scan)
{
	__u32 i = scan->meet.leaf++;
	__u64 node;

	if (i <= NG_TREES_MAX && scan->meet.wanted & 1) {
		node = scan->leaves[i];
		scan->meet.entry = ng_first_entry(node);
		scan->meet.entries = ng_leaf_size(scan->image, node);
	}
	scan->meet.wanted >>= 1;
}

/*
 * One step through the wanted leaves: a match, an entry or a leaf. All that is long or rare is
 * done here, in one loop, since the verifier follows each loop anew wherever it stands.
 * Return: 1 at the end.
 */
static long ng_meet(__u64 index, struct ng_scan *scan)
{
	(void)index;
	if (scan->meet.matches)
		ng_meet_match(scan);
	else if (scan->meet.entries)
		ng_meet_entry(scan);
	else if (scan->meet.wanted)
		ng_meet_leaf(scan);
	else
		return 1;
	return 0;
}

/* @wanted: bit i for scan->leaves[i] */
static __always_inline void ng_meet_leaves(struct ng_scan *scan, __u32 wanted)
{
	const volatile __u64 *nothing = ng_nothing(scan->image);

	scan->meet = (struct ng_meeting){
		.wanted = wanted + *nothing,
		.leaf = *nothing,
		.logged = *nothing,
		.entry = *nothing,
		.entries = *nothing,
		.match = *nothing,
		.matches = *nothing,
		.take = *nothing,
	};
	ng_forget(nothing, scan->packet.class);
	bpf_loop(NG_LOOPS_MAX, ng_meet, scan, 0);
}

/*
 * Compares the packet with the first entries of a leaf, without a call.
 * Return: 1 when ng_meet_leaves() must do it: the leaf is long, or an entry has matches or a time.
 */
static __always_inline __u32 ng_search_leaf(struct ng_scan *scan, __u64 node, const int ipv6)
{
	const void *entry = ng_image_at(scan->image, node >> NG_NODE_OFFSET_SHIFT);
	__u64 left = node >> NG_LEAF_ENTRIES_SHIFT & NG_LEAF_ENTRIES, take;
	const struct ng_rest *rest;

	ng_forget(ng_nothing(scan->image), left);
	entry += sizeof(struct ng_leaf);
#pragma unroll
	for (__u32 i = 0; i < NG_LEAF_STEPS; i++) {
		if (ipv6) /* else copies of most of the key stand on the stack */
			asm volatile("" ::: "memory");
		take = ng_compare(scan->packet.key, entry, ipv6);
		if (take) {
			if (ng_is_behind(scan, take))
				return 0;
			if (take & NG_TAKE_REST) {
				rest = ng_image_at(scan->image, take & NG_TAKE_SLOT);
				if (rest->matches || rest->until)
					return 1;
				if (ng_rest_differs(scan->packet.key, rest))
					take = 0;
			}
			if (take) {
				ng_take_entry(scan, take);
				return 0;
			}
		}
		entry += ng_entry_size(ipv6);
		if (left == i + 1)
			return 0;
	}
	return 1;
}

/* Return: bit i when scan->leaves[i] is left to ng_meet_leaves(). */
static __always_inline __u32 ng_search_leaves(struct ng_scan *scan, const struct ng_forest *forest,
					      const int ipv6)
{
	const volatile __u64 *nothing = ng_nothing(scan->image);
	__u64 best = NG_LEAF_RANK - 1, later = 0;

	ng_forget(nothing, best);
	for (__u32 i = 0; i < NG_TREES_MAX; i++) {
		if (i >= forest->trees)
			break;
		if ((scan->leaves[i] & NG_LEAF_RANK) > best)
			continue;
		later |= (__u64)ng_search_leaf(scan, scan->leaves[i], ipv6) << i;
		ng_forget(nothing, later);
		best = scan->rule >> (forest->rule_shift & 63);
	}
	return later;
}

static __always_inline const struct ng_forest *ng_forest_of(const struct ng_scan *scan)
{
	const struct ng_image_header *header = scan->image;
	__u64 index = (ng_config.direction & 1) * NG_CLASSES + scan->packet.class;

	index = 2 * index + (scan->packet.reason != NG_VALID);
	ng_forget(ng_nothing(header), index);
	return ng_image_at(header, offsetof(struct ng_image_header, forests) +
					   index * sizeof(struct ng_forest));
}

/**
 * ng_classify() - find the rule that decides about scan->packet
 * @live: the live table has entries
 *
 * Counts the `count` rules before it that match. The deciding rule itself is for the caller to
 * count. Return: enum ng_decider, NG_BY_DEFAULT when no rule decides; with a rule scan->action,
 * scan->rule and scan->slot are set.
 */
static __always_inline __u32 ng_classify(struct ng_scan *scan, __u64 live)
{
	const struct ng_image_header *header = scan->image;
	const struct ng_forest *forest;
	__u32 later = 0;

	scan->take = *ng_nothing(header);
	if (header->tries | live && scan->packet.class != NG_CLASS_OTHER) {
		ng_look_up_sets(scan->image, &scan->packet, live, &scan->search);
		ng_forget(ng_nothing(header), scan->packet.key[NG_WORD_SETS]);
		if (scan->packet.key[NG_WORD_SETS] & header->blocked && !ng_config.direction) {
			scan->action = NG_ACTION_DROP;
			scan->slot = NG_SLOT_BLOCKED;
			return NG_BY_BLOCKED;
		}
	}
	ng_forget(ng_nothing(header), scan->packet.class);
	ng_forget(ng_nothing(header), scan->packet.reason);
	/* Not before: it would stand on the stack meanwhile, which is all used. */
	forest = ng_forest_of(scan);
	scan->rule = (NG_LEAF_RANK << (forest->rule_shift & 63)) - 1;
	if (forest->trees) {
		ng_walk(scan->image, forest, scan->packet.key, scan->leaves);
		if (scan->packet.class == NG_CLASS_IPV6)
			later = ng_search_leaves(scan, forest, 1);
		else
			later = ng_search_leaves(scan, forest, 0);
	}
	if (forest->count) {
		ng_walk_trees(scan->image, scan->packet.key, &forest->count, 0,
			      &scan->leaves[NG_TREES_MAX], 1);
		later |= 1U << NG_TREES_MAX;
	}
	if (later)
		ng_meet_leaves(scan, later);
	if (!scan->take)
		return NG_BY_DEFAULT;
	scan->action = scan->take >> NG_TAKE_ACTION_SHIFT & NG_TAKE_ACTION;
	scan->slot = ng_slot_of(scan, scan->take);
	return NG_BY_RULE;
}

#endif
