// SPDX-License-Identifier: GPL-2.0-only
#include "compile/trie/trie_hosts.h"

#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"

#define HOSTS_MIN 16 /* fewer are mostly one leaf of a trie */
/* A prefix of at most so many addresses is put into the table as addresses. */
#define PREFIX_HOSTS 16
/* No table if it would leave more than one of so many items to the trie. */
#define REST_SHARE 8

/**
 * struct lanes - how a line is divided
 * @bits:  of a lane; @key: of a key
 * @full:  number of lanes in a line
 * @usual: lanes that are used on average: hardly any line is full then
 */
struct lanes {
	unsigned int bits, key, full, usual;
};

static const struct lanes wide = { 32, 30, 16, 8 }, narrow = { 21, 19, 24, 14 };

/**
 * struct table - a table that is being built
 * @fill: number of lanes in use of each line
 */
struct table {
	const struct lanes *lanes;
	struct ng_trie_hosts *head;
	__u64 *words;
	__u8 *fill;
};

static __u64 hosts_of(const struct ng_trie_item *item)
{
	return 1ULL << (32 - item->len);
}

static int suits(const struct ng_trie_item *item)
{
	return hosts_of(item) <= PREFIX_HOSTS;
}

/* Return: how many addresses the table would have; 0: there should be none. */
static size_t count_hosts(const struct ng_trie_item *items, size_t n)
{
	size_t hosts = 0, rest = 0;

	for (size_t i = 0; i < n; i++) {
		if (suits(&items[i]))
			hosts += hosts_of(&items[i]);
		else
			rest++;
	}
	/* Many addresses of few items would take more memory than these in a trie. */
	if (hosts < HOSTS_MIN || hosts > n + n / 8 || rest > n / REST_SHARE)
		return 0;
	return hosts;
}

static __u32 lines_for(const struct lanes *lanes, size_t hosts)
{
	return hosts / lanes->usual + 1;
}

/* Are there enough lines for keys of this size? */
static int keys_differ(const struct lanes *lanes, size_t hosts)
{
	return (__u64)lines_for(lanes, hosts) << lanes->key >= 1ULL << 32;
}

static __u64 repeat(const struct lanes *lanes, __u64 lane)
{
	__u64 word = 0;

	for (unsigned int at = 0; at + lanes->bits <= 64; at += lanes->bits)
		word |= lane << at;
	return word;
}

static struct ng_trie_hosts describe(const struct lanes *lanes, size_t hosts, size_t at)
{
	unsigned int in_word = 64 / lanes->bits;

	return (struct ng_trie_hosts){
		.ones = repeat(lanes, 1),
		.guards = repeat(lanes, 1ULL << (lanes->bits - 1)),
		.vacant = 1ULL << ((in_word - 1) * lanes->bits + lanes->key),
		.lines = (at + sizeof(struct ng_trie_hosts)) / sizeof(__u64),
		.n_lines = lines_for(lanes, hosts),
		.shift = 32 - lanes->key,
	};
}

/* Append the table without addresses. */
static int begin(struct ng_buffer *body, size_t hosts, struct table *t)
{
	size_t at = body->size, n_words;

	t->lanes = keys_differ(&narrow, hosts) ? &narrow : &wide;
	n_words = (size_t)lines_for(t->lanes, hosts) * NG_HOSTS_WORDS;
	t->fill = calloc(lines_for(t->lanes, hosts), 1);
	t->head = ng_buffer_space(body, sizeof(*t->head) + n_words * sizeof(__u64));
	if (!t->fill || !t->head)
		return -ENOMEM;
	*t->head = describe(t->lanes, hosts, at);
	t->words = (__u64 *)(t->head + 1);
	for (size_t i = 0; i < n_words; i++)
		t->words[i] = repeat(t->lanes, 1ULL << t->lanes->key);
	return 0;
}

/* Return: was there room? */
static int put_host(struct table *t, __u32 address)
{
	__u64 product = ng_hosts_product(address, t->head->n_lines);
	__u64 line = product >> 32, key = ng_hosts_key(product, t->head->shift);
	unsigned int in_word = 64 / t->lanes->bits, lane = t->fill[line];
	unsigned int at = lane % in_word * t->lanes->bits;

	if (lane == t->lanes->full)
		return 0;
	t->fill[line]++;
	t->words[line * NG_HOSTS_WORDS + lane / in_word] ^= (key | 1ULL << t->lanes->key) << at;
	return 1;
}

/*
 * A prefix of which an address found no room is left to the trie as a whole; the others of its
 * addresses may be in both.
 */
static int put(struct table *t, const struct ng_trie_item *item)
{
	__u32 address = item->hi >> 32;
	int fits = 1;

	for (__u64 i = 0; i < hosts_of(item); i++)
		fits &= put_host(t, address + i);
	return fits;
}

/* Put all items that suit into the table. Return: how many are left, in their order. */
static size_t put_all(struct table *t, struct ng_trie_item *items, size_t n)
{
	size_t left = 0;

	for (size_t i = 0; i < n; i++) {
		int suited = suits(&items[i]);

		if (suited && put(t, &items[i]))
			continue;
		if (!suited)
			t->head->vacant = 0;
		items[left++] = items[i];
	}
	return left;
}

int ng_trie_hosts_write(struct ng_buffer *body, struct ng_trie_item *items, size_t *n, size_t *at)
{
	size_t hosts = count_hosts(items, *n), before = body->size, left = 0;
	struct table t = { 0 };
	int result;

	if (!hosts)
		return 0;
	result = begin(body, hosts, &t);
	if (!result) {
		left = put_all(&t, items, *n);
		if (left > *n / REST_SHARE)
			result = -E2BIG;
	}
	free(t.fill);
	if (result) {
		body->size = before;
		return result;
	}
	*n = left;
	*at = before;
	return 1;
}
