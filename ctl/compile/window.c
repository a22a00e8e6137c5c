// SPDX-License-Identifier: GPL-2.0-only
/*
 * The choice of a window weighs two things: into how few rules it lets an average key, and how
 * often rules are repeated in children. Both are estimated on a sample of the rules, first bit by
 * bit, then, for the best windows, with the very children.
 */
#include "compile/window.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SAMPLE	   192
#define CANDIDATES (8 * NG_CUTS)
#define BITS_FEW   10 /* a window of a node of up to RULES_MANY rules; else it may be wider */
#define BITS_MANY  12
#define RULES_MANY 20000

/* A node word costs a fifth of an entry: the weight of empty children. */
#define ENTRIES_PER_WORD 0.2

#define SCORE_MIN 0.02
#define NO_CUT	  5.0 /* weight against a bit that was looked at before */

struct candidate {
	struct ng_window window;
	double score;
};

struct ng_window_scratch {
	size_t rules;
	size_t n, m; /* rules of the node, of them in the sample */
	__u32 lo[SAMPLE], hi[SAMPLE];
	size_t sample[SAMPLE];
	struct candidate candidates[CANDIDATES];
	size_t n_candidates;
	__s32 change[(1 << BITS_MANY) + 1];
};
_Static_assert(BITS_MANY <= NG_NODE_WINDOW_BITS, "a node word holds every window");

struct ng_window_scratch *ng_window_scratch_new(size_t n)
{
	struct ng_window_scratch *scratch = calloc(1, sizeof(*scratch));

	if (scratch)
		scratch->rules = n;
	return scratch;
}

struct ng_window_view ng_window_view(const struct ng_window *w, const struct ng_region *region)
{
	__u32 max = ng_cut_max(w->cut), mask = region->mask[w->cut];
	__u32 window = ((1U << w->bits) - 1) << w->shift;

	return (struct ng_window_view){
		.window = *w,
		.min = region->value[w->cut],
		.max = region->value[w->cut] | (max & ~mask),
		.below = max & ~mask & ~window,
		.ternary = ng_cut_fields[w->cut].ternary,
	};
}

void ng_region_enter(struct ng_region *region, const struct ng_window *w, __u32 i)
{
	__u32 mask = ((1U << w->bits) - 1) << w->shift;

	region->value[w->cut] = (region->value[w->cut] & ~mask) | i << w->shift;
	region->mask[w->cut] |= mask;
}

bool ng_region_is_covered(const struct ng_region *region, const struct ng_items *items, size_t id)
{
	if (!items->exact[id])
		return false;
	for (size_t i = 0; i < items->n_used; i++) {
		enum ng_cut cut = items->used[i];
		__u32 lo = items->columns[cut][0][id], hi = items->columns[cut][1][id];
		__u32 open = ng_cut_max(cut) & ~region->mask[cut], value = region->value[cut];

		if (ng_cut_fields[cut].ternary) {
			__u32 fixed = ~(lo ^ hi) & ng_cut_max(cut);

			if (fixed & open || (lo ^ value) & fixed)
				return false;
		} else if (lo > value || hi < (value | open)) {
			return false;
		}
	}
	return true;
}

static void take_sample(struct ng_window_scratch *s, const __u32 *ids, size_t n)
{
	s->n = n;
	s->m = n < SAMPLE ? n : SAMPLE;
	for (size_t i = 0; i < s->m; i++)
		s->sample[i] = ids[i * n / s->m];
	s->n_candidates = 0;
}

static void take_column(struct ng_window_scratch *s, const struct ng_items *items, enum ng_cut cut)
{
	for (size_t i = 0; i < s->m; i++) {
		s->lo[i] = items->columns[cut][0][s->sample[i]];
		s->hi[i] = items->columns[cut][1][s->sample[i]];
	}
}

/* The bits of a field in which a rule has both values. */
static __u32 free_bits(enum ng_cut cut, __u32 lo, __u32 hi)
{
	__u32 differ = lo ^ hi;

	if (!differ || ng_cut_fields[cut].ternary)
		return differ;
	return ~0U >> __builtin_clz(differ);
}

