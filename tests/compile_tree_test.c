// SPDX-License-Identifier: GPL-2.0-only
/*
 * Trees compared with a scan of all rules: for keys inside rules, at their borders and anywhere,
 * the leaves that a key reaches must give the same rule as the scan. Rules are those of
 * box_rules.h, so a builder that takes an inexact box for the whole rule fails.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "compile/tree/bound.h"
#include "compile/tree/cost.h"
#include "compile/tree/forest.h"
#include "compile/tree/tree.h"
#include "box_rules.h"

#define DEPTH_MAX   20
#define ENTRIES_MAX 40 /* that one rule takes at most, in nodes and leaves */

/* ---- walking trees and leaves as the programs do ----------------------------------------- */

/* ng_step() of bpf/tree.bpf.h; the stride of a leaf has no bits, whatever its word */
static __u64 step(const __u8 *image, __u64 node, const __u64 *key)
{
	size_t at = node >> NG_NODE_WORD_SHIFT & ((1 << NG_NODE_WORD_BITS) - 1);
	__u64 word = at < NG_WORDS ? key[at] : 0;

	word = (word >> (node >> NG_NODE_SHIFT_SHIFT & 63)) << 3 &
	       node >> (NG_NODE_STRIDE_SHIFT - 3);
	return *(const __u64 *)(image + (__u32)(node >> NG_NODE_OFFSET_SHIFT) + word);
}

static __u64 leaf_of(const struct ng_buffer *body, __u64 root, const __u64 *key)
{
	struct ng_tree_walk walk = ng_tree_walk(body->data, root, key);
	__u64 node = root;

	for (int level = 0; level < DEPTH_MAX; level++)
		node = step(body->data, node, key);
	assert_true(node & NG_NODE_LEAF);
	assert_int_equal(node, walk.leaf);
	assert_int_equal(step(body->data, node, key), node);
	assert_true(walk.steps <= DEPTH_MAX);
	return node;
}

static size_t entries_of(const struct ng_buffer *body, __u64 node)
{
	__u64 n = node >> NG_LEAF_ENTRIES_SHIFT & NG_LEAF_ENTRIES;
	size_t entries = ng_leaf_entries(body->data, node);

	assert_true(n == entries || (n == NG_LEAF_ENTRIES && entries > n));
	return entries;
}

static __u64 outcome_of(const struct ng_buffer *body, __u64 node, size_t i, bool ipv6)
{
	const __u8 *first = body->data + (node >> NG_NODE_OFFSET_SHIFT) + sizeof(struct ng_leaf);

	return ipv6 ? ((const struct ng_entry6 *)first)[i].common.outcome
		    : ((const struct ng_entry4 *)first)[i].common.outcome;
}

static __u32 rule_of(__u64 outcome)
{
	return outcome >> NG_OUTCOME_RULE_SHIFT & NG_OUTCOME_RULE;
}

/* Return: the number of the first rule that matches, 0 for none; see ng_search_leaves(). */
static __u32 rule_by_trees(const struct box_rules *rules, const struct ng_forest *forest,
			   const struct ng_buffer *body, const __u64 *key)
{
	__u64 none = (NG_LEAF_RANK << forest->rule_shift) - 1, best = none;

	for (__u32 tree = 0; tree < forest->trees; tree++) {
		__u64 leaf = leaf_of(body, forest->roots[tree], key);

		if ((leaf & NG_LEAF_RANK) > best >> forest->rule_shift)
			continue;
		for (size_t i = 0, n = entries_of(body, leaf); i < n; i++) {
			__u64 outcome = outcome_of(body, leaf, i, rules->decide.ipv6);

			if (!box_rules_match(rules, outcome & NG_OUTCOME_SLOT, key))
				continue;
			if (rule_of(outcome) < best)
				best = rule_of(outcome);
			break;
		}
	}
	return best == none ? 0 : best;
}

