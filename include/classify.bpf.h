/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which rule decides: a packet's key against the entries of the image (layout.h).
 *
 * Comparisons are arithmetic, not branches: every branch in a loop is a path more for the
 * verifier, and a misprediction for the processor.
 */
#ifndef NG_CLASSIFY_BPF_H
#define NG_CLASSIFY_BPF_H

#include "parse.bpf.h"

/**
 * struct ng_scan - one packet on its way through the rules
 * @image:   the image in force
 * @row:     this CPU's counters
 * @sets:    results of the set lookups
 * @entries: offset of the first entry to compare, or of the first struct ng_lookup
 * @matches: offset of the first struct ng_match of an entry; @mismatch: one did not hold
 * @packets, @bytes: what is counted
 * @action, @rule, @slot: of the entry that decided; @decided says whether one did
 */
struct ng_scan {
	const void *image;
	void *row;
	struct ng_packet packet;
	__u64 sets;
	__u32 entries;
	__u32 matches;
	__u32 mismatch;
	__u32 decided;
	__u32 action;
	__u32 rule;
	__u32 slot;
	__u64 packets, bytes;
};

/* The bytes at @offset of the image; offsets are multiples of 8. */
static __always_inline const void *ng_image_at(const void *image, __u64 offset)
{
	return image + (offset & ng_config.image_mask);
}

static __always_inline void ng_count(struct ng_scan *scan, __u64 slot)
{
	struct ng_counter *counter =
		scan->row + (slot & ng_config.slot_mask) * sizeof(struct ng_counter);

	counter->packets += scan->packets;
	counter->bytes += scan->bytes;
}

/* 1 when a < b, else 0: the borrow of a - b. */
static __always_inline __u64 ng_less(__u64 a, __u64 b)
{
	return ((~a & b) | ((~a | b) & (a - b))) >> 63;
}

/* The same for two words each, the upper first. */
static __always_inline __u64 ng_less_wide(__u64 a_hi, __u64 a_lo, __u64 b_hi, __u64 b_lo)
{
	__u64 equal = 1 - (((a_hi ^ b_hi) | (0 - (a_hi ^ b_hi))) >> 63);

	return ng_less(a_hi, b_hi) | (equal & ng_less(a_lo, b_lo));
}

/**
 * ng_inside() - does a number of 128 bits stand behind an odd count of bounds?
 *
 * A binary search whose steps depend on the count of bounds only.
 */
static __always_inline __u64 ng_inside(const void *image, const struct ng_list *bounds, __u64 hi,
				       __u64 lo, const int steps)
{
	__u64 below = 0, left = bounds->count, offset = bounds->offset, half;
	const struct ng_bound *bound;

	if (!left)
		return 0;
	for (int step = 0; step < steps; step++) {
		if (left <= 1)
			break;
		half = left >> 1;
		bound = ng_image_at(image, offset + (below + half - 1) * sizeof(*bound));
		below += half & -(1 - ng_less_wide(hi, lo, bound->hi, bound->lo));
		left -= half;
	}
	bound = ng_image_at(image, offset + below * sizeof(*bound));
	below += 1 - ng_less_wide(hi, lo, bound->hi, bound->lo);
	return below & 1;
}

/* Return: 1 when the match does not hold, which ends the loop over an entry's matches. */
static long ng_test_match(__u64 index, struct ng_scan *scan)
{
	const struct ng_match *match =
		ng_image_at(scan->image, scan->matches + index * sizeof(*match));
	const __u64 *key = scan->packet.key;
	__u64 hi = 0, word = match->word;

	scan->mismatch = 1;
	if (word >= NG_WORDS) /* no image has that; the verifier wants to hear it */
		return 1;
	if (match->wide && word)
		hi = key[word - 1];
	scan->mismatch = match->odd != ng_inside(scan->image, &match->bounds, hi,
						 key[word] >> (match->shift & 63) & match->mask,
						 NG_MATCH_STEPS);
	return scan->mismatch;
}

static __always_inline int ng_matches_hold(struct ng_scan *scan, const struct ng_list *list)
{
	if (!list->count)
		return 1;
	scan->matches = list->offset;
	scan->mismatch = 0;
	bpf_loop(list->count, ng_test_match, scan, 0);
	return !scan->mismatch;
}

static __always_inline int ng_entry_holds(struct ng_scan *scan, const struct ng_entry *entry)
{
	__u64 guards = NG_LANE_GUARDS, differ, within;
	const __u64 *key = scan->packet.key;

	differ = (key[NG_WORD_BITS] ^ entry->bits) & entry->bits_mask;
	differ |= (scan->sets ^ entry->sets) & entry->sets_mask;
	within = ((key[NG_WORD_LANES] | guards) - entry->lo) & (entry->hi - key[NG_WORD_LANES]) &
		 guards;
	return !differ && within == guards && ng_matches_hold(scan, &entry->matches);
}