/*
 * sums[b]: what the bits below b of the field gain together, as if they were independent. A bit
 * gains the logarithm of how many times fewer rules are left, less that of how many are repeated.
 */
static void weigh_bits(const struct ng_window_scratch *s, enum ng_cut cut,
		       const struct ng_region *region, double repeat_weight, double *sums)
{
	unsigned int ones[32] = {}, both[32] = {};

	for (size_t i = 0; i < s->m; i++) {
		__u32 free = free_bits(cut, s->lo[i], s->hi[i]), set = s->lo[i] & ~free;

		for (unsigned int b = 0; b < ng_cut_fields[cut].bits; b++) {
			ones[b] += set >> b & 1;
			both[b] += free >> b & 1;
		}
	}
	sums[0] = 0;
	for (unsigned int b = 0; b < ng_cut_fields[cut].bits; b++) {
		double one = ones[b] + both[b], zero = s->m - ones[b], all = one + zero;
		double gain = -log2((one * one + zero * zero) / (all * s->m));
		double cost = repeat_weight * log2(all / s->m);

		if (region->mask[cut] >> b & 1) {
			gain = 0;
			cost = NO_CUT;
		}
		sums[b + 1] = sums[b] + gain - cost;
	}
}

/* Of each field the best place for a window of each width: a wide one may take too much. */
static void propose_windows(struct ng_window_scratch *s, enum ng_cut cut, const double *sums,
			    unsigned int bits_max)
{
	unsigned int width = ng_cut_fields[cut].bits;

	if (bits_max > width)
		bits_max = width;
	for (unsigned int bits = 1; bits <= bits_max; bits += bits < 4 ? 1 : 2) {
		unsigned int best = 0;

		for (unsigned int shift = 1; shift + bits <= width; shift++)
			if (sums[shift + bits] - sums[shift] > sums[best + bits] - sums[best])
				best = shift;
		s->candidates[s->n_candidates++].window = (struct ng_window){ cut, best, bits };
	}
}

/* How the sample falls into the children of a window. */
struct spread {
	double total;	/* entries in all children */
	double unique;	/* the same, all children with none but the rules of every child as one */
	double squares; /* sum over the children of their entries squared */
};

static struct spread spread_over(struct ng_window_scratch *s, const struct ng_window_view *v)
{
	size_t children = 1ULL << v->window.bits, whole = 0;
	struct spread spread = {};
	struct ng_window_span span;
	long here = 0;

	memset(s->change, 0, (children + 1) * sizeof(s->change[0]));
	for (size_t i = 0; i < s->m; i++) {
		ng_window_begin(&span, v, s->lo[i], s->hi[i]);
		if (span.left == children) {
			whole++;
		} else if (!v->ternary) {
			if (!span.left)
				continue;
			s->change[span.child]++;
			if (span.child + span.left > children) {
				s->change[0]++;
				s->change[span.child + span.left - children]--;
			} else {
				s->change[span.child + span.left]--;
			}
		} else {
			for (; span.left; ng_window_next(&span, v)) {
				s->change[span.child]++;
				s->change[span.child + 1]--;
			}
		}
	}
	for (size_t i = 0; i < children; i++) {
		double all;

		here += s->change[i];
		all = here + whole;
		spread.total += all;
		spread.unique += here ? all : 0;
		spread.squares += all * all;
	}
	spread.unique += whole;
	return spread;
}

/* Which share of the node's rules the child of a key of an average rule has. */
static double share_left(const struct ng_window_scratch *s, const struct spread *spread)
{
	double share = spread->squares / (spread->total * s->m);

	if (s->n > s->m) { /* in a sample, a rule meets itself too often */
		share += 1.0 / s->n - 1.0 / s->m;
		if (share < 1.0 / s->n)
			share = 1.0 / s->n;
	}
	return share;
}

