// SPDX-License-Identifier: GPL-2.0-only
/*
 * The choice of a stride weighs two things: how few rules are left for an average key, and how
 * often rules are repeated in children. Both are estimated on a sample of the rules, first bit by
 * bit, then, for the best strides, with the actual children.
 */
#include "compile/tree/stride.h"
#include "layout/image.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SAMPLE	   192
#define OF_WIDTH   3 /* strides of each width are examined */
#define CANDIDATES (8 * OF_WIDTH)
#define BITS_FEW   10 /* maximum for a node with up to RULES_MANY rules; else BITS_MANY */
#define BITS_MANY  12
#define RULES_MANY 20000

/* A node word costs a fifth of an entry: this weighs empty children. */
#define ENTRIES_PER_WORD 0.2

#define SCORE_MIN 0.02
#define NO_CUT	  5.0 /* penalty for a bit that a node above examines */

/**
 * struct candidate - a stride that could be the best
 * @score:    upper bound of its gain; for a sample, without the cost of repeats
 * @estimate: with their cost in the sample
 */
struct candidate {
	struct ng_stride stride;
	double score, estimate;
};

/**
 * struct ng_stride_scratch - data about the current node
 * @rules:  number of rules of the tree
 * @n, @m:  number of rules of the node, and of those in the sample
 * @lo, @hi: by field: ranges of the rules in the sample
 * @tells:  the fields that the sample's rules differ in, @n_tells of them
 * @sums:   by field: see weigh_bits()
 * @log2:   logarithms of numbers of entries
 * @change: see spread_over()
 */
struct ng_stride_scratch {
	size_t rules;
	size_t n, m;
	__u32 lo[NG_CUTS][SAMPLE], hi[NG_CUTS][SAMPLE];
	enum ng_cut tells[NG_CUTS];
	size_t n_tells;
	double sums[NG_CUTS][33];
	struct candidate candidates[CANDIDATES];
	size_t n_candidates;
	double log2[2 * SAMPLE + 1];
	__s32 change[(1 << BITS_MANY) + 1];
};
_Static_assert(BITS_MANY <= NG_NODE_STRIDE_BITS, "a node word holds every stride");

struct ng_stride_scratch *ng_stride_scratch_new(size_t n)
{
	struct ng_stride_scratch *scratch = calloc(1, sizeof(*scratch));

	if (!scratch)
		return NULL;
	scratch->rules = n;
	for (size_t i = 1; i <= 2 * SAMPLE; i++)
		scratch->log2[i] = log2(i);
	return scratch;
}

struct ng_stride_view ng_stride_view(const struct ng_stride *w, const struct ng_region *region)
{
	__u32 max = ng_cut_max(w->cut), mask = region->mask[w->cut];
	__u32 stride = ((1U << w->bits) - 1) << w->shift;

	return (struct ng_stride_view){
		.stride = *w,
		.min = region->value[w->cut],
		.max = region->value[w->cut] | (max & ~mask),
		.below = max & ~mask & ~stride,
		.ternary = ng_cut_fields[w->cut].ternary,
	};
}

void ng_region_enter(struct ng_region *region, const struct ng_stride *w, __u32 i)
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

/* Find the fields in which rules of the sample differ: only these can separate them. */
static void take_sample(struct ng_stride_scratch *s, const struct ng_items *items, const __u32 *ids,
			size_t n)
{
	s->n = n;
	s->m = n < SAMPLE ? n : SAMPLE;
	s->n_tells = 0;
	for (size_t f = 0; f < items->n_used; f++) {
		enum ng_cut cut = items->used[f];
		const __u32 *lo = items->columns[cut][0], *hi = items->columns[cut][1];
		__u32 differ = 0;

		for (size_t i = 0; i < s->m; i++) {
			size_t id = s->m == n ? ids[i] : ids[i * n / s->m];

			s->lo[cut][i] = lo[id];
			s->hi[cut][i] = hi[id];
			differ |= (lo[id] ^ lo[ids[0]]) | (hi[id] ^ hi[ids[0]]);
		}
		if (differ)
			s->tells[s->n_tells++] = cut;
	}
}

