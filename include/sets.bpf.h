/* SPDX-License-Identifier: GPL-2.0-only */
/* Which of the sets that the rules name hold the packet's addresses. */
#ifndef NG_SETS_BPF_H
#define NG_SETS_BPF_H

#include "live.bpf.h"
#include "parse.bpf.h"
#include "trie.bpf.h"

/* So many look-ups are done in line; a call of bpf_loop() costs more than most of them. */
#define NG_LOOKUPS_INLINE 2

static __always_inline const struct ng_lookup *ng_lookup_at(const void *image, __u64 index)
{
	const struct ng_image_header *header = image;

	return ng_image_at(header, header->lookups.offset + index * sizeof(struct ng_lookup));
}

/* The address that a look-up is about: its upper word, then its lower one. */
static __always_inline const __u64 *ng_address_of(const struct ng_lookup *lookup,
						  const struct ng_packet *packet)
{
	return &packet->key[lookup->daddr ? NG_WORD_DADDR_HI : NG_WORD_SADDR_HI];
}

static __always_inline __u64 ng_static_holds(const void *image, const struct ng_packet *packet,
					     __u64 index)
{
	const struct ng_lookup *lookup = ng_lookup_at(image, index);
	const __u64 *address = ng_address_of(lookup, packet);

	if (packet->class == NG_CLASS_IPV4)
		return ng_trie_holds4(image, &lookup->ipv4, address[1]);
	return ng_trie_holds6(image, &lookup->ipv6, address[0], address[1]);
}

static __always_inline __u64 ng_live_finds(const void *image, const struct ng_packet *packet,
					   __u64 index)
{
	const struct ng_lookup *lookup = ng_lookup_at(image, index);
	const __u64 *address = ng_address_of(lookup, packet);

	if (!lookup->live || !ng_live_in_use())
		return 0;
	return ng_live_holds(packet->class, address[0], address[1]);
}

/* Does the @index-th look-up find the packet's address? Its bit in the key says so. */
static __always_inline void ng_look_up_one(const void *image, struct ng_packet *packet, __u64 index)
{
	__u64 found = ng_static_holds(image, packet, index);

	/* What was known so far would be kept on the stack, of which there is not enough. */
	asm volatile("" : "+r"(image), "+r"(index) : : "memory");
	found |= ng_live_finds(image, packet, index);
	packet->key[NG_WORD_SETS] |= found << (index & 63);
}

struct ng_search {
	const void *image;
	struct ng_packet *packet;
};

static long ng_look_up(__u64 index, struct ng_search *search)
{
	ng_look_up_one(search->image, search->packet, index + NG_LOOKUPS_INLINE);
	return 0;
}

/* How many there are; read again each time it is asked, rather than kept on the stack. */
static __always_inline __u32 ng_lookups(const void *image)
{
	const struct ng_image_header *header = image;

	asm volatile("" : "+r"(header) : : "memory");
	return header->lookups.count;
}

/** ng_look_up_sets() - each set once: bit i of the key's NG_WORD_SETS is the i-th look-up's */
static __always_inline void ng_look_up_sets(const void *image, struct ng_packet *packet)
{
	/* Not a loop: clang makes one that Linux 6.1 refuses, with its last step falling into it.
	 */
	if (ng_lookups(image))
		ng_look_up_one(image, packet, 0);
	if (ng_lookups(image) > 1)
		ng_look_up_one(image, packet, 1);
	if (ng_lookups(image) > NG_LOOKUPS_INLINE) {
		struct ng_search search = { image, packet };

		bpf_loop(ng_lookups(image) - NG_LOOKUPS_INLINE, ng_look_up, &search, 0);
	}
}

#endif
