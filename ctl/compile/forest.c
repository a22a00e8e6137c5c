// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rules that are wide in a field stand in many children of a node that cuts it. So rules are
 * parted by where they are wide, each group has a tree that cuts where it is narrow, and the
 * programs walk the trees side by side.
 */
#include "compile/forest.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "compile/tree.h"

#define FEW_RULES 16 /* are compared one after the other */
#define LEAF_SIZE 8
#define SAMPLE	  64
#define LEVELS_MAX 12

/* What the trees of n rules may take: more for each when there are few. */
static size_t allowance(const struct ng_items *items, size_t n)
{
	size_t few = n < 20000 ? n : 20000;

	return ng_items_entry_size(items) * (4 * n + 12 * few) + 4096;
}

/* Fields that rules are parted by. */
enum { BY_SADDR, BY_DADDR, BY_DPORT, BY_SPORT, BY_FIELDS };

/**
 * struct grouping - which rules stand in which tree
 * @of: by rule: bit i: it is wide in the field i of the above
 */
struct grouping {
	__u8 *of;
	size_t sizes[1 << BY_FIELDS];
};

static bool overlap(const struct ng_items *items, enum ng_cut cut, size_t a, size_t b)
{
	__u32 *const *column = items->columns[cut];

	return !column[0] || (column[0][a] <= column[1][b] && column[0][b] <= column[1][a]);
}

/* Do rules a and b have values of the field in common? An address has four parts. */
static bool meet(const struct ng_items *items, int by, size_t a, size_t b)
{
	static const enum ng_cut first[] = { NG_CUT_SADDR, NG_CUT_DADDR, NG_CUT_DPORT,
					     NG_CUT_SPORT };
	int parts = by == BY_SADDR || by == BY_DADDR ? 4 : 1;

	for (int i = 0; i < parts; i++)
		if (!overlap(items, first[by] + i, a, b))
			return false;
	return true;
}

/* A rule is wide in a field when it meets more than an eighth of the others there. */
static bool is_wide(const struct ng_items *items, int by, size_t i)
{
	size_t met = 0, n = items->n < SAMPLE ? items->n : SAMPLE;

	for (size_t j = 0; j < n; j++)
		met += meet(items, by, i, j * items->n / n);
	return met > n / 8 + 1;
}

static int group_rules(const struct ng_items *items, struct grouping *grouping)
{
	grouping->of = calloc(items->n, 1);
	if (!grouping->of)
		return -ENOMEM;
	for (size_t i = 0; i < items->n; i++) {
		for (int by = 0; by < BY_FIELDS; by++)
			if (is_wide(items, by, i))
				grouping->of[i] |= 1 << by;
		grouping->sizes[grouping->of[i]]++;
	}
	return 0;
}

/* Takes the rules of group @from into group @to. */
static void merge(struct grouping *grouping, size_t n, size_t from, size_t to)
{
	for (size_t i = 0; i < n; i++)
		if (grouping->of[i] == from)
			grouping->of[i] = to;
	grouping->sizes[to] += grouping->sizes[from];
	grouping->sizes[from] = 0;
}

/*
 * Narrow addresses part best: what such rules say of ports does not matter. Then small groups go
 * to the next wider one until there are as many as trees.
 */
static void merge_groups(struct grouping *grouping, size_t n)
{
	const size_t wide = 1 << BY_SADDR | 1 << BY_DADDR;
	size_t groups = 0;

	for (size_t g = 0; g < 1 << BY_FIELDS; g++)
		if (grouping->sizes[g] && (g & wide) != wide && g != (g & wide))
			merge(grouping, n, g, g & wide);
	for (size_t g = 0; g < 1 << BY_FIELDS; g++)
		groups += grouping->sizes[g] > 0;
	while (groups > NG_TREES_MAX) {
		size_t least = 0, to = (1 << BY_FIELDS) - 1;

		for (size_t g = 1; g < 1 << BY_FIELDS; g++)
			if (grouping->sizes[g] &&
			    (!grouping->sizes[least] || grouping->sizes[g] < grouping->sizes[least]))
				least = g;
		for (size_t g = 0; g < 1 << BY_FIELDS; g++)
			if (g != least && grouping->sizes[g] && (g & least) == least)
				to = g < to || !grouping->sizes[to] ? g : to;
		if (least == to)
			return;
		merge(grouping, n, least, to);
		groups--;
	}
}

