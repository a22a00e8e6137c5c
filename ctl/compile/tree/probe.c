// SPDX-License-Identifier: GPL-2.0-only
#include "compile/tree/probe.h"
#include "layout/image.h"
#include "layout/key.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

__u64 ng_probe_draw(__u64 *seed)
{
	*seed = *seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return *seed >> 32;
}

/* Is it one of the fields of NG_WORD_BITS with few values, not a number? */
static bool says_kind(const struct ng_cut_field *field)
{
	return field->word == NG_WORD_BITS && field->shift < 32;
}

/* Does the rule match only invalid frames? */
static bool asks_invalid(const struct ng_items *items, size_t rule)
{
	const __u32 *hi = items->columns[NG_CUT_PRESENCE][1];

	return hi && !((__u64)hi[rule] << ng_cut_fields[NG_CUT_PRESENCE].shift & NG_BIT_VALID);
}

void ng_probe_key(const struct ng_items *items, size_t rule, size_t kind, bool anywhere,
		  __u64 *seed, __u64 *key)
{
	memset(key, 0, NG_WORDS * sizeof(*key));
	for (size_t i = 0; i < items->n_used; i++) {
		enum ng_cut cut = items->used[i];
		const struct ng_cut_field *field = &ng_cut_fields[cut];
		const __u32 *lo = items->columns[cut][0], *hi = items->columns[cut][1];
		size_t of = rule;
		__u64 value = ng_probe_draw(seed), low, high;

		if (says_kind(field) && (anywhere || (!lo[rule] && hi[rule] == ng_cut_max(cut))))
			of = kind;
		low = lo[of];
		high = hi[of];
		if (anywhere && !says_kind(field)) {
			low = 0;
			high = ng_cut_max(cut);
		}
		value = field->ternary ? low ^ (value & (low ^ high))
				       : low + value % (high - low + 1);
		key[field->word] |= value << field->shift;
	}
	if (!asks_invalid(items, rule)) /* as most frames are */
		key[NG_WORD_BITS] |= NG_BIT_VALID;
}

void ng_probe_keys(const struct ng_items *items, struct ng_probe_keys *keys)
{
	__u64 seed = 1;

	for (size_t i = 0; i < NG_PROBE_KEYS; i++) {
		size_t rule = ng_probe_draw(&seed) % items->n;
		size_t kind = ng_probe_draw(&seed) % items->n;
		bool anywhere = ng_probe_draw(&seed) % NG_PROBE_ANYWHERE == 0;

		ng_probe_key(items, rule, kind, anywhere, &seed, keys->key[i]);
	}
}

/**
 * struct walk - a walk with all keys at once
 * @before, @change: for part_rules(): by child of the current node, how many children before it
 *                   have keys, and how many rules more it has than the one before
 * @failed: 0 or -errno
 */
struct walk {
	const struct ng_tree_build *build;
	const struct ng_probe_keys *keys;
	struct ng_probe *probe;
	size_t nodes_max;
	struct ng_stride_scratch *scratch;
	__u8 before[(1 << NG_NODE_STRIDE_BITS) + 1];
	__s32 change[(1 << NG_NODE_STRIDE_BITS) + 1];
	int failed;
};

/**
 * struct part - a child that keys reach
 * @keys: indices into @walk->keys, @n_keys of them
 * @ids:  its rules, @n of them
 */
struct part {
	__u32 child;
	__u8 *keys;
	size_t n_keys;
	__u32 *ids;
	size_t n, room;
};

static void stop_at_leaf(struct walk *walk, const __u32 *ids, const struct ng_tree_node *node,
			 const __u8 *keys, size_t n_keys)
{
	const struct ng_tree_build *build = walk->build;
	const struct ng_items *items = build->items;

	for (size_t k = 0; k < n_keys; k++) {
		const __u64 *key = walk->keys->key[keys[k]];
		struct ng_visit *visit = &walk->probe->visits[keys[k]];

		*visit = (struct ng_visit){ .steps = node->depth, .rank = NG_LEAF_RANK };
		if (node->n)
			visit->rank = ng_items_rule(items, ids[0]) >> build->rule_shift;
		while (visit->entries < node->n && !visit->rule) {
			__u32 id = ids[visit->entries++];

			if (ng_cost_matches(build->body->data,
					    items->entries + id * ng_items_entry_size(items), key,
					    items->ipv6))
				visit->rule = ng_items_rule(items, id);
		}
	}
}

static __u32 child_of(const struct ng_stride *w, const __u64 *key)
{
	const struct ng_cut_field *field = &ng_cut_fields[w->cut];

	return key[field->word] >> (field->shift + w->shift) & ((1U << w->bits) - 1);
}

/* Sort @keys by child. Return: the number of parts. */
static size_t part_keys(const struct walk *walk, const struct ng_stride *w, __u8 *keys,
			size_t n_keys, struct part *parts)
{
	__u32 children[NG_PROBE_KEYS];
	size_t n = 0;

	for (size_t i = 0; i < n_keys; i++) {
		__u32 child = child_of(w, walk->keys->key[keys[i]]);
		__u8 key = keys[i];
		size_t j = i;

		for (; j && children[j - 1] > child; j--) {
			children[j] = children[j - 1];
			keys[j] = keys[j - 1];
		}
		children[j] = child;
		keys[j] = key;
	}
	for (size_t i = 0; i < n_keys; i++) {
		if (!i || children[i] != children[i - 1])
			parts[n++] = (struct part){ .child = children[i], .keys = keys + i };
		parts[n - 1].n_keys++;
	}
	return n;
}