/* How often a rule stands in the children, on average, and how much room the node takes. */
static double repeats_in(const struct ng_window_scratch *s, const struct ng_window_view *v,
			 double entries, double rules)
{
	return entries / rules + (1U << v->window.bits) * ENTRIES_PER_WORD / s->n;
}

/* One wide rule in a thousand decides about the memory, and a sample may not have it. */
static double all_entries(const struct ng_items *items, const struct ng_window_view *v,
			  const __u32 *ids, size_t n)
{
	__u32 *const *column = items->columns[v->window.cut];
	struct ng_window_span span;
	double entries = 0;

	for (size_t i = 0; i < n; i++) {
		ng_window_begin(&span, v, column[0][ids[i]], column[1][ids[i]]);
		entries += span.left;
	}
	return entries;
}

/* Return: the score, or less than nothing when the window parts nothing or takes too much. */
static double weigh_window(struct ng_window_scratch *s, const struct ng_window_view *v,
			   double repeats_max, double repeat_weight)
{
	struct spread spread = spread_over(s, v);
	double share, repeats;

	if (!spread.total)
		return -1;
	share = share_left(s, &spread);
	repeats = repeats_in(s, v, s->n > s->m ? spread.total : spread.unique, s->m);
	if (share > 0.999 || repeats > repeats_max)
		return -1;
	/* In a sample the repeats are counted later, over all rules. */
	return -log2(share) - (s->n > s->m ? 0 : repeat_weight * log2(repeats));
}

/* The candidates' scores anew, in the same order. */
static void weigh_candidates(struct ng_window_scratch *s, const struct ng_items *items,
			     const struct ng_region *region, double repeats_max,
			     double repeat_weight)
{
	enum ng_cut column = NG_CUTS;

	for (size_t i = 0; i < s->n_candidates; i++) {
		struct candidate *candidate = &s->candidates[i];
		struct ng_window_view view = ng_window_view(&candidate->window, region);

		if (candidate->window.cut != column)
			take_column(s, items, column = candidate->window.cut);
		candidate->score = weigh_window(s, &view, repeats_max, repeat_weight);
	}
}

bool ng_window_choose(struct ng_window_scratch *s, const struct ng_items *items, const __u32 *ids,
		      size_t n, const struct ng_region *region, size_t bytes, double thrift,
		      struct ng_window *window)
{
	/* Repeating the few rules of a low node costs little. */
	double part = n / (0.05 * s->rules + 50), sums[33], repeats, score, best = SCORE_MIN;
	double repeat_weight = thrift * (part > 1 ? 1 : part < 0.15 ? 0.15 : part);
	double repeats_max = (double)bytes / (n * ng_items_entry_size(items));
	unsigned int log_n = 31 - __builtin_clz(n), bits_max;

	if (repeats_max > 4 + (0.02 * s->rules + 500) / n)
		repeats_max = 4 + (0.02 * s->rules + 500) / n;
	bits_max = n > RULES_MANY ? BITS_MANY : log_n + 1 < BITS_FEW ? log_n + 1 : BITS_FEW;
	take_sample(s, ids, n);
	for (size_t i = 0; i < items->n_used; i++) {
		take_column(s, items, items->used[i]);
		weigh_bits(s, items->used[i], region, repeat_weight, sums);
		propose_windows(s, items->used[i], sums, bits_max);
	}
	weigh_candidates(s, items, region, repeats_max, repeat_weight);
	for (size_t i = 0; i < s->n_candidates; i++) {
		const struct ng_window *w = &s->candidates[i].window;
		struct ng_window_view view = ng_window_view(w, region);

		score = s->candidates[i].score;
		if (score <= best)
			continue;
		if (s->n > s->m) {
			repeats = repeats_in(s, &view, all_entries(items, &view, ids, n), n);
			if (repeats > repeats_max)
				continue;
			score -= repeat_weight * log2(repeats);
		}
		if (score > best) {
			best = score;
			*window = *w;
		}
	}
	return best > SCORE_MIN;
}
