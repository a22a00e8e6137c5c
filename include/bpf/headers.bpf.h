/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reading headers: one function for each, named after it. Fields that can be read go into struct
 * ng_packet; the first error is the frame's reason to be invalid.
 */
#ifndef NG_HEADERS_BPF_H
#define NG_HEADERS_BPF_H

#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <bpf/bpf_endian.h>

#include "bpf/cursor.bpf.h"
#include "layout/counters.h"
#include "layout/key.h"

#define NG_VLAN_DEPTH_MAX  2
#define NG_EXT_DEPTH_MAX   8
#define NG_ICMPV6	   58 /* RFC 4443 section 1 */
#define NG_IPPROTO_UDPLITE 136
#define NG_IPPROTO_DCCP	   33

#define NG_IP_DF     0x4000 /* RFC 791 section 3.1: do not fragment */
#define NG_IP_MF     0x2000 /* RFC 791 section 3.1: more fragments */
#define NG_IP_OFFSET 0x1fff

/**
 * struct ng_packet - the fields that were read of a frame
 * @key:     see enum ng_word
 * @class:   enum ng_class; NG_CLASS_OTHER with NG_VALID: not an IP packet
 * @reason:  enum ng_reason
 * @length:  bytes of the IP packet
 * @headers: bytes from the Ethernet header to the end of the last header read
 * @zero:    always 0, see ng_widen()
 *
 * It is in a map, see verifier.bpf.h.
 */
struct ng_packet {
	__u64 key[NG_WORDS];
	__u32 class;
	__u32 reason;
	__u32 length;
	__u32 headers;
	__u64 zero;
};

/* Copies of headers outside the linear part. */
union ng_copy {
	struct ethhdr ether;
	__be16 tag[2];
	struct iphdr ipv4;
	struct ipv6hdr ipv6;
	__u8 ext[8];
	__u8 l4[14];
};

/* Numbers in network order; alignment is not needed on machines that BPF supports. */
#define ng_number16(at) ((__u64)bpf_ntohs(*(const __be16 *)(at)))
#define ng_number32(at) ((__u64)bpf_ntohl(*(const __be32 *)(at)))
#define ng_number64(at) ((__u64)bpf_be64_to_cpu(*(const __be64 *)(at)))

/* struct ethhdr is packed: its members would be read byte by byte. */
static __always_inline void ng_take_ether(struct ng_packet *p, const void *ether)
{
	p->key[NG_WORD_ETHER_TO] = ng_number64(ether) >> 16;
	p->key[NG_WORD_ETHER_FROM] = ng_number64(ether + 6) >> 16;
}

static __always_inline int ng_is_vlan(__be16 type)
{
	return type == bpf_htons(ETH_P_8021Q) || type == bpf_htons(ETH_P_8021AD) ||
	       type == bpf_htons(ETH_P_QINQ1);
}

/* The first id that is not 0 counts: id 0 is only a priority (IEEE 802.1Q section 9.6). */
static __always_inline void ng_take_tag(struct ng_packet *p, __u16 tci)
{
	__u64 id = tci & 0xfff;

	if (!id || p->key[NG_WORD_BITS] & NG_BIT_TAGGED)
		return;
	p->key[NG_WORD_BITS] |= NG_BIT_HAS_VLAN | NG_BIT_TAGGED;
	p->key[NG_WORD_MISC] |= id << NG_MISC_VLAN_SHIFT;
}

/* IEEE 802.3 section 3.1 and 802.1Q section 9. Return: enum ng_reason; *@type for NG_VALID. */
static __always_inline __u32 ng_parse_ethernet(struct ng_cursor *c, struct ng_packet *p,
					       union ng_copy *copy, __be16 *type)
{
	const struct ethhdr *ether;
	__u32 depth = 0;

	*type = 0;
	ng_widen(c->zero, c->offset);
	ether = ng_at(c, c->offset, copy, sizeof(*ether));
	if (!ether)
		return NG_VALID;
	p->key[NG_WORD_BITS] |= NG_BIT_HAS_ETHER;
	ng_take_ether(p, ether);
	*type = *(const __be16 *)((const void *)ether + 12);
	c->offset += sizeof(*ether);
	p->headers = c->offset;
	if (c->tag_proto) {
		ng_take_tag(p, c->tag_tci);
		depth++;
	}
	for (; depth < NG_VLAN_DEPTH_MAX && ng_is_vlan(*type); depth++) {
		const __be16 *tag = ng_at(c, c->offset, copy, 4);

		if (!tag)
			return NG_VLAN_TRUNCATED;
		ng_take_tag(p, bpf_ntohs(tag[0]));
		*type = tag[1];
		c->offset += 4;
		p->headers = c->offset;
	}
	ng_widen(c->zero, c->offset);
	if (ng_is_vlan(*type))
		return NG_VLAN_DEPTH;
	p->key[NG_WORD_BITS] |= NG_BIT_HAS_VLAN;
	if (bpf_ntohs(*type) >= ETH_P_802_3_MIN) {
		p->key[NG_WORD_BITS] |= NG_BIT_HAS_ETHERTYPE;
		p->key[NG_WORD_MISC] |= (__u64)bpf_ntohs(*type) << NG_MISC_ETHERTYPE_SHIFT;
	}
	return NG_VALID;
}

