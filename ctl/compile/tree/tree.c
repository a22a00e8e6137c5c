// SPDX-License-Identifier: GPL-2.0-only
#include "compile/tree/tree.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "layout/image.h"

#define DEPTH_MAX  20
#define CACHE_LINE 64
/*
 * A step must save comparing so many entries. Else a node with a few rules more than a leaf would
 * be cut again and again, each time to separate one of them. IPv4 entries are compared in less time
 * than a step takes, so in large trees a node that can be one leaf must lose a leaf's worth.
 */
#define SAVES(leaf_size) ((leaf_size)*3.0 / 8)
#define SAVES_IPV4	 8.0
#define RULES_LARGE	 2000
#define DEEP		 5 /* from this depth on, rules that are compared without a loop are a leaf */
#define OWN_SHARE	 2 /* a node may always take so many times what a leaf of its rules takes */
_Static_assert(DEPTH_MAX <= NG_LEVELS_MAX, "the programs come to every leaf");

/* Leaves written so far, to share them: a hash table by the rules in them, open addressing. */
struct leaf_table {
	struct {
		__u64 hash;
		__u64 node;
	} * slots;
	size_t n, room;
};

struct builder {
	const struct ng_tree_build *build;
	struct leaf_table leaves;
	struct ng_stride_scratch *scratch;
	size_t end; /* offset; nodes that begin after it become leaves */
	bool failed;
};

static __u64 hash_of(const __u32 *ids, size_t n)
{
	__u64 hash = n + 1;

	for (size_t i = 0; i < n; i++) {
		hash = (hash ^ ids[i]) * 0x9e3779b97f4a7c15ULL;
		hash ^= hash >> 29;
	}
	return hash ? hash : 1;
}

/* The slot of the table for a leaf with these rules. */
static size_t slot_of(const struct builder *b, __u64 hash, const __u32 *ids, size_t n)
{
	const struct ng_items *items = b->build->items;
	size_t size = ng_items_entry_size(items), i = hash & (b->leaves.room - 1);
	const struct ng_leaf *leaf;

	for (; b->leaves.slots[i].hash; i = (i + 1) & (b->leaves.room - 1)) {
		bool same = b->leaves.slots[i].hash == hash;

		if (!same)
			continue;
		leaf = (const void *)(b->build->body->data +
				      (b->leaves.slots[i].node >> NG_NODE_OFFSET_SHIFT));
		same = ng_leaf_entries(b->build->body->data, b->leaves.slots[i].node) == n;
		for (size_t j = 0; same && j < n; j++)
			same = !memcmp((const __u8 *)(leaf + 1) + j * size,
				       items->entries + ids[j] * size, size);
		if (same)
			break;
	}
	return i;
}

static int grow_table(struct leaf_table *table)
{
	struct leaf_table larger = { .n = table->n, .room = table->room ? 2 * table->room : 1024 };

	if (2 * table->n < table->room)
		return 0;
	larger.slots = calloc(larger.room, sizeof(*larger.slots));
	if (!larger.slots)
		return -1;
	for (size_t i = 0; i < table->room; i++) {
		size_t at = table->slots[i].hash & (larger.room - 1);

		if (!table->slots[i].hash)
			continue;
		while (larger.slots[at].hash)
			at = (at + 1) & (larger.room - 1);
		larger.slots[at] = table->slots[i];
	}
	free(table->slots);
	*table = larger;
	return 0;
}

/* The gap after which @size bytes occupy as few cache lines as possible. */
static size_t gap_before(size_t at, size_t size)
{
	size_t begin = at % CACHE_LINE, most = -size % CACHE_LINE;

	return begin <= most ? 0 : CACHE_LINE - begin;
}

__u64 ng_leaf_append(struct ng_buffer *body, size_t n, size_t entry_size)
{
	size_t size = sizeof(struct ng_leaf) + n * entry_size, at;

	if (n >= NG_LEAF_ENTRIES)
		ng_buffer_space(body, sizeof(__u64));
	ng_buffer_space(body, gap_before(body->size, size));
	at = body->size;
	return ng_buffer_space(body, size) ? (__u64)at << NG_NODE_OFFSET_SHIFT | NG_NODE_LEAF : 0;
}

