// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "frame_compare.h"

/**
 * struct part - a number in the key
 * @presence: bit of NG_WORD_BITS; 0: every IP packet has it, and no other frame
 */
struct part {
	const char *name;
	__u64 presence;
	enum ng_word word;
	__u64 mask;
};

static const struct part parts[] = {
	{ "protocol", NG_BIT_HAS_PROTO, NG_WORD_BITS, 0xffULL << NG_BIT_PROTO_SHIFT },
	{ "flags", NG_BIT_HAS_FLAGS, NG_WORD_BITS, 0xffULL << NG_BIT_FLAGS_SHIFT },
	{ "fragment", NG_BIT_HAS_FRAGMENT, NG_WORD_BITS,
	  NG_BIT_FRAGMENT_NO | NG_BIT_FRAGMENT_FIRST | NG_BIT_FRAGMENT_LATER },
	{ "source port", NG_BIT_HAS_PORTS, NG_WORD_LANES, 0xffffULL << NG_LANE_SPORT_SHIFT },
	{ "destination port", NG_BIT_HAS_PORTS, NG_WORD_LANES, 0xffffULL << NG_LANE_DPORT_SHIFT },
	{ "length", 0, NG_WORD_LANES, NG_LANE_LENGTH_MAX << NG_LANE_LENGTH_SHIFT },
	{ "ICMP type", NG_BIT_HAS_ICMP_TYPE, NG_WORD_MISC, 0xff00ULL << NG_MISC_ICMP_SHIFT },
	{ "ICMP code", NG_BIT_HAS_ICMP_CODE, NG_WORD_MISC, 0xffULL << NG_MISC_ICMP_SHIFT },
	{ "ethertype", NG_BIT_HAS_ETHERTYPE, NG_WORD_MISC, 0xffffULL << NG_MISC_ETHERTYPE_SHIFT },
	{ "VLAN", NG_BIT_TAGGED, NG_WORD_MISC, 0xfffULL << NG_MISC_VLAN_SHIFT },
	{ "tagging", NG_BIT_HAS_VLAN, NG_WORD_BITS, NG_BIT_TAGGED },
	{ "TTL", 0, NG_WORD_MISC, 0xffULL << NG_MISC_TTL_SHIFT },
	{ "DSCP", 0, NG_WORD_MISC, 0x3fULL << NG_MISC_DSCP_SHIFT },
	{ "Ethernet source", NG_BIT_HAS_ETHER, NG_WORD_ETHER_FROM, ~0ULL },
	{ "Ethernet destination", NG_BIT_HAS_ETHER, NG_WORD_ETHER_TO, ~0ULL },
	{ "source", 0, NG_WORD_SADDR_HI, ~0ULL },
	{ "source", 0, NG_WORD_SADDR_LO, ~0ULL },
	{ "destination", 0, NG_WORD_DADDR_HI, ~0ULL },
	{ "destination", 0, NG_WORD_DADDR_LO, ~0ULL },
};

/* Bits of a word that a frame alone decides about: a program leaves any length where there is none.
 */
static __u64 own_bits(enum ng_word word, __u32 class, unsigned int segments)
{
	if (word == NG_WORD_SETS || word == NG_WORD_IFACE_HI || word == NG_WORD_IFACE_LO)
		return 0;
	if (word == NG_WORD_LANES && (class == NG_CLASS_OTHER || segments > 1))
		return ~(NG_LANE_LENGTH_MAX << NG_LANE_LENGTH_SHIFT);
	return ~0ULL;
}

static bool has(const struct part *part, const __u64 *key, __u32 class)
{
	return part->presence ? key[NG_WORD_BITS] & part->presence : class != NG_CLASS_OTHER;
}

static const char *part_difference(const struct part *part, const struct ng_frame_fields *fields,
				   const struct ng_trace *whole)
{
	bool is_read = has(part, fields->key, fields->class);

	if (!is_read && (fields->cut || !has(part, whole->key, whole->class)))
		return NULL;
	if (!is_read || !has(part, whole->key, whole->class) ||
	    (fields->key[part->word] ^ whole->key[part->word]) & part->mask)
		return part->name;
	return NULL;
}

const char *frame_difference(const struct ng_frame_fields *fields, const struct ng_trace *whole,
			     unsigned int segments)
{
	const char *different = NULL;

	if (fields->class != whole->class && !(fields->cut && fields->class == NG_CLASS_OTHER))
		return "class";
	if (fields->reason != whole->decision.reason && !(fields->cut && !fields->reason))
		return "reason";
	for (size_t i = 0; !different && i < sizeof(parts) / sizeof(*parts); i++)
		if (segments < 2 || strcmp(parts[i].name, "length") != 0)
			different = part_difference(&parts[i], fields, whole);
	for (enum ng_word word = 0; !different && !fields->cut && word < NG_WORDS; word++)
		if ((fields->key[word] ^ whole->key[word]) & own_bits(word, whole->class, segments))
			different = "some bit";
	return different;
}