/* Return: 1 when the scan ends here. */
static __always_inline long ng_take_entry(struct ng_scan *scan, const struct ng_entry *entry)
{
	if (!ng_entry_holds(scan, entry))
		return 0;
	if (entry->action == NG_ACTION_COUNT) {
		ng_count(scan, entry->slot);
		return 0;
	}
	scan->decided = 1;
	scan->action = entry->action;
	scan->rule = entry->rule;
	scan->slot = entry->slot;
	return 1;
}

static long ng_compare4(__u64 index, struct ng_scan *scan)
{
	const struct ng_entry4 *entry =
		ng_image_at(scan->image, scan->entries + index * sizeof(*entry));
	__u32 saddr = scan->packet.key[NG_WORD_SADDR_LO];
	__u32 daddr = scan->packet.key[NG_WORD_DADDR_LO];

	if (((saddr ^ entry->saddr) & entry->saddr_mask) |
	    ((daddr ^ entry->daddr) & entry->daddr_mask))
		return 0;
	return ng_take_entry(scan, &entry->common);
}

static long ng_compare6(__u64 index, struct ng_scan *scan)
{
	const struct ng_entry6 *entry =
		ng_image_at(scan->image, scan->entries + index * sizeof(*entry));
	const __u64 *key = scan->packet.key;

	if (((key[NG_WORD_SADDR_HI] ^ entry->saddr[0]) & entry->saddr_mask[0]) |
	    ((key[NG_WORD_SADDR_LO] ^ entry->saddr[1]) & entry->saddr_mask[1]) |
	    ((key[NG_WORD_DADDR_HI] ^ entry->daddr[0]) & entry->daddr_mask[0]) |
	    ((key[NG_WORD_DADDR_LO] ^ entry->daddr[1]) & entry->daddr_mask[1]))
		return 0;
	return ng_take_entry(scan, &entry->common);
}

static long ng_compare_other(__u64 index, struct ng_scan *scan)
{
	return ng_take_entry(
		scan, ng_image_at(scan->image, scan->entries + index * sizeof(struct ng_entry)));
}

static __always_inline __u64 ng_live_holds(__u32 class, __u64 hi, __u64 lo)
{
	struct ng_live_key key = {};

	if (class == NG_CLASS_IPV4) {
		key.family = 4;
		key.addr[0] = bpf_htonl(lo);
	} else {
		key.family = 6;
		key.addr[0] = bpf_htonl(hi >> 32);
		key.addr[1] = bpf_htonl(hi);
		key.addr[2] = bpf_htonl(lo >> 32);
		key.addr[3] = bpf_htonl(lo);
	}
	return bpf_map_lookup_elem(&ng_live, &key) != NULL;
}

/* The live table is empty most of the time: one word says so. */
static __always_inline int ng_live_in_use(void)
{
	const volatile struct ng_control *control;
	__u32 zero = 0;

	control = bpf_map_lookup_elem(&ng_control, &zero);
	return control && control->live_entries;
}

static long ng_look_up(__u64 index, struct ng_scan *scan)
{
	const struct ng_lookup *lookup =
		ng_image_at(scan->image, scan->entries + index * sizeof(*lookup));
	const __u64 *key = scan->packet.key;
	__u64 hi, lo, found;

	hi = lookup->daddr ? key[NG_WORD_DADDR_HI] : key[NG_WORD_SADDR_HI];
	lo = lookup->daddr ? key[NG_WORD_DADDR_LO] : key[NG_WORD_SADDR_LO];
	if (lookup->live)
		found = ng_live_in_use() && ng_live_holds(scan->packet.class, hi, lo);
	else
		found = ng_inside(scan->image,
				  scan->packet.class == NG_CLASS_IPV4 ? &lookup->ipv4
								      : &lookup->ipv6,
				  hi, lo, NG_SET_STEPS);
	scan->sets |= found << (index & 63);
	return 0;
}

/**
 * ng_classify() - find the rule that decides about scan->packet
 *
 * Counts the `count` rules that match on the way. Sets scan->decided, and with it the action,
 * the rule and the slot; the deciding rule itself is for the caller to count.
 */
static __always_inline void ng_classify(struct ng_scan *scan)
{
	const struct ng_image_header *header = scan->image;
	__u64 class = scan->packet.class;
	const struct ng_list *list;
	__u32 n;

	list = &header->entries[ng_config.direction & 1][class < NG_CLASSES ? class : 0];
	n = list->count;
	if (!n)
		return;
	if (class != NG_CLASS_OTHER && header->lookups.count) {
		scan->entries = header->lookups.offset;
		bpf_loop(header->lookups.count, ng_look_up, scan, 0);
	}
	scan->entries = list->offset;
	if (class == NG_CLASS_IPV4)
		bpf_loop(n, ng_compare4, scan, 0);
	else if (class == NG_CLASS_IPV6)
		bpf_loop(n, ng_compare6, scan, 0);
	else
		bpf_loop(n, ng_compare_other, scan, 0);
}

#endif