size_t ng_leaf_entries(const void *data, __u64 node)
{
	const __u64 *self =
		(const void *)((const __u8 *)data + (__u32)(node >> NG_NODE_OFFSET_SHIFT));
	size_t n = node >> NG_LEAF_ENTRIES_SHIFT & NG_LEAF_ENTRIES;

	return n < NG_LEAF_ENTRIES ? n : self[-1];
}

__u64 ng_leaf_settle(struct ng_buffer *body, __u64 node, size_t n, bool ipv6,
		     unsigned int rule_shift)
{
	struct ng_leaf *leaf = (void *)(body->data + (__u32)(node >> NG_NODE_OFFSET_SHIFT));
	__u64 rank = n ? ng_entry_rule(leaf + 1, ipv6) >> rule_shift : NG_LEAF_RANK;

	if (n >= NG_LEAF_ENTRIES)
		(&leaf->self)[-1] = n;
	leaf->self = (node & (__u64)UINT32_MAX << NG_NODE_OFFSET_SHIFT) | NG_NODE_LEAF |
		     (n < NG_LEAF_ENTRIES ? n : NG_LEAF_ENTRIES) << NG_LEAF_ENTRIES_SHIFT | rank;
	return leaf->self;
}

static __u64 write_leaf(struct builder *b, const __u32 *ids, size_t n)
{
	const struct ng_items *items = b->build->items;
	size_t size = ng_items_entry_size(items), i;
	__u64 hash = hash_of(ids, n), node;
	__u8 *at;

	if (grow_table(&b->leaves)) {
		b->failed = true;
		return 0;
	}
	i = slot_of(b, hash, ids, n);
	if (b->leaves.slots[i].hash)
		return b->leaves.slots[i].node;
	node = ng_leaf_append(b->build->body, n, size);
	if (!node) {
		b->failed = true;
		return 0;
	}
	at = b->build->body->data + (node >> NG_NODE_OFFSET_SHIFT) + sizeof(struct ng_leaf);
	for (size_t j = 0; j < n; j++)
		memcpy(at + j * size, items->entries + ids[j] * size, size);
	node = ng_leaf_settle(b->build->body, node, n, items->ipv6, b->build->rule_shift);
	b->leaves.slots[i].hash = hash;
	b->leaves.slots[i].node = node;
	b->leaves.n++;
	return node;
}

static __u64 node_word(size_t array, const struct ng_stride *w)
{
	const struct ng_cut_field *field = &ng_cut_fields[w->cut];

	return ((1ULL << w->bits) - 1) << NG_NODE_STRIDE_SHIFT |
	       (__u64)array << NG_NODE_OFFSET_SHIFT | (__u64)field->word << NG_NODE_WORD_SHIFT |
	       (__u64)(field->shift + w->shift) << NG_NODE_SHIFT_SHIFT;
}

/**
 * struct parts - the rules of a node, by child
 * @first: beginning of child i's list in @ids; the last one is the end of all
 * @alike: by child: all its rules contain all that is left of the field that was cut
 * @hash:  by child: hash of its list
 */
struct parts {
	__u32 *ids;
	size_t *first;
	__u8 *alike;
	__u64 *hash;
	__u64 *node;
	size_t children;
};

static void parts_clear(struct parts *parts)
{
	free(parts->ids);
	free(parts->first);
	free(parts->alike);
	free(parts->hash);
	free(parts->node);
}

