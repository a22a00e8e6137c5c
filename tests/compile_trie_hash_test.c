// SPDX-License-Identifier: GPL-2.0-only
/* Hash tables of large sets: when there are any, and that their answers are right (trie_subject.h).
 */
#include "trie_subject.h"

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
		{ shape_global_hosts, 60, 0 },	  { shape_global_hosts, 100, 1 },
		{ shape_global_hosts, 20000, 1 }, { shape_both_halves, 20000, 1 },
		{ shape_lists, 250000, 1 },	  { shape_three_kinds, 70000, 3 },
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

/* ---- hash table of IPv4 addresses --------------------------------------------------------- */

static struct ng_trie_hosts *hosts_table_of(const struct subject *s)
{
	if (!(s->trie.root & NG_TRIE_HASH))
		return NULL;
	return (void *)(s->image.data + 8UL * NG_TRIE_OFFSET(s->trie.root));
}

/* Single addresses, and a few times eight that are a prefix of 29 bits. */
static void shape_eights(struct subject *s, struct random *random, size_t n)
{
	shape_hosts(s, random, n);
	for (size_t i = 0; i < n / 128; i++) {
		u128 first = random_address(random, 4) & ~(u128)7;

		for (size_t host = 0; host < 8; host++)
			append(s, first | host, 32);
	}
}

static void shape_hosts_and_networks(struct subject *s, struct random *random, size_t n)
{
	shape_hosts(s, random, n);
	for (size_t i = 0; i < n / 16; i++)
		append(s, random_address(random, 4), 24);
}

static void shape_hosts_and_many_networks(struct subject *s, struct random *random, size_t n)
{
	shape_hosts(s, random, n);
	for (size_t i = 0; i < n / 4; i++)
		append(s, random_address(random, 4), 24);
}

/* With lanes of both widths, with and without a rest. */
static void test_large_sets_of_ipv4_hosts_are_a_hash_table(void **state)
{
	static const struct {
		void (*make)(struct subject *s, struct random *random, size_t n);
		size_t n;
		unsigned int shift; /* 0: no table */
		bool always_rest;
	} cases[] = {
		{ shape_hosts, 15, 0, false },
		{ shape_hosts, 40, 2, false },
		{ shape_hosts, 50000, 2, false },
		{ shape_hosts, 200000, 13, false },
		{ shape_eights, 3000, 2, false },
		{ shape_eights, 150000, 13, false },
		{ shape_hosts_and_networks, 10000, 2, true },
		{ shape_hosts_and_networks, 150000, 13, true },
		{ shape_hosts_and_many_networks, 10000, 0, false },
		{ shape_adjacent, 10000, 0, false },
	};
	struct random random = { 12 };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct subject s = { .family = 4 };
		const struct ng_trie_hosts *table;

		cases[i].make(&s, &random, cases[i].n);
		build(&s);
		table = hosts_table_of(&s);
		assert_int_equal(table ? table->shift : 0, cases[i].shift);
		if (table)
			assert_int_equal(!table->vacant, cases[i].always_rest);
		check_all(&s, &random);
		clear(&s);
	}
}

/* The address that ng_hosts_mix() makes @mixed of. */
static __u32 unmixed(__u32 mixed)
{
	__u32 inverse1 = 0x9e3779b1U, inverse2 = 0x85ebca77U;

	for (int i = 0; i < 5; i++) {
		inverse1 *= 2 - 0x9e3779b1U * inverse1;
		inverse2 *= 2 - 0x85ebca77U * inverse2;
	}
	mixed *= inverse2;
	mixed ^= mixed >> 15 ^ mixed >> 30;
	return mixed * inverse1;
}

/* Of the addresses, @share in 16 go to few lines: some to the rest, or all of them to the trie. */
static void test_ipv4_hosts_made_to_collide_are_left_to_the_trie(void **state)
{
	struct random random = { 13 };

	(void)state;
	for (size_t share = 1; share <= 16; share += 5)
		for (size_t n = 20000; n <= 200000; n *= 10) {
			struct subject s = { .family = 4 };

			for (size_t i = 0; i < n; i++) {
				__u32 mixed = random_next(&random);

				append(&s, unmixed(i % 16 < share ? mixed >> 8 : mixed), 32);
			}
			build(&s);
			assert_int_equal(!!hosts_table_of(&s), share == 1);
			if (share == 1)
				assert_true(hosts_table_of(&s)->next != 0);
			check_all(&s, &random);
			clear(&s);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_large_sets_are_hash_tables),
		cmocka_unit_test(test_hash_table_is_right_without_its_filter),
		cmocka_unit_test(test_keys_made_to_collide_are_left_to_the_trie),
		cmocka_unit_test(test_large_sets_of_ipv4_hosts_are_a_hash_table),
		cmocka_unit_test(test_ipv4_hosts_made_to_collide_are_left_to_the_trie),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
