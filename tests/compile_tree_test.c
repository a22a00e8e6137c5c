// SPDX-License-Identifier: GPL-2.0-only
/*
 * Trees against a scan of all rules: for keys inside rules, at their borders and anywhere, the
 * leaves that a key comes to must give the rule that the scan gives.
 *
 * A rule here is a box, and when it is inexact a coin that key and rule toss: what an entry asks
 * for beyond the box. So a builder that takes an inexact box for the whole rule is found out.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "compile/tree/forest.h"
#include "compile/tree/tree.h"
#include "compile/tree/stride.h"
#include "random_number.h"

#define DEPTH_MAX   20
#define BODY_MIN    64 /* an image never has a node at its beginning */
#define ENTRIES_MAX 40 /* that a rule takes up, in nodes and leaves, whatever the rules are */

#define SADDR4 (NG_CUT_FROM + 3)
#define DADDR4 (NG_CUT_TO + 3)

/**
 * struct rules - drawn rules, item i being boxes[i]; its entry's slot is i
 * @decide, @count: the same rules, as those that decide and as those that count
 */
struct rules {
	struct random random;
	struct ng_items decide, count;
	struct ng_box *boxes;
	bool *exact;
	size_t n;
};

/* What a shape says about rule @i of @n; @box is whole before. */
typedef void draw_rule(struct random *random, bool ipv6, size_t i, size_t n, struct ng_box *box);

static void draw_range(struct random *random, struct ng_box *box, enum ng_cut cut, __u32 width)
{
	__u32 max = ng_cut_max(cut), lo = random_next(random) & max;
	__u64 hi = lo + random_below(random, (__u64)width + 1);

	box->lo[cut] = lo;
	box->hi[cut] = hi < max ? hi : max;
}

static void draw_prefix(struct random *random, struct ng_box *box, enum ng_cut cut, int length)
{
	ng_box_fix(box, cut, random_next(random) & ng_cut_max(cut),
		   length ? ~0ULL << (ng_cut_fields[cut].bits - length) : 0,
		   ng_cut_fields[cut].bits);
}

static void draw_ternary(struct random *random, struct ng_box *box, enum ng_cut cut)
{
	__u64 mask = random_next(random) & random_next(random);

	ng_box_fix(box, cut, random_next(random), mask, ng_cut_fields[cut].bits);
}

/* Clustered, so that prefixes nest and look alike above. */
static void draw_address(struct random *random, bool ipv6, struct ng_box *box, enum ng_cut cut)
{
	int length = random_below(random, ipv6 ? 129 : 33), part = ipv6 ? 0 : 3;

	for (; part < 4; part++, length -= length < 32 ? length : 32) {
		__u64 value = random_below(random, 3) * 0x40100401 + random_below(random, 8);

		ng_box_fix(box, cut + part, value,
			   length ? ~0ULL << (32 - (length < 32 ? length : 32)) : 0, 32);
	}
}

static void draw_acl(struct random *random, bool ipv6, size_t i, size_t n, struct ng_box *box)
{
	static const __u32 ports[] = { 22, 53, 80, 443, 1024, 8080 };
	__u32 port = RANDOM_OF(random, ports);

	(void)i, (void)n;
	draw_address(random, ipv6, box, NG_CUT_FROM);
	draw_address(random, ipv6, box, NG_CUT_TO);
	if (random_percent(random, 70))
		ng_box_fix(box, NG_CUT_DPORT, port, ~0ULL, 16);
	if (random_percent(random, 70))
		ng_box_fix(box, NG_CUT_PROTO, random_percent(random, 50) ? 6 : 17, ~0ULL, 8);
}

/* Borders that are no multiples of anything. */
static void draw_rectangle(struct random *random, bool ipv6, size_t i, size_t n, struct ng_box *box)
{
	(void)ipv6, (void)i, (void)n;
	draw_range(random, box, NG_CUT_SPORT, 20000);
	draw_range(random, box, NG_CUT_DPORT, 20000);
}

static void draw_dport(struct random *random, bool ipv6, size_t i, size_t n, struct ng_box *box)
{
	(void)ipv6, (void)i, (void)n;
	draw_range(random, box, NG_CUT_DPORT, random_percent(random, 5) ? 60000 : 50);
}

