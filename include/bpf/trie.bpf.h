/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Is an address in a static set? Walking a trie of the image (layout/image.h).
 *
 * The cost of a walk is its cache misses: with a million prefixes, an entry of the first table and
 * a leaf. The items of a leaf are compared together, without branches. Large IPv6 sets have hash
 * tables before the trie, with filters that fit into a cache.
 */
#ifndef NG_TRIE_BPF_H
#define NG_TRIE_BPF_H

#include "bpf/image.bpf.h"
#include "bpf/verifier.bpf.h"

/* 0 for 0, else 1. */
static __always_inline __u64 ng_any(__u64 bits)
{
	bits |= -bits;
	ng_opaque(bits);
	return bits >> 63;
}

/*
 * Words consist of lanes of @lane bits; @ones has the lowest bit of each lane set. This returns the
 * bits of each item that are compared: those above its lowest one.
 */
static __always_inline __u64 ng_compared(__u64 items, __u64 ones)
{
	return ~(items ^ (items - ones));
}

/* Sets the highest bit of the lowest lane that is 0, and perhaps of lanes above it. */
static __always_inline __u64 ng_zero(__u64 word, __u64 ones, int lane)
{
	return ~word & (word - ones) & ones << (lane - 1);
}

/* The @n highest bits of each lane. */
static __always_inline __u64 ng_upper_bits(__u64 n, __u64 ones, int lane)
{
	return ((lane == 64 ? 0 : 1ULL << (lane & 63)) - (1ULL << ((lane - n) & 63))) * ones;
}

/* Does one of the items in the first @n words (at most @most) contain the key of its lane? */
static __always_inline __u64 ng_words_hold(const __u64 *words, __u64 n, __u64 keys, __u64 ones,
					   int lane, const int most)
{
	__u64 found = 0, differ;

	/* The result of word i is in the highest bit but i of each lane. */
#pragma unroll
	for (int i = 0; i < most; i++) {
		differ = (words[i] ^ keys) & ng_compared(words[i], ones);
		found |= ng_zero(differ, ones, lane) >> i;
		ng_opaque(found);
	}
	return ng_any(found & ng_upper_bits(n, ones, lane));
}

/* The same for @n wide items of IPv6: the lowest one of each is in the lower half. */
static __always_inline __u64 ng_pairs_hold(const __u64 *words, __u64 n, __u64 hi, __u64 lo,
					   const int most)
{
	__u64 found = 0, differ;

#pragma unroll
	for (int i = 0; i < most; i++) {
		differ = (words[2 * i] ^ hi) |
			 ((words[2 * i + 1] ^ lo) & ng_compared(words[2 * i + 1], 1));
		found |= ng_zero(differ, 1, 64) >> i;
		ng_opaque(found);
	}
	return ng_any(found & ng_upper_bits(n, 1, 64));
}

static __always_inline const __u64 *ng_words_at(const void *image, __u64 word)
{
	return ng_image_at(image, word * 8);
}

/* Is the address in its line? If not, *@entry becomes the rest of the set if it may be there. */
static __always_inline __u64 ng_hosts_hold(const void *image, const struct ng_trie_hosts *table,
					   __u64 address, __u64 *entry)
{
	__u64 product = ng_hosts_product(address, table->n_lines), ones = table->ones;
	__u64 guards = table->guards, differs = ~0ULL;
	__u64 keys = ng_hosts_key(product, table->shift & 31) * ones | guards;
	const __u64 *words = ng_words_at(image, table->lines + (product >> 32) * NG_HOSTS_WORDS);

	/* Where a lane is 0 but for its guard, the subtraction clears that. */
#pragma unroll
	for (int i = 0; i < NG_HOSTS_WORDS; i++)
		differs &= (words[i] ^ keys) - ones;
	if (~differs & guards)
		return 1;
	*entry = words[NG_HOSTS_WORDS - 1] & table->vacant ? 0 : table->next;
	return 0;
}

