// SPDX-License-Identifier: GPL-2.0-only
/* --walk: what packets meet in the trees of a ruleset, counted without running a program. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "base/cleanup.h"
#include "compile/tree/cost.h"
#include "compile/tree/tree.h"
#include "filter.h"
#include "weigh.h"

static int by_offset(const void *a, const void *b)
{
	__u64 x = *(const __u64 *)a, y = *(const __u64 *)b;

	return (x > y) - (x < y);
}

/**
 * struct sizes - of a forest
 * @inner, @leaves: how many nodes
 * @bytes:  of all
 * @longest: entries of the longest leaf
 */
struct sizes {
	size_t inner, leaves, bytes, longest;
};

/* All nodes of a forest; twins and shared leaves come up once for each parent. */
static __u64 *collect(const void *data, const struct ng_forest *forest, size_t *n)
{
	size_t room = 1024, next = 0;
	__u64 *nodes = malloc(room * sizeof(*nodes));

	*n = 0;
	for (__u32 i = 0; i < forest->trees; i++)
		nodes[(*n)++] = forest->roots[i];
	for (; nodes && next < *n; next++) {
		__u64 node = nodes[next], children = (node >> NG_NODE_STRIDE_SHIFT) + 1;
		const __u64 *array =
			(const void *)((const __u8 *)data + (__u32)(node >> NG_NODE_OFFSET_SHIFT));
		__u64 last = 0;

		if (node & NG_NODE_LEAF)
			continue;
		if (*n + children > room) {
			room = 2 * (*n + children);
			nodes = realloc(nodes, room * sizeof(*nodes));
		}
		for (__u64 i = 0; nodes && i < children; i++) {
			if (array[i] != last)
				nodes[(*n)++] = array[i];
			last = array[i];
		}
	}
	return nodes;
}

static struct sizes measure(const struct ng_image_header *data, int family)
{
	size_t entry = family == 4 ? sizeof(struct ng_entry4) : sizeof(struct ng_entry6);
	const struct ng_forest *forest = bench_forest(data, family);
	struct sizes sizes = { 0 };
	__u64 last = 0;
	size_t n;
	__cleanup_free __u64 *nodes = collect(data, forest, &n);

	if (!nodes)
		return sizes;
	qsort(nodes, n, sizeof(*nodes), by_offset);
	for (size_t i = 0; i < n; i++) {
		size_t entries;

		if (nodes[i] == last)
			continue;
		last = nodes[i];
		if (!(last & NG_NODE_LEAF)) {
			sizes.inner++;
			sizes.bytes += 8 * ((last >> NG_NODE_STRIDE_SHIFT) + 1);
			continue;
		}
		sizes.leaves++;
		entries = ng_leaf_entries(data, last);
		sizes.bytes += sizeof(struct ng_leaf) + entries * entry;
		if (entries > sizes.longest)
			sizes.longest = entries;
	}
	return sizes;
}

size_t bench_forest_bytes(const struct ng_image_header *header, int family)
{
	return measure(header, family).bytes;
}

static int walk(const struct bench_filter *filter, const struct bench_trace *trace,
		const struct ng_forest *forest, size_t bytes, struct ng_cost *cost)
{
	__cleanup_free struct ng_visit *list = calloc(trace->n * NG_TREES_MAX, sizeof(*list));
	const struct ng_visit *visits[NG_TREES_MAX];

	if (!list)
		return -ENOMEM;
	for (__u32 tree = 0; tree < forest->trees; tree++) {
		visits[tree] = &list[tree * trace->n];
		for (size_t i = 0; i < trace->n; i++) {
			__u64 key[NG_WORDS];

			bench_read_key(trace->family, &trace->keys[i], key);
			list[tree * trace->n + i] = ng_cost_visit(
				filter->image.data, forest->roots[tree], key, trace->family == 6);
		}
	}
	*cost = ng_cost_of(visits, forest->trees, trace->n, forest->rule_shift, bytes);
	return 0;
}

void bench_walk(const char *name, const struct bench_filter *filter,
		const struct bench_trace *trace)
{
	const struct ng_image_header *header = filter->image.data;
	const struct ng_forest *forest = bench_forest(header, trace->family);
	struct sizes sizes = measure(header, trace->family);
	struct ng_cost cost = { 0 };

	if (walk(filter, trace, forest, sizes.bytes, &cost))
		return;
	printf("%-22s %5u %3u/%-2u %6.2f %6.2f %7.2f %6.1f %8zu %7zu %7zu %7zu %7.1f\n", name,
	       forest->trees, forest->levels, cost.levels, cost.steps, cost.leaves, cost.entries,
	       cost.ns, sizes.bytes >> 10, sizes.inner, sizes.leaves, sizes.longest,
	       filter->compile_ms);
}

void bench_walk_head(void)
{
	printf("%-22s %5s %6s %6s %6s %7s %6s %8s %7s %7s %7s %7s\n", "", "trees", "levels",
	       "steps", "leaves", "entries", "ns", "KiB", "inner", "leaves", "longest", "ms");
}