static void draw_ternaries(struct random *random, bool ipv6, size_t i, size_t n, struct ng_box *box)
{
	(void)ipv6, (void)i, (void)n;
	draw_ternary(random, box, NG_CUT_FLAGS);
	draw_ternary(random, box, NG_CUT_PRESENCE);
	draw_ternary(random, box, NG_CUT_SETS);
	draw_ternary(random, box, NG_CUT_SETS + 1);
}

static void draw_flags(struct random *random, bool ipv6, size_t i, size_t n, struct ng_box *box)
{
	(void)ipv6, (void)i, (void)n;
	draw_ternary(random, box, NG_CUT_FLAGS);
	draw_range(random, box, NG_CUT_LENGTH, 3000);
}

static void draw_same(struct random *random, bool ipv6, size_t i, size_t n, struct ng_box *box)
{
	(void)random, (void)ipv6, (void)i, (void)n;
	box->lo[NG_CUT_DPORT] = 79;
	box->hi[NG_CUT_DPORT] = 1030;
	ng_box_fix(box, SADDR4, 0x0a000000, ~0ULL << 24, 32);
}

static void draw_whole(struct random *random, bool ipv6, size_t i, size_t n, struct ng_box *box)
{
	(void)random, (void)ipv6, (void)i, (void)n, (void)box;
}

/* One rule in the middle has everything. */
static void draw_covered(struct random *random, bool ipv6, size_t i, size_t n, struct ng_box *box)
{
	if (i != n / 2)
		draw_acl(random, ipv6, i, n, box);
}

/* Each rule lies inside the one behind it. */
static void draw_nested(struct random *random, bool ipv6, size_t i, size_t n, struct ng_box *box)
{
	__u32 step = 30000 / n;

	(void)random, (void)ipv6;
	box->lo[NG_CUT_DPORT] = step * (n - 1 - i);
	box->hi[NG_CUT_DPORT] = 0xffff - step * (n - 1 - i);
	draw_prefix(random, box, DADDR4, 32 - 32 * i / n);
	box->lo[DADDR4] &= 0x80000003;
	box->hi[DADDR4] = box->lo[DADDR4] | (__u32)((1ULL << (32 * i / n)) - 1);
}

static void draw_iface(struct random *random, bool ipv6, size_t i, size_t n, struct ng_box *box)
{
	char name[17] = "eth";
	__u64 words[2] = {};

	(void)ipv6, (void)n;
	snprintf(name + 3, sizeof(name) - 3, "%zu", random_percent(random, 50) ? i : i % 7);
	for (int j = 0; j < 16; j++)
		words[j / 8] = words[j / 8] << 8 | (__u8)name[j];
	ng_box_fix(box, NG_CUT_IFACE, words[0], ~0ULL, 64);
	ng_box_fix(box, NG_CUT_IFACE + 2, words[1], ~0ULL, 64);
}

static void draw_ether(struct random *random, bool ipv6, size_t i, size_t n, struct ng_box *box)
{
	enum ng_cut cut = random_percent(random, 50) ? NG_CUT_ETHER_FROM : NG_CUT_ETHER_TO;

	(void)ipv6, (void)i, (void)n;
	ng_box_fix(box, cut, 0x525400000000ULL + random_below(random, 700), ~0ULL, 48);
}

static void draw_vlan(struct random *random, bool ipv6, size_t i, size_t n, struct ng_box *box)
{
	(void)ipv6, (void)i, (void)n;
	draw_range(random, box, NG_CUT_VLAN, random_percent(random, 10) ? 3000 : 9);
}

/* Small and wide values of a few fields of all, so that nodes cut one field more than once. */
static void draw_anything(struct random *random, bool ipv6, size_t i, size_t n, struct ng_box *box)
{
	(void)i, (void)n;
	for (int fields = random_between(random, 0, 4); fields; fields--) {
		enum ng_cut cut = random_below(random, NG_CUTS);

		if (cut >= NG_CUT_FROM && cut <= NG_CUT_TO_LAST && !ipv6 && cut != SADDR4 &&
		    cut != DADDR4)
			cut = SADDR4;
		if (ng_cut_fields[cut].ternary)
			draw_ternary(random, box, cut);
		else
			draw_range(random, box, cut,
				   ng_cut_max(cut) >>
					   random_below(random, ng_cut_fields[cut].bits));
	}
}