static void assert_decides_as_scan(const struct box_rules *rules, const struct ng_forest *forest,
				   const struct ng_buffer *body, const __u64 *key)
{
	__u32 expected = 0;

	for (size_t i = 0; i < rules->n && !expected; i++)
		if (box_rules_match(rules, i, key))
			expected = ng_items_rule(&rules->decide, i);
	assert_int_equal(rule_by_trees(rules, forest, body, key), expected);
}

/* The items of the leaf that match are all that match, each once and in order. */
static void assert_counts_as_scan(const struct box_rules *rules, const struct ng_forest *forest,
				  const struct ng_buffer *body, const __u64 *key)
{
	__u64 leaf = leaf_of(body, forest->count, key);
	size_t next = 0;

	for (size_t i = 0, n = entries_of(body, leaf); i < n; i++) {
		size_t item = outcome_of(body, leaf, i, rules->count.ipv6) & NG_OUTCOME_SLOT;

		assert_true(item >= next && item < rules->n);
		for (; next < item; next++)
			assert_false(box_rules_match(rules, next, key));
		next = item + 1;
	}
	for (; next < rules->n; next++)
		assert_false(box_rules_match(rules, next, key));
}

/* The cost of the key by the model, from what ng_find_rule() meets. */
static double weighed(const struct box_rules *rules, const struct ng_forest *forest,
		      const struct ng_buffer *body, const __u64 *key)
{
	struct ng_met met = { .trees = forest->trees + 1 };
	__u64 best = (NG_LEAF_RANK << forest->rule_shift) - 1;

	for (__u32 tree = 0; tree < forest->trees; tree++) {
		struct ng_tree_walk walk = ng_tree_walk(body->data, forest->roots[tree], key);
		size_t compared = 0;

		met.steps += walk.steps;
		if ((walk.leaf & NG_LEAF_RANK) > best >> forest->rule_shift)
			continue;
		met.leaves++;
		while (compared < walk.entries) {
			__u64 outcome = outcome_of(body, walk.leaf, compared++, rules->decide.ipv6);

			if (!box_rules_match(rules, outcome & NG_OUTCOME_SLOT, key))
				continue;
			best = rule_of(outcome) < best ? rule_of(outcome) : best;
			break;
		}
		met.entries += compared < NG_LEAF_STEPS ? compared : NG_LEAF_STEPS;
		met.looped += compared > NG_LEAF_STEPS ? compared : 0;
	}
	met.steps += ng_tree_walk(body->data, forest->count, key).steps;
	for (size_t i = 0; i < rules->n; i++)
		met.hits += box_rules_match(rules, i, key);
	met.looped += entries_of(body, leaf_of(body, forest->count, key));
	met.loops = 1;
	return ng_cost_of_met(&met, body->size - BOX_BODY);
}

/* ---- invariants of nodes ----------------------------------------------------------------- */

/**
 * struct census - of the nodes of one tree
 * @seen: by offset / 8: 1 + the depth of the node
 * @longest: most entries of a leaf
 */
struct census {
	const struct ng_buffer *body;
	bool ipv6;
	unsigned int rule_shift;
	__u8 *seen;
	unsigned int depth;
	size_t longest;
};

static void check_leaf(struct census *census, __u64 node)
{
	const struct ng_buffer *body = census->body;
	size_t at = node >> NG_NODE_OFFSET_SHIFT, n = entries_of(body, node);
	size_t size = census->ipv6 ? sizeof(struct ng_entry6) : sizeof(struct ng_entry4);

	assert_int_equal(*(const __u64 *)(body->data + at), node);
	assert_true(at + sizeof(struct ng_leaf) + n * size <= body->size);
	if (!n) {
		assert_int_equal(node & NG_LEAF_RANK, NG_LEAF_RANK);
		return;
	}
	for (size_t i = 1; i < n; i++)
		assert_true((outcome_of(body, node, i - 1, census->ipv6) & NG_OUTCOME_SLOT) <
			    (outcome_of(body, node, i, census->ipv6) & NG_OUTCOME_SLOT));
	assert_int_equal(node & NG_LEAF_RANK,
			 rule_of(outcome_of(body, node, 0, census->ipv6)) >> census->rule_shift);
	assert_true((node & NG_LEAF_RANK) < NG_LEAF_RANK);
	census->longest = n > census->longest ? n : census->longest;
}

