// SPDX-License-Identifier: GPL-2.0-only
#include "compile/tree/forest.h"

#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "compile/tree/groups.h"
#include "compile/tree/probe.h"

#define LEAF_SIZE 8

/* With few rules smaller leaves are tried, too: the image is small anyway. */
#define RULES_FEW     2000
#define LEAF_SMALLEST 2

/* Bytes that the trees of n rules may take: more for each rule when there are few. */
static size_t allowance(const struct ng_items *items, size_t n)
{
	size_t few = n < 10000 ? n : 10000;

	return ng_items_entry_size(items) * (4 * n + 6 * few) + 4096;
}

/*
 * Bytes to leave for the trees after @tree: their share of @bytes, or less if probing found that
 * they need less.
 */
static size_t reserve(const struct ng_groups *groups, size_t tree, double bytes, size_t rules)
{
	size_t sum = 0;

	while (++tree < groups->n) {
		double share = bytes * groups->rules[tree] / rules;
		double roughly = 1.5 * groups->bytes[tree];

		sum += roughly < share ? roughly : share;
	}
	return sum;
}

static int build_tree(const struct ng_tree_build *build, const struct ng_groups *groups,
		      size_t tree, size_t bytes, size_t limit, __u64 *root)
{
	size_t n = 0, rules = build->items->n;
	struct ng_tree_build with = *build;
	__cleanup_free __u32 *ids = malloc(rules * sizeof(*ids));

	if (!ids)
		return -ENOMEM;
	for (size_t i = 0; i < rules; i++)
		if (groups->of[i] == tree)
			ids[n++] = i;
	with.thrift = groups->thrift[tree];
	*root = ng_tree_build(&with, ids, n, ng_tree_share(bytes, n, rules, with.thrift), limit);
	return *root ? 0 : -ENOMEM;
}

/* Also sets @build->leaf_size. Return: 0 or -ENOMEM, in both cases with @groups->of for free(). */
static int choose_groups(struct ng_tree_build *build, size_t bytes, struct ng_groups *groups)
{
	struct ng_tree_build other = *build;
	int failed = ng_groups_choose(build, bytes, groups);

	if (build->items->n > RULES_FEW)
		return failed;
	for (other.leaf_size /= 2; other.leaf_size >= LEAF_SMALLEST && !failed;
	     other.leaf_size /= 2) {
		struct ng_groups tried = {};

		failed = ng_groups_choose(&other, bytes, &tried);
		if (!failed && tried.ns < groups->ns) {
			__u8 *of = groups->of;

			*groups = tried;
			tried.of = of;
			build->leaf_size = other.leaf_size;
		}
		free(tried.of);
	}
	return failed;
}

static int build_trees(struct ng_tree_build *build, size_t bytes, __u8 *hides,
		       struct ng_forest *forest)
{
	size_t end = build->body->size + bytes;
	struct ng_groups groups = {};
	int failed;

	failed = choose_groups(build, bytes, &groups);
	build->hides = hides; /* what was probed is not built */
	for (size_t tree = 0; tree < groups.n && !failed; tree++) {
		size_t kept = build->body->size + reserve(&groups, tree, bytes, build->items->n);

		failed = build_tree(build, &groups, tree, bytes, end > kept ? end - kept : 0,
				    &forest->roots[forest->trees++]);
	}
	free(groups.of);
	return failed;
}

/* Choose how many steps are taken in all trees together. */
static int common_levels(const struct ng_items *items, const struct ng_buffer *body,
			 struct ng_forest *forest)
{
	__cleanup_free struct ng_probe_keys *keys = malloc(sizeof(*keys));
	struct ng_visit list[NG_TREES_MAX][NG_PROBE_KEYS];
	const struct ng_visit *visits[NG_TREES_MAX];

	if (!keys)
		return -ENOMEM;
	ng_probe_keys(items, keys);
	for (__u32 tree = 0; tree < forest->trees; tree++) {
		visits[tree] = list[tree];
		for (size_t i = 0; i < NG_PROBE_KEYS; i++)
			list[tree][i] = ng_cost_visit(body->data, forest->roots[tree], keys->key[i],
						      items->ipv6);
	}
	/* As if all were in a near cache: taking their size into account made nothing faster. */
	forest->levels =
		ng_cost_of(visits, forest->trees, NG_PROBE_KEYS, forest->rule_shift, 0).levels;
	return 0;
}

/* So that all ranks are below that of a leaf without entries. */
static unsigned int rule_shift(const struct ng_items *decide, const struct ng_items *count)
{
	__u32 last = decide->n ? ng_items_rule(decide, decide->n - 1) : 0, shift = 0;
	__u32 last_count = count->n ? ng_items_rule(count, count->n - 1) : 0;

	last = last > last_count ? last : last_count;
	while (last >> shift >= NG_LEAF_RANK - 1)
		shift++;
	return shift;
}

size_t ng_forest_allowance(const struct ng_items *decide, const struct ng_items *count)
{
	return (decide->n ? allowance(decide, decide->n) : 0) +
	       (count->n ? allowance(count, count->n) : 0);
}

int ng_forest_build(const struct ng_items *decide, const struct ng_items *count, size_t most,
		    __u8 *hides, struct ng_buffer *body, struct ng_forest *forest)
{
	size_t whole = ng_forest_allowance(decide, count);
	double share = whole > most ? (double)most / whole : 1;
	struct ng_tree_build build = {
		.items = decide, .body = body, .ends = true, .leaf_size = LEAF_SIZE, .thrift = 1
	};
	int failed = 0;

	*forest = (struct ng_forest){ .rule_shift = rule_shift(decide, count) };
	build.rule_shift = forest->rule_shift;
	if (decide->n) {
		failed = build_trees(&build, share * allowance(decide, decide->n), hides, forest);
		if (!failed)
			failed = common_levels(decide, body, forest);
	}
	if (!failed && count->n) {
		__cleanup_free __u32 *ids = malloc(count->n * sizeof(*ids));
		size_t bytes = share * allowance(count, count->n);

		if (!ids)
			return -ENOMEM;
		for (size_t i = 0; i < count->n; i++)
			ids[i] = i;
		build.items = count;
		build.ends = false;
		build.leaf_size = LEAF_SIZE;
		forest->count = ng_tree_build(&build, ids, count->n, bytes, bytes);
		failed = forest->count ? 0 : -ENOMEM;
	}
	return failed;
}