static int parts_make(struct parts *parts, const struct ng_items *items, const __u32 *ids, size_t n,
		      const struct ng_stride_view *v)
{
	enum ng_cut cut = v->stride.cut;
	const __u32 *lo = items->columns[cut][0], *hi = items->columns[cut][1];
	size_t children = 1ULL << v->stride.bits, total = 0;
	struct ng_stride_span span;

	*parts = (struct parts){ .children = children };
	parts->first = calloc(children + 2, sizeof(*parts->first));
	parts->alike = malloc(children);
	parts->hash = calloc(children, sizeof(*parts->hash));
	parts->node = calloc(children, sizeof(*parts->node));
	if (!parts->first || !parts->alike || !parts->hash || !parts->node)
		return -1;
	memset(parts->alike, 1, children);
	for (size_t i = 0; i < n; i++)
		for (ng_stride_begin(&span, v, lo[ids[i]], hi[ids[i]]); span.left;
		     ng_stride_next(&span, v))
			parts->first[span.child + 2]++;
	for (size_t i = 0; i < children; i++) {
		total += parts->first[i + 2];
		parts->first[i + 2] = total;
	}
	parts->ids = malloc(total * sizeof(*parts->ids) + 1);
	if (!parts->ids)
		return -1;
	for (size_t i = 0; i < n; i++)
		for (ng_stride_begin(&span, v, lo[ids[i]], hi[ids[i]]); span.left;
		     ng_stride_next(&span, v)) {
			size_t c = span.child;

			parts->ids[parts->first[c + 1]++] = ids[i];
			parts->hash[c] = (parts->hash[c] ^ ids[i]) * 0x9e3779b97f4a7c15ULL;
			parts->hash[c] ^= parts->hash[c] >> 29;
			parts->alike[c] &= ng_stride_is_whole(v, c, lo[ids[i]], hi[ids[i]]);
		}
	return 0;
}

static const __u32 *part_of(const struct parts *parts, size_t i, size_t *n)
{
	*n = parts->first[i + 1] - parts->first[i];
	return parts->ids + parts->first[i];
}

/*
 * The node of an earlier child with the same rules, if the rest of the field does not separate
 * them.
 */
static __u64 node_of_twin(const struct parts *parts, size_t i, __u32 *twins)
{
	size_t mask = 2 * parts->children - 1, at = parts->hash[i] & mask, n, m;
	const __u32 *list = part_of(parts, i, &n), *other;

	if (!parts->alike[i])
		return 0;
	for (; twins[at]; at = (at + 1) & mask) {
		size_t twin = twins[at] - 1;

		if (parts->hash[twin] != parts->hash[i])
			continue;
		other = part_of(parts, twin, &m);
		if (m == n && !memcmp(list, other, n * sizeof(*list)))
			return parts->node[twin];
	}
	twins[at] = i + 1;
	return 0;
}

static __u64 build_node(struct builder *b, const __u32 *ids, struct ng_tree_node *node);

static void build_children(struct builder *b, struct parts *parts, const struct ng_stride *w,
			   const struct ng_tree_node *node, size_t bytes)
{
	__cleanup_free __u32 *twins = calloc(2 * parts->children, sizeof(*twins));
	size_t left = parts->first[parts->children], end = b->build->body->size + bytes;

	if (!twins) {
		b->failed = true;
		return;
	}
	for (size_t i = 0; i < parts->children && !b->failed; i++) {
		struct ng_tree_node child = { .depth = node->depth + 1 };
		const __u32 *list = part_of(parts, i, &child.n);
		size_t now = b->build->body->size, n = child.n;

		parts->node[i] = node_of_twin(parts, i, twins);
		if (!parts->node[i]) {
			child.region = node->region;
			ng_region_enter(&child.region, w, i);
			if (end > now)
				child.bytes = (double)(end - now) * n / (left ? left : 1);
			parts->node[i] = build_node(b, list, &child);
		}
		left -= n;
	}
}

static __u64 cut_node(struct builder *b, const __u32 *ids, const struct ng_tree_node *node,
		      const struct ng_stride *w)
{
	size_t array_size = sizeof(__u64) << w->bits, array = b->build->body->size;
	size_t bytes = node->bytes > array_size ? node->bytes - array_size : 0;
	struct ng_stride_view view = ng_stride_view(w, &node->region);
	struct parts parts = {};
	__u64 word = 0;

	if (!ng_buffer_space(b->build->body, array_size) ||
	    parts_make(&parts, b->build->items, ids, node->n, &view)) {
		b->failed = true;
	} else {
		build_children(b, &parts, w, node, bytes);
		memcpy(b->build->body->data + array, parts.node, array_size);
		word = node_word(array, w);
	}
	parts_clear(&parts);
	return word;
}

/* A cut into two: invalid and valid frames. */
static const struct ng_stride by_validity = { .cut = NG_CUT_PRESENCE, .shift = 11, .bits = 1 };
_Static_assert(NG_BIT_VALID == 1ULL << (16 + 11), "by_validity cuts at NG_BIT_VALID");

