// SPDX-License-Identifier: GPL-2.0-only
#include "compile/tree/tree_edit.h"

#include <string.h>

#include "compile/tree/stride.h"
#include "compile/tree/tree.h"
#include "layout/image.h"

/* ---- node words ------------------------------------------------------------------------ */

static size_t offset_of(__u64 node)
{
	return (__u32)(node >> NG_NODE_OFFSET_SHIFT);
}

static struct ng_leaf *leaf_at(const struct ng_buffer *body, __u64 node)
{
	return (void *)(body->data + offset_of(node));
}

/* The stride of an inner node: the inverse of the builder's node_word(). */
static struct ng_stride stride_of(__u64 node)
{
	unsigned int word = node >> NG_NODE_WORD_SHIFT & ((1 << NG_NODE_WORD_BITS) - 1);
	unsigned int shift = node >> NG_NODE_SHIFT_SHIFT & ((1 << NG_NODE_SHIFT_BITS) - 1);
	struct ng_stride stride = { .bits = __builtin_popcountll(node >> NG_NODE_STRIDE_SHIFT) };

	for (stride.cut = 0; stride.cut < NG_CUTS; stride.cut++) {
		const struct ng_cut_field *field = &ng_cut_fields[stride.cut];

		if (field->word == word && field->shift <= shift &&
		    shift + stride.bits <= field->shift + field->bits)
			break;
	}
	stride.shift = shift - ng_cut_fields[stride.cut].shift;
	return stride;
}

/* The range of a rule in a field; a field without conditions has no column. */
static void range_of(const struct ng_items *items, size_t i, enum ng_cut cut, __u32 *lo, __u32 *hi)
{
	bool has = items->has >> cut & 1;

	*lo = has ? items->columns[cut][0][i] : 0;
	*hi = has ? items->columns[cut][1][i] : ng_cut_max(cut);
}

/* ---- add a rule ------------------------------------------------------------------------ */

#define TWINS 16 /* number of children that are remembered */

/**
 * struct twins - old children of a node and their copies
 *
 * Children that shared a node still share one if the rule covers the whole of the cut field in
 * them.
 */
struct twins {
	__u64 old[TWINS], new[TWINS];
};

struct insertion {
	const struct ng_tree_place *place;
	size_t end;
	bool failed;
};

static __u64 insert(struct insertion *in, __u64 node, const struct ng_region *region);

static __u64 insert_in_leaf(struct insertion *in, __u64 node)
{
	const struct ng_tree_place *place = in->place;
	const struct ng_items *items = place->items;
	size_t size = ng_items_entry_size(items), n = ng_leaf_entries(place->body->data, node),
	       at = 0;
	__u32 rule = ng_items_rule(items, place->i);
	const __u8 *old;
	__u8 *new;
	__u64 word;

	if (n >= place->longest || place->body->size + (n + 2) * size > in->end) {
		in->failed = true;
		return 0;
	}
	old = (const __u8 *)(leaf_at(place->body, node) + 1);
	while (at < n && ng_entry_rule(old + at * size, items->ipv6) <= rule)
		at++;
	word = ng_leaf_append(place->body, n + 1, size);
	if (!word) {
		in->failed = true;
		return 0;
	}
	old = (const __u8 *)(leaf_at(place->body, node) + 1);
	new = (__u8 *)(leaf_at(place->body, word) + 1);
	memcpy(new, old, at * size);
	memcpy(new + at *size, items->entries + place->i * size, size);
	memcpy(new + (at + 1) * size, old + at * size, (n - at) * size);
	return ng_leaf_settle(place->body, word, n + 1, items->ipv6, place->rule_shift);
}

static __u64 insert_in_child(struct insertion *in, const struct ng_stride_view *view, __u32 child,
			     __u64 node, const struct ng_region *region, struct twins *twins)
{
	size_t twin = (node * 0x9e3779b97f4a7c15ULL) >> 60;
	struct ng_region inside = *region;
	__u32 lo, hi;
	bool whole;
	__u64 new;

	range_of(in->place->items, in->place->i, view->stride.cut, &lo, &hi);
	whole = ng_stride_is_whole(view, child, lo, hi);
	if (whole && twins->old[twin] == node)
		return twins->new[twin];
	ng_region_enter(&inside, &view->stride, child);
	new = insert(in, node, &inside);
	if (whole) {
		twins->old[twin] = node;
		twins->new[twin] = new;
	}
	return new;
}

