/* SPDX-License-Identifier: GPL-2.0-only */
/* Is a packet one of those that who reads records asks for? The conditions are in struct ng_filter.
 */
#ifndef NG_FILTER_BPF_H
#define NG_FILTER_BPF_H

#include "bpf/classify.bpf.h"

#define NG_FILTER_STEPS (1 << 14) /* more than any filter takes */

/**
 * struct ng_filtering - how far a packet was compared
 * @entry:   offset of the next entry; @entries are left
 * @match:   offset of the match in hand; @matches are left of the entry in hand
 * @below, @left: of its bounds: as many are not above the number; so many are still to be searched
 * @holds:   an entry matched
 */
struct ng_filtering {
	const struct ng_packet *packet;
	const void *filter;
	__u32 entry, entries;
	__u32 match, matches;
	__u32 below, left;
	__u32 holds;
};

static __always_inline const void *ng_filter_at(const struct ng_filtering *f, __u64 offset)
{
	return f->filter + (offset & (NG_FILTER_SIZE - 8));
}

static __always_inline void ng_filter_begin_match(struct ng_filtering *f, __u32 offset)
{
	const struct ng_match *match = ng_filter_at(f, offset);

	f->match = offset;
	f->left = match->bounds.count;
	f->below = ((const struct ng_filter *)f->filter)->nothing;
}

static __always_inline void ng_filter_entry(struct ng_filtering *f)
{
	int ipv6 = f->packet->class == NG_CLASS_IPV6;
	const void *entry = ng_filter_at(f, f->entry);
	const __u64 *key = f->packet->key;
	__u64 take = ipv6 ? ng_compare(key, entry, 1) : ng_compare(key, entry, 0);
	const struct ng_rest *rest = ng_filter_at(f, take & NG_TAKE_SLOT);

	f->entry += ng_entry_size(ipv6);
	f->entries--;
	if (!take || (take & NG_TAKE_REST && ng_rest_differs(key, rest)))
		return;
	if (!(take & NG_TAKE_REST) || !rest->matches) {
		f->holds = 1;
		return;
	}
	f->matches = rest->matches;
	ng_filter_begin_match(f, (take & NG_TAKE_SLOT) + sizeof(*rest));
}

/* One step of ng_match_holds(), which is too much for the stack that is left. */
static __always_inline void ng_filter_match(struct ng_filtering *f)
{
	const struct ng_match *match = ng_filter_at(f, f->match);
	__u64 hi = 0, lo, word = match->word, half = f->left >> 1;
	const struct ng_bound *bound;

	if (word >= NG_WORDS) {
		f->matches = 0;
		return;
	}
	/* Only addresses are; Linux 6.1 does not learn from a comparison with 0. */
	if (match->wide && word >= NG_WORD_SADDR_LO)
		hi = f->packet->key[word - 1];
	lo = f->packet->key[word] >> (match->shift & 63) & match->mask;
	if (f->left) {
		half += !half;
		bound = ng_filter_at(f,
				     match->bounds.offset + (f->below + half - 1) * sizeof(*bound));
		f->below += half & -(1 - ng_less_wide(hi, lo, bound->hi, bound->lo));
		f->left -= half;
		return;
	}
	if ((f->below & 1) != match->odd)
		f->matches = 0;
	else if (!--f->matches)
		f->holds = 1;
	else
		ng_filter_begin_match(f, f->match + sizeof(*match));
}

/* Return: 1 at the end. */
static long ng_filter_step(__u64 index, struct ng_filtering *f)
{
	(void)index;
	if (f->matches)
		ng_filter_match(f);
	else if (f->entries)
		ng_filter_entry(f);
	else
		return 1;
	return f->holds != 0;
}

/**
 * ng_filter_holds() - 1: the packet is one of those
 *
 * Verified by itself, see ng_slot_in_window().
 */
__attribute__((noinline)) int ng_filter_holds(const struct ng_packet *packet)
{
	const struct ng_filter *filter;
	struct ng_filtering f;
	__u32 zero = 0, class;

	filter = bpf_map_lookup_elem(&ng_filter, &zero);
	if (!packet || !filter || !(filter->directions >> (ng_config.direction & 1) & 1) ||
	    (filter->invalid && !packet->reason))
		return 0;
	class = packet->class;
	if (class >= NG_CLASSES)
		return 0;
	f.packet = packet;
	f.filter = filter;
	f.entry = filter->entries[class].offset;
	f.entries = filter->entries[class].count;
	f.match = filter->nothing;
	f.matches = filter->nothing;
	f.below = filter->nothing;
	f.left = filter->nothing;
	f.holds = filter->nothing;
	bpf_loop(NG_FILTER_STEPS, ng_filter_step, &f, 0);
	return f.holds != 0;
}

#endif
