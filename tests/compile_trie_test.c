// SPDX-License-Identifier: GPL-2.0-only
/* Tries of sets of any shape and size, see trie_subject.h. */
#include "trie_subject.h"

/* ---- shapes ---------------------------------------------------------------------------- */

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

/* ---- memory ---------------------------------------------------------------------------- */

static void test_trie_of_hosts_is_small(void **state)
{
	struct random random = { 7 };

	(void)state;
	for (unsigned int family = 4; family <= 6; family += 2) {
		struct subject s = { .family = family };

		shape_hosts(&s, &random, 100000);
		build(&s);
		assert_true(trie_size(&s) <= s.n * (family == 4 ? 9 : 30));
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
		cmocka_unit_test(test_trie_of_hosts_is_small),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
