// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tries of sets, walked by the programs' own code in the bytes of an image, compared with a search
 * in the bounds of the same prefixes (tests/compile_bounds_test.c).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "compile/entry/bounds.h"
#include "compile/trie/trie.h"
#include "random_number.h"
#include "rules/prefix.h"
#include "rules/prefix_sort.h"
#include "net/ip.h"

/* In place of include/bpf/image.bpf.h. */
#define NG_IMAGE_BPF_H
#ifndef __always_inline
#define __always_inline inline __attribute__((always_inline))
#endif
#define asm __asm__ /* C11 has no asm, clang's BPF programs have */
#pragma GCC diagnostic ignored "-Wunknown-pragmas"

static size_t image_size;

static inline const void *ng_image_at(const void *image, __u64 offset)
{
	assert_true(offset % 8 == 0 && offset < image_size);
	return (const char *)image + offset;
}

#include "bpf/trie.bpf.h"

typedef unsigned __int128 u128;

/**
 * struct subject - one set of one family
 * @image: @n bytes of something else, then the trie, then NG_IMAGE_SLACK bytes
 */
struct subject {
	unsigned int family;
	struct ng_prefix *prefixes;
	size_t n;
	struct ng_bounds bounds;
	struct ng_buffer image;
	struct ng_trie trie;
};

static void set_address(struct ng_prefix *prefix, u128 address)
{
	int bytes = prefix->family == 4 ? 4 : 16;

	for (int i = bytes - 1; i >= 0; i--, address >>= 8)
		prefix->addr[i] = address;
}

static u128 random_address(struct random *random, unsigned int family)
{
	u128 address = (u128)random_next(random) << 64 | random_next(random);

	return family == 4 ? (__u32)address : address;
}

static void append(struct subject *s, u128 address, unsigned int len)
{
	struct ng_prefix prefix = { .family = s->family };

	set_address(&prefix, address);
	ng_prefix_mask(&prefix, s->family == 4 && len > 32 ? 32 : len);
	assert_int_equal(ng_prefixes_push(&s->prefixes, &s->n, &prefix), 0);
}

static size_t trie_size(const struct subject *s)
{
	return s->image.size - 64;
}

static void build(struct subject *s)
{
	static const char before[64] = { 1 }, slack[NG_IMAGE_SLACK] = { 2 };
	size_t limit = s->family == 4 ? NG_TRIE_PREFIX_SIZE4 : NG_TRIE_PREFIX_SIZE6, foreseen;

	ng_prefixes_sort(s->prefixes, &s->n);
	ng_buffer_append(&s->image, before, sizeof(before));
	assert_int_equal(ng_trie_write(s->prefixes, s->n, s->family, &s->image, &s->trie), 0);
	assert_true(trie_size(s) <= s->n * limit + NG_TRIE_EXTRA_SIZE);
	assert_int_equal(ng_trie_size(s->prefixes, s->n, s->family, &foreseen), 0);
	if (s->family == 4) /* IPv6 may have hash tables, whose number is not known */
		assert_int_equal(trie_size(s), foreseen);
	else
		assert_true(foreseen <= s->n * limit + NG_TRIE_EXTRA_SIZE);
	image_size = s->image.size;
	ng_buffer_append(&s->image, slack, sizeof(slack));
	s->image.size -= sizeof(slack);
	assert_int_equal(ng_bounds_of_prefixes(s->prefixes, s->n, s->family, &s->bounds), 0);
}

static void clear(struct subject *s)
{
	free(s->prefixes);
	free(s->bounds.list);
	ng_buffer_clear(&s->image);
}

static bool is_inside(const struct subject *s, u128 address)
{
	size_t below = 0, above = s->bounds.n;

	while (below < above) {
		size_t middle = (below + above) / 2;
		const struct ng_bound *bound = &s->bounds.list[middle];

		if (((u128)bound->hi << 64 | bound->lo) <= address)
			below = middle + 1;
		else
			above = middle;
	}
	return below & 1;
}

static void check(const struct subject *s, u128 address)
{
	__u64 found = s->family == 4
			      ? ng_trie_holds4(s->image.data, &s->trie, address)
			      : ng_trie_holds6(s->image.data, &s->trie, address >> 64, address);

	if (found != is_inside(s, address))
		fail_msg("IPv%u address %016llx%016llx: the trie says %llu", s->family,
			 (unsigned long long)(address >> 64), (unsigned long long)address,
			 (unsigned long long)found);
}