/* The bits of a field that a rule leaves open. */
static __u32 free_bits(enum ng_cut cut, __u32 lo, __u32 hi)
{
	__u32 differ = lo ^ hi;

	if (!differ || ng_cut_fields[cut].ternary)
		return differ;
	return ~0U >> __builtin_clz(differ);
}

#define PLANES 8 /* binary digits of a number up to SAMPLE */
_Static_assert(SAMPLE < 1 << PLANES, "a sample can be counted");

/* Add 1 to each of 64 numbers whose bit is set in @ones; planes[p] has binary digit p of each. */
static inline void count_ones(__u64 planes[PLANES], __u64 ones)
{
	for (size_t p = 0; ones; p++) {
		__u64 carry = planes[p] & ones;

		planes[p] ^= ones;
		ones = carry;
	}
}

static inline unsigned int number_at(const __u64 planes[PLANES], size_t n, unsigned int i)
{
	unsigned int number = 0;

	for (size_t p = 0; p < n; p++)
		number |= (planes[p] >> i & 1) << p;
	return number;
}

/* Accurate to a hundredth, and the same on every machine; @x > 0. */
static double rough_log2(float x)
{
	__u32 bits, exponent;
	float mantissa;

	memcpy(&bits, &x, sizeof(bits));
	exponent = bits >> 23;
	bits = (bits & 0x7fffff) | 127U << 23;
	memcpy(&mantissa, &bits, sizeof(bits)); /* from 1 to 2 */
	return (double)exponent - 127 + (mantissa - 1) * (1.3466 - 0.3466 * (mantissa - 1));
}

/*
 * sums[b]: the gain of the bits below b of the field, as if they were independent. The gain of a
 * bit is the logarithm of the factor by which it reduces the rules, minus that of the factor by
 * which rules are repeated.
 */
static void weigh_bits(struct ng_stride_scratch *s, enum ng_cut cut, const struct ng_region *region,
		       double repeat_weight)
{
	double *sums = s->sums[cut];
	size_t n_planes = 32 - __builtin_clz(s->m);
	__u64 planes[PLANES] = {};
	__u32 differ = 0;

	for (size_t i = 0; i < s->m; i++) {
		__u32 free = free_bits(cut, s->lo[cut][i], s->hi[cut][i]);

		differ |= free | (s->lo[cut][i] ^ s->lo[cut][0]);
		count_ones(planes, (__u64)free << 32 | (s->lo[cut][i] & ~free));
	}
	sums[0] = 0;
	for (unsigned int b = 0; b < ng_cut_fields[cut].bits; b++) {
		unsigned int ones, both, one, zero, all;
		double repeats, left = 0;

		sums[b + 1] = sums[b];
		if (region->mask[cut] >> b & 1)
			sums[b + 1] -= NO_CUT;
		else if (differ >> b & 1) {
			ones = number_at(planes, n_planes, b);
			both = number_at(planes, n_planes, 32 + b);
			one = ones + both;
			zero = s->m - ones;
			all = one + zero;
			repeats = s->log2[all] - s->log2[s->m];
			/* The logarithm of the share of rules that is left for an average key. */
			if (one && zero)
				left = rough_log2(one * one + zero * zero) - s->log2[all] -
				       s->log2[s->m];
			sums[b + 1] -= left + repeat_weight * repeats;
		}
	}
}

/* The best position in a field for a stride of @bits, and its gain by weigh_bits(). */
static struct ng_stride place_stride(const struct ng_stride_scratch *s, enum ng_cut cut,
				     unsigned int bits, double *gain)
{
	const double *sums = s->sums[cut];
	unsigned int best = 0;

	*gain = sums[bits];
	for (unsigned int shift = 1; shift + bits <= ng_cut_fields[cut].bits; shift++)
		if (sums[shift + bits] - sums[shift] > *gain) {
			*gain = sums[shift + bits] - sums[shift];
			best = shift;
		}
	return (struct ng_stride){ cut, best, bits };
}

