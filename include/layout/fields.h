/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The fields of a packet that conditions can be about, one row each. Made from these rows are enum
 * ng_field and struct ng_field_info (ctl/rules/fields.h), the bits of the key (layout/key.h), the
 * compilation of rules to entries (ctl/compile/entry/key.h), and the writing of headers
 * (ng_put_field()). Conditions are printed in the order of the rows.
 *
 * FIELD(NAME, WORD, SHIFT, BITS, HAS, CUT, LAYER, IPV4, IPV6, KEYWORD, KIND, NOUN, MIN, MAX, ...)
 *
 * WORD  of the key: BIT, LANE, MISC, SADDR, DADDR, ETHER_FROM, ETHER_TO (NG_WORD_OF_*); NONE: the
 *       field is not a single number there, and has code of its own to compile it and read it back
 * SHIFT, BITS  position of its number in the word
 * HAS   NG_BIT_* that are set if it could be read, where LAYER does not imply that
 * CUT   how trees cut it: RANGE; TERNARY, by single bits; TWO and FOUR, in so many parts; NONE
 * LAYER what has it: LINK, any frame; IP, IPV4, IPV6; L4, packets of some protocols
 * IPV4, IPV6  its first bit in that header, counted as drawn in RFC 791 and RFC 8200; -1: it is not
 *       a single number there
 * KEYWORD, KIND, NOUN, MIN, MAX, ...  members of struct ng_field_info
 */
#ifndef NG_LAYOUT_FIELDS_H
#define NG_LAYOUT_FIELDS_H