/* ---- rules ----------------------------------------------------------------------------- */

static void add_item(struct ng_items *items, const struct ng_box *box, size_t i, __u32 rule,
		     bool exact)
{
	struct ng_entry entry = { .outcome = (__u64)rule << NG_OUTCOME_RULE_SHIFT | i };
	struct ng_entry4 entry4 = { .common = entry };
	struct ng_entry6 entry6 = { .common = entry };
	const void *either = items->ipv6 ? (void *)&entry6 : (void *)&entry4;
	struct ng_box said = *box;

	for (int cut = 0; cut < NG_CUTS; cut++)
		if (box->lo[cut] || box->hi[cut] != ng_cut_max(cut))
			said.said |= 1U << cut;
	assert_int_equal(ng_items_add(items, &said, either, exact), 0);
}

/* Rules have numbers with gaps, and some have two items, as `count` rules and variants make it. */
static struct rules draw_rules(draw_rule *draw, bool ipv6, size_t n, unsigned int inexact)
{
	struct rules rules = { .random = { n + inexact }, .n = n };
	__u32 number = 0;

	rules.decide.ipv6 = rules.count.ipv6 = ipv6;
	rules.boxes = malloc(n * sizeof(*rules.boxes) + 1);
	rules.exact = malloc(n + 1);
	assert_non_null(rules.boxes);
	assert_non_null(rules.exact);
	for (size_t i = 0; i < n; i++) {
		ng_box_whole(&rules.boxes[i]);
		draw(&rules.random, ipv6, i, n, &rules.boxes[i]);
		rules.exact[i] = !random_percent(&rules.random, inexact);
		number += !number || !random_percent(&rules.random, 10);
		number += random_percent(&rules.random, 10);
		add_item(&rules.decide, &rules.boxes[i], i, number, rules.exact[i]);
		add_item(&rules.count, &rules.boxes[i], i, number, rules.exact[i]);
	}
	return rules;
}

static void clear_rules(struct rules *rules)
{
	ng_items_clear(&rules->decide);
	ng_items_clear(&rules->count);
	free(rules->boxes);
	free(rules->exact);
}

static bool box_holds(const struct ng_box *box, const __u64 *key)
{
	for (int cut = 0; cut < NG_CUTS; cut++) {
		const struct ng_cut_field *field = &ng_cut_fields[cut];
		__u32 value = key[field->word] >> field->shift & ng_cut_max(cut);
		__u32 free = box->lo[cut] ^ box->hi[cut];

		if (field->ternary ? (value ^ box->lo[cut]) & ~free
				   : value < box->lo[cut] || value > box->hi[cut])
			return false;
	}
	return true;
}

static bool item_matches(const struct rules *rules, size_t i, const __u64 *key)
{
	struct random coin = { i };

	if (!box_holds(&rules->boxes[i], key))
		return false;
	for (int word = 0; word < NG_WORDS && !rules->exact[i]; word++)
		coin.state ^= random_next(&coin) ^ key[word];
	return rules->exact[i] || random_next(&coin) & 1;
}

static __u32 near_box(struct random *random, const struct ng_box *box, enum ng_cut cut)
{
	__u32 lo = box->lo[cut], hi = box->hi[cut], any = random_next(random);

	if (ng_cut_fields[cut].ternary)
		return lo ^ (any & (lo ^ hi)) ^
		       (random_percent(random, 5) ? 1U << random_below(random, 32) : 0);
	switch (random_below(random, 24)) {
	case 0:
		return lo - 1;
	case 1:
		return hi + 1;
	case 2 ... 8:
		return lo;
	case 9 ... 15:
		return hi;
	default:
		return random_between(random, lo, hi);
	}
}

/* A key inside a rule, on its border or just outside; one in eight is anywhere. */
static void draw_key(struct rules *rules, __u64 *key)
{
	const struct ng_box *box = &rules->boxes[random_below(&rules->random, rules->n)];
	bool anywhere = random_percent(&rules->random, 12);

	memset(key, 0, NG_WORDS * sizeof(*key));
	for (int cut = 0; cut < NG_CUTS; cut++) {
		const struct ng_cut_field *field = &ng_cut_fields[cut];
		__u64 value =
			anywhere ? random_next(&rules->random) : near_box(&rules->random, box, cut);

		key[field->word] |= (value & ng_cut_max(cut)) << field->shift;
	}
}