/* The distribution of the sample over the children of a stride. */
struct spread {
	__u64 total;   /* entries in all children */
	__u64 unique;  /* the same; children with only the rules that all have count once */
	__u64 squares; /* sum of the squares of the children's entries */
};

static struct spread spread_over(struct ng_stride_scratch *s, const struct ng_stride_view *v)
{
	const __u32 *lo = s->lo[v->stride.cut], *hi = s->hi[v->stride.cut];
	size_t children = 1ULL << v->stride.bits, whole = 0;
	struct spread spread = {};
	struct ng_stride_span span;
	long here = 0;

	memset(s->change, 0, (children + 1) * sizeof(s->change[0]));
	for (size_t i = 0; i < s->m; i++) {
		ng_stride_begin(&span, v, lo[i], hi[i]);
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
			for (; span.left; ng_stride_next(&span, v)) {
				s->change[span.child]++;
				s->change[span.child + 1]--;
			}
		}
	}
	for (size_t i = 0; i < children; i++) {
		__u64 all;

		here += s->change[i];
		all = here + whole;
		spread.total += all;
		spread.unique += here ? all : 0;
		spread.squares += all * all;
	}
	spread.unique += whole;
	return spread;
}

/* The share of the node's rules that is in the child of a key of an average rule. */
static double share_left(const struct ng_stride_scratch *s, const struct spread *spread)
{
	double share = (double)spread->squares / (spread->total * s->m);

	if (s->n > s->m) { /* in a sample, a rule is compared with itself too often */
		share += 1.0 / s->n - 1.0 / s->m;
		if (share < 1.0 / s->n)
			share = 1.0 / s->n;
	}
	return share;
}

/* How often an average rule is in the children, plus the cost of the node itself. */
static double repeats_in(const struct ng_stride_scratch *s, const struct ng_stride_view *v,
			 double entries, double rules)
{
	return entries / rules + (1U << v->stride.bits) * ENTRIES_PER_WORD / s->n;
}

/* Compute its score and estimate; negative when it separates nothing or takes too much memory. */
static void weigh_stride(struct ng_stride_scratch *s, struct candidate *candidate,
			 const struct ng_region *region, double repeats_max, double repeat_weight)
{
	struct ng_stride_view view = ng_stride_view(&candidate->stride, region);
	struct spread spread = spread_over(s, &view);
	bool is_sample = s->n > s->m;
	double share, repeats, cost;

	candidate->score = candidate->estimate = -1;
	if (!spread.total)
		return;
	share = share_left(s, &spread);
	repeats = repeats_in(s, &view, is_sample ? spread.total : spread.unique, s->m);
	if (share > 0.999 || repeats > repeats_max)
		return;
	cost = repeat_weight * log2(repeats);
	candidate->estimate = -log2(share) - cost;
	candidate->score = candidate->estimate + (is_sample ? cost : 0);
}

/*
 * The at most OF_WIDTH strides of @bits with the highest estimated gain, best first. Return: how
 * many.
 */
static size_t best_of_width(const struct ng_stride_scratch *s, unsigned int bits,
			    struct ng_stride strides[OF_WIDTH + 1], double gains[OF_WIDTH + 1])
{
	size_t n = 0;

	for (size_t i = 0; i < s->n_tells; i++) {
		struct ng_stride stride;
		size_t at = n;
		double gain;

		if (bits > ng_cut_fields[s->tells[i]].bits)
			continue;
		stride = place_stride(s, s->tells[i], bits, &gain);
		for (; at && gain > gains[at - 1]; at--) {
			strides[at] = strides[at - 1];
			gains[at] = gains[at - 1];
		}
		strides[at] = stride;
		gains[at] = gain;
		n += n < OF_WIDTH;
	}
	return n;
}

/*
 * Wide strides first, since none gains more than its bits. Strides whose bits gain less than one
 * already examined are skipped: together they rarely gain more. For a sample none is skipped, since
 * the cost of repeats is not known yet.
 */