/* Fields of both families' headers. @length: as in the header, even if that is 0. */
static __always_inline void ng_take_ip(struct ng_packet *p, __u64 length, __u8 traffic_class,
				       __u8 ttl)
{
	p->key[NG_WORD_MISC] |= (__u64)(traffic_class >> 2) << NG_MISC_DSCP_SHIFT;
	p->key[NG_WORD_MISC] |= (__u64)ttl << NG_MISC_TTL_SHIFT;
	p->length = length;
}

static __always_inline void ng_take_proto(struct ng_packet *p, __u8 proto)
{
	p->key[NG_WORD_BITS] |= NG_BIT_HAS_PROTO | (__u64)proto << NG_BIT_PROTO_SHIFT;
}

/*
 * An IPv6 packet may have several fragment headers: one for a later fragment takes precedence, and
 * an atomic one (RFC 6946) is ignored.
 * @offset: in units of 8 bytes; @more: the "more fragments" flag
 */
static __always_inline void ng_take_fragment(struct ng_packet *p, __u32 offset, __u32 more)
{
	if (offset) {
		p->key[NG_WORD_BITS] &= ~NG_BIT_FRAGMENT_FIRST;
		p->key[NG_WORD_BITS] |= NG_BIT_HAS_FRAGMENT | NG_BIT_FRAGMENT_LATER;
	} else if (more) {
		p->key[NG_WORD_BITS] |= NG_BIT_HAS_FRAGMENT | NG_BIT_FRAGMENT_FIRST;
	}
}

/* To be called after all headers: the packet is not a fragment if none said so. */
static __always_inline void ng_settle_fragment(struct ng_packet *p)
{
	if (!(p->key[NG_WORD_BITS] & NG_BIT_HAS_FRAGMENT))
		p->key[NG_WORD_BITS] |= NG_BIT_HAS_FRAGMENT | NG_BIT_FRAGMENT_NO;
}

/* RFC 791 section 3.1. Leaves the cursor at the L4 header, c->end at the packet's end. */
static __always_inline __u32 ng_parse_ipv4(struct ng_cursor *c, struct ng_packet *p,
					   union ng_copy *copy, __u64 *fragment_offset)
{
	const struct iphdr *ip = ng_at(c, c->offset, copy, sizeof(*ip));
	__u64 l3 = c->offset, header, total, fragment;
	__u32 reason = NG_VALID;

	if (!ip)
		return NG_L3_TRUNCATED;
	if (ip->version != 4)
		return NG_IP_VERSION;
	header = ip->ihl * 4;
	if (header < sizeof(*ip))
		return NG_IP_HEADER_LENGTH;
	total = bpf_ntohs(ip->tot_len);
	if (total && total < header)
		return NG_IP_LENGTH;

	p->class = NG_CLASS_IPV4;
	ng_take_ip(p, total, ip->tos, ip->ttl);
	p->key[NG_WORD_SADDR_LO] = bpf_ntohl(ip->saddr);
	p->key[NG_WORD_DADDR_LO] = bpf_ntohl(ip->daddr);
	ng_take_proto(p, ip->protocol);
	fragment = bpf_ntohs(ip->frag_off);
	if (fragment & NG_IP_DF)
		p->key[NG_WORD_BITS] |= 1ULL << NG_BIT_DF_SHIFT;
	*fragment_offset = fragment & NG_IP_OFFSET;
	ng_take_fragment(p, *fragment_offset, fragment & NG_IP_MF);
	ng_settle_fragment(p);

	if (l3 + total > c->end)
		reason = NG_IP_LENGTH;
	else if (total)
		c->end = l3 + total;
	if (!reason && l3 + header > c->end)
		reason = NG_OPTIONS_TRUNCATED;
	c->offset = l3 + header;
	p->headers = c->offset < c->end ? c->offset : c->end;
	return reason;
}

/* Is it an extension header that can be skipped? RFC 8200 section 4, RFC 4302 section 2. */
static __always_inline int ng_is_ext(__u8 next)
{
	return next == IPPROTO_HOPOPTS || next == IPPROTO_ROUTING || next == IPPROTO_FRAGMENT ||
	       next == IPPROTO_AH || next == IPPROTO_DSTOPTS;
}