static void check_node(struct census *census, __u64 node, unsigned int depth)
{
	size_t at = node >> NG_NODE_OFFSET_SHIFT & 0xffffffff;
	__u64 stride = node >> NG_NODE_STRIDE_SHIFT;

	assert_true(at >= BOX_BODY && at % 8 == 0 && at < census->body->size);
	assert_true(depth <= DEPTH_MAX);
	if (census->seen[at / 8] > depth)
		return;
	census->seen[at / 8] = 1 + depth;
	census->depth = depth > census->depth ? depth : census->depth;
	if (node & NG_NODE_LEAF) {
		check_leaf(census, node);
		return;
	}
	assert_true(stride && !(stride & (stride + 1)) && stride < 1 << NG_NODE_STRIDE_BITS);
	assert_true((node >> NG_NODE_SHIFT_SHIFT & 63) + __builtin_popcountll(stride) <= 64);
	assert_true((node >> NG_NODE_WORD_SHIFT & ((1 << NG_NODE_WORD_BITS) - 1)) < NG_WORDS);
	assert_true(at + 8 * (stride + 1) <= census->body->size);
	for (__u64 i = 0; i <= stride; i++)
		check_node(census, ((const __u64 *)(census->body->data + at))[i], depth + 1);
}

static struct census check_tree(const struct ng_buffer *body, __u64 root, bool ipv6,
				unsigned int rule_shift)
{
	struct census census = { .body = body, .ipv6 = ipv6, .rule_shift = rule_shift };

	census.seen = calloc(body->size / 8 + 1, 1);
	assert_non_null(census.seen);
	check_node(&census, root, 0);
	free(census.seen);
	return census;
}

static struct ng_forest build(const struct box_rules *rules, struct ng_buffer *body)
{
	struct ng_forest forest;

	*body = box_rules_body();
	assert_int_equal(
		ng_forest_build(&rules->decide, &rules->count, SIZE_MAX, NULL, body, &forest), 0);
	assert_false(body->failed);
	assert_in_range(forest.trees, 1, NG_TREES_MAX);
	for (__u32 tree = 0; tree < forest.trees; tree++)
		check_tree(body, forest.roots[tree], rules->decide.ipv6, forest.rule_shift);
	check_tree(body, forest.count, rules->count.ipv6, forest.rule_shift);
	return forest;
}

static void check_rules(box_draw *draw, bool ipv6, size_t n, unsigned int inexact, size_t keys)
{
	struct box_rules rules = box_rules_draw(draw, ipv6, n, inexact);
	struct ng_buffer body, again;
	struct ng_forest forest = build(&rules, &body), same = build(&rules, &again);
	__u64 key[NG_WORDS];
	double bound;

	assert_int_equal(ng_bound_forest(&rules.decide, &rules.count, &forest, body.data,
					 body.size - BOX_BODY, &bound),
			 0);
	assert_int_equal(body.size, again.size);
	assert_memory_equal(body.data, again.data, body.size);
	assert_memory_equal(&forest, &same, sizeof(forest));
	for (; keys; keys--) {
		box_rules_key(&rules, key);
		assert_decides_as_scan(&rules, &forest, &body, key);
		assert_counts_as_scan(&rules, &forest, &body, key);
		assert_true(weighed(&rules, &forest, &body, key) <= bound + 0.001);
	}
	ng_buffer_clear(&body);
	ng_buffer_clear(&again);
	box_rules_clear(&rules);
}

/* ---- tests --------------------------------------------------------------------------------- */

static void test_decides_and_counts_as_a_scan(void **state)
{
	static const size_t sizes[] = { 1, 16, 17, 33, 1000 };
	box_draw *draw = *(box_draw **)*state;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		for (int ipv6 = 0; ipv6 < 2; ipv6++)
			for (unsigned int inexact = 0; inexact <= 60; inexact += 30)
				check_rules(draw, ipv6, sizes[i], inexact,
					    sizes[i] < 1000 ? 600 : 300);
}

