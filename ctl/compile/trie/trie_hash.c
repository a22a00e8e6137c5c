// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each prefix of a table begins with one of its keys, which are the first bits, of the same number,
 * of addresses. Keys are distributed over groups by their hash. Each group has a number, its shift,
 * which together with the hash selects the line of a key's items: the smallest number with which
 * all items of the group fit. A group that does not fit with any, by chance or because its keys
 * were chosen by an attacker, is left to what follows the table.
 */
#include "compile/trie/trie_hash.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

/*
 * With fewer items a trie is faster. For hosts that ends soon, since branches of its walk are
 * guessed wrong; for networks, whose prefixes are narrow items and at most two nodes deep, when it
 * does not fit into caches.
 */
#define HOSTS_MIN    64
#define NETWORKS_MIN 200000
/* A table is worth a lookup if it takes one of so many items, ... */
#define TABLE_SHARE 8
/* ... and all of them are if they leave no more than one of so many to the trie. */
#define REST_SHARE 8

#define CROWD	   2 /* items of a table that may have the same key */
#define GROUP	   8 /* keys in a group, on average */
#define GROUP_MAX  32
#define SHIFTS	   256
#define LINE_USUAL 3 /* items in a line, on average */
/*
 * If more than one group of so many does not fit, an attacker chose the keys: going on would take
 * seconds.
 */
#define FAILED_SHARE 16

/**
 * struct table - a table that is being built
 * @len:    number of bits of a key
 * @top:    the first bit of all its items
 * @picked: indices of the items that it may take, @n of them; @hashes: hashes of their keys
 * @order:  indices of @picked, by group; @groups: the end of each group in it
 * @lines:  the line of each of @picked; NO_LINE: none
 * @fill:   number of items in each line
 * @words:  the words of groups
 */
struct table {
	unsigned int len;
	__u64 top;
	__u32 n, n_groups, n_lines;
	__u32 *picked, *order, *groups, *lines;
	__u64 *hashes;
	__u8 *fill;
	__u64 *words;
};
#define NO_LINE 0xffffffffU

static void clear(struct table *t)
{
	free(t->picked);
	free(t->order);
	free(t->groups);
	free(t->lines);
	free(t->hashes);
	free(t->fill);
	free(t->words);
}

/* ---- which items ----------------------------------------------------------------------- */

/*
 * The number of bits up to which more than CROWD items begin like the @i-th: keys must be longer.
 */
static unsigned int crowded(const struct ng_trie_item *items, size_t n, size_t i)
{
	unsigned int most = 0;

	for (size_t first = i < CROWD ? 0 : i - CROWD; first <= i && first + CROWD < n; first++) {
		unsigned int shared = ng_trie_shared(&items[first], &items[first + CROWD]);

		if (shared > most)
			most = shared;
	}
	return most;
}

static int suits(const struct ng_trie_item *items, size_t n, size_t i, const struct table *t)
{
	return items[i].len >= t->len && items[i].hi >> 63 == t->top &&
	       crowded(items, n, i) < t->len;
}

/*
 * Choose the length of keys that suits most items, the longest one if there are several. Return:
 * how many.
 */
static size_t choose_length(const struct ng_trie_item *items, size_t n, struct table *t)
{
	long begins[130] = { 0 }, suited = 0, most = 0;

	t->top = items[n / 2].hi >> 63;
	for (size_t i = 0; i < n; i++) {
		unsigned int above = crowded(items, n, i);

		if (items[i].hi >> 63 != t->top || above >= items[i].len)
			continue;
		begins[above + 1]++;
		begins[items[i].len + 1]--;
	}
	for (unsigned int len = 1; len <= 128; len++) {
		suited += begins[len];
		if (suited >= most) {
			most = suited;
			t->len = len;
		}
	}
	return most;
}

