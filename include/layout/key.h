/* SPDX-License-Identifier: GPL-2.0-only */
/* The key of a packet: what rules are compared with */
#ifndef NG_LAYOUT_KEY_H
#define NG_LAYOUT_KEY_H

#include <linux/types.h>

/* Frames are split by what can be asked of them; each class has rules of its own. */
enum ng_class { NG_CLASS_IPV4, NG_CLASS_IPV6, NG_CLASS_OTHER, NG_CLASSES };

/*
 * The key of a packet: what rules can ask for, in words of 64 bits. Fields that could not be
 * read are 0.
 */
enum ng_word {
	NG_WORD_BITS,	    /* NG_BIT_* */
	NG_WORD_LANES,	    /* NG_LANE_*: ports and length */
	NG_WORD_MISC,	    /* NG_MISC_*: more numbers */
	NG_WORD_ETHER_FROM, /* 48 bits, the first byte on the wire uppermost */
	NG_WORD_ETHER_TO,
	NG_WORD_IFACE_HI, /* the interface's name, its first byte uppermost */
	NG_WORD_IFACE_LO,
	NG_WORD_SADDR_HI, /* IPv6: upper half; IPv4: 0 */
	NG_WORD_SADDR_LO, /* IPv6: lower half; IPv4: the address */
	NG_WORD_DADDR_HI,
	NG_WORD_DADDR_LO,
	NG_WORD_SETS, /* bit i: the i-th struct ng_lookup holds the address */
	NG_WORDS
};

/*
 * Small fields, and what could be read at all: a condition on a field that could not be read
 * asks for a bit that is not set, and so does not match, negated or not.
 */
#define NG_BIT_PROTO_SHIFT    0 /* 8 bits */
#define NG_BIT_FLAGS_SHIFT    8 /* 8 bits: byte 13 of the TCP header */
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
#define NG_BIT_TAGGED	      (1ULL << 28) /* a VLAN id that is not 0 */
#define NG_BIT_HAS_ETHER      (1ULL << 29)

/*
 * Numbers in lanes, for one comparison of all of them with a range each: with a guard bit set
 * above each lane of the minuend, no subtraction borrows from the next lane and the guard stays
 * set exactly where minuend >= subtrahend.
 */
#define NG_LANE_SPORT_SHIFT  0	/* 16 bits */
#define NG_LANE_DPORT_SHIFT  21 /* 16 bits */
#define NG_LANE_LENGTH_SHIFT 42 /* 20 bits: BIG TCP aggregates fit, nothing is longer */
#define NG_LANE_GUARDS	     ((1ULL << 20) | (1ULL << 41) | (1ULL << 62))
#define NG_LANE_LENGTH_MAX   0xfffffULL
#define NG_LANES_MAX                                                           \
	(0xffffULL << NG_LANE_SPORT_SHIFT | 0xffffULL << NG_LANE_DPORT_SHIFT | \
	 NG_LANE_LENGTH_MAX << NG_LANE_LENGTH_SHIFT)

#define NG_MISC_ICMP_SHIFT	0  /* 16 bits: type << 8 | code */
#define NG_MISC_ETHERTYPE_SHIFT 17 /* 16 bits */
#define NG_MISC_TTL_SHIFT	34 /* 8 bits: TTL or hop limit */
#define NG_MISC_VLAN_SHIFT	43 /* 12 bits: the first id that is not 0 */
#define NG_MISC_DSCP_SHIFT	56 /* 6 bits */
#define NG_MISC_GUARDS		((1ULL << 16) | (1ULL << 33) | (1ULL << 42) | (1ULL << 55) | (1ULL << 62))
#define NG_MISC_MAX                                                               \
	(0xffffULL << NG_MISC_ICMP_SHIFT | 0xffffULL << NG_MISC_ETHERTYPE_SHIFT | \
	 0xffULL << NG_MISC_TTL_SHIFT | 0xfffULL << NG_MISC_VLAN_SHIFT |          \
	 0x3fULL << NG_MISC_DSCP_SHIFT)

#endif
