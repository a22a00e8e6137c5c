/* SPDX-License-Identifier: GPL-2.0-only */
/* Which of the sets that the rules name hold the packet's addresses. */
#ifndef NG_SETS_BPF_H
#define NG_SETS_BPF_H

#include "image.bpf.h"
#include "live.bpf.h"
#include "parse.bpf.h"

static long ng_look_up(__u64 index, struct ng_search *search)
{
	const struct ng_lookup *lookup = ng_lookup_at(search, index);
	const __u64 *key = search->packet->key;
	__u64 hi, lo, found;

	hi = lookup->daddr ? key[NG_WORD_DADDR_HI] : key[NG_WORD_SADDR_HI];
	lo = lookup->daddr ? key[NG_WORD_DADDR_LO] : key[NG_WORD_SADDR_LO];
	found = ng_inside(search->image,
			  search->packet->class == NG_CLASS_IPV4 ? &lookup->ipv4 : &lookup->ipv6,
			  hi, lo, NG_SET_STEPS);
	search->packet->key[NG_WORD_SETS] |= found << (index & 63);
	return 0;
}

/** ng_look_up_sets() - each set once: bit i of the key's NG_WORD_SETS is the i-th look-up's */
static __always_inline void ng_look_up_sets(const void *image, struct ng_packet *packet)
{
	const struct ng_image_header *header = image;
	struct ng_search search = { .image = image, .packet = packet };

	if (header->lookups.count)
		bpf_loop(header->lookups.count, ng_look_up, &search, 0);
	ng_look_up_live(&search);
}

#endif
