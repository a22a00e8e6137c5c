// SPDX-License-Identifier: GPL-2.0-only
#include "sets.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "random.h"

void bench_set_clear(struct bench_set *set)
{
	free(set->list);
	*set = (struct bench_set){ 0 };
}

/* Lengths with their share in percent. The wide ones are few, or they would cover all others. */
struct length {
	uint8_t len, percent;
};
static const struct length lengths4[] = {
	{ 32, 30 }, { 24, 36 }, { 23, 7 }, { 22, 8 }, { 21, 4 },
	{ 20, 3 },  { 25, 3 },	{ 27, 3 }, { 29, 3 }, { 30, 3 },
};
static const struct length lengths6[] = {
	{ 128, 30 }, { 64, 26 }, { 48, 26 }, { 56, 8 }, { 44, 3 },
	{ 40, 3 },   { 36, 1 },	 { 32, 1 },  { 60, 1 }, { 112, 1 },
};
#define WIDE_ONE_IN 2000 /* prefixes up to 12 bits wider than the shortest above */

static unsigned int draw_length(uint64_t *random, int family)
{
	const struct length *lengths = family == 4 ? lengths4 : lengths6;
	unsigned int at = bench_below(random, 100);

	if (!bench_below(random, WIDE_ONE_IN))
		return (family == 4 ? 8 : 20) + bench_below(random, 12);
	while (at >= lengths->percent)
		at -= lengths++->percent;
	return lengths->len;
}

/* Half of all in dense networks: @nets /16 of IPv4, /48 of IPv6. */
static struct bench_address draw_address(uint64_t *random, int family, size_t nets)
{
	uint64_t net = bench_random(random), host = bench_random(random);

	if (bench_random(random) & 1)
		net = bench_mix(bench_below(random, nets) + 1);
	if (family == 4)
		return (struct bench_address){
			0,
			(1 + net % 223) << 24 | (net >> 32 & 0xff) << 16 | (host & 0xffff),
		};
	/* Every second host has a low number, the others one that was made up. */
	return (struct bench_address){
		.hi = 1ULL << 61 | (net >> 3 & ~0xffffULL) | (host & 0xff),
		.lo = host & 0x100 ? host >> 54 : bench_mix(host),
	};
}

static int compare_address(struct bench_address a, struct bench_address b)
{
	if (a.hi != b.hi)
		return a.hi < b.hi ? -1 : 1;
	return a.lo < b.lo ? -1 : a.lo > b.lo;
}

static int compare_prefixes(const void *left, const void *right)
{
	const struct bench_prefix *a = left, *b = right;
	int order = compare_address(a->address, b->address);

	return order ? order : a->len - b->len;
}

/* Sort, and take out what stands there twice. */
static void unify(struct bench_set *set)
{
	size_t n = 0;

	qsort(set->list, set->n, sizeof(*set->list), compare_prefixes);
	for (size_t i = 0; i < set->n; i++)
		if (!n || compare_prefixes(&set->list[n - 1], &set->list[i]))
			set->list[n++] = set->list[i];
	set->n = n;
}

int bench_set_generate(int family, bool mixed, size_t n, struct bench_set *set)
{
	struct bench_set made = { .family = family, .list = calloc(n, sizeof(*made.list)) };
	uint64_t random = n + family + mixed;

	if (!made.list)
		return -ENOMEM;
	while (made.n < n) {
		for (size_t i = made.n; i < n; i++) {
			unsigned int len =
				mixed ? draw_length(&random, family) : (family == 4 ? 32 : 128);
			struct bench_address mask = bench_mask(family, len);

			made.list[i].address = draw_address(&random, family, 16 + n / 500);
			made.list[i].address.hi &= mask.hi;
			made.list[i].address.lo &= mask.lo;
			made.list[i].len = len;
		}
		made.n = n;
		unify(&made);
	}
	*set = made;
	return 0;
}

void bench_set_print(const struct bench_set *set, FILE *out)
{
	int full = set->family == 4 ? 32 : 128;

	for (size_t i = 0; i < set->n; i++) {
		bench_address_print(set->family, set->list[i].address, out);
		if (set->list[i].len != full)
			fprintf(out, "/%d", set->list[i].len);
		fputc('\n', out);
	}
}

struct interval {
	struct bench_address first, last;
};

/* What the set covers, as intervals in order, of which none touches another: @*n of them. */
static struct interval *cover(const struct bench_set *set, size_t *n)
{
	struct interval *list = calloc(set->n + 1, sizeof(*list));

	*n = 0;
	for (size_t i = 0; list && i < set->n; i++) {
		struct bench_address first = set->list[i].address, last;
		struct bench_address mask = bench_mask(set->family, set->list[i].len);

		last.hi = first.hi | (set->family == 6 ? ~mask.hi : 0);
		last.lo = first.lo | (~mask.lo & (set->family == 6 ? ~0ULL : 0xffffffff));
		/* Prefixes nest or lie apart: a later one is inside the last interval or behind. */
		if (!*n || compare_address(first, list[*n - 1].last) > 0)
			list[(*n)++] = (struct interval){ first, last };
	}
	return list;
}

static bool holds(const struct interval *list, size_t n, struct bench_address address)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_address(address, list[middle].first) < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return low && compare_address(address, list[low - 1].last) <= 0;
}

static struct bench_address draw_source(const struct bench_set *set, uint64_t *random)
{
	const struct bench_prefix *prefix = &set->list[bench_below(random, set->n)];
	unsigned int choice = bench_below(random, 4);
	struct bench_address mask = bench_mask(set->family, prefix->len), drawn;
	uint64_t bits = set->family == 4 ? 0xffffffff : ~0ULL;

	drawn.hi = set->family == 4 ? 0 : 1ULL << 61 | bench_random(random) >> 3;
	drawn.lo = bench_random(random) & bits;
	if (choice == 3)
		return drawn;
	drawn.hi = prefix->address.hi | (drawn.hi & ~mask.hi);
	drawn.lo = prefix->address.lo | (drawn.lo & ~mask.lo & bits);
	if (choice == 2) {
		/* One of the last bits that the prefix gives is another. */
		unsigned int bit = prefix->len - 1 - bench_below(random, 4);
		struct bench_address upto = bench_mask(set->family, bit + 1);
		struct bench_address before = bench_mask(set->family, bit);

		drawn.hi ^= upto.hi ^ before.hi;
		drawn.lo ^= upto.lo ^ before.lo;
	}
	return drawn;
}

int bench_trace_set(const struct bench_set *set, size_t n, struct bench_trace *trace)
{
	size_t n_intervals;
	__cleanup_free struct interval *intervals = cover(set, &n_intervals);
	uint64_t random = set->n;
	struct bench_trace made = {
		.family = set->family,
		.n = n,
		.keys = calloc(n, sizeof(*made.keys)),
		.answers = calloc(n, sizeof(*made.answers)),
	};

	if (!intervals || !made.keys || !made.answers) {
		bench_trace_clear(&made);
		return -ENOMEM;
	}
	for (size_t i = 0; i < n; i++) {
		made.keys[i] = (struct bench_key){
			.src = draw_source(set, &random),
			.dst = { set->family == 6 ? 1ULL << 61 : 0, 0x0a000001 },
			.sport = bench_random(&random),
			.dport = 53,
			.proto = BENCH_UDP,
		};
		made.answers[i] =
			holds(intervals, n_intervals, made.keys[i].src) ? 0 : BENCH_NOTHING;
	}
	*trace = made;
	return 0;
}
