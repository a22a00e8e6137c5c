// SPDX-License-Identifier: GPL-2.0-only
#include "compile/trie/trie.h"

#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "compile/trie/trie_hash.h"
#include "compile/trie/trie_hosts.h"

#define LINE_WORDS 8 /* a cache line */

/*
 * A node's table has about one entry for so many prefixes: larger tables cost memory and so cache
 * misses, smaller ones lead to leaves that are too long.
 */
#define SPREAD4 8
#define SPREAD6 2
/* Bounds the depth of nodes, see NG_TRIE_DEPTH4 and NG_TRIE_DEPTH6. */
#define WIDTH_MIN 4
#define WIDTH_MAX 24

/**
 * struct builder - the words written so far
 * @base:   offset of the first of them in the image, in words
 * @bits:   bits of an address: 32 or 128
 * @narrow: bits of a narrow item, see layout/image.h
 * @counts: words are only counted
 */
struct builder {
	__u64 *words;
	size_t n, capacity;
	size_t base;
	unsigned int bits, narrow;
	int failed;
	int counts;
};

/* ---- the fewest prefixes that hold the same addresses ---------------------------------- */

static struct ng_trie_item item_of(const struct ng_prefix *prefix)
{
	struct ng_trie_item item = { .len = prefix->len };
	__u64 half[2];

	memcpy(half, prefix->addr, sizeof(half));
	item.hi = be64toh(half[0]);
	item.lo = be64toh(half[1]);
	if (prefix->family == 4) {
		item.hi &= 0xffffffff00000000;
		item.lo = 0;
	}
	return item;
}

/* Are these two the halves of a prefix that is one bit shorter? */
static int are_halves(const struct ng_trie_item *a, const struct ng_trie_item *b)
{
	return a->len == b->len && a->len && ng_trie_shared(a, b) == a->len - 1;
}

static size_t reduce(const struct ng_prefix *prefixes, size_t n, unsigned int family,
		     struct ng_trie_item *items)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		struct ng_trie_item item;

		if (prefixes[i].family != family)
			continue;
		item = item_of(&prefixes[i]);
		if (kept && ng_trie_shared(&items[kept - 1], &item) >= items[kept - 1].len)
			continue;
		items[kept++] = item;
		while (kept > 1 && are_halves(&items[kept - 2], &items[kept - 1])) {
			kept--;
			items[kept - 1].len--;
		}
	}
	return kept;
}

/* ---- words ----------------------------------------------------------------------------- */

/*
 * Append @n zero words. Return: their index. After a failed allocation nothing is written any more.
 */
static size_t take_words(struct builder *b, size_t n)
{
	size_t at = b->n, capacity = b->capacity;
	__u64 *words;

	if (b->counts) {
		b->n += n;
		return at;
	}
	while (capacity < at + n)
		capacity *= 2;
	if (capacity != b->capacity) {
		words = b->failed ? NULL : realloc(b->words, capacity * sizeof(*words));
		if (!words) {
			b->failed = 1;
			return 0;
		}
		b->words = words;
		b->capacity = capacity;
	}
	memset(b->words + at, 0, n * sizeof(*b->words));
	b->n += n;
	return at;
}

static __u64 entry_of(const struct builder *b, __u64 kind, size_t word, __u64 a, __u64 b_field,
		      __u64 c)
{
	return kind | c << 48 | b_field << 40 | a << 32 | (__u32)(b->base + word);
}

/* ---- leaves ---------------------------------------------------------------------------- */

static int is_narrow(const struct builder *b, const struct ng_trie_item *item, unsigned int known)
{
	return item->len - known < b->narrow;
}

/* The item's bits after the first @known, a one, zeros; in the highest of 128 bits. */
static unsigned __int128 rest_of(const struct ng_trie_item *item, unsigned int known)
{
	unsigned __int128 rest = (unsigned __int128)item->hi << 64 | item->lo;

	return rest << known | (unsigned __int128)1 << (127 - (item->len - known));
}

/**
 * struct shape - the size of a leaf
 * @narrow, @wide: B and C of its entry
 */
struct shape {
	size_t narrow, wide;
};

static struct shape shape_of(const struct builder *b, const struct ng_trie_item *items, size_t n,
			     unsigned int known)
{
	size_t narrow = 0;

	for (size_t i = 0; i < n; i++)
		narrow += is_narrow(b, &items[i], known);
	if (b->bits == 128)
		return (struct shape){ narrow, n - narrow };
	return (struct shape){ (narrow + 3) / 4, (n - narrow + 1) / 2 };
}

static int leaf_fits(const struct builder *b, const struct ng_trie_item *items, size_t n,
		     unsigned int known)
{
	size_t most = b->bits == 32 ? NG_TRIE_LEAF4 : NG_TRIE_LEAF6;
	struct shape shape;

	if (!known || n > (b->bits == 32 ? 6 : 2) * most)
		return 0;
	shape = shape_of(b, items, n, known);
	return shape.narrow <= most && shape.wide <= most;
}

