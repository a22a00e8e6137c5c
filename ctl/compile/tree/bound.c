// SPDX-License-Identifier: GPL-2.0-only
#include "compile/tree/bound.h"

#include <errno.h>
#include <stdlib.h>

#include "compile/tree/cost.h"
#include "compile/tree/tree.h"

/*
 * A node that several parents lead to is looked at once: what its dearest path costs is kept, by
 * its node word.
 */
struct known {
	__u64 node; /* 0: free */
	double ns;
};

/**
 * struct bound - of one forest
 * @counts: the tree of `count` rules is being looked at
 * @extras: entries may have matches or a time, so leaves have to be read
 * @loops:  some leaf is left to bpf_loop()
 * @step_ns, @leaf_ns: of a step, of a short leaf by the number of its entries
 * @known:  @n_known nodes in a table of @room, a power of two
 */
struct bound {
	const void *data;
	size_t bytes;
	bool ipv6, counts, extras, loops;
	double step_ns, leaf_ns[NG_LEAF_STEPS + 1];
	struct known *known;
	size_t n_known, room;
	bool failed; /* no memory */
};

static double cost_of(const struct bound *bound, const struct ng_met *met)
{
	return ng_cost_of_met(met, bound->bytes);
}

static const void *at(const struct bound *bound, size_t offset)
{
	return (const __u8 *)bound->data + offset;
}

/* ---- nodes that are known ---------------------------------------------------------------- */

static struct known *find(struct known *table, size_t room, __u64 node)
{
	size_t i = (node * 0x9e3779b97f4a7c15ULL >> 20) & (room - 1);

	while (table[i].node && table[i].node != node)
		i = (i + 1) & (room - 1);
	return &table[i];
}

static bool make_room(struct bound *bound)
{
	size_t room = bound->room ? 2 * bound->room : 256;
	struct known *table;

	if (2 * bound->n_known < bound->room)
		return true;
	table = calloc(room, sizeof(*table));
	if (!table)
		return false;
	for (size_t i = 0; i < bound->room; i++)
		if (bound->known[i].node)
			*find(table, room, bound->known[i].node) = bound->known[i];
	free(bound->known);
	bound->known = table;
	bound->room = room;
	return true;
}

static void keep(struct bound *bound, __u64 node, double ns)
{
	if (!make_room(bound)) {
		bound->failed = true;
		return;
	}
	*find(bound->known, bound->room, node) = (struct known){ node, ns };
	bound->n_known++;
}

/* ---- leaves ------------------------------------------------------------------------------ */

/* Counts the matches of all entries. Return: must the leaf be left to bpf_loop() for one? */
static bool add_extras(const struct bound *bound, __u64 node, size_t n, struct ng_met *met)
{
	size_t size = bound->ipv6 ? sizeof(struct ng_entry6) : sizeof(struct ng_entry4);
	const __u8 *entry = at(bound, (node >> NG_NODE_OFFSET_SHIFT) + sizeof(struct ng_leaf));
	bool later = false;

	for (size_t i = 0; i < n; i++, entry += size) {
		__u64 outcome = ng_entry_common(entry, bound->ipv6)->outcome;
		const struct ng_entry_extra *extra = at(bound, outcome & NG_OUTCOME_SLOT);

		if (!(outcome & NG_OUTCOME_EXTRA))
			continue;
		met->matches += extra->matches;
		later |= extra->matches || extra->until;
	}
	return later;
}

/* All entries are compared; of a tree that counts, all match. */
static double cost_of_leaf(struct bound *bound, __u64 node)
{
	size_t n = ng_leaf_entries(bound->data, node);
	struct ng_met met = { 0 };
	bool later;

	if (n <= NG_LEAF_STEPS && !bound->counts && !bound->extras)
		return bound->leaf_ns[n];
	later = bound->counts || n > NG_LEAF_STEPS;
	if (bound->extras)
		later |= add_extras(bound, node, n, &met);
	if (!bound->counts && n) {
		met.leaves = 1;
		met.entries = n < NG_LEAF_STEPS ? n : NG_LEAF_STEPS;
	}
	if (later)
		met.looped = n;
	if (bound->counts)
		met.counts = met.hits = n;
	bound->loops |= later;
	return cost_of(bound, &met);
}

/* ---- trees ------------------------------------------------------------------------------- */

static double dearest(struct bound *bound, __u64 node);

static double dearest_child(struct bound *bound, __u64 node)
{
	size_t children = (node >> NG_NODE_STRIDE_SHIFT) + 1;
	const __u64 *array = at(bound, (__u32)(node >> NG_NODE_OFFSET_SHIFT));
	double most = 0;

	for (size_t i = 0; i < children && !bound->failed; i++) {
		double ns;

		if (i && array[i] == array[i - 1])
			continue;
		ns = dearest(bound, array[i]);
		most = ns > most ? ns : most;
	}
	return most;
}

/* Its depth is that of the tree, NG_LEVELS_MAX at most. */
static double dearest(struct bound *bound, __u64 node)
{
	const struct known *known;
	double ns;

	if (node & NG_NODE_LEAF)
		return cost_of_leaf(bound, node);
	known = bound->room ? find(bound->known, bound->room, node) : NULL;
	if (known && known->node)
		return known->ns;
	ns = bound->step_ns + dearest_child(bound, node);
	keep(bound, node, ns);
	return ns;
}

static bool has_extras(const struct ng_items *items)
{
	size_t size = ng_items_entry_size(items);

	for (size_t i = 0; i < items->n; i++) {
		const void *entry = items->entries + i * size;

		if (ng_entry_common(entry, items->ipv6)->outcome & NG_OUTCOME_EXTRA)
			return true;
	}
	return false;
}

int ng_bound_forest(const struct ng_items *decide, const struct ng_items *count,
		    const struct ng_forest *forest, const void *data, size_t bytes, double *ns)
{
	struct bound bound = { .data = data,
			       .bytes = bytes,
			       .ipv6 = decide->n ? decide->ipv6 : count->ipv6,
			       .extras = has_extras(decide) };
	double sum;

	bound.step_ns = cost_of(&bound, &(struct ng_met){ .steps = 1 });
	for (size_t n = 1; n <= NG_LEAF_STEPS; n++)
		bound.leaf_ns[n] = cost_of(&bound, &(struct ng_met){ .leaves = 1, .entries = n });
	sum = cost_of(&bound, &(struct ng_met){ .trees = forest->trees + !!forest->count });
	for (__u32 i = 0; i < forest->trees; i++)
		sum += dearest(&bound, forest->roots[i]);
	if (forest->count) {
		bound.counts = true;
		bound.extras = has_extras(count);
		sum += dearest(&bound, forest->count);
	}
	if (bound.loops)
		sum += cost_of(&bound, &(struct ng_met){ .loops = 1 });
	free(bound.known);
	if (bound.failed)
		return -ENOMEM;
	*ns = sum;
	return 0;
}
