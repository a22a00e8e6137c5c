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

#define FEW_RULES 8 /* are compared one after the other */
#define LEAF_SIZE 8
#define LEAF_RARE 16 /* for rare frames */
#define SAMPLE	  256

/* What the trees of n rules may take: more for each when there are few. */
static size_t allowance(const struct ng_items *items, size_t n)
{
	size_t few = n < 10000 ? n : 10000;

	return ng_items_entry_size(items) * (4 * n + 6 * few) + 4096;
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

static const struct {
	enum ng_cut cut;
	int parts;
	size_t wide; /* this share of the others' values, as 1 / wide, makes a rule wide */
} fields[BY_FIELDS] = {
	[BY_SADDR] = { NG_CUT_SADDR, 4, 32 },
	[BY_DADDR] = { NG_CUT_DADDR, 4, 32 },
	[BY_DPORT] = { NG_CUT_DPORT, 1, 3 },
	[BY_SPORT] = { NG_CUT_SPORT, 1, 3 },
};

typedef unsigned __int128 u128;

/*
 * The first value of a rule in a field, or (@end 1) the last. Parts that no rule says anything
 * of are left out.
 */
static u128 value_of(const struct ng_items *items, int by, int end, size_t i)
{
	u128 value = 0;

	for (int part = 0; part < fields[by].parts; part++) {
		const __u32 *column = items->columns[fields[by].cut + part][end];

		if (column)
			value = value << 32 | column[i];
	}
	return value;
}

static u128 last_value(const struct ng_items *items, int by)
{
	u128 value = 0;

	for (int part = 0; part < fields[by].parts; part++)
		if (items->columns[fields[by].cut + part][1])
			value = value << 32 | ng_cut_max(fields[by].cut + part);
	return value;
}

/**
 * struct sample - first values of rules that do not have all values of a field, ascending
 */
struct sample {
	u128 values[SAMPLE];
	size_t n;
};

static int by_value(const void *a, const void *b)
{
	u128 x = *(const u128 *)a, y = *(const u128 *)b;

	return (x > y) - (x < y);
}

static void take_sample(const struct ng_items *items, int by, struct sample *sample)
{
	size_t step = items->n > 16 * SAMPLE ? items->n / (16 * SAMPLE) : 1, n = 0;
	u128 last = last_value(items, by);

	for (size_t i = 0; i < items->n; i += step) {
		u128 first = value_of(items, by, 0, i);

		if (!first && value_of(items, by, 1, i) == last)
			continue;
		/* Later ones replace earlier ones, so that the sample is from all over. */
		sample->values[n < SAMPLE ? n : n * 2654435761U % SAMPLE] = first;
		n++;
	}
	sample->n = n < SAMPLE ? n : SAMPLE;
	qsort(sample->values, sample->n, sizeof(u128), by_value);
}

/* How many of the sample's values are below @value. */
static size_t count_below(const struct sample *sample, u128 value)
{
	size_t low = 0, n = sample->n;

	for (; n > 1; n -= n / 2)
		low += sample->values[low + n / 2 - 1] < value ? n / 2 : 0;
	return low + (n && sample->values[low] < value);
}

/* Is the rule's range one with more than @few values of the sample in it? */
static bool is_wide(const struct ng_items *items, int by, const struct sample *sample, size_t few,
		    size_t i)
{
	size_t below = count_below(sample, value_of(items, by, 0, i));

	return below + few < sample->n && sample->values[below + few] <= value_of(items, by, 1, i);
}

/* By one field after the other: @grouping->of gets the bits of those that each rule is wide in. */
static void find_wide(const struct ng_items *items, struct grouping *grouping, int by)
{
	struct sample sample;
	size_t few;

	take_sample(items, by, &sample);
	few = (sample.n + fields[by].wide) / fields[by].wide;
	for (size_t i = 0; i < items->n; i++)
		if (!sample.n || is_wide(items, by, &sample, few, i))
			grouping->of[i] |= 1 << by;
}

static int group_rules(const struct ng_items *items, struct grouping *grouping)
{
	grouping->of = calloc(items->n, 1);
	if (!grouping->of)
		return -ENOMEM;
	for (int by = 0; by < BY_FIELDS; by++)
		find_wide(items, grouping, by);
	for (size_t i = 0; i < items->n; i++)
		grouping->sizes[grouping->of[i]]++;
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

static size_t smallest_group(const struct grouping *grouping)
{
	size_t least = 0;

	for (size_t g = 1; g < 1 << BY_FIELDS; g++)
		if (grouping->sizes[g] &&
		    (!grouping->sizes[least] || grouping->sizes[g] < grouping->sizes[least]))
			least = g;
	return least;
}

/* The group that is wide wherever @group is, and in as little more as can be; else any other. */
static size_t next_wider_group(const struct grouping *grouping, size_t group)
{
	size_t best = group, others = 0;

	for (size_t g = 0; g < 1 << BY_FIELDS; g++) {
		if (g == group || !grouping->sizes[g])
			continue;
		others = g;
		if ((g & group) == group &&
		    (best == group || __builtin_popcount(g) < __builtin_popcount(best)))
			best = g;
	}
	return best == group ? others : best;
}

/*
 * Narrow addresses part best: what such rules say of ports does not matter. Then small groups go
 * to the next wider one until there are as many as trees, and none that would be a mere leaf.
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
	for (; groups > 1; groups--) {
		size_t least = smallest_group(grouping);

		if (groups <= NG_TREES_MAX && grouping->sizes[least] > LEAF_SIZE)
			break;
		merge(grouping, n, least, next_wider_group(grouping, least));
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
	return steps < NG_LEVELS_TOGETHER ? steps : NG_LEVELS_TOGETHER;
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

int ng_forest_build(const struct ng_items *decide, const struct ng_items *count, bool rare,
		    struct ng_buffer *body, struct ng_forest *forest)
{
	size_t leaf_size = rare ? LEAF_RARE : LEAF_SIZE;
	struct ng_tree_build build = {
		.items = decide, .body = body, .ends = true, .leaf_size = leaf_size, .thrift = 1
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
		build.leaf_size = leaf_size;
		forest->count = ng_tree_build(&build, ids, count->n, allowance(count, count->n));
		failed = forest->count ? 0 : -ENOMEM;
	}
	return failed;
}