/* The borders of every prefix, addresses around and between them, and random ones. */
static void check_all(const struct subject *s, struct random *random)
{
	u128 all = s->family == 4 ? 0xffffffff : ~(u128)0;

	check(s, 0);
	check(s, all);
	for (size_t i = 0; i < s->n; i++) {
		struct ng_bound first, mask;
		u128 low, high, noise = random_address(random, s->family);

		ng_prefix_number(&s->prefixes[i], &first, &mask);
		low = (u128)first.hi << 64 | first.lo;
		high = low | (all & ~((u128)mask.hi << 64 | mask.lo));
		check(s, low);
		check(s, (low - 1) & all);
		check(s, high);
		check(s, (high + 1) & all);
		check(s, low ^ (noise & (high - low)));
		check(s, noise);
		/* A neighbour that differs in one bit, and one that shares the bits after it. */
		check(s, low ^ (u128)1 << noise % (s->family == 4 ? 32 : 128));
		check(s, low ^ (noise & ~(all >> noise % (s->family == 4 ? 32 : 128))));
	}
}

static void run(struct subject *s, struct random *random)
{
	build(s);
	check_all(s, random);
	clear(s);
}

/* ---- shapes ---------------------------------------------------------------------------- */

static void shape_hosts(struct subject *s, struct random *random, size_t n)
{
	while (n--)
		append(s, random_address(random, s->family), 128);
}

static void shape_all_lengths(struct subject *s, struct random *random, size_t n)
{
	unsigned int bits = s->family == 4 ? 32 : 128, shortest = 1;

	/* Many short prefixes would contain everything. */
	while ((size_t)1 << shortest < n)
		shortest++;
	while (n--)
		append(s, random_address(random, s->family),
		       random_between(random, shortest, bits));
}

/* As in published lists: half have one length, the others a similar one. */
static void shape_lists(struct subject *s, struct random *random, size_t n)
{
	while (n--) {
		u128 address = random_address(random, s->family);

		if (s->family == 6)
			address = (address & ~(u128)0 >> 20) | (u128)0x20010 << 108;
		append(s, address,
		       s->family == 4		 ? 20 + random_below(random, 13)
		       : random_below(random, 2) ? 48
						 : 40 + random_below(random, 89));
	}
}

/* Adjacent, so that many make up a shorter prefix. */
static void shape_adjacent(struct subject *s, struct random *random, size_t n)
{
	u128 address = random_address(random, s->family);

	while (n--)
		append(s, address += 1 + !random_below(random, 16), 128);
}

/* Every second address. */
static void shape_comb(struct subject *s, struct random *random, size_t n)
{
	u128 address = random_address(random, s->family);

	while (n--)
		append(s, address += 2, 128);
}

/* Prefixes that leave a common path at any bit: the deepest tries. */
static void shape_deep(struct subject *s, struct random *random, size_t n)
{
	unsigned int bits = s->family == 4 ? 32 : 128;
	u128 path = random_address(random, s->family), all = s->family == 4 ? 0xffffffff : ~(u128)0;

	while (n--) {
		unsigned int shared = random_below(random, bits);
		u128 rest = all >> shared;

		append(s, (path & ~rest) | (random_address(random, s->family) & rest),
		       random_below(random, 2) ? bits
					       : shared + random_below(random, bits - shared));
	}
}

/* Few networks with the same hosts in each: the bits after the network's repeat. */
static void shape_same_hosts(struct subject *s, struct random *random, size_t n)
{
	unsigned int below = s->family == 4 ? 12 : 80;
	size_t networks = n / 16 + 1;
	u128 network[256];

	for (size_t i = 0; i < 256; i++)
		network[i] = random_address(random, s->family) >> below << below;
	while (n--)
		append(s,
		       network[random_below(random, networks < 256 ? networks : 256)] |
			       random_below(random, 24),
		       128 - random_below(random, 3) * (s->family == 6));
}

static const struct {
	const char *name;
	void (*make)(struct subject *s, struct random *random, size_t n);
} shapes[] = {
	{ "hosts", shape_hosts },
	{ "all lengths", shape_all_lengths },
	{ "lists", shape_lists },
	{ "adjacent", shape_adjacent },
	{ "comb", shape_comb },
	{ "deep", shape_deep },
	{ "same hosts", shape_same_hosts },
};