/* The chain of extension headers. Leaves the cursor after the last one that could be read. */
static __always_inline __u32 ng_parse_ext(struct ng_cursor *c, struct ng_packet *p,
					  union ng_copy *copy, __u8 next, __u64 *fragment_offset)
{
	for (int i = 0; i < NG_EXT_DEPTH_MAX && ng_is_ext(next); i++) {
		const __u8 *ext = ng_at(c, c->offset, copy, 8);
		__u64 size, field;

		if (!ext)
			return NG_EXT_TRUNCATED;
		if (next == IPPROTO_FRAGMENT)
			size = 8; /* has no length byte, only a reserved one */
		else if (next == IPPROTO_AH)
			size = (ext[1] + 2ULL) * 4;
		else
			size = (ext[1] + 1ULL) * 8;
		if (c->offset + size > c->end)
			return NG_EXT_TRUNCATED;
		c->offset += size;
		p->headers = c->offset;
		if (next == IPPROTO_FRAGMENT) {
			field = (__u64)ext[2] << 8 | ext[3];
			*fragment_offset = field >> 3;
			ng_take_fragment(p, field >> 3, field & 1);
		}
		next = ext[0];
		if (p->key[NG_WORD_BITS] & NG_BIT_FRAGMENT_LATER) {
			ng_take_proto(p, next); /* no header follows */
			return NG_VALID;
		}
		ng_widen(c->zero, c->offset);
		ng_widen(c->zero, *fragment_offset);
	}
	if (ng_is_ext(next))
		return NG_EXT_DEPTH;
	ng_take_proto(p, next);
	ng_settle_fragment(p);
	return NG_VALID;
}

/* RFC 8200 section 3. Leaves the cursor at the L4 header, c->end at the packet's end. */
static __always_inline __u32 ng_parse_ipv6(struct ng_cursor *c, struct ng_packet *p,
					   union ng_copy *copy, __u64 *fragment_offset)
{
	const struct ipv6hdr *ip = ng_at(c, c->offset, copy, sizeof(*ip));
	__u64 l3 = c->offset, payload;
	__u32 reason = NG_VALID, ext;
	const __be32 *from, *to;

	if (!ip)
		return NG_L3_TRUNCATED;
	if (ip->version != 6)
		return NG_IP_VERSION;
	payload = bpf_ntohs(ip->payload_len);
	from = ip->saddr.in6_u.u6_addr32;
	to = ip->daddr.in6_u.u6_addr32;

	p->class = NG_CLASS_IPV6;
	ng_take_ip(p, sizeof(*ip) + payload, ip->priority << 4 | ip->flow_lbl[0] >> 4,
		   ip->hop_limit);
	p->key[NG_WORD_BITS] |= (ng_number32(ip) & 0xfffff) << NG_BIT_FLOW_LABEL_SHIFT;
	p->key[NG_WORD_SADDR_HI] = (__u64)bpf_ntohl(from[0]) << 32 | bpf_ntohl(from[1]);
	p->key[NG_WORD_SADDR_LO] = (__u64)bpf_ntohl(from[2]) << 32 | bpf_ntohl(from[3]);
	p->key[NG_WORD_DADDR_HI] = (__u64)bpf_ntohl(to[0]) << 32 | bpf_ntohl(to[1]);
	p->key[NG_WORD_DADDR_LO] = (__u64)bpf_ntohl(to[2]) << 32 | bpf_ntohl(to[3]);

	c->offset = l3 + sizeof(*ip);
	p->headers = c->offset;
	if (c->offset + payload > c->end)
		reason = NG_IP_LENGTH;
	else if (payload)
		c->end = c->offset + payload;
	ext = ng_parse_ext(c, p, copy, ip->nexthdr, fragment_offset);
	return reason ? reason : ext;
}

static __always_inline int ng_has_ports(__u8 proto)
{
	return proto == IPPROTO_TCP || proto == IPPROTO_UDP || proto == NG_IPPROTO_UDPLITE ||
	       proto == IPPROTO_SCTP || proto == NG_IPPROTO_DCCP;
}

/* Ports (RFC 9293, 768, 3828, 9260, 4340), TCP flags, ICMP type and code (RFC 792, 4443). */
static __always_inline void ng_parse_l4(struct ng_cursor *c, struct ng_packet *p,
					union ng_copy *copy, __u8 proto)
{
	const __u8 *l4;
	__u32 size;