/* ---- the programs' way through trees and leaves ------------------------------------------ */

/* ng_step() of bpf/tree.bpf.h; a leaf's stride is of no bits, whatever word it seems to name */
static __u64 step(const __u8 *image, __u64 node, const __u64 *key)
{
	size_t at = node >> NG_NODE_WORD_SHIFT & ((1 << NG_NODE_WORD_BITS) - 1);
	__u64 word = at < NG_WORDS ? key[at] : 0;

	word = (word >> (node & 63)) << 3 & node >> (NG_NODE_STRIDE_SHIFT - 3);
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
	const struct ng_leaf *leaf = (const void *)(body->data + (node >> NG_NODE_OFFSET_SHIFT));
	__u64 n = node >> NG_LEAF_ENTRIES_SHIFT & NG_LEAF_ENTRIES;

	assert_int_equal(n, leaf->entries < NG_LEAF_ENTRIES ? leaf->entries : NG_LEAF_ENTRIES);
	return leaf->entries;
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
static __u32 rule_by_trees(const struct rules *rules, const struct ng_forest *forest,
			   const struct ng_buffer *body, const __u64 *key)
{
	__u64 none = (NG_LEAF_RANK << forest->rule_shift) - 1, best = none;

	for (__u32 tree = 0; tree < forest->trees; tree++) {
		__u64 leaf = leaf_of(body, forest->roots[tree], key);

		if ((leaf & NG_LEAF_RANK) > best >> forest->rule_shift)
			continue;
		for (size_t i = 0, n = entries_of(body, leaf); i < n; i++) {
			__u64 outcome = outcome_of(body, leaf, i, rules->decide.ipv6);

			if (!item_matches(rules, outcome & NG_OUTCOME_SLOT, key))
				continue;
			if (rule_of(outcome) < best)
				best = rule_of(outcome);
			break;
		}
	}
	return best == none ? 0 : best;
}

static void assert_decides_as_scan(const struct rules *rules, const struct ng_forest *forest,
				   const struct ng_buffer *body, const __u64 *key)
{
	__u32 expected = 0;

	for (size_t i = 0; i < rules->n && !expected; i++)
		if (item_matches(rules, i, key))
			expected = ng_items_rule(&rules->decide, i);
	assert_int_equal(rule_by_trees(rules, forest, body, key), expected);
}

/* The items of the leaf that match are all that match, each once and in order. */
static void assert_counts_as_scan(const struct rules *rules, const struct ng_forest *forest,
				  const struct ng_buffer *body, const __u64 *key)
{
	__u64 leaf = leaf_of(body, forest->count, key);
	size_t next = 0;

	for (size_t i = 0, n = entries_of(body, leaf); i < n; i++) {
		size_t item = outcome_of(body, leaf, i, rules->count.ipv6) & NG_OUTCOME_SLOT;

		assert_true(item >= next && item < rules->n);
		for (; next < item; next++)
			assert_false(item_matches(rules, next, key));
		next = item + 1;
	}
	for (; next < rules->n; next++)
		assert_false(item_matches(rules, next, key));
}

/* ---- what holds of every node ------------------------------------------------------------ */

/**
 * struct census - of the nodes of one tree
 * @seen: by offset / 8: 1 + how deep a node was met
 * @longest: entries of a leaf
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

	assert_true(at >= BODY_MIN && at % 8 == 0 && at < census->body->size);
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
	assert_true((node & 63) + __builtin_popcountll(stride) <= 64);
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

static struct ng_forest build(const struct rules *rules, struct ng_buffer *body)
{
	static const __u8 header[BODY_MIN];
	struct ng_forest forest;

	*body = (struct ng_buffer){};
	ng_buffer_append(body, header, sizeof(header));
	assert_int_equal(ng_forest_build(&rules->decide, &rules->count, false, SIZE_MAX, NULL, body,
					 &forest),
			 0);
	assert_false(body->failed);
	assert_in_range(forest.trees, 1, NG_TREES_MAX);
	for (__u32 tree = 0; tree < forest.trees; tree++)
		check_tree(body, forest.roots[tree], rules->decide.ipv6, forest.rule_shift);
	check_tree(body, forest.count, rules->count.ipv6, forest.rule_shift);
	return forest;
}

static void check_rules(draw_rule *draw, bool ipv6, size_t n, unsigned int inexact, size_t keys)
{
	struct rules rules = draw_rules(draw, ipv6, n, inexact);
	struct ng_buffer body, again;
	struct ng_forest forest = build(&rules, &body), same = build(&rules, &again);
	__u64 key[NG_WORDS];

	assert_int_equal(body.size, again.size);
	assert_memory_equal(body.data, again.data, body.size);
	assert_memory_equal(&forest, &same, sizeof(forest));
	for (; keys; keys--) {
		draw_key(&rules, key);
		assert_decides_as_scan(&rules, &forest, &body, key);
		assert_counts_as_scan(&rules, &forest, &body, key);
	}
	ng_buffer_clear(&body);
	ng_buffer_clear(&again);
	clear_rules(&rules);
}

/* ---- tests --------------------------------------------------------------------------------- */

static void test_decides_and_counts_as_a_scan(void **state)
{
	static const size_t sizes[] = { 1, 16, 17, 33, 1000 };
	draw_rule *draw = *(draw_rule **)*state;

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

/* A range or ternary value of one field, and the bits of it that nodes above looked at. */
struct one_field {
	struct ng_box box;
	struct ng_region region;
	enum ng_cut cut;
};

static void draw_one_field(struct random *random, struct one_field *one)
{
	static const enum ng_cut cuts[] = { NG_CUT_DSCP, NG_CUT_TTL, NG_CUT_FLAGS };
	__u32 a, b, max;

	*one = (struct one_field){ .cut = RANDOM_OF(random, cuts) };
	ng_box_whole(&one->box);
	max = ng_cut_max(one->cut);
	a = random_below(random, max + 1);
	b = random_below(random, max + 1);
	one->box.lo[one->cut] = a < b || ng_cut_fields[one->cut].ternary ? a : b;
	one->box.hi[one->cut] = a ^ b ^ one->box.lo[one->cut];
	switch (random_below(random, 3)) {
	case 0: /* the upper bits, as a tree mostly does */
		one->region.mask[one->cut] = max & ~(max >> random_below(random, 7));
		break;
	case 1:
		one->region.mask[one->cut] = random_next(random) & random_next(random) & max;
	}
	one->region.value[one->cut] = random_next(random) & one->region.mask[one->cut];
}

static bool region_holds(const struct one_field *one, __u32 value)
{
	return !((value ^ one->region.value[one->cut]) & one->region.mask[one->cut]);
}

static bool field_holds(const struct one_field *one, __u32 value)
{
	__u32 lo = one->box.lo[one->cut], hi = one->box.hi[one->cut];

	if (ng_cut_fields[one->cut].ternary)
		return !((value ^ lo) & ~(lo ^ hi));
	return value >= lo && value <= hi;
}

/* Are the region's values consecutive ones, or, of a ternary field, all? */
static bool is_plain_region(const struct one_field *one)
{
	__u32 open = ng_cut_max(one->cut) & ~one->region.mask[one->cut];

	return !(open & (open + 1)) &&
	       !(ng_cut_fields[one->cut].ternary && one->region.mask[one->cut]);
}

static void check_stride(const struct one_field *one, const struct ng_stride *w)
{
	struct ng_stride_view view = ng_stride_view(w, &one->region);
	__u32 lo = one->box.lo[w->cut], hi = one->box.hi[w->cut], last = (1U << w->bits) - 1;
	__u32 needed[16] = {}, all[16] = {}, met[16] = {};
	struct ng_stride_span span;

	for (__u32 value = 0; value <= ng_cut_max(w->cut); value++) {
		all[value >> w->shift & last] += region_holds(one, value);
		needed[value >> w->shift & last] +=
			region_holds(one, value) && field_holds(one, value);
	}
	for (ng_stride_begin(&span, &view, lo, hi); span.left; ng_stride_next(&span, &view)) {
		assert_in_range(span.child, 0, last);
		met[span.child]++;
	}
	for (__u32 i = 0; i <= last; i++) {
		assert_in_range(met[i], needed[i] ? 1 : 0,
				needed[i] || !is_plain_region(one) ? 1 : 0);
		if (needed[i])
			assert_int_equal(ng_stride_is_whole(&view, i, lo, hi), needed[i] == all[i]);
	}
}

static void test_stride_sends_a_rule_to_the_children_that_it_can_match_in(void **state)
{
	struct random random = { 1 };
	struct one_field one;

	(void)state;
	for (int round = 0; round < 60000; round++) {
		struct ng_stride w;

		draw_one_field(&random, &one);
		w.cut = one.cut;
		w.bits = random_between(&random, 1, 4);
		w.shift = random_below(&random, ng_cut_fields[w.cut].bits - w.bits + 1);
		check_stride(&one, &w);
	}
}

static void test_region_is_covered_by_exact_rules_that_hold_all_of_it(void **state)
{
	struct random random = { 2 };
	struct one_field one;

	(void)state;
	for (int round = 0; round < 60000; round++) {
		struct ng_items items = {};
		bool covers = true;

		draw_one_field(&random, &one);
		for (__u32 value = 0; value <= ng_cut_max(one.cut); value++)
			covers &= !region_holds(&one, value) || field_holds(&one, value);
		add_item(&items, &one.box, 0, 1, true);
		add_item(&items, &one.box, 1, 1, false);
		assert_int_equal(ng_region_is_covered(&one.region, &items, 0), covers);
		assert_false(ng_region_is_covered(&one.region, &items, 1));
		ng_items_clear(&items);
	}
}

static void test_forest_of_few_rules_is_one_leaf(void **state)
{
	struct rules rules = draw_rules(draw_acl, false, 2, 0);
	struct ng_buffer body;
	struct ng_forest forest = build(&rules, &body);

	(void)state;
	assert_int_equal(forest.trees, 1);
	assert_true(forest.roots[0] & NG_NODE_LEAF);
	assert_int_equal(forest.levels, 0);
	assert_int_equal(entries_of(&body, forest.roots[0]), 2);
	ng_buffer_clear(&body);
	clear_rules(&rules);
}

static void test_leaf_of_rules_behind_a_whole_one_ends_with_it(void **state)
{
	struct rules rules = draw_rules(draw_whole, false, 1000, 0);
	struct ng_buffer body;
	struct ng_forest forest = build(&rules, &body);

	(void)state;
	assert_int_equal(forest.trees, 1);
	assert_int_equal(entries_of(&body, forest.roots[0]), 1);
	assert_int_equal(entries_of(&body, forest.count), 1000);
	ng_buffer_clear(&body);
	clear_rules(&rules);
}

static void test_leaf_says_31_entries_when_there_are_more(void **state)
{
	static const size_t sizes[] = { 30, 31, 32, 1000 };

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct rules rules = draw_rules(draw_same, true, sizes[i], 100);
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
		clear_rules(&rules);
	}
}

static void draw_host(struct random *random, bool ipv6, size_t i, size_t n, struct ng_box *box)
{
	(void)random, (void)ipv6, (void)n;
	ng_box_fix(box, SADDR4, 0x0a000000 + 3 * i, ~0ULL, 32);
}

/* build() looks at the rank of every leaf. */
static void test_ranks_of_100000_rules_stay_below_that_of_an_empty_leaf(void **state)
{
	(void)state;
	check_rules(draw_host, false, 100000, 0, 100);
	check_rules(draw_host, false, 1020, 0, 3000);
	check_rules(draw_host, false, 1100, 0, 3000);
}

/* Among those that decide or those that count: either way best rule >> shift is below too. */
static void test_rank_of_any_last_rule_stays_below_that_of_an_empty_leaf(void **state)
{
	static const __u32 last[] = { 1, 1021, 1022, 1023, 1024, 2046, 2047, 100000, NG_RULES_MAX };
	struct ng_box box;

	(void)state;
	ng_box_whole(&box);
	for (size_t i = 0; i < 2 * sizeof(last) / sizeof(last[0]); i++) {
		struct ng_items items = {}, none = {};
		bool counts = i & 1;
		struct ng_buffer body = {};
		struct ng_forest forest;

		add_item(&items, &box, 0, last[i / 2], true);
		assert_int_equal(ng_forest_build(counts ? &none : &items, counts ? &items : &none,
						 false, SIZE_MAX, NULL, &body, &forest),
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
	struct rules rules = draw_rules(draw_vlan, false, 200, 0);
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
	clear_rules(&rules);
}

/*
 * Rules of which none is much like another: the worst for trees. They get their allowance, see
 * ctl/compile/tree/forest.c, and little more.
 */
static void check_size(draw_rule *draw, bool ipv6, size_t n, size_t entries)
{
	struct rules rules = draw_rules(draw, ipv6, n, 50);
	struct ng_buffer body;
	size_t bytes = 2 * n * entries * ng_items_entry_size(&rules.decide);

	build(&rules, &body);
	if (body.size > bytes)
		fail_msg("trees of %zu bytes, %zu are the bound", body.size, bytes);
	ng_buffer_clear(&body);
	clear_rules(&rules);
}

static void test_trees_of_overlapping_rules_are_bounded(void **state)
{
	(void)state;
	for (int ipv6 = 0; ipv6 < 2; ipv6++) {
		check_size(draw_rectangle, ipv6, 10000, ENTRIES_MAX);
		check_size(draw_ternaries, ipv6, 10000, ENTRIES_MAX);
		check_size(draw_anything, ipv6, 10000, ENTRIES_MAX);
		check_size(draw_nested, ipv6, 10000, ENTRIES_MAX);
	}
}

/* Nodes that were begun are ended: so a tree takes somewhat more than it was given. */
static void test_tree_ends_when_its_bytes_are_used_up(void **state)
{
	struct rules rules = draw_rules(draw_rectangle, false, 10000, 50);
	size_t least = rules.n * sizeof(struct ng_entry4);
	__u32 *ids = malloc(rules.n * sizeof(*ids));

	(void)state;
	assert_non_null(ids);
	for (size_t i = 0; i < rules.n; i++)
		ids[i] = i;
	for (size_t times = 1; times <= 16; times *= 4) {
		struct ng_buffer body = {};
		struct ng_tree_build build = {
			.items = &rules.decide, .body = &body, .rule_shift = 5, .leaf_size = 8
		};

		assert_int_not_equal(
			ng_tree_build(&build, ids, rules.n, times * least, times * least), 0);
		assert_in_range(body.size, least, (times + 4) * least);
		ng_buffer_clear(&body);
	}
	free(ids);
	clear_rules(&rules);
}

int main(void)
{
	static const struct {
		const char *name;
		draw_rule *draw;
	} scans[] = {
		{ "test_trees_of_acl_rules_decide_as_a_scan", draw_acl },
		{ "test_trees_of_rectangles_decide_as_a_scan", draw_rectangle },
		{ "test_trees_of_port_ranges_decide_as_a_scan", draw_dport },
		{ "test_trees_of_ternary_fields_decide_as_a_scan", draw_ternaries },
		{ "test_trees_of_flags_and_lengths_decide_as_a_scan", draw_flags },
		{ "test_trees_of_equal_rules_decide_as_a_scan", draw_same },
		{ "test_trees_of_whole_rules_decide_as_a_scan", draw_whole },
		{ "test_trees_with_a_whole_rule_decide_as_a_scan", draw_covered },
		{ "test_trees_of_nested_rules_decide_as_a_scan", draw_nested },
		{ "test_trees_of_interfaces_decide_as_a_scan", draw_iface },
		{ "test_trees_of_ethernet_addresses_decide_as_a_scan", draw_ether },
		{ "test_trees_of_vlans_decide_as_a_scan", draw_vlan },
		{ "test_trees_of_any_fields_decide_as_a_scan", draw_anything },
	};
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_box_of_a_long_number_has_its_upper_part_first),
		cmocka_unit_test(test_stride_sends_a_rule_to_the_children_that_it_can_match_in),
		cmocka_unit_test(test_region_is_covered_by_exact_rules_that_hold_all_of_it),
		cmocka_unit_test(test_forest_of_few_rules_is_one_leaf),
		cmocka_unit_test(test_leaf_of_rules_behind_a_whole_one_ends_with_it),
		cmocka_unit_test(test_leaf_says_31_entries_when_there_are_more),
		cmocka_unit_test(test_ranks_of_100000_rules_stay_below_that_of_an_empty_leaf),
		cmocka_unit_test(test_rank_of_any_last_rule_stays_below_that_of_an_empty_leaf),
		cmocka_unit_test(test_equal_lists_are_one_leaf),
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