static void test_trie_of_any_shape_holds_what_its_prefixes_hold(void **state)
{
	static const size_t sizes[] = { 1, 2, 3, 5, 9, 17, 40, 100, 1000, 20000 };
	struct random random = { 1 };

	(void)state;
	for (size_t shape = 0; shape < sizeof(shapes) / sizeof(shapes[0]); shape++)
		for (size_t size = 0; size < sizeof(sizes) / sizeof(sizes[0]); size++)
			for (int turn = 0; turn < (sizes[size] < 50 ? 200 : 2); turn++)
				for (unsigned int family = 4; family <= 6; family += 2) {
					struct subject s = { .family = family };

					shapes[shape].make(&s, &random, sizes[size]);
					run(&s, &random);
				}
}

static void test_trie_of_shapes_together_holds_what_its_prefixes_hold(void **state)
{
	struct random random = { 2 };

	(void)state;
	for (unsigned int family = 4; family <= 6; family += 2) {
		struct subject s = { .family = family };

		for (size_t shape = 0; shape < sizeof(shapes) / sizeof(shapes[0]); shape++)
			shapes[shape].make(&s, &random, 3000);
		run(&s, &random);
	}
}

/* ---- extremes -------------------------------------------------------------------------- */

static void test_trie_without_prefixes_holds_nothing(void **state)
{
	struct random random = { 3 };

	(void)state;
	for (unsigned int family = 4; family <= 6; family += 2) {
		struct subject s = { .family = family };

		build(&s);
		assert_true(s.trie.root == 0);
		check_all(&s, &random);
		clear(&s);
	}
}

static void test_trie_of_everything_is_one_entry(void **state)
{
	struct random random = { 4 };

	(void)state;
	for (unsigned int family = 4; family <= 6; family += 2) {
		u128 upper = (u128)1 << (family == 4 ? 31 : 127);

		for (unsigned int len = 0; len < 2; len++) {
			struct subject s = { .family = family };

			append(&s, 0, len);
			append(&s, upper, 1);
			append(&s, upper | 5, 32);
			build(&s);
			assert_true(s.trie.root == NG_TRIE_IN && !s.trie.mask);
			check_all(&s, &random);
			clear(&s);
		}
	}
}

static void test_trie_of_one_prefix_takes_any_length(void **state)
{
	struct random random = { 5 };

	(void)state;
	for (unsigned int family = 4; family <= 6; family += 2)
		for (unsigned int len = 0; len <= (family == 4 ? 32 : 128); len++) {
			struct subject s = { .family = family };

			append(&s, random_address(&random, family), len);
			run(&s, &random);
		}
}

static void test_trie_of_the_same_prefixes_is_the_same(void **state)
{
	struct random random = { 6 };

	(void)state;
	for (unsigned int family = 4; family <= 6; family += 2) {
		struct subject s = { .family = family }, again = { .family = family };

		shape_all_lengths(&s, &random, 5000);
		shape_hosts(&s, &random, 5000);
		for (size_t i = 0; i < s.n; i++)
			assert_int_equal(
				ng_prefixes_push(&again.prefixes, &again.n, &s.prefixes[i]), 0);
		build(&s);
		build(&again);
		assert_memory_equal(&s.trie, &again.trie, sizeof(s.trie));
		assert_int_equal(s.image.size, again.image.size);
		assert_memory_equal(s.image.data, again.image.data, s.image.size);
		clear(&s);
		clear(&again);
	}
}

/* One address leaves the path within every four bits, and the rest does not fit into a leaf. */
static void test_trie_of_the_greatest_depth_is_walked_to_its_end(void **state)
{
	struct random random = { 8 };
	struct subject s = { .family = 6 };
	u128 path = random_address(&random, 6) & ~(u128)0xf;

	(void)state;
	for (unsigned int bit = 7; bit < 128; bit += 4)
		append(&s, path ^ (u128)1 << bit, 128);
	for (unsigned int i = 0; i < 16; i += 2)
		append(&s, path | i, 128);
	run(&s, &random);
}

/* ---- hash tables ----------------------------------------------------------------------- */

static struct ng_trie_hash *table_of(const struct subject *s, __u64 entry)
{
	if (!(entry & NG_TRIE_HASH))
		return NULL;
	return (void *)(s->image.data + 8UL * NG_TRIE_OFFSET(entry));
}

static size_t count_tables(const struct subject *s)
{
	size_t n = 0;

	for (struct ng_trie_hash *table = table_of(s, s->trie.root); table;
	     table = table_of(s, table->next))
		n++;
	return n;
}

static void shape_global_hosts(struct subject *s, struct random *random, size_t n)
{
	while (n--)
		append(s, (u128)1 << 125 | random_address(random, 6) >> 3, 128);
}

