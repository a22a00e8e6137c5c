/* SPDX-License-Identifier: GPL-2.0-only */
/* The hash table for the single addresses of an IPv4 set: a lookup reads one cache line. */
#ifndef NG_LAYOUT_HOSTS_H
#define NG_LAYOUT_HOSTS_H

#include <linux/types.h>

/**
 * struct ng_trie_hosts - a hash table of IPv4 addresses
 * @ones:   a word with the lowest bit of each lane set
 * @guards: with the highest bit of each lane set
 * @vacant: bits of a line's last word, see below
 * @next:   entry: the rest of the set
 * @lines:  @n_lines cache lines; an offset from the start of the image, in words of 8 bytes
 * @shift:  see ng_hosts_key()
 *
 * An address is permuted (ng_hosts_mix()) and multiplied by the number of lines: the upper half of
 * the product is the index of the line, and the lower half, without its lowest @shift bits, is the
 * key: there are enough lines for all addresses of a line to have different keys.
 *
 *    lane    highest bit   next bit              others
 *    used    0             0                     key
 *    free    0             1                     0
 *
 * Lanes have 32 bits or, three to a word, 21. They are used in order, from the lowest one of the
 * first word on. An address that is not in its line may be in the rest of the set only if
 * the line's last word has no bit of @vacant: that is the free lane's bit of the last lane, since
 * addresses were left to the rest where a line was full; or 0 if the rest has other prefixes.
 */
struct ng_trie_hosts {
	__u64 ones;
	__u64 guards;
	__u64 vacant;
	__u64 next;
	__u32 lines, n_lines;
	__u32 shift;
	__u32 pad;
	__u64 pad2[2];
};
_Static_assert(sizeof(struct ng_trie_hosts) == 64, "ng_trie_hosts is one cache line");

#define NG_HOSTS_WORDS 8 /* of a line */

/** ng_hosts_mix() - a permutation of IPv4 addresses, so that similar ones go to different lines */
static inline __u32 ng_hosts_mix(__u32 address)
{
	address *= 0x9e3779b1U;
	address ^= address >> 15;
	return address * 0x85ebca77U;
}

/** ng_hosts_product() - the upper half is the index of the address's line */
static inline __u64 ng_hosts_product(__u32 address, __u32 n_lines)
{
	return (__u64)ng_hosts_mix(address) * n_lines;
}

/** ng_hosts_key() - what a lane has for an address with this product */
static inline __u64 ng_hosts_key(__u64 product, __u32 shift)
{
	return (__u32)product >> shift;
}

#endif