static int add_rule(struct part *part, __u32 id)
{
	if (part->n == part->room) {
		size_t room = part->room ? 2 * part->room : 16;
		__u32 *ids = realloc(part->ids, room * sizeof(*ids));

		if (!ids)
			return -1;
		part->ids = ids;
		part->room = room;
	}
	part->ids[part->n++] = id;
	return 0;
}

/* Add a rule to @parts[from] to @parts[to - 1]. */
static void add_to_parts(struct walk *walk, struct part *parts, size_t from, size_t to, __u32 id)
{
	for (size_t p = from; p < to; p++)
		if (add_rule(&parts[p], id))
			walk->failed = -ENOMEM;
}

/*
 * Give each part its rules. Return: the number of entries in all children, with or without keys;
 * children with only the rules that all have are counted once.
 */
static size_t part_rules(struct walk *walk, const struct ng_stride_view *v, const __u32 *ids,
			 size_t n, struct part *parts, size_t n_parts)
{
	__u32 *const *column = walk->build->items->columns[v->stride.cut];
	__u32 children = 1U << v->stride.bits, here = 0;
	__u8 *before = walk->before;
	size_t whole = 0, entries = 0;
	struct ng_stride_span span;

	memset(walk->change, 0, (children + 1) * sizeof(walk->change[0]));
	for (size_t p = 0, child = 0; child <= children; child++) {
		before[child] = p;
		p += p < n_parts && parts[p].child == child;
	}
	for (size_t i = 0; i < n; i++) {
		__u32 from, left;

		ng_stride_begin(&span, v, column[0][ids[i]], column[1][ids[i]]);
		if (span.left == children) {
			whole++;
			add_to_parts(walk, parts, 0, n_parts, ids[i]);
			continue;
		}
		if (v->ternary) {
			for (; span.left; ng_stride_next(&span, v)) {
				walk->change[span.child]++;
				walk->change[span.child + 1]--;
				add_to_parts(walk, parts, before[span.child],
					     before[span.child + 1], ids[i]);
			}
			continue;
		}
		/* From this child to the end, then the rest from the first on. */
		for (from = span.child, left = span.left; left; from = 0) {
			__u32 to = left < children - from ? from + left : children;

			walk->change[from]++;
			walk->change[to]--;
			add_to_parts(walk, parts, before[from], before[to], ids[i]);
			left -= to - from;
		}
	}
	for (__u32 child = 0; child < children; child++) {
		here += walk->change[child];
		entries += here ? here + whole : 0;
	}
	return entries + whole;
}

/* Return: the approximate size of the node and all below it. */
static double probe_node(struct walk *walk, const __u32 *ids, struct ng_tree_node *node, __u8 *keys,
			 size_t n_keys)
{
	size_t n_parts, entries, array;
	struct part parts[NG_PROBE_KEYS];
	struct ng_stride_view view;
	struct ng_stride w;
	double per_entry = 0;

	if (++walk->probe->nodes > walk->nodes_max) {
		walk->failed = -E2BIG;
		return 0;
	}
	if (!ng_tree_cut(walk->build, walk->scratch, ids, node, &w)) {
		stop_at_leaf(walk, ids, node, keys, n_keys);
		return sizeof(struct ng_leaf) + node->n * ng_items_entry_size(walk->build->items);
	}
	view = ng_stride_view(&w, &node->region);
	array = sizeof(__u64) << w.bits;
	n_parts = part_keys(walk, &w, keys, n_keys, parts);
	entries = part_rules(walk, &view, ids, node->n, parts, n_parts);
	for (size_t i = 0; i < n_parts; i++) {
		struct ng_tree_node child = { node->region, parts[i].n, 0, node->depth + 1 };

		ng_region_enter(&child.region, &w, parts[i].child);
		if (node->bytes > array)
			child.bytes = (double)(node->bytes - array) * child.n / (entries + 1);
		/* As many keys come to a child as have their rules there: an average by rules. */
		if (!walk->failed)
			per_entry += parts[i].n_keys *
				     probe_node(walk, parts[i].ids, &child, parts[i].keys,
						parts[i].n_keys) /
				     (parts[i].n ? parts[i].n : 1) / n_keys;
		free(parts[i].ids);
	}
	return array + per_entry * entries;
}

int ng_probe_tree(const struct ng_tree_build *build, const __u32 *ids, size_t n, size_t bytes,
		  const struct ng_probe_keys *keys, size_t nodes_max, struct ng_probe *probe)
{
	struct walk walk = { .build = build,
			     .keys = keys,
			     .probe = probe,
			     .nodes_max = nodes_max,
			     .scratch = ng_stride_scratch_new(n) };
	struct ng_tree_node whole = { .n = n, .bytes = bytes };
	__u8 list[NG_PROBE_KEYS];

	if (!walk.scratch)
		return -ENOMEM;
	for (size_t i = 0; i < NG_PROBE_KEYS; i++)
		list[i] = i;
	probe->nodes = 0;
	probe->bytes = probe_node(&walk, ids, &whole, list, NG_PROBE_KEYS);
	free(walk.scratch);
	return walk.failed;
}
