/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reading a frame: the most common kind in one go, all others header by header (headers.bpf.h),
 * with the same result.
 */
#ifndef NG_PARSE_BPF_H
#define NG_PARSE_BPF_H

#include "bpf/headers.bpf.h"
#include "bpf/maps.bpf.h"

#define NG_PLAIN_L3  14
#define NG_PLAIN_L4  (NG_PLAIN_L3 + 20) /* of IPv4 */
#define NG_PLAIN6_L4 (NG_PLAIN_L3 + 40)
#define NG_PLAIN_TCP 20 /* bytes that must follow: a TCP header without options */

/*
 * The fields of a plain frame of either family, except for addresses. @misc, @bits: fields of the
 * IP header in NG_WORD_MISC and NG_WORD_BITS; @l4: offset of the L4 header; @icmp: the number that
 * ICMP has over this family; @length: of the IP packet
 *
 * Return: as ng_parse_plain().
 */
static __always_inline int ng_take_plain(const struct ng_cursor *c, struct ng_packet *p,
					 __u64 proto, __u64 misc, __u64 bits, const __u32 l4,
					 const __u64 icmp, __u64 length)
{
	__u64 ports = 0, tcp, headers = l4, size;
	const void *at = c->data;

	bits |= NG_BIT_HAS_ETHER | NG_BIT_HAS_VLAN | NG_BIT_HAS_ETHERTYPE | NG_BIT_HAS_FRAGMENT |
		NG_BIT_FRAGMENT_NO | NG_BIT_VALID | NG_BIT_HAS_PROTO | proto << NG_BIT_PROTO_SHIFT;
	if (proto == icmp) {
		misc |= ng_number16(at + l4) << NG_MISC_ICMP_SHIFT; /* type, code */
		bits |= NG_BIT_HAS_ICMP_TYPE | NG_BIT_HAS_ICMP_CODE;
	} else {
		if (proto == IPPROTO_TCP) {
			tcp = ng_number16(at + l4 + 12); /* header length, flags */
			size = tcp >> 12 << 2;
			headers += size < 20 ? 20 : size;
			bits |= NG_BIT_HAS_FLAGS | (tcp & 0xff) << NG_BIT_FLAGS_SHIFT;
		} else if (proto == IPPROTO_UDP) {
			headers += 8;
		} else {
			return 0;
		}
		bits |= NG_BIT_HAS_PORTS;
		ports = ng_number32(at + l4);
	}
	p->key[NG_WORD_LANES] = ports >> 16 << NG_LANE_SPORT_SHIFT |
				(ports & 0xffff) << NG_LANE_DPORT_SHIFT |
				length << NG_LANE_LENGTH_SHIFT;
	p->key[NG_WORD_BITS] = bits;
	p->key[NG_WORD_MISC] = misc;
	ng_take_ether(p, at);
	p->reason = NG_VALID;
	p->length = length;
	p->headers = headers;
	return 1;
}

static __always_inline int ng_parse_plain6(const struct ng_cursor *c, struct ng_packet *p,
					   __u64 start)
{
	const void *at = c->data, *from = at + NG_PLAIN_L3 + 8, *to = from + 16;
	__u64 payload, length, next;

	if (at + NG_PLAIN6_L4 + NG_PLAIN_TCP > c->data_end)
		return 0;
	payload = ng_number16(at + NG_PLAIN_L3 + 4);
	next = ng_number16(at + NG_PLAIN_L3 + 6); /* and hop limit */
	length = payload + NG_PLAIN6_L4 - NG_PLAIN_L3;
	if (payload < NG_PLAIN_TCP || NG_PLAIN_L3 + length > c->end)
		return 0;
	if (!ng_take_plain(c, p, next >> 8,
			   (__u64)ETH_P_IPV6 << NG_MISC_ETHERTYPE_SHIFT |
				   (next & 0xff) << NG_MISC_TTL_SHIFT |
				   (start >> 6 & 0x3f) << NG_MISC_DSCP_SHIFT,
			   (ng_number32(at + NG_PLAIN_L3) & 0xfffff) << NG_BIT_FLOW_LABEL_SHIFT,
			   NG_PLAIN6_L4, NG_ICMPV6, length))
		return 0;
	p->key[NG_WORD_SADDR_HI] = ng_number64(from);
	p->key[NG_WORD_SADDR_LO] = ng_number64(from + 8);
	p->key[NG_WORD_DADDR_HI] = ng_number64(to);
	p->key[NG_WORD_DADDR_LO] = ng_number64(to + 8);
	p->class = NG_CLASS_IPV6;
	return 1;
}