static void test_box_of_a_long_number_has_its_upper_part_first(void **state)
{
	struct ng_box box;

	(void)state;
	ng_box_whole(&box);
	ng_box_fix(&box, NG_CUT_ETHER_TO, 0x112233445566ULL, ~0ULL, 48);
	ng_box_fix(&box, NG_CUT_FROM, 0x20010db8deadbeefULL, ~0ULL << 24, 64);
	assert_int_equal(box.lo[NG_CUT_ETHER_TO], 0x1122);
	assert_int_equal(box.hi[NG_CUT_ETHER_TO], 0x1122);
	assert_int_equal(box.lo[NG_CUT_ETHER_TO + 1], 0x33445566);
	assert_int_equal(box.hi[NG_CUT_ETHER_TO + 1], 0x33445566);
	assert_int_equal(box.lo[NG_CUT_FROM], 0x20010db8);
	assert_int_equal(box.hi[NG_CUT_FROM], 0x20010db8);
	assert_int_equal(box.lo[NG_CUT_FROM + 1], 0xde000000);
	assert_int_equal(box.hi[NG_CUT_FROM + 1], 0xdeffffff);
	assert_int_equal(box.hi[NG_CUT_FROM + 2], 0xffffffff);
}

static void test_forest_of_few_rules_is_one_leaf(void **state)
{
	struct box_rules rules = box_rules_draw(box_draw_acl, false, 2, 0);
	struct ng_buffer body;
	struct ng_forest forest = build(&rules, &body);

	(void)state;
	assert_int_equal(forest.trees, 1);
	assert_true(forest.roots[0] & NG_NODE_LEAF);
	assert_int_equal(forest.levels, 0);
	assert_int_equal(entries_of(&body, forest.roots[0]), 2);
	ng_buffer_clear(&body);
	box_rules_clear(&rules);
}

static void test_leaf_of_rules_behind_a_whole_one_ends_with_it(void **state)
{
	struct box_rules rules = box_rules_draw(box_draw_whole, false, 1000, 0);
	struct ng_buffer body;
	struct ng_forest forest = build(&rules, &body);

	(void)state;
	assert_int_equal(forest.trees, 1);
	assert_int_equal(entries_of(&body, forest.roots[0]), 1);
	assert_int_equal(entries_of(&body, forest.count), 1000);
	ng_buffer_clear(&body);
	box_rules_clear(&rules);
}

static void test_leaf_says_31_entries_when_there_are_more(void **state)
{
	static const size_t sizes[] = { 30, 31, 32, 1000 };

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct box_rules rules = box_rules_draw(box_draw_same, true, sizes[i], 100);
		struct ng_buffer body;
		struct ng_forest forest = build(&rules, &body);
		__u64 inside[NG_WORDS] = {
			[NG_WORD_LANES] = 80ULL << NG_LANE_DPORT_SHIFT,
			[NG_WORD_SADDR_LO] = 0x0a000001,
		};

		for (__u32 tree = 0; tree < forest.trees; tree++)
			assert_int_equal(
				entries_of(&body, leaf_of(&body, forest.roots[tree], inside)),
				sizes[i]);
		ng_buffer_clear(&body);
		box_rules_clear(&rules);
	}
}

static void draw_host(struct random *random, bool ipv6, size_t i, size_t n, struct ng_box *box)
{
	(void)random, (void)ipv6, (void)n;
	ng_box_fix(box, SADDR4, 0x0a000000 + 3 * i, ~0ULL, 32);
}

/* build() checks the rank of every leaf. */
static void test_ranks_of_100000_rules_stay_below_that_of_an_empty_leaf(void **state)
{
	(void)state;
	check_rules(draw_host, false, 100000, 0, 100);
	check_rules(draw_host, false, 1020, 0, 3000);
	check_rules(draw_host, false, 1100, 0, 3000);
}