/* Write item @i of those from word @at on. */
static void put_item(struct builder *b, size_t at, size_t i, int narrow, unsigned __int128 rest)
{
	unsigned int width = narrow ? 16 : 32, lanes = 64 / width;

	if (b->bits == 32) {
		b->words[at + i / lanes] |= (__u64)(rest >> (128 - width)) << i % lanes * width;
	} else if (narrow) {
		b->words[at + i] = rest >> 64;
	} else {
		b->words[at + 2 * i] = rest >> 64;
		b->words[at + 2 * i + 1] = rest;
	}
}

/* Write the items of one width. Return: the number of words they take. */
static size_t put_items(struct builder *b, size_t at, const struct ng_trie_item *items, size_t n,
			unsigned int known, int narrow)
{
	size_t lanes = b->bits == 128 ? 1 : narrow ? 4 : 2, put = 0;
	unsigned __int128 rest = 0;

	for (size_t i = 0; i < n; i++) {
		if (is_narrow(b, &items[i], known) != narrow)
			continue;
		rest = rest_of(&items[i], known);
		put_item(b, at, put++, narrow, rest);
	}
	while (put % lanes)
		put_item(b, at, put++, narrow, rest);
	return b->bits == 128 && !narrow ? 2 * put : put / lanes;
}

static __u64 write_leaf(struct builder *b, const struct ng_trie_item *items, size_t n,
			unsigned int known)
{
	struct shape shape = shape_of(b, items, n, known);
	size_t words = shape.narrow + (b->bits == 128 ? 2 : 1) * shape.wide;
	size_t into_line = (b->base + b->n) % LINE_WORDS, at;

	/* No leaf occupies more cache lines than necessary. */
	if (into_line + words > (words + LINE_WORDS - 1) / LINE_WORDS * LINE_WORDS)
		take_words(b, LINE_WORDS - into_line);
	at = take_words(b, words);
	if (b->failed || b->counts)
		return 0;
	put_items(b, at + put_items(b, at, items, n, known, 1), items, n, known, 0);
	return entry_of(b, NG_TRIE_LEAF, at, known, shape.narrow, shape.wide);
}

/* ---- nodes ----------------------------------------------------------------------------- */

static __u64 write_entry(struct builder *b, const struct ng_trie_item *items, size_t n,
			 unsigned int pos, unsigned int known);

/* The number of bits to examine from @pos on: not across the middle or the end of an address. */
static unsigned int width_for(const struct builder *b, size_t n, unsigned int pos)
{
	unsigned int left = (b->bits == 32 ? 32 : pos < 64 ? 64 : 128) - pos, width = WIDTH_MIN;
	size_t spread = b->bits == 32 ? SPREAD4 : SPREAD6;

	while (width < WIDTH_MAX && (spread << (width + 1)) <= n + n / 2)
		width++;
	return width < left ? width : left;
}

/* The bits of the item in the stride, which is in one half. */
static size_t index_of(const struct ng_trie_item *item, unsigned int pos, unsigned int width)
{
	return (pos < 64 ? item->hi : item->lo) << pos % 64 >> (64 - width);
}

static void fill_table(struct builder *b, size_t table, const struct ng_trie_item *items, size_t n,
		       unsigned int pos, unsigned int width, unsigned int known)
{
	unsigned int end = pos + width;
	size_t next;

	for (size_t i = 0; i < n; i = next) {
		size_t index = index_of(&items[i], pos, width), entries = 1;
		__u64 entry;

		if (items[i].len < end)
			entries = (size_t)1 << (end - items[i].len);
		for (next = i + 1; next < n && index_of(&items[next], pos, width) == index;)
			next++;
		entry = write_entry(b, items + i, next - i, end, known);
		if (b->failed)
			return;
		while (entries-- && !b->counts)
			b->words[table + index++] = entry;
	}
}

/*
 * The entry for disjoint @items that share the first @pos bits. Only the first @known of them were
 * compared on the way here.
 */
static __u64 write_entry(struct builder *b, const struct ng_trie_item *items, size_t n,
			 unsigned int pos, unsigned int known)
{
	unsigned int shared, width;
	size_t table;

	if (n == 1 && items->len <= known)
		return NG_TRIE_IN;
	if (leaf_fits(b, items, n, known))
		return write_leaf(b, items, n, known);
	shared = ng_trie_shared(items, items + n - 1);
	/*
	 * No bit is known if hash tables took all items that begin with the other bit: no leaf yet.
	 */
	if (shared < pos || n == 1 || !known)
		shared = pos;
	width = width_for(b, n, shared);
	if (shared == known)
		known += width;
	table = take_words(b, (size_t)1 << width);
	if (b->failed)
		return 0;
	fill_table(b, table, items, n, shared, width, known);
	return entry_of(b, NG_TRIE_NODE, table, b->bits - shared - width, width, 0);
}

