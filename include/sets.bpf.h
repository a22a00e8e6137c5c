/* SPDX-License-Identifier: GPL-2.0-only */
/* Which of the sets that the rules name hold the packet's addresses. */
#ifndef NG_SETS_BPF_H
#define NG_SETS_BPF_H

#include "live.bpf.h"
#include "parse.bpf.h"
#include "trie.bpf.h"

/* So many look-ups are done in line; a call of bpf_loop() costs more than most of them. */
#define NG_LOOKUPS_INLINE 2

static __always_inline __u64 ng_static_holds(const struct ng_search *search, __u64 index)
{
	const struct ng_lookup *lookup = ng_lookup_at(search, index);
	const __u64 *address = &search->packet->key[NG_WORD_SADDR_HI];

	if (lookup->daddr)
		address += NG_WORD_DADDR_HI - NG_WORD_SADDR_HI;
	if (search->packet->class == NG_CLASS_IPV4)
		return ng_trie_holds4(search->image, &lookup->ipv4, address[1]);
	return ng_trie_holds6(search->image, &lookup->ipv6, address[0], address[1]);
}

/* Does the @index-th set of the image hold the packet's address? Its bit in the key says so. */
static __always_inline void ng_look_up_one(const struct ng_search *search, __u64 index)
{
	search->packet->key[NG_WORD_SETS] |= ng_static_holds(search, index) << (index & 63);
}

static long ng_look_up(__u64 index, struct ng_search *search)
{
	ng_look_up_one(search, index + NG_LOOKUPS_INLINE);
	return 0;
}

/**
 * ng_look_up_sets() - each set once: bit i of the key's NG_WORD_SETS is the i-th look-up's
 * @search: room for it
 */
static __always_inline void ng_look_up_sets(const void *image, struct ng_packet *packet,
					    struct ng_search *search)
{
	const struct ng_image_header *header = image;
	__u64 count = header->lookups.count;

	*search = (struct ng_search){ .image = image, .packet = packet };
#pragma clang loop unroll(disable)
	for (__u64 i = 0; i < NG_LOOKUPS_INLINE; i++) {
		if (i >= count)
			break;
		ng_look_up_one(search, i);
	}
	if (count > NG_LOOKUPS_INLINE)
		bpf_loop(count - NG_LOOKUPS_INLINE, ng_look_up, search, 0);
	ng_look_up_live(search);
}

#endif