/* Prefixes of three kinds: for keys of one kind the others are too short or collide. */
static void shape_three_kinds(struct subject *s, struct random *random, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		append(s, (u128)(0x20010000 + i / 64) << 96 | random_next(random), 128);
		append(s, (u128)(0x30010000 + i / 64) << 96 | (u128)random_next(random) << 64 >> 32,
		       64);
		append(s, (u128)(0x28000000 + i * 16) << 96, 32);
	}
}

static void shape_both_halves(struct subject *s, struct random *random, size_t n)
{
	shape_global_hosts(s, random, n);
	for (size_t i = 0; i < n / 16; i++)
		append(s, (u128)1 << 127 | random_address(random, 6) >> 4, 16 + i % 113);
}

static void test_large_sets_are_hash_tables(void **state)
{
	static const struct {
		void (*make)(struct subject *s, struct random *random, size_t n);
		size_t n, tables;
	} cases[] = {
		{ shape_global_hosts, 9000, 0 }, { shape_global_hosts, 20000, 1 },
		{ shape_both_halves, 20000, 1 }, { shape_lists, 250000, 1 },
		{ shape_three_kinds, 70000, 3 },
	};
	struct random random = { 9 };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct subject s = { .family = 6 };

		cases[i].make(&s, &random, cases[i].n);
		build(&s);
		assert_int_equal(count_tables(&s), cases[i].tables);
		check_all(&s, &random);
		clear(&s);
	}
}

/* If the filters let everything through, the results are the same. */
static void test_hash_table_is_right_without_its_filter(void **state)
{
	struct random random = { 10 };
	struct subject s = { .family = 6 };
	struct ng_trie_hash *table;
	__u64 *groups;

	(void)state;
	shape_both_halves(&s, &random, 10000);
	build(&s);
	table = table_of(&s, s.trie.root);
	assert_non_null(table);
	groups = (__u64 *)s.image.data + table->groups;
	for (__u32 i = 0; i < table->n_groups; i++)
		groups[i] |= ~NG_TRIE_SHIFT;
	check_all(&s, &random);
	for (size_t i = 0; i < s.n; i++) {
		struct ng_bound first, mask;

		ng_prefix_number(&s.prefixes[i], &first, &mask);
		check(&s, ((u128)first.hi << 64 | first.lo) ^ (u128)1 << 127);
	}
	clear(&s);
}

/* All keys have the same hash: there is no place for them, and that is detected early. */
static void test_keys_made_to_collide_are_left_to_the_trie(void **state)
{
	const __u64 hash = 0x123456789abcdef;
	struct random random = { 11 };

	(void)state;
	for (size_t together = 6; together <= 50000; together *= 7) {
		struct subject s = { .family = 6 };

		for (size_t i = 0; i < 50000; i++) {
			__u64 lo = random_next(&random), mixed;

			mixed = (lo + 0xd6e8feb86659fd93ULL) * 0x9e3779b97f4a7c15ULL;
			append(&s, (u128)(mixed ^ mixed >> 32 ^ (hash + i / together)) << 64 | lo,
			       128);
		}
		build(&s);
		assert_int_equal(count_tables(&s), 0);
		check_all(&s, &random);
		clear(&s);
	}
}

/* ---- memory ---------------------------------------------------------------------------- */

static void test_trie_of_hosts_is_small(void **state)
{
	struct random random = { 7 };

	(void)state;
	for (unsigned int family = 4; family <= 6; family += 2) {
		struct subject s = { .family = family };

		shape_hosts(&s, &random, 100000);
		build(&s);
		assert_true(trie_size(&s) <= s.n * (family == 4 ? 10 : 30));
		clear(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_trie_of_any_shape_holds_what_its_prefixes_hold),
		cmocka_unit_test(test_trie_of_shapes_together_holds_what_its_prefixes_hold),
		cmocka_unit_test(test_trie_without_prefixes_holds_nothing),
		cmocka_unit_test(test_trie_of_everything_is_one_entry),
		cmocka_unit_test(test_trie_of_one_prefix_takes_any_length),
		cmocka_unit_test(test_trie_of_the_same_prefixes_is_the_same),
		cmocka_unit_test(test_trie_of_the_greatest_depth_is_walked_to_its_end),
		cmocka_unit_test(test_large_sets_are_hash_tables),
		cmocka_unit_test(test_hash_table_is_right_without_its_filter),
		cmocka_unit_test(test_keys_made_to_collide_are_left_to_the_trie),
		cmocka_unit_test(test_trie_of_hosts_is_small),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