static int build_group(const struct ng_tree_build *build, const struct grouping *grouping,
		       size_t group, size_t bytes, __u64 *root)
{
	__cleanup_free __u32 *ids = malloc((grouping->sizes[group] + 1) * sizeof(*ids));
	size_t n = 0;

	if (!ids)
		return -ENOMEM;
	for (size_t i = 0; i < build->items->n; i++)
		if (grouping->of[i] == group)
			ids[n++] = i;
	*root = ng_tree_build(build, ids, n, bytes);
	return *root ? 0 : -ENOMEM;
}

static int build_trees(const struct ng_tree_build *build, struct ng_forest *forest)
{
	const struct ng_items *items = build->items;
	struct grouping grouping = {};
	size_t bytes = allowance(items, items->n);
	int failed = group_rules(items, &grouping);

	if (!failed) {
		if (items->n <= FEW_RULES)
			for (size_t g = 1; g < 1 << BY_FIELDS; g++)
				merge(&grouping, items->n, g, 0);
		else
			merge_groups(&grouping, items->n);
	}
	for (size_t g = 0; g < 1 << BY_FIELDS && !failed; g++)
		if (grouping.sizes[g])
			failed = build_group(build, &grouping, g,
					     (double)bytes * grouping.sizes[g] / items->n,
					     &forest->roots[forest->trees++]);
	free(grouping.of);
	return failed;
}

/* A key inside the box of one of the rules, the same for the same @seed. */
static void random_key(const struct ng_items *items, __u64 *seed, __u64 *key)
{
	size_t rule;

	*seed = *seed * 6364136223846793005ULL + 1442695040888963407ULL;
	rule = (*seed >> 33) % items->n;
	memset(key, 0, NG_WORDS * sizeof(*key));
	for (size_t i = 0; i < items->n_used; i++) {
		enum ng_cut cut = items->used[i];
		const struct ng_cut_field *field = &ng_cut_fields[cut];
		__u64 lo = items->columns[cut][0][rule], hi = items->columns[cut][1][rule], value;

		*seed = *seed * 6364136223846793005ULL + 1442695040888963407ULL;
		value = *seed >> 32;
		value = field->ternary ? lo ^ (value & (lo ^ hi)) : lo + value % (hi - lo + 1);
		key[field->word] |= value << field->shift;
	}
}

/* How many steps all trees take together before each goes on alone: most have arrived then. */
static __u32 common_levels(const struct ng_items *items, const struct ng_buffer *body,
			   const struct ng_forest *forest)
{
	size_t steps = 0, walks = 256 * forest->trees;
	__u64 seed = 1, key[NG_WORDS];

	for (size_t i = 0; i < 256; i++) {
		random_key(items, &seed, key);
		for (__u32 tree = 0; tree < forest->trees; tree++)
			steps += ng_tree_walk(body->data, forest->roots[tree], key).steps;
	}
	steps = walks ? (steps + walks / 2) / walks : 0;
	return steps < LEVELS_MAX ? steps : LEVELS_MAX;
}

/* All ranks stay below that of a leaf without entries. */
static unsigned int rule_shift(const struct ng_items *decide, const struct ng_items *count)
{
	__u32 last = decide->n ? ng_items_rule(decide, decide->n - 1) : 0, shift = 0;
	__u32 last_count = count->n ? ng_items_rule(count, count->n - 1) : 0;

	last = last > last_count ? last : last_count;
	while (last >> shift >= NG_LEAF_RANK - 1)
		shift++;
	return shift;
}

int ng_forest_build(const struct ng_items *decide, const struct ng_items *count,
		    struct ng_buffer *body, struct ng_forest *forest)
{
	struct ng_tree_build build = {
		.items = decide, .body = body, .ends = true, .leaf_size = LEAF_SIZE, .thrift = 1
	};
	int failed = 0;

	*forest = (struct ng_forest){ .rule_shift = rule_shift(decide, count) };
	build.rule_shift = forest->rule_shift;
	if (decide->n) {
		if (decide->n <= FEW_RULES)
			build.leaf_size = FEW_RULES;
		failed = build_trees(&build, forest);
		if (!failed)
			forest->levels = common_levels(decide, body, forest);
	}
	if (!failed && count->n) {
		__cleanup_free __u32 *ids = malloc(count->n * sizeof(*ids));

		if (!ids)
			return -ENOMEM;
		for (size_t i = 0; i < count->n; i++)
			ids[i] = i;
		build.items = count;
		build.ends = false;
		build.leaf_size = LEAF_SIZE;
		forest->count = ng_tree_build(&build, ids, count->n, allowance(count, count->n));
		failed = forest->count ? 0 : -ENOMEM;
	}
	return failed;
}