/* Rules that can only decide about invalid frames make no path of a valid one longer. */
static void test_rules_behind_a_pass_are_apart_from_valid_frames(void **state)
{
	struct box_rules rules = box_rules_draw(box_draw_behind_a_pass, false, 1000, 0);
	struct ng_buffer body;
	struct ng_forest forest = build(&rules, &body);
	__u64 key[NG_WORDS] = {};

	(void)state;
	assert_int_equal(forest.trees, 1);
	for (size_t i = 1; i < 1000; i++) {
		struct ng_tree_walk walk;

		key[NG_WORD_SADDR_LO] = i * 7919;
		key[NG_WORD_BITS] = NG_BIT_VALID;
		walk = ng_tree_walk(body.data, forest.roots[0], key);
		assert_in_range(walk.steps, 0, 1);
		assert_int_equal(walk.entries, 1);
		key[NG_WORD_BITS] = 0;
		walk = ng_tree_walk(body.data, forest.roots[0], key);
		assert_in_range(walk.entries, 1, 8);
	}
	ng_buffer_clear(&body);
	box_rules_clear(&rules);
}

/* For deciding and for counting rules, best rule >> shift is below, too. */
static void test_rank_of_any_last_rule_stays_below_that_of_an_empty_leaf(void **state)
{
	static const __u32 last[] = { 1, 1021, 1022, 1023, 1024, 2046, 2047, 100000, NG_RULES_MAX };
	struct ng_box box;

	(void)state;
	ng_box_whole(&box);
	for (size_t i = 0; i < 2 * sizeof(last) / sizeof(last[0]); i++) {
		struct ng_items items = {}, none = {};
		bool counts = i & 1;
		struct ng_buffer body = box_rules_body();
		struct ng_forest forest;

		box_rules_add(&items, &box, 0, last[i / 2], true);
		assert_int_equal(ng_forest_build(counts ? &none : &items, counts ? &items : &none,
						 SIZE_MAX, NULL, &body, &forest),
				 0);
		assert_true(last[i / 2] >> forest.rule_shift < NG_LEAF_RANK - 1);
		assert_int_equal(forest.trees, !counts);
		assert_int_equal(!forest.count, !counts);
		ng_buffer_clear(&body);
		ng_items_clear(&items);
	}
}

static void test_equal_lists_are_one_leaf(void **state)
{
	struct box_rules rules = box_rules_draw(box_draw_vlan, false, 200, 0);
	struct ng_buffer body;
	struct ng_forest forest = build(&rules, &body);
	__u64 leaves[2], key[NG_WORDS] = {};

	(void)state;
	for (int i = 0; i < 2; i++) {
		key[NG_WORD_SADDR_LO] = random_next(&rules.random);
		key[NG_WORD_MISC] = 7ULL << NG_MISC_VLAN_SHIFT | i;
		leaves[i] = leaf_of(&body, forest.roots[0], key);
	}
	assert_int_equal(leaves[0], leaves[1]);
	ng_buffer_clear(&body);
	box_rules_clear(&rules);
}

/*
 * Rules without much in common are the worst case for trees. They get the allowance of
 * ctl/compile/tree/forest.c, and little more.
 */
static void check_size(box_draw *draw, bool ipv6, size_t n, size_t entries)
{
	struct box_rules rules = box_rules_draw(draw, ipv6, n, 50);
	struct ng_buffer body;
	size_t bytes = 2 * n * entries * ng_items_entry_size(&rules.decide);

	build(&rules, &body);
	if (body.size > bytes)
		fail_msg("trees of %zu bytes, %zu are the bound", body.size, bytes);
	ng_buffer_clear(&body);
	box_rules_clear(&rules);
}

static void test_trees_of_overlapping_rules_are_bounded(void **state)
{
	(void)state;
	for (int ipv6 = 0; ipv6 < 2; ipv6++) {
		check_size(box_draw_rectangle, ipv6, 10000, ENTRIES_MAX);
		check_size(box_draw_ternaries, ipv6, 10000, ENTRIES_MAX);
		check_size(box_draw_anything, ipv6, 10000, ENTRIES_MAX);
		check_size(box_draw_nested, ipv6, 10000, ENTRIES_MAX);
	}
}