/* clang-format off */
#define NG_FIELD_TABLE(FIELD)									\
	FIELD(FAMILY,	  NONE,	      0,  0, 0, NONE, IP, -1, -1,				\
	      NULL, NONE, "a family", 0, 0)							\
	FIELD(PROTO,	  BIT,	      0,  8, NG_BIT_HAS_PROTO, RANGE, IP, -1, -1,		\
	      "proto", NUMBER, "a protocol", 0, 255,						\
	      .names = ng_protocols, .prints_names = true, .others = "protocol",		\
	      .reason = "icmp is ICMP over IPv4, icmpv6 is ICMPv6 over IPv6")			\
	FIELD(FROM,	  SADDR,      0,  128, 0, FOUR, IP, -1, -1,				\
	      "from", ADDRESS, "an address", 0, 0, .others = "src source saddr",		\
	      .reason = "a packet has addresses of one family")					\
	FIELD(TO,	  DADDR,      0,  128, 0, FOUR, IP, -1, -1,				\
	      "to", ADDRESS, "an address", 0, 0, .others = "dst destination daddr",		\
	      .reason = "a packet has addresses of one family")					\
	FIELD(SPORT,	  LANE,	      0,  16, NG_BIT_HAS_PORTS, RANGE, L4, -1, -1,		\
	      "sport", NUMBER, "a port", 0, 65535, .names = ng_services,			\
	      .reason = NG_FIELD_PORTS)								\
	FIELD(DPORT,	  LANE,	      21, 16, NG_BIT_HAS_PORTS, RANGE, L4, -1, -1,		\
	      "dport", NUMBER, "a port", 0, 65535, .names = ng_services,			\
	      .reason = NG_FIELD_PORTS)								\
	/* Either of these two. */								\
	FIELD(PORT,	  NONE,	      0,  0, 0, NONE, L4, -1, -1,				\
	      "port", NUMBER, "a port", 0, 65535, .names = ng_services,				\
	      .reason = NG_FIELD_PORTS)								\
	/* Byte 13 of the TCP header. */							\
	FIELD(FLAGS,	  BIT,	      8,  8, NG_BIT_HAS_FLAGS, TERNARY, L4, -1, -1,		\
	      "flags", FLAGS, "a TCP flag", 0, 255, .names = ng_tcp_flags,			\
	      .reason = "flags are in tcp, not in later fragments")				\
	/* type << 8 | code */									\
	FIELD(ICMP_TYPE,  MISC,	      0,  16, NG_BIT_HAS_ICMP_TYPE, RANGE, L4, -1, -1,		\
	      "icmp-type", ICMP, "an ICMP type", 0, 0xffff, .others = "type",			\
	      .reason = "types are in icmp and icmpv6, not in later fragments")			\
	/* The first id that is not 0. */							\
	FIELD(VLAN,	  MISC,	      43, 12, NG_BIT_HAS_VLAN | NG_BIT_TAGGED, RANGE,		\
	      LINK, -1, -1,									\
	      "vlan", NUMBER, "a VLAN id", 1, 4095)						\
	/* IPv6: 40 and up to 65535; BIG TCP aggregates have more. */				\
	FIELD(LENGTH,	  LANE,	      42, 20, 0, RANGE, IP, -1, -1,				\
	      "length", NUMBER, "a length", 0, 65575,						\
	      .reason = "the length of IPv4 is 0 or 20 to 65535, of IPv6 40 or more; ports need "	\
			"4 more bytes, flags 14, an IPv6 fragment header 8")			\
	FIELD(TTL,	  MISC,	      34, 8, 0, RANGE, IP, 64, 56,				\
	      "ttl", NUMBER, "a TTL", 0, 255, .others = "hoplimit")				\
	FIELD(DSCP,	  MISC,	      56, 6, 0, RANGE, IP, 8, 4,				\
	      "dscp", NUMBER, "a DSCP", 0, 63, .reads_hex = true,				\
	      .names = ng_dscps, .prints_names = true, .others = "tos")				\
	FIELD(FLOW_LABEL, BIT,	      32, 20, 0, RANGE, IPV6, -1, 12,				\
	      "flow-label", NUMBER, "a flow label", 0, 0xfffff, .hex = 5, .reads_hex = true,	\
	      .others = "flowlabel", .reason = "flow labels are in IPv6 headers")		\
	FIELD(FRAGMENT,	  NONE,	      0,  0, 0, NONE, IP, -1, -1,				\
	      "fragment", NUMBER, "no, first, later or any", 0, 2,				\
	      .names = ng_fragments, .prints_names = true, .others = "frag",			\
	      .reason = "only IPv4 and IPv6 packets are fragmented")				\
	FIELD(DF,	  BIT,	      30, 1, 0, NONE, IPV4, 49, -1,				\
	      "df", BOOL, "the DF flag of IPv4", 0, 1, .names = ng_bools,			\
	      .reason = "only IPv4 headers have the DF flag")					\
	/* Of a packet that is read, not in it: bpf/established.bpf.h. */				\
	FIELD(ESTABLISHED, BIT,	      31, 1, 0, NONE, IP, -1, -1,				\
	      "established", BOOL, "a packet of a known conversation", 0, 1,			\
	      .names = ng_bools, .others = "state ctstate",					\
	      .reason = "established packets are valid, of tcp, udp, icmp or icmpv6, and no "	\
			"later fragments")							\
	FIELD(ETHERTYPE,  MISC,	      17, 16, NG_BIT_HAS_ETHERTYPE, RANGE, LINK, -1, -1,	\
	      "ethertype", NUMBER, "an Ethernet type", 0, 0xffff, .hex = 4, .reads_hex = true,	\
	      .names = ng_ethertypes, .prints_names = true,					\
	      .reason = "IPv4 is Ethernet type 0x0800, IPv6 is 0x86dd")				\
	/* The first byte on the wire highest. */						\
	FIELD(ETHER_FROM, ETHER_FROM, 0,  48, NG_BIT_HAS_ETHER, TWO, LINK, -1, -1,		\
	      "ether-from", ETHER, "a MAC address", 0, 0xffffffffffff)				\
	FIELD(ETHER_TO,	  ETHER_TO,   0,  48, NG_BIT_HAS_ETHER, TWO, LINK, -1, -1,		\
	      "ether-to", ETHER, "a MAC address", 0, 0xffffffffffff)				\
	FIELD(INVALID,	  NONE,	      0,  0, 0, NONE, LINK, -1, -1,				\
	      "invalid", NONE, "a malformed frame", 0, 0,					\
	      .reason = "only frames of IPv4 and IPv6 are read far enough to be invalid")
/* clang-format on */

#define NG_FIELD_PORTS "ports are in tcp, udp, udplite, sctp and dccp, not in later fragments"

#endif