/** ng_trie_holds4() - not 0 when the set contains this IPv4 address */
static __always_inline __u64 ng_trie_holds4(const void *image, const struct ng_trie *trie,
					    __u64 address)
{
	__u64 entry = trie->root, index, key, found = 0;
	const __u64 *words;

	if (!entry || (address ^ trie->value) & trie->mask)
		return 0;
	if (entry & NG_TRIE_HASH &&
	    ng_hosts_hold(image, (const void *)ng_words_at(image, NG_TRIE_OFFSET(entry)), address,
			  &entry))
		return 1;
	for (int depth = 0; depth < NG_TRIE_DEPTH4; depth++) {
		if (!(entry & NG_TRIE_NODE))
			break;
		index = address >> (NG_TRIE_A(entry) & 31) &
			((1ULL << (NG_TRIE_B(entry) & 31)) - 1);
		entry = *ng_words_at(image, NG_TRIE_OFFSET(entry) + index);
	}
	if (!(entry & NG_TRIE_LEAF))
		return entry >> 61 & 1;

	key = address << (NG_TRIE_A(entry) & 31) & 0xffffffff;
	words = ng_words_at(image, NG_TRIE_OFFSET(entry));
	if (NG_TRIE_B(entry))
		found = ng_words_hold(words, NG_TRIE_B(entry), (key >> 16) * 0x0001000100010001,
				      0x0001000100010001, 16, NG_TRIE_LEAF4);
	if (NG_TRIE_C(entry)) {
		words = ng_words_at(image, NG_TRIE_OFFSET(entry) + NG_TRIE_B(entry));
		found |= ng_words_hold(words, NG_TRIE_C(entry), key | key << 32, 0x0000000100000001,
				       32, NG_TRIE_LEAF4);
	}
	return found;
}

/* 0 when a wide item of any length contains the address. */
static __always_inline __u64 ng_item_differs(const __u64 *item, __u64 hi, __u64 lo)
{
	__u64 ends_above = 1 - ng_any(item[1]);

	return ((item[0] ^ hi) & ~(item[0] ^ (item[0] - ends_above))) |
	       ((item[1] ^ lo) & ng_compared(item[1], 1));
}

/* Does one of the items in the address's line contain it? */
static __always_inline __u64 ng_hash_holds(const void *image, const struct ng_trie_hash *table,
					   __u64 hi, __u64 lo)
{
	__u64 hash = ng_trie_hash(hi & table->mask[0], lo & table->mask[1]);
	__u64 differs = (hi ^ table->top) >> 63, bits = ng_trie_filtered(hash), found = 0;
	__u64 group = *ng_words_at(image, table->groups + ng_trie_group(hash, table->n_groups));
	const __u64 *items;

	if ((group & bits) != bits)
		return 0;
	items = ng_words_at(image,
			    table->lines +
				    ng_trie_line(hash, group & NG_TRIE_SHIFT, table->n_lines) * 8);
	hi = hi << 1 | lo >> 63;
	lo <<= 1;
	if (table->single) {
		lo |= 1;
#pragma unroll
		for (int i = 0; i < NG_TRIE_LINE; i++)
			found |=
				1 - ng_any(differs | (items[2 * i] ^ hi) | (items[2 * i + 1] ^ lo));
		return found;
	}
#pragma unroll
	for (int i = 0; i < NG_TRIE_LINE; i++)
		found |= 1 - ng_any(differs | ng_item_differs(items + 2 * i, hi, lo));
	return found;
}

/** ng_trie_holds6() - the same for an IPv6 address */
static __always_inline __u64 ng_trie_holds6(const void *image, const struct ng_trie *trie, __u64 hi,
					    __u64 lo)
{
	__u64 entry = trie->root, index, shift, upper, found = 0;
	const struct ng_trie_hash *table;
	const __u64 *words;

	if (!entry || (hi ^ trie->value) & trie->mask)
		return 0;
	for (int i = 0; i < NG_TRIE_HASHES; i++) {
		if (!(entry & NG_TRIE_HASH))
			break;
		table = (const void *)ng_words_at(image, NG_TRIE_OFFSET(entry));
		found |= ng_hash_holds(image, table, hi, lo);
		entry = table->next;
	}
	for (int depth = 0; depth < NG_TRIE_DEPTH6; depth++) {
		if (!(entry & NG_TRIE_NODE))
			break;
		shift = NG_TRIE_A(entry);
		upper = -(shift >> 6 & 1);
		index = ((hi & upper) | (lo & ~upper)) >> (shift & 63) &
			((1ULL << (NG_TRIE_B(entry) & 31)) - 1);
		entry = *ng_words_at(image, NG_TRIE_OFFSET(entry) + index);
	}
	if (!(entry & NG_TRIE_LEAF))
		return found | (entry >> 61 & 1);

	shift = NG_TRIE_A(entry);
	upper = -(shift >> 6 & 1);
	shift &= 63;
	hi = (lo & upper) | (hi & ~upper);
	lo &= ~upper;
	hi = hi << shift | lo >> 1 >> (63 - shift);
	lo <<= shift;
	words = ng_words_at(image, NG_TRIE_OFFSET(entry));
	if (NG_TRIE_B(entry))
		found |= ng_words_hold(words, NG_TRIE_B(entry), hi, 1, 64, NG_TRIE_LEAF6);
	if (NG_TRIE_C(entry)) {
		words = ng_words_at(image, NG_TRIE_OFFSET(entry) + NG_TRIE_B(entry));
		found |= ng_pairs_hold(words, NG_TRIE_C(entry), hi, lo, NG_TRIE_LEAF6);
	}
	return found;
}

#endif
