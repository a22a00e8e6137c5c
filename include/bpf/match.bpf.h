/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Checking an entry's matches (struct ng_match), one after the other: is the number in the key
 * inside the match's ranges? Each call does one step of a binary search, for callbacks of
 * bpf_loop().
 *
 * Matches are in an image or in the filter of a reader of records: @base is its beginning, @mask
 * keeps offsets inside it.
 */
#ifndef NG_MATCH_BPF_H
#define NG_MATCH_BPF_H

#include "bpf/scratch.bpf.h"

static __always_inline void ng_match_next(const void *base, __u64 mask, __u32 offset,
					  struct ng_match_search *search)
{
	const struct ng_match *match = base + (offset & mask);

	search->match = offset;
	search->bounds = match->bounds.count;
	search->below = 0;
}

/** ng_match_begin() - begin with the first of @n matches, which follow the extra of @outcome */
static __always_inline void ng_match_begin(const void *base, __u64 mask, __u64 outcome, __u32 n,
					   struct ng_match_search *search)
{
	search->left = n;
	ng_match_next(base, mask, (outcome & NG_OUTCOME_SLOT) + sizeof(struct ng_entry_extra),
		      search);
}

/**
 * ng_match_step() - one step of the current match; search->left must not be 0
 *
 * Return: 1 when this was the last step and all matches hold; else 0. A match that does not hold
 * ends the search, and search->left is 0.
 */
static __always_inline int ng_match_step(const void *base, __u64 mask, const __u64 *key,
					 struct ng_match_search *search)
{
	const struct ng_match *match = base + (search->match & mask);
	__u64 hi = 0, lo, word = match->word, half = search->bounds >> 1;
	const struct ng_bound *bound;

	if (word >= NG_WORDS) { /* impossible; checked for the verifier */
		search->left = 0;
		return 0;
	}
	/* Only addresses are wide; Linux 6.1 does not learn from a comparison with 0. */
	if (match->wide && word >= NG_WORD_SADDR_LO)
		hi = key[word - 1];
	lo = key[word] >> (match->shift & 63) & match->mask;
	if (search->bounds) {
		half += !half;
		bound = base +
			((match->bounds.offset + (search->below + half - 1) * sizeof(*bound)) &
			 mask);
		search->below += half & -(1 - ng_less_wide(hi, lo, bound->hi, bound->lo));
		search->bounds -= half;
		return 0;
	}
	if ((search->below & 1) != match->odd) {
		search->left = 0;
		return 0;
	}
	if (!--search->left)
		return 1;
	ng_match_next(base, mask, search->match + sizeof(*match), search);
	return 0;
}

#endif