static void weigh_candidates(struct ng_stride_scratch *s, const struct ng_region *region,
			     unsigned int bits_max, double repeats_max, double repeat_weight)
{
	struct ng_stride strides[OF_WIDTH + 1];
	double best = SCORE_MIN, gains[OF_WIDTH + 1];

	s->n_candidates = 0;
	for (unsigned int bits = bits_max; bits && (bits > best || s->n > s->m);
	     bits -= bits > 4 ? 2 : 1) {
		size_t n = best_of_width(s, bits, strides, gains);

		for (size_t i = 0; i < n; i++) {
			struct candidate *candidate = &s->candidates[s->n_candidates];

			if (gains[i] <= best && s->n_candidates && s->n == s->m)
				break;
			candidate->stride = strides[i];
			weigh_stride(s, candidate, region, repeats_max, repeat_weight);
			best = candidate->estimate > best ? candidate->estimate : best;
			s->n_candidates += candidate->score > SCORE_MIN;
		}
	}
}

/* One wide rule in a thousand can determine the memory needed, and may be missing from a sample. */
static double all_entries(const struct ng_items *items, const struct ng_stride_view *v,
			  const __u32 *ids, size_t n, double max)
{
	__u32 *const *column = items->columns[v->stride.cut];
	struct ng_stride_span span;
	size_t entries = 0;

	for (size_t i = 0; i < n && entries <= max; i++) {
		ng_stride_begin(&span, v, column[0][ids[i]], column[1][ids[i]]);
		entries += span.left;
	}
	return entries;
}

/* The score of a stride that leaves @saves rules less of @n. */
static double score_of(size_t n, double saves)
{
	double score = n > saves ? -log2(1 - saves / n) : INFINITY;

	return score > SCORE_MIN ? score : SCORE_MIN;
}

static struct candidate *most_promising(struct ng_stride_scratch *s)
{
	struct candidate *best = &s->candidates[0];

	for (size_t i = 1; i < s->n_candidates; i++)
		if (s->candidates[i].estimate > best->estimate)
			best = &s->candidates[i];
	return best;
}

bool ng_stride_choose(struct ng_stride_scratch *s, const struct ng_items *items, const __u32 *ids,
		      size_t n, const struct ng_region *region, size_t bytes, double thrift,
		      double saves, struct ng_stride *stride)
{
	/* Repeating the few rules of a low node costs little. */
	double part = n / (0.05 * s->rules + 50), least = score_of(n, saves), best = least;
	double repeat_weight = thrift * (part > 1 ? 1 : part < 0.15 ? 0.15 : part);
	double repeats_max = (double)bytes / (n * ng_items_entry_size(items));
	unsigned int log_n = 31 - __builtin_clz(n), bits_max;

	if (repeats_max > 4 + (0.02 * s->rules + 500) / n)
		repeats_max = 4 + (0.02 * s->rules + 500) / n;
	bits_max = n > RULES_MANY ? BITS_MANY : log_n + 1 < BITS_FEW ? log_n + 1 : BITS_FEW;
	if (bits_max > 4) /* then every other width is enough */
		bits_max &= ~1;
	take_sample(s, items, ids, n);
	for (size_t i = 0; i < s->n_tells; i++)
		weigh_bits(s, s->tells[i], region, repeat_weight);
	weigh_candidates(s, region, bits_max, repeats_max, repeat_weight);
	while (s->n_candidates) {
		struct candidate *candidate = most_promising(s), now = *candidate;
		struct ng_stride_view view = ng_stride_view(&now.stride, region);

		*candidate = s->candidates[--s->n_candidates];
		if (now.score <= best)
			continue;
		if (s->n > s->m) {
			double repeats = repeats_in(
				s, &view, all_entries(items, &view, ids, n, repeats_max * n), n);

			if (repeats > repeats_max)
				continue;
			now.score -= repeat_weight * log2(repeats);
		}
		if (now.score > best) {
			best = now.score;
			*stride = now.stride;
		}
	}
	return best > least;
}