	if (ng_has_ports(proto)) {
		l4 = ng_at(c, c->offset, copy, 4);
		if (!l4)
			return;
		p->key[NG_WORD_BITS] |= NG_BIT_HAS_PORTS;
		p->key[NG_WORD_LANES] |= (__u64)(l4[0] << 8 | l4[1]) << NG_LANE_SPORT_SHIFT |
					 (__u64)(l4[2] << 8 | l4[3]) << NG_LANE_DPORT_SHIFT;
		if (proto == IPPROTO_UDP)
			p->headers += 8;
		if (proto != IPPROTO_TCP)
			return;
		l4 = ng_at(c, c->offset, copy, 14);
		if (!l4)
			return;
		p->key[NG_WORD_BITS] |= NG_BIT_HAS_FLAGS | (__u64)l4[13] << NG_BIT_FLAGS_SHIFT;
		size = l4[12] >> 4 << 2;
		p->headers += size < 20 ? 20 : size;
	} else if ((proto == IPPROTO_ICMP && p->class == NG_CLASS_IPV4) ||
		   (proto == NG_ICMPV6 && p->class == NG_CLASS_IPV6)) {
		l4 = ng_at(c, c->offset, copy, 1);
		if (!l4)
			return;
		p->key[NG_WORD_BITS] |= NG_BIT_HAS_ICMP_TYPE;
		p->key[NG_WORD_MISC] |= (__u64)(l4[0] << 8) << NG_MISC_ICMP_SHIFT;
		l4 = ng_at(c, c->offset, copy, 2);
		if (!l4)
			return;
		p->key[NG_WORD_BITS] |= NG_BIT_HAS_ICMP_CODE;
		p->key[NG_WORD_MISC] |= (__u64)l4[1] << NG_MISC_ICMP_SHIFT;
	}
}

/* RFC 3128, RFC 1858, RFC 7112: fragments that could evade a filter. */
static __always_inline __u32 ng_check_fragment(const struct ng_cursor *c, const struct ng_packet *p,
					       __u8 proto, __u64 fragment_offset)
{
	__u32 least = proto == IPPROTO_TCP ? 20 : proto == IPPROTO_UDP ? 8 : 4;

	if (proto == IPPROTO_TCP && fragment_offset == 1)
		return NG_FRAGMENT_TCP_OFFSET;
	if (p->key[NG_WORD_BITS] & NG_BIT_FRAGMENT_FIRST && c->offset + least > c->end)
		return NG_FRAGMENT_TINY;
	return NG_VALID;
}

static __always_inline __u32 ng_parse_headers(struct ng_cursor *c, struct ng_packet *p,
					      union ng_copy *copy)
{
	__u64 fragment_offset = 0, l3, reason;
	__be16 type;
	__u8 proto;

	reason = ng_parse_ethernet(c, p, copy, &type);
	if (reason)
		return reason;
	l3 = c->offset;
	if (type == bpf_htons(ETH_P_IP))
		reason = ng_parse_ipv4(c, p, copy, &fragment_offset);
	else if (type == bpf_htons(ETH_P_IPV6))
		reason = ng_parse_ipv6(c, p, copy, &fragment_offset);
	else
		return NG_VALID;

	ng_widen(c->zero, c->offset);
	ng_widen(c->zero, c->end);
	ng_widen(c->zero, fragment_offset);
	ng_widen(c->zero, reason);
	if (p->key[NG_WORD_BITS] & NG_BIT_HAS_PROTO) {
		__u32 fragment;

		proto = p->key[NG_WORD_BITS] >> NG_BIT_PROTO_SHIFT;
		if (!(p->key[NG_WORD_BITS] & NG_BIT_FRAGMENT_LATER))
			ng_parse_l4(c, p, copy, proto);
		fragment = ng_check_fragment(c, p, proto, fragment_offset);
		if (!reason)
			reason = fragment;
	}
	if (c->segments > 1)
		p->length = p->headers - l3 + c->segment_size;
	return reason;
}

/**
 * ng_parse_all() - read any frame from its Ethernet header to its L4 header
 * @copy: room for a header
 */
static __always_inline void ng_parse_all(struct ng_cursor *c, struct ng_packet *p,
					 union ng_copy *copy)
{
	for (int i = 0; i < NG_WORDS; i++)
		p->key[i] = 0;
	p->class = NG_CLASS_OTHER;
	p->length = 0;
	p->headers = 0;
	p->reason = ng_parse_headers(c, p, copy);
	if (p->reason == NG_VALID)
		p->key[NG_WORD_BITS] |= NG_BIT_VALID;
	if (p->length > NG_LANE_LENGTH_MAX)
		p->length = NG_LANE_LENGTH_MAX;
	p->key[NG_WORD_LANES] |= (__u64)p->length << NG_LANE_LENGTH_SHIFT;
}

#endif
