/* SPDX-License-Identifier: GPL-2.0-only */
/* Looking up the packet's addresses in the sets that rules name. */
#ifndef NG_SETS_BPF_H
#define NG_SETS_BPF_H

#include "bpf/live.bpf.h"
#include "bpf/scratch.bpf.h"
#include "bpf/trie.bpf.h"

/* So many lookups are inline; a call of bpf_loop() costs more than most of them. */
#define NG_LOOKUPS_INLINE 2

/* Set the bit of lookup @index in the key if the set contains the packet's address. */
static __always_inline void ng_look_up_one(struct ng_scan *scan, __u64 index)
{
	const struct ng_lookup *lookup = ng_lookup_at(scan->image, index);
	struct ng_packet *packet = &scan->scratch->packet;
	__u64 *key = packet->key, found;
	const __u64 *address = &key[lookup->daddr ? NG_WORD_DADDR_HI : NG_WORD_SADDR_HI];

	if (packet->class == NG_CLASS_IPV4)
		found = ng_trie_holds4(scan->image, &lookup->ipv4, address[1]);
	else
		found = ng_trie_holds6(scan->image, &lookup->ipv6, address[0], address[1]);
	key[NG_WORD_SETS] |= found << (index & 63);
}

static long ng_look_up(__u64 index, struct ng_scan *scan)
{
	ng_look_up_one(scan, index + NG_LOOKUPS_INLINE);
	return 0;
}

/* Read from memory each time, rather than kept on the stack. */
static __always_inline __u32 ng_tries(const struct ng_scan *scan)
{
	const struct ng_image_header *header = scan->image;

	asm volatile("" : "+r"(header) : : "memory");
	return header->tries;
}

/**
 * ng_look_up_sets() - look up each set once: bit i of the key's NG_WORD_SETS is for lookup i
 * @live: the live table has entries
 */
static __always_inline void ng_look_up_sets(struct ng_scan *scan, __u64 live)
{
	/* Not a loop: clang would merge its last step into one that Linux 6.1 refuses. */
	if (ng_tries(scan))
		ng_look_up_one(scan, 0);
	if (ng_tries(scan) > 1)
		ng_look_up_one(scan, 1);
	if (ng_tries(scan) > NG_LOOKUPS_INLINE)
		bpf_loop(ng_tries(scan) - NG_LOOKUPS_INLINE, ng_look_up, scan, 0);
	if (live)
		ng_look_up_live(scan);
}

#endif