/**
 * ng_parse_plain() - read a plain frame, in few steps
 *
 * Plain is TCP, UDP or ICMP over IP, untagged, complete, and without IP options, extension headers
 * or fragmentation. The result is that of ng_parse_any(). Return: 1; 0: the frame is not plain, and
 * nothing was read.
 */
static __always_inline int ng_parse_plain(const struct ng_cursor *c, struct ng_packet *p)
{
	__u64 start, fragment, length;
	const void *at = c->data;

	if (at + NG_PLAIN_L4 + NG_PLAIN_TCP > c->data_end || c->segments > 1 || c->tag_proto)
		return 0;
	start = ng_number32(at + 12); /* ethertype, version, header length, tos */
	if (start >> 12 == (ETH_P_IPV6 << 4 | 6))
		return ng_parse_plain6(c, p, start);
	length = ng_number16(at + NG_PLAIN_L3 + 2);
	fragment = ng_number32(at + NG_PLAIN_L3 + 6); /* and ttl, protocol */
	if (start >> 8 != (ETH_P_IP << 8 | 0x45) || fragment >> 16 & (NG_IP_MF | NG_IP_OFFSET) ||
	    length < NG_PLAIN_L4 - NG_PLAIN_L3 + NG_PLAIN_TCP || NG_PLAIN_L3 + length > c->end)
		return 0;
	if (!ng_take_plain(c, p, fragment & 0xff,
			   (__u64)ETH_P_IP << NG_MISC_ETHERTYPE_SHIFT |
				   (fragment >> 8 & 0xff) << NG_MISC_TTL_SHIFT |
				   (start >> 2 & 0x3f) << NG_MISC_DSCP_SHIFT,
			   (fragment >> 30 & 1) << NG_BIT_DF_SHIFT, NG_PLAIN_L4, IPPROTO_ICMP,
			   length))
		return 0;
	p->key[NG_WORD_SADDR_HI] = 0;
	p->key[NG_WORD_SADDR_LO] = ng_number32(at + NG_PLAIN_L3 + 12);
	p->key[NG_WORD_DADDR_HI] = 0;
	p->key[NG_WORD_DADDR_LO] = ng_number32(at + NG_PLAIN_L3 + 16);
	p->class = NG_CLASS_IPV4;
	return 1;
}

/**
 * ng_parse_any() - ng_parse_all() from a hook's context
 *
 * A global function, see verifier.bpf.h; that also keeps its code out of the path of plain frames.
 * Return: 0, since global functions must return a number.
 */
__noinline int ng_parse_any(NG_CONTEXT *ctx, struct ng_packet *p, union ng_copy *copy)
{
	struct ng_cursor cursor;

	if (!p || !copy)
		return 0;
	ng_cursor_begin(&cursor, ctx);
	cursor.zero = &p->zero;
	ng_parse_all(&cursor, p, copy);
	return 0;
}

/**
 * ng_parse() - read a frame
 * @c: set up by the hook, offset 0
 * @p: filled
 * @copy: room for a header
 */
static __always_inline void ng_parse(struct ng_cursor *c, struct ng_packet *p, union ng_copy *copy)
{
	if (!ng_parse_plain(c, p))
		ng_parse_any(c->ctx, p, copy);
	p->key[NG_WORD_SETS] = 0;
	p->key[NG_WORD_IFACE_HI] = ng_config.iface[0];
	p->key[NG_WORD_IFACE_LO] = ng_config.iface[1];
	ng_reload();
}

#endif