/* Nodes that were begun are completed, so a tree takes a little more than its allowance. */
static void test_tree_ends_when_its_bytes_are_used_up(void **state)
{
	struct box_rules rules = box_rules_draw(box_draw_rectangle, false, 10000, 50);
	size_t least = rules.n * sizeof(struct ng_entry4);
	__u32 *ids = malloc(rules.n * sizeof(*ids));

	(void)state;
	assert_non_null(ids);
	for (size_t i = 0; i < rules.n; i++)
		ids[i] = i;
	for (size_t times = 1; times <= 16; times *= 4) {
		struct ng_buffer body = box_rules_body();
		struct ng_tree_build build = {
			.items = &rules.decide, .body = &body, .rule_shift = 5, .leaf_size = 8
		};

		assert_int_not_equal(
			ng_tree_build(&build, ids, rules.n, times * least, times * least), 0);
		assert_in_range(body.size, least, (times + 4) * least);
		ng_buffer_clear(&body);
	}
	free(ids);
	box_rules_clear(&rules);
}

int main(void)
{
	static const struct {
		const char *name;
		box_draw *draw;
	} scans[] = {
		{ "test_trees_of_acl_rules_decide_as_a_scan", box_draw_acl },
		{ "test_trees_of_rectangles_decide_as_a_scan", box_draw_rectangle },
		{ "test_trees_of_port_ranges_decide_as_a_scan", box_draw_dport },
		{ "test_trees_of_ternary_fields_decide_as_a_scan", box_draw_ternaries },
		{ "test_trees_of_flags_and_lengths_decide_as_a_scan", box_draw_flags },
		{ "test_trees_of_equal_rules_decide_as_a_scan", box_draw_same },
		{ "test_trees_of_whole_rules_decide_as_a_scan", box_draw_whole },
		{ "test_trees_with_a_whole_rule_decide_as_a_scan", box_draw_covered },
		{ "test_trees_of_nested_rules_decide_as_a_scan", box_draw_nested },
		{ "test_trees_of_interfaces_decide_as_a_scan", box_draw_iface },
		{ "test_trees_of_ethernet_addresses_decide_as_a_scan", box_draw_ether },
		{ "test_trees_of_vlans_decide_as_a_scan", box_draw_vlan },
		{ "test_trees_of_any_fields_decide_as_a_scan", box_draw_anything },
		{ "test_trees_of_rules_about_valid_frames_decide_as_a_scan", box_draw_validity },
		{ "test_trees_of_rules_behind_a_pass_decide_as_a_scan", box_draw_behind_a_pass },
	};
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_box_of_a_long_number_has_its_upper_part_first),
		cmocka_unit_test(test_forest_of_few_rules_is_one_leaf),
		cmocka_unit_test(test_leaf_of_rules_behind_a_whole_one_ends_with_it),
		cmocka_unit_test(test_leaf_says_31_entries_when_there_are_more),
		cmocka_unit_test(test_ranks_of_100000_rules_stay_below_that_of_an_empty_leaf),
		cmocka_unit_test(test_rank_of_any_last_rule_stays_below_that_of_an_empty_leaf),
		cmocka_unit_test(test_equal_lists_are_one_leaf),
		cmocka_unit_test(test_rules_behind_a_pass_are_apart_from_valid_frames),
		cmocka_unit_test(test_tree_ends_when_its_bytes_are_used_up),
		cmocka_unit_test(test_trees_of_overlapping_rules_are_bounded),
	};
	struct CMUnitTest scan_tests[sizeof(scans) / sizeof(scans[0])] = {};

	for (size_t i = 0; i < sizeof(scans) / sizeof(scans[0]); i++) {
		scan_tests[i].name = scans[i].name;
		scan_tests[i].test_func = test_decides_and_counts_as_a_scan;
		scan_tests[i].initial_state = (void *)&scans[i].draw;
	}
	return cmocka_run_group_tests(scan_tests, NULL, NULL) +
	       cmocka_run_group_tests(tests, NULL, NULL);
}
