/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which rule decides: a packet's key against the entries of the image (layout.h).
 *
 * Comparisons are arithmetic, not branches: every branch in a loop is a path more for the
 * verifier, and a misprediction for the processor.
 */
#ifndef NG_CLASSIFY_BPF_H
#define NG_CLASSIFY_BPF_H

#include "sets.bpf.h"

/**
 * struct ng_scan - one packet on its way through the rules
 * @image:   the image in force
 * @row:     this CPU's counters
 * @entries: offset of the first entry to compare
 * @matches: offset of the first struct ng_match of an entry; @mismatch: one did not hold
 * @packets, @bytes: what is counted
 * @action, @rule, @slot: of the entry that decided; @decided says whether one did
 */
struct ng_scan {
	const void *image;
	void *row;
	struct ng_packet packet;
	__u32 entries;
	__u32 matches;
	__u32 mismatch;
	__u32 decided;
	__u32 action;
	__u32 rule;
	__u32 slot;
	__u64 packets, bytes;
};

static __always_inline void ng_count(struct ng_scan *scan, __u64 slot)
{
	struct ng_counter *counter =
		scan->row + (slot & ng_config.slot_mask) * sizeof(struct ng_counter);

	counter->packets += scan->packets;
	counter->bytes += scan->bytes;
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
	differ |= (key[NG_WORD_SETS] ^ entry->sets) & entry->sets_mask;
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
	if (class != NG_CLASS_OTHER)
		ng_look_up_sets(scan->image, &scan->packet);
	scan->entries = list->offset;
	if (class == NG_CLASS_IPV4)
		bpf_loop(n, ng_compare4, scan, 0);
	else if (class == NG_CLASS_IPV6)
		bpf_loop(n, ng_compare6, scan, 0);
	else
		bpf_loop(n, ng_compare_other, scan, 0);
}

#endif
