/* SPDX-License-Identifier: GPL-2.0-only */
/* Hash tables for the prefixes of a large IPv6 set, before its trie (struct ng_trie_hash). */
#ifndef NG_TRIE_HASH_H
#define NG_TRIE_HASH_H

#include "base/buffer.h"
#include "layout/image.h"

/* A prefix: its bits begin at the highest of @hi for both families; zeros after @len. */
struct ng_trie_item {
	__u64 hi, lo;
	unsigned int len;
};

/** ng_trie_shared() - the number of leading bits that two items share, 128 for all */
static inline unsigned int ng_trie_shared(const struct ng_trie_item *a,
					  const struct ng_trie_item *b)
{
	if (a->hi != b->hi)
		return __builtin_clzll(a->hi ^ b->hi);
	return a->lo != b->lo ? 64 + __builtin_clzll(a->lo ^ b->lo) : 128;
}

/**
 * struct ng_trie_hashes - the tables of a set
 * @n:  number of tables; 0: a trie alone is faster
 * @at: their offsets, of struct ng_trie_hash
 */
struct ng_trie_hashes {
	size_t n;
	size_t at[NG_TRIE_HASHES];
};

/**
 * ng_trie_hashes_write() - append hash tables for most of disjoint, sorted IPv6 @items
 * @body:  ends at a multiple of a cache line, also afterwards
 * @items: those in the tables are removed, the others keep their order
 * @n:     their number; set to how many are left
 *
 * ng_trie_hash.next of each table is 0, to be set by the caller.
 * Return: 0; -E2BIG when they would leave too many: then @body is unchanged and @items is not;
 * -ENOMEM.
 */
int ng_trie_hashes_write(struct ng_buffer *body, struct ng_trie_item *items, size_t *n,
			 struct ng_trie_hashes *hashes);

#endif
