/* SPDX-License-Identifier: GPL-2.0-only */
/* The key of a packet, which rules are compared with */
#ifndef NG_LAYOUT_KEY_H
#define NG_LAYOUT_KEY_H

#include <linux/types.h>

#include "layout/fields.h"

/* Classes of frames, by the conditions that they can match; each has trees of its own. */
enum ng_class { NG_CLASS_IPV4, NG_CLASS_IPV6, NG_CLASS_OTHER, NG_CLASSES };

/*
 * The key of a packet: the fields of all conditions, in words of 64 bits. Fields that could not be
 * read are 0.
 */
enum ng_word {
	NG_WORD_BITS,	    /* NG_BIT_* */
	NG_WORD_LANES,	    /* NG_LANE_*: ports and length */
	NG_WORD_MISC,	    /* NG_MISC_*: more numbers */
	NG_WORD_ETHER_FROM, /* 48 bits, the first byte on the wire highest */
	NG_WORD_ETHER_TO,
	NG_WORD_IFACE_HI, /* the interface's name, its first byte highest */
	NG_WORD_IFACE_LO,
	NG_WORD_SADDR_HI, /* IPv6: upper half; IPv4: 0 */
	NG_WORD_SADDR_LO, /* IPv6: lower half; IPv4: the address */
	NG_WORD_DADDR_HI,
	NG_WORD_DADDR_LO,
	NG_WORD_SETS, /* bit i: the set of struct ng_lookup i contains the address */
	NG_WORDS
};

/*
 * Which fields could be read: a condition requires the bit of its field, so on a field that could
 * not be read it does not match, negated or not. The other bits of the word are small fields.
 */
#define NG_BIT_HAS_PROTO      (1ULL << 16)
#define NG_BIT_HAS_PORTS      (1ULL << 17)
#define NG_BIT_HAS_FLAGS      (1ULL << 18)
#define NG_BIT_HAS_ICMP_TYPE  (1ULL << 19)
#define NG_BIT_HAS_ICMP_CODE  (1ULL << 20)
#define NG_BIT_HAS_VLAN	      (1ULL << 21) /* how the frame is tagged is known */
#define NG_BIT_HAS_ETHERTYPE  (1ULL << 22)
#define NG_BIT_HAS_FRAGMENT   (1ULL << 23)
#define NG_BIT_FRAGMENT_NO    (1ULL << 24)
#define NG_BIT_FRAGMENT_FIRST (1ULL << 25)
#define NG_BIT_FRAGMENT_LATER (1ULL << 26)
#define NG_BIT_VALID	      (1ULL << 27) /* the frame is not invalid (enum ng_reason) */
#define NG_BIT_TAGGED	      (1ULL << 28) /* a VLAN id that is not 0 */
#define NG_BIT_HAS_ETHER      (1ULL << 29)
#define NG_BIT_STATES	      (0x3fffULL << 16) /* all of these */

/* Positions of fields in their words: NG_BIT_PROTO_SHIFT, NG_LANE_SPORT_SHIFT, … */
#define NG_FIELD_SHIFT(NAME, WORD, SHIFT, ...) NG_##WORD##_##NAME##_SHIFT = SHIFT,
enum { NG_FIELD_TABLE(NG_FIELD_SHIFT) };
#define NG_BIT_ESTABLISHED (1ULL << NG_BIT_ESTABLISHED_SHIFT)
#define NG_MISC_ICMP_SHIFT NG_MISC_ICMP_TYPE_SHIFT

/* The words, by their names in the table. */
#define NG_WORD_OF_NONE	      NG_WORDS
#define NG_WORD_OF_BIT	      NG_WORD_BITS
#define NG_WORD_OF_LANE	      NG_WORD_LANES
#define NG_WORD_OF_MISC	      NG_WORD_MISC
#define NG_WORD_OF_ETHER_FROM NG_WORD_ETHER_FROM
#define NG_WORD_OF_ETHER_TO   NG_WORD_ETHER_TO
#define NG_WORD_OF_SADDR      NG_WORD_SADDR_LO
#define NG_WORD_OF_DADDR      NG_WORD_DADDR_LO

/*
 * Numbers in lanes, so that each can be compared with a range of its own in one operation: with a
 * guard bit set above each lane of the minuend, a subtraction does not borrow from the next lane,
 * and the guard remains set exactly where minuend >= subtrahend. NG_WORD_LANES and NG_WORD_MISC are
 * such words; the former has lanes of equal width.
 */
#define NG_LANE_BITS		    20
#define NG_FIELD_MASK(SHIFT, BITS)  (((1ULL << ((BITS)&63)) - 1) << (SHIFT))
#define NG_FIELD_GUARD(SHIFT, BITS) (1ULL << (((SHIFT) + (BITS)) & 63))
#define NG_FIELD_IN(WORD, IN, BITS) | (NG_WORD_OF_##WORD == NG_WORD_OF_##IN ? (BITS) : 0)

#define NG_LANES_MASK(NAME, WORD, SHIFT, BITS, ...) \
	NG_FIELD_IN(WORD, LANE, NG_FIELD_MASK(SHIFT, BITS))
#define NG_MISC_MASK(NAME, WORD, SHIFT, BITS, ...) \
	NG_FIELD_IN(WORD, MISC, NG_FIELD_MASK(SHIFT, BITS))
#define NG_MISC_GUARD(NAME, WORD, SHIFT, BITS, ...) \
	NG_FIELD_IN(WORD, MISC, NG_FIELD_GUARD(SHIFT, BITS))

#define NG_LANES_MAX   (0ULL NG_FIELD_TABLE(NG_LANES_MASK))
#define NG_MISC_MAX    (0ULL NG_FIELD_TABLE(NG_MISC_MASK))
#define NG_MISC_GUARDS (0ULL NG_FIELD_TABLE(NG_MISC_GUARD))
#define NG_PORT_LANES \
	(NG_FIELD_MASK(NG_LANE_SPORT_SHIFT, 16) | NG_FIELD_MASK(NG_LANE_DPORT_SHIFT, 16))
#define NG_PORT_BORROWS                                      \
	(NG_FIELD_GUARD(NG_LANE_SPORT_SHIFT, NG_LANE_BITS) | \
	 NG_FIELD_GUARD(NG_LANE_DPORT_SHIFT, NG_LANE_BITS))
#define NG_LANE_LENGTH_MAX 0xfffffULL /* enough for BIG TCP aggregates */

#endif