static int allocate(struct table *t, size_t n)
{
	t->n_groups = n / GROUP + 1;
	t->n_lines = n / LINE_USUAL + 1;
	t->picked = calloc(n, sizeof(*t->picked));
	t->order = calloc(n, sizeof(*t->order));
	t->lines = calloc(n, sizeof(*t->lines));
	t->hashes = calloc(n, sizeof(*t->hashes));
	t->groups = calloc(t->n_groups + 1, sizeof(*t->groups));
	t->words = calloc(t->n_groups, sizeof(*t->words));
	t->fill = calloc(t->n_lines, 1);
	return t->picked && t->order && t->lines && t->hashes && t->groups && t->words && t->fill
		       ? 0
		       : -ENOMEM;
}

static __u64 upper_bits(unsigned int n)
{
	return !n ? 0 : n >= 64 ? ~0ULL : ~0ULL << (64 - n);
}

static struct ng_trie_hash describe(const struct table *t)
{
	return (struct ng_trie_hash){
		.mask = { upper_bits(t->len), upper_bits(t->len > 64 ? t->len - 64 : 0) },
		.top = t->top << 63,
		.n_groups = t->n_groups,
		.n_lines = t->n_lines,
	};
}

static void pick(const struct ng_trie_item *items, size_t n, struct table *t)
{
	struct ng_trie_hash description = describe(t);

	for (size_t i = 0; i < n; i++) {
		if (!suits(items, n, i, t))
			continue;
		t->hashes[t->n] = ng_trie_hash(items[i].hi & description.mask[0],
					       items[i].lo & description.mask[1]);
		t->picked[t->n++] = i;
	}
}

/* ---- placing them ----------------------------------------------------------------------- */

static void sort_by_group(struct table *t)
{
	__u32 at = 0;

	for (__u32 i = 0; i < t->n; i++)
		t->groups[ng_trie_group(t->hashes[i], t->n_groups) + 1]++;
	for (__u32 group = 0; group < t->n_groups; group++) {
		at += t->groups[group];
		t->groups[group] = at;
	}
	/* Afterwards groups[] are the ends, no longer the beginnings. */
	for (__u32 i = 0; i < t->n; i++)
		t->order[t->groups[ng_trie_group(t->hashes[i], t->n_groups)]++] = i;
}

/* Put a group's items into their lines with this shift, if all fit. Return: did they? */
static int place_group(struct table *t, const __u32 *members, __u32 n, unsigned int shift)
{
	__u32 placed = 0;

	for (; placed < n; placed++) {
		__u32 line = ng_trie_line(t->hashes[members[placed]], shift, t->n_lines);

		if (t->fill[line] == NG_TRIE_LINE)
			break;
		t->fill[line]++;
		t->lines[members[placed]] = line;
	}
	if (placed == n)
		return 1;
	while (placed--)
		t->fill[t->lines[members[placed]]]--;
	return 0;
}

/* Find a shift for the group. Return: is there one? */
static int place(struct table *t, __u32 group, __u32 n)
{
	const __u32 *members = t->order + t->groups[group] - n;

	for (unsigned int shift = 0; shift < SHIFTS; shift++)
		if (place_group(t, members, n, shift)) {
			t->words[group] = shift;
			for (__u32 i = 0; i < n; i++)
				t->words[group] |= ng_trie_filtered(t->hashes[members[i]]);
			return 1;
		}
	for (__u32 i = 0; i < n; i++)
		t->lines[members[i]] = NO_LINE;
	return 0;
}

/* Large groups first, while there is room. */
static void place_all(struct table *t)
{
	__u32 failed = 0;

	for (__u32 i = 0; i < t->n; i++)
		t->lines[i] = NO_LINE;
	for (__u32 size = GROUP_MAX; size; size--)
		for (__u32 group = 0; group < t->n_groups; group++) {
			__u32 begin = group ? t->groups[group - 1] : 0;

			if (t->groups[group] - begin == size && !place(t, group, size) &&
			    ++failed > t->n_groups / FAILED_SHARE)
				return;
		}
}

/* ---- bytes ----------------------------------------------------------------------------- */

/* The bits after the first, a one, zeros. */
static void put_item(const struct ng_trie_item *item, __u64 *words)
{
	unsigned int mark = 128 - item->len;

	words[0] = item->hi << 1 | item->lo >> 63 | (mark < 64 ? 0 : 1ULL << (mark - 64));
	words[1] = item->lo << 1 | (mark < 64 ? 1ULL << mark : 0);
}

