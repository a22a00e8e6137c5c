/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Does a packet match the filter of the reader of records (watch, capture)? See struct ng_filter.
 */
#ifndef NG_FILTER_BPF_H
#define NG_FILTER_BPF_H

#include "bpf/classify.bpf.h"

#define NG_FILTER_STEPS (1 << 14) /* more than any filter takes */
#define NG_FILTER_MASK	(NG_FILTER_SIZE - 8)

struct ng_filtering {
	const void *filter;
	struct ng_scratch *scratch;
};

static __always_inline void ng_filter_entry(struct ng_filtering *f)
{
	struct ng_filter_scan *scan = &f->scratch->filter;
	int ipv6 = f->scratch->packet.class == NG_CLASS_IPV6;
	const void *entry = f->filter + (scan->entry & NG_FILTER_MASK);
	const __u64 *key = f->scratch->packet.key;
	__u64 outcome = ipv6 ? ng_compare(f->filter, NG_FILTER_MASK, key, entry, 1)
			     : ng_compare(f->filter, NG_FILTER_MASK, key, entry, 0);
	const struct ng_entry_extra *extra =
		f->filter + (outcome & NG_OUTCOME_SLOT & NG_FILTER_MASK);

	scan->entry += ng_entry_size(ipv6);
	scan->entries--;
	if (!outcome || (outcome & NG_OUTCOME_EXTRA && ng_extra_differs(key, extra)))
		return;
	if (outcome & NG_OUTCOME_EXTRA && extra->matches)
		ng_match_begin(f->filter, NG_FILTER_MASK, outcome, extra->matches, &scan->matches);
	else
		scan->holds = 1;
}

/* Return: 1 at the end. */
static long ng_filter_step(__u64 index, struct ng_filtering *f)
{
	struct ng_filter_scan *scan = &f->scratch->filter;

	(void)index;
	if (scan->matches.left)
		scan->holds = ng_match_step(f->filter, NG_FILTER_MASK, f->scratch->packet.key,
					    &scan->matches);
	else if (scan->entries)
		ng_filter_entry(f);
	else
		return 1;
	return scan->holds != 0;
}

/**
 * ng_filter_holds() - 1: the packet matches
 *
 * A global function, see verifier.bpf.h.
 */
__noinline int ng_filter_holds(struct ng_scratch *scratch)
{
	const struct ng_filter *filter;
	struct ng_filtering f;
	__u32 zero = 0, class;

	filter = bpf_map_lookup_elem(&ng_filter, &zero);
	if (!scratch || !filter || !(filter->directions >> (ng_config.direction & 1) & 1))
		return 0;
	class = scratch->packet.class;
	if (class >= NG_CLASSES)
		return 0;
	f.filter = filter;
	f.scratch = scratch;
	scratch->filter = (struct ng_filter_scan){
		.entry = filter->entries[class].offset,
		.entries = filter->entries[class].count,
	};
	bpf_loop(NG_FILTER_STEPS, ng_filter_step, &f, 0);
	return scratch->filter.holds != 0;
}

#endif