/*
 * The number of rules that can decide in the region: none after one that covers it. *@valid: the
 * number for valid frames; a `pass` rule covers only those.
 */
static size_t without_covered(const struct ng_tree_build *build, const __u32 *ids, size_t n,
			      const struct ng_region *region, size_t *valid)
{
	struct ng_region of_valid = *region;

	*valid = n;
	if (!build->ends)
		return n;
	if (!(region->mask[NG_CUT_PRESENCE] >> by_validity.shift & 1))
		ng_region_enter(&of_valid, &by_validity, 1);
	for (size_t i = 0; i < n; i++) {
		if (!ng_region_is_covered(&of_valid, build->items, ids[i]))
			continue;
		if (*valid > i + 1)
			*valid = i + 1;
		if (!ng_region_is_covered(region, build->items, ids[i]))
			continue;
		if (build->hides && i + 1 < n)
			build->hides[ng_items_rule(build->items, ids[i])] = 1;
		return i + 1;
	}
	return n;
}

static double saves_of(const struct ng_tree_build *build, size_t n)
{
	if (!build->items->ipv6 && build->items->n > RULES_LARGE && n <= NG_LEAF_STEPS)
		return SAVES_IPV4;
	return SAVES(build->leaf_size);
}

bool ng_tree_cut(const struct ng_tree_build *build, struct ng_stride_scratch *scratch,
		 const __u32 *ids, struct ng_tree_node *node, struct ng_stride *w)
{
	size_t entry = ng_items_entry_size(build->items), valid;

	node->n = without_covered(build, ids, node->n, &node->region, &valid);
	/* A node with a small share may still cut, as long as the tree as a whole may grow. */
	if (node->bytes < OWN_SHARE * node->n * entry)
		node->bytes = OWN_SHARE * node->n * entry;
	if (node->n <= build->leaf_size || node->depth >= DEPTH_MAX)
		return false;
	if (node->depth >= DEEP && node->n <= NG_LEAF_STEPS)
		return false;
	if (valid <= build->leaf_size) {
		*w = by_validity;
		return node->n > NG_LEAF_STEPS;
	}
	return ng_stride_choose(scratch, build->items, ids, node->n, &node->region, node->bytes,
				build->thrift, saves_of(build, node->n), w);
}

static __u64 build_node(struct builder *b, const __u32 *ids, struct ng_tree_node *node)
{
	struct ng_stride w;

	if (b->build->body->size >= b->end)
		node->depth = DEPTH_MAX; /* so it is not cut */
	if (!ng_tree_cut(b->build, b->scratch, ids, node, &w))
		return write_leaf(b, ids, node->n);
	return cut_node(b, ids, node, &w);
}

__u64 ng_tree_build(const struct ng_tree_build *build, const __u32 *ids, size_t n, size_t bytes,
		    size_t limit)
{
	struct builder b = { .build = build,
			     .scratch = ng_stride_scratch_new(n),
			     .end = build->body->size + limit };
	struct ng_tree_node whole = { .n = n, .bytes = bytes };
	__u64 root = 0;

	if (b.scratch)
		root = build_node(&b, ids, &whole);
	free(b.scratch);
	free(b.leaves.slots);
	return b.failed || build->body->failed ? 0 : root;
}

struct ng_tree_walk ng_tree_walk(const void *data, __u64 root, const __u64 *key)
{
	struct ng_tree_walk walk = { .leaf = root };

	while (!(walk.leaf & NG_NODE_LEAF)) {
		__u64 node = walk.leaf, array = (__u32)(node >> NG_NODE_OFFSET_SHIFT);
		__u64 word = key[node >> NG_NODE_WORD_SHIFT & ((1 << NG_NODE_WORD_BITS) - 1)];
		__u64 index =
			word >> (node >> NG_NODE_SHIFT_SHIFT & ((1 << NG_NODE_SHIFT_BITS) - 1)) &
			node >> NG_NODE_STRIDE_SHIFT;

		memcpy(&walk.leaf, (const __u8 *)data + array + 8 * index, sizeof(walk.leaf));
		walk.steps++;
	}
	walk.entries = ng_leaf_entries(data, walk.leaf);
	return walk;
}