/* Free places in lines get any item of the set, so that they match nothing else. */
static void put_lines(const struct table *t, const struct ng_trie_item *items, __u64 *words)
{
	__u8 *fill = t->fill;

	memset(fill, 0, t->n_lines);
	for (__u32 i = 0; i < t->n; i++) {
		__u32 line = t->lines[i];

		if (line != NO_LINE)
			put_item(&items[t->picked[i]], words + 8ULL * line + 2 * fill[line]++);
	}
	for (__u32 line = 0; line < t->n_lines; line++)
		for (; fill[line] < NG_TRIE_LINE; fill[line]++)
			put_item(&items[t->picked[0]], words + 8ULL * line + 2 * fill[line]);
}

static int are_single(const struct table *t, const struct ng_trie_item *items)
{
	for (__u32 i = 0; i < t->n; i++)
		if (items[t->picked[i]].len != 128)
			return 0;
	return 1;
}

/* The descriptor, the groups and the lines; each begins at a cache line. */
static int write_table(struct ng_buffer *body, const struct table *t,
		       const struct ng_trie_item *items, size_t *at)
{
	size_t groups_size = (t->n_groups + 7ULL) / 8 * 64;
	size_t size = sizeof(struct ng_trie_hash) + groups_size + t->n_lines * 64ULL;
	struct ng_trie_hash *hash;

	*at = body->size;
	hash = ng_buffer_space(body, size);
	if (!hash)
		return -ENOMEM;
	*hash = describe(t);
	hash->groups = (*at + sizeof(*hash)) / 8;
	hash->lines = hash->groups + groups_size / 8;
	hash->single = are_single(t, items);
	memcpy(hash + 1, t->words, t->n_groups * sizeof(*t->words));
	put_lines(t, items, (__u64 *)((char *)(hash + 1) + groups_size));
	return 0;
}

static size_t take_out(const struct table *t, struct ng_trie_item *items, size_t n)
{
	__u32 next = 0;
	size_t left = 0;

	for (size_t i = 0; i < n; i++) {
		int taken = next < t->n && t->picked[next] == i && t->lines[next++] != NO_LINE;

		if (!taken)
			items[left++] = items[i];
	}
	return left;
}

/* ---- all tables ------------------------------------------------------------------------ */

static size_t items_min(const struct ng_trie_item *items, size_t n)
{
	size_t hosts = 0;

	for (size_t i = 0; i < n; i++)
		hosts += items[i].len > 64;
	return hosts > n / 2 ? HOSTS_MIN : NETWORKS_MIN;
}

static int write_next(struct ng_buffer *body, struct ng_trie_item *items, size_t *n,
		      struct table *t, size_t suited, size_t *at)
{
	int result = allocate(t, suited);

	if (result)
		return result;
	pick(items, *n, t);
	sort_by_group(t);
	place_all(t);
	result = write_table(body, t, items, at);
	if (!result)
		*n = take_out(t, items, *n);
	return result;
}

int ng_trie_hashes_write(struct ng_buffer *body, struct ng_trie_item *items, size_t *n,
			 struct ng_trie_hashes *hashes)
{
	struct ng_trie_hashes made = { 0 };
	size_t all = *n, before = body->size;

	if (all < items_min(items, all)) {
		*hashes = made;
		return 0;
	}
	while (*n && made.n < NG_TRIE_HASHES) {
		struct table t = { 0 };
		size_t suited = choose_length(items, *n, &t);
		int result;

		/*
		 * The first table takes most items: if it takes too few, too many would be left in
		 * the end.
		 */
		if (suited < all / TABLE_SHARE || (!made.n && suited < all / 4))
			break;
		result = write_next(body, items, n, &t, suited, &made.at[made.n++]);
		clear(&t);
		if (result)
			return result;
	}
	if (made.n && *n > all / REST_SHARE) {
		body->size = before;
		return -E2BIG;
	}
	*hashes = made;
	return 0;
}