static __u64 insert_in_node(struct insertion *in, __u64 node, const struct ng_region *region)
{
	struct ng_stride stride = stride_of(node);
	struct ng_stride_view view = ng_stride_view(&stride, region);
	struct ng_buffer *body = in->place->body;
	size_t size = sizeof(__u64) << stride.bits, new = body->size;
	struct ng_stride_span span;
	struct twins twins = {};
	__u32 lo, hi;

	if (new + size > in->end || !ng_buffer_space(body, size)) {
		in->failed = true;
		return 0;
	}
	memcpy(body->data + new, body->data + offset_of(node), size);
	range_of(in->place->items, in->place->i, stride.cut, &lo, &hi);
	for (ng_stride_begin(&span, &view, lo, hi); span.left && !in->failed;
	     ng_stride_next(&span, &view)) {
		__u64 *word = (__u64 *)(body->data + new) + span.child;
		__u64 child = insert_in_child(in, &view, span.child, *word, region, &twins);

		((__u64 *)(body->data + new))[span.child] = child;
	}
	return (node & ~((__u64)UINT32_MAX << NG_NODE_OFFSET_SHIFT)) |
	       (__u64) new << NG_NODE_OFFSET_SHIFT;
}

static __u64 insert(struct insertion *in, __u64 node, const struct ng_region *region)
{
	return node & NG_NODE_LEAF ? insert_in_leaf(in, node) : insert_in_node(in, node, region);
}

__u64 ng_tree_insert(const struct ng_tree_place *place, __u64 root)
{
	struct insertion in = { .place = place, .end = place->body->size + place->most };
	struct ng_region whole = {};
	__u64 node = insert(&in, root, &whole);

	return in.failed ? 0 : node;
}

/* ---- rules near a rule ----------------------------------------------------------------- */

static void meet(const struct ng_tree_place *place, __u64 node, const struct ng_region *region,
		 __u8 *met)
{
	const struct ng_buffer *body = place->body;
	struct ng_stride_span span;
	struct ng_stride_view view;
	struct ng_stride stride;
	__u64 last = 0;
	__u32 lo, hi;

	if (node & NG_NODE_LEAF) {
		const struct ng_leaf *leaf = leaf_at(body, node);
		size_t size = ng_items_entry_size(place->items);
		size_t n = ng_leaf_entries(body->data, node);
		const __u8 *own = place->items->entries + place->i * size;
		bool ipv6 = place->items->ipv6;

		for (size_t i = 0; i < n; i++) {
			const __u8 *entry = (const __u8 *)(leaf + 1) + i * size;

			met[ng_entry_rule(entry, ipv6)] |=
				ng_entries_nest(body->data, entry, place->data, own, ipv6);
		}
		return;
	}
	stride = stride_of(node);
	view = ng_stride_view(&stride, region);
	range_of(place->items, place->i, stride.cut, &lo, &hi);
	for (ng_stride_begin(&span, &view, lo, hi); span.left; ng_stride_next(&span, &view)) {
		__u64 child = ((const __u64 *)(body->data + offset_of(node)))[span.child];
		struct ng_region inside = *region;

		if (child == last) /* a shared leaf has the same rules */
			continue;
		last = child & NG_NODE_LEAF ? child : 0;
		ng_region_enter(&inside, &stride, span.child);
		meet(place, child, &inside, met);
	}
}

void ng_tree_meet(const struct ng_tree_place *place, __u64 root, __u8 *met)
{
	struct ng_region whole = {};

	meet(place, root, &whole, met);
}

/* ---- renumber -------------------------------------------------------------------------- */

static bool is_seen(const struct ng_renumbering *r, size_t offset)
{
	__u64 *word = &r->seen[offset / 512], bit = 1ULL << offset / 8 % 64;
	bool seen = *word & bit;

	*word |= bit;
	return seen;
}

static __u64 renumber_leaf(struct ng_renumbering *r, __u64 node, bool ipv6, unsigned int rule_shift)
{
	size_t size = ipv6 ? sizeof(struct ng_entry6) : sizeof(struct ng_entry4), kept = 0;
	size_t n = ng_leaf_entries(r->body->data, node);
	struct ng_leaf *leaf = leaf_at(r->body, node);
	__u8 *entries = (__u8 *)(leaf + 1);

	if (is_seen(r, offset_of(node)))
		return leaf->self;
	for (size_t i = 0; i < n; i++) {
		__u32 rule = ng_entry_rule(entries + i * size, ipv6);

		if (rule == r->gone)
			continue;
		if (kept != i)
			memcpy(entries + kept * size, entries + i * size, size);
		rule = ng_renumbered(r, rule);
		r->beyond |= rule >> rule_shift >= NG_LEAF_RANK - 1;
		ng_entry_set_rule(entries + kept++ * size, ipv6, rule);
	}
	return ng_leaf_settle(r->body, node, kept, ipv6, rule_shift);
}

__u64 ng_tree_renumber(struct ng_renumbering *r, __u64 root, bool ipv6, unsigned int rule_shift)
{
	__u64 *children = (__u64 *)(r->body->data + offset_of(root));
	size_t n = (root >> NG_NODE_STRIDE_SHIFT) + 1;

	if (root & NG_NODE_LEAF)
		return renumber_leaf(r, root, ipv6, rule_shift);
	if (is_seen(r, offset_of(root)))
		return root;
	for (size_t i = 0; i < n; i++)
		children[i] = ng_tree_renumber(r, children[i], ipv6, rule_shift);
	return root;
}