/* Set the bits that all prefixes share. Return: how many, at most 64. */
static unsigned int begin_trie(struct ng_trie *trie, unsigned int bits,
			       const struct ng_trie_item *items, size_t n)
{
	unsigned int shared = n == 1 ? items->len : ng_trie_shared(items, items + n - 1);
	__u64 mask;

	if (shared > 64)
		shared = 64;
	mask = shared ? ~0ULL << (64 - shared) : 0;
	trie->value = bits == 32 ? items->hi >> 32 : items->hi;
	trie->mask = bits == 32 ? mask >> 32 : mask;
	trie->value &= trie->mask;
	return shared;
}

/**
 * struct tables - the hash tables before a trie
 * @hashes: of IPv6
 * @hosts:  there is one of IPv4, at the offset @hosts_at
 */
struct tables {
	struct ng_trie_hashes hashes;
	int hosts;
	size_t hosts_at;
};

/* Chain the tables, followed by the entry @last. Return: the first entry. */
static __u64 chain(struct ng_buffer *body, const struct tables *tables, __u64 last)
{
	if (tables->hosts) {
		struct ng_trie_hosts *hosts = (void *)(body->data + tables->hosts_at);

		hosts->next = last;
		return NG_TRIE_HASH | tables->hosts_at / sizeof(__u64);
	}
	for (size_t i = tables->hashes.n; i--;) {
		struct ng_trie_hash *hash = (void *)(body->data + tables->hashes.at[i]);

		hash->next = last;
		last = NG_TRIE_HASH | tables->hashes.at[i] / sizeof(__u64);
	}
	return last;
}

/* Append the trie of disjoint @items that share the first @shared bits. */
static int write_root(struct ng_buffer *body, const struct ng_trie_item *items, size_t n,
		      unsigned int bits, unsigned int shared, __u64 *root)
{
	struct builder b = { .bits = bits, .narrow = bits / 2, .capacity = 64 };

	b.base = body->size / sizeof(*b.words);
	b.words = malloc(b.capacity * sizeof(*b.words));
	if (!b.words)
		return -ENOMEM;
	*root = n ? write_entry(&b, items, n, shared, shared) : 0;
	if (!b.failed)
		ng_buffer_append(body, b.words, b.n * sizeof(*b.words));
	free(b.words);
	return b.failed ? -ENOMEM : 0;
}

/*
 * Append hash tables for most of the items, if they are faster than a trie alone. Return: 0; -E2BIG
 * when they are not after all, and the items are spoilt; -ENOMEM.
 */
static int write_tables(struct ng_buffer *body, unsigned int family, struct ng_trie_item *items,
			size_t *left, struct tables *tables)
{
	int result;

	if (family == 6)
		return ng_trie_hashes_write(body, items, left, &tables->hashes);
	result = ng_trie_hosts_write(body, items, left, &tables->hosts_at);
	tables->hosts = result == 1;
	return result < 0 ? result : 0;
}

int ng_trie_write(const struct ng_prefix *prefixes, size_t n, unsigned int family,
		  struct ng_buffer *body, struct ng_trie *trie)
{
	static const __u64 padding[LINE_WORDS];
	__cleanup_free struct ng_trie_item *items = malloc((n + 1) * sizeof(*items));
	struct tables tables = { 0 };
	struct ng_trie written = { 0 };
	unsigned int bits = family == 4 ? 32 : 128, shared = 0;
	size_t left;
	__u64 root;
	int result;

	if (!items)
		return -ENOMEM;
	ng_buffer_append(body, padding, -body->size % sizeof(padding));
	left = reduce(prefixes, n, family, items);
	if (left)
		shared = begin_trie(&written, bits, items, left);
	result = write_tables(body, family, items, &left, &tables);
	if (result == -E2BIG) {
		left = reduce(prefixes, n, family, items);
		result = 0;
	}
	if (!result)
		result = write_root(body, items, left, bits, shared, &root);
	if (result)
		return result;
	written.root = chain(body, &tables, root);
	*trie = written;
	return 0;
}

int ng_trie_size(const struct ng_prefix *prefixes, size_t n, unsigned int family, size_t *size)
{
	__cleanup_free struct ng_trie_item *items = malloc((n + 1) * sizeof(*items));
	unsigned int bits = family == 4 ? 32 : 128;
	struct builder b = { .bits = bits, .narrow = bits / 2, .counts = 1 };
	struct ng_trie trie = { 0 };
	size_t left;

	if (!items)
		return -ENOMEM;
	left = reduce(prefixes, n, family, items);
	if (left) {
		unsigned int shared = begin_trie(&trie, bits, items, left);

		write_entry(&b, items, left, shared, shared);
	}
	*size = b.n * sizeof(*b.words);
	return 0;
}
