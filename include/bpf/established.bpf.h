/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The condition `established`: does a packet belong to a conversation that this host has, or that
 * passes through it? TCP of this host is asked of the kernel's sockets, in this network namespace;
 * everything else is in the flow table, where packets that leave are noted.
 */
#ifndef NG_ESTABLISHED_BPF_H
#define NG_ESTABLISHED_BPF_H

#include "bpf/flows.bpf.h"

#define NG_ECHO_REPLY	 0 /* RFC 792 */
#define NG_ECHO_REQUEST	 8
#define NG_UNREACHABLE	 3
#define NG_TIME_EXCEEDED 11
#define NG_PARAMETER	 12
#define NG_ECHO6_REQUEST 128 /* RFC 4443 section 4 */
#define NG_ECHO6_REPLY	 129
#define NG_ERROR6_LAST	 4 /* sections 3.1 to 3.4: from 1 on */

#define NG_TCP_STATE_LISTEN	 10 /* enum in net/tcp_states.h */
#define NG_TCP_STATE_ESTABLISHED 1

/* The addresses and ports of @search as a packet for this host has them: its @to is the source. */
static __always_inline void ng_socket_tuple(const struct ng_flow_search *search,
					    struct bpf_sock_tuple *tuple)
{
	const struct ng_flow_key *key = &search->key;
	__be16 remote = bpf_htons(key->ports & 0xffff), local = bpf_htons(key->ports >> 16);

	if (key->class == NG_CLASS_IPV4) {
		tuple->ipv4.saddr = bpf_htonl(key->to[1]);
		tuple->ipv4.daddr = bpf_htonl(key->from[1]);
		tuple->ipv4.sport = remote;
		tuple->ipv4.dport = local;
		return;
	}
	for (int i = 0; i < 2; i++) {
		tuple->ipv6.saddr[2 * i] = bpf_htonl(key->to[i] >> 32);
		tuple->ipv6.saddr[2 * i + 1] = bpf_htonl(key->to[i]);
		tuple->ipv6.daddr[2 * i] = bpf_htonl(key->from[i] >> 32);
		tuple->ipv6.daddr[2 * i + 1] = bpf_htonl(key->from[i]);
	}
	tuple->ipv6.sport = remote;
	tuple->ipv6.dport = local;
}

/* A TCP socket for a packet of @search: 0: none, 1: one that listens, 2: for these addresses. */
static __always_inline int ng_tcp_socket(NG_CONTEXT *ctx, struct bpf_sock_tuple *tuple, __u32 size)
{
	struct bpf_sock *socket = bpf_skc_lookup_tcp(ctx, tuple, size, BPF_F_CURRENT_NETNS, 0);
	int found;

	if (!socket)
		return 0;
	found = socket->state == NG_TCP_STATE_LISTEN ? 1 : 2;
	bpf_sk_release(socket);
	return found;
}

/* A UDP socket likewise; one that is connected has no packets of others. */
static __always_inline int ng_udp_socket(NG_CONTEXT *ctx, struct bpf_sock_tuple *tuple, __u32 size)
{
	struct bpf_sock *socket = bpf_sk_lookup_udp(ctx, tuple, size, BPF_F_CURRENT_NETNS, 0);
	int found;

	if (!socket)
		return 0;
	found = socket->state == NG_TCP_STATE_ESTABLISHED ? 2 : 1;
	bpf_sk_release(socket);
	return found;
}

/**
 * ng_socket() - the socket of this network namespace for a packet of @search's conversation
 *
 * In a test run there are none. Return: 0: none; 1: not only for these addresses and ports; 2: for
 * exactly these.
 */
__noinline int ng_socket(NG_CONTEXT *ctx, struct ng_flow_search *search)
{
	struct bpf_sock_tuple tuple = {};

	if (!search || ng_config.trace)
		return 0;
	ng_socket_tuple(search, &tuple);
	if (search->key.class == NG_CLASS_IPV4)
		return search->key.proto == IPPROTO_TCP
			       ? ng_tcp_socket(ctx, &tuple, sizeof(tuple.ipv4))
			       : ng_udp_socket(ctx, &tuple, sizeof(tuple.ipv4));
	return search->key.proto == IPPROTO_TCP ? ng_tcp_socket(ctx, &tuple, sizeof(tuple.ipv6))
						: ng_udp_socket(ctx, &tuple, sizeof(tuple.ipv6));
}

/* Set the key of @search: the conversation in which @p is from here (@out) or an answer. */
static __always_inline void ng_search_packet(struct ng_flow_search *search,
					     const struct ng_packet *p, __u64 ports, const int out)
{
	const int from = out ? NG_WORD_SADDR_HI : NG_WORD_DADDR_HI;
	const int to = out ? NG_WORD_DADDR_HI : NG_WORD_SADDR_HI;

	search->key = (struct ng_flow_key){
		.from = { p->key[from], p->key[from + 1] },
		.to = { p->key[to], p->key[to + 1] },
		.ports = ports,
		.proto = p->key[NG_WORD_BITS] >> NG_BIT_PROTO_SHIFT,
		.class = p->class,
	};
}

static __always_inline __u64 ng_ports_of(const struct ng_packet *p, const int out)
{
	__u64 sport = p->key[NG_WORD_LANES] >> NG_LANE_SPORT_SHIFT & 0xffff;
	__u64 dport = p->key[NG_WORD_LANES] >> NG_LANE_DPORT_SHIFT & 0xffff;

	return out ? sport << 16 | dport : dport << 16 | sport;
}

static __always_inline __u32 ng_flags_of(const struct ng_packet *p)
{
	return p->key[NG_WORD_BITS] >> NG_BIT_FLAGS_SHIFT & 0xff;
}

/* Is the conversation of @search known? @answers, @flags: see ng_flow_is_known() */
static __always_inline int ng_is_known(NG_CONTEXT *ctx, struct ng_flow_search *search,
				       __u32 answers, __u32 flags)
{
	if (search->key.proto == IPPROTO_TCP && ng_socket(ctx, search) == 2)
		return 1;
	if (ng_flow_is_known(search, answers, flags))
		return 1;
	return search->key.proto == IPPROTO_UDP && ng_socket(ctx, search) == 2;
}

/* Identifier of an echo message at @offset, as ports. */
static __always_inline __u64 ng_echo_ports(const __u8 *l4)
{
	__u64 id = (__u64)l4[4] << 8 | l4[5];

	return id << 16 | id;
}

/*
 * The beginning of a packet that an ICMP error quotes: set the key of @search, which has the
 * error's class, but for the ports. Return: offset of its L4 header; 0: it cannot be read, or does
 * not come from where the error goes.
 */
static __always_inline __u32 ng_read_quoted(NG_CONTEXT *ctx, const struct ng_packet *p,
					    struct ng_flow_search *search)
{
	__u32 offset = p->headers + 8, header;

	search->key = (struct ng_flow_key){ .class = p->class };
	if (p->class == NG_CLASS_IPV4) {
		const struct iphdr *ip = &search->copy.ipv4;

		if (ng_load_bytes(ctx, offset, &search->copy, sizeof(*ip)) || ip->version != 4 ||
		    bpf_ntohs(ip->frag_off) & NG_IP_OFFSET)
			return 0;
		header = ip->ihl * 4;
		if (header < sizeof(*ip))
			return 0;
		search->key.proto = ip->protocol;
		search->key.from[1] = bpf_ntohl(ip->saddr);
		search->key.to[1] = bpf_ntohl(ip->daddr);
	} else {
		const struct ipv6hdr *ip = &search->copy.ipv6;

		if (ng_load_bytes(ctx, offset, &search->copy, sizeof(*ip)) || ip->version != 6)
			return 0;
		header = sizeof(*ip);
		search->key.proto = ip->nexthdr;
		search->key.from[0] = ng_number64(ip->saddr.in6_u.u6_addr8);
		search->key.from[1] = ng_number64(ip->saddr.in6_u.u6_addr8 + 8);
		search->key.to[0] = ng_number64(ip->daddr.in6_u.u6_addr8);
		search->key.to[1] = ng_number64(ip->daddr.in6_u.u6_addr8 + 8);
	}
	if (search->key.from[0] != p->key[NG_WORD_DADDR_HI] ||
	    search->key.from[1] != p->key[NG_WORD_DADDR_LO])
		return 0;
	return offset + header;
}

/* Is the ICMP error about a packet of a known conversation? RFC 792, RFC 4443 section 3 */
static __always_inline int ng_quotes_known(NG_CONTEXT *ctx, const struct ng_packet *p,
					   struct ng_flow_search *search)
{
	__u32 offset = ng_read_quoted(ctx, p, search);
	const __u8 *l4 = search->copy.l4;
	__u8 proto = search->key.proto;

	if (!offset || ng_load_bytes(ctx, offset, &search->copy, 8))
		return 0;
	if (proto == IPPROTO_TCP || proto == IPPROTO_UDP)
		search->key.ports = (__u32)l4[0] << 24 | l4[1] << 16 | l4[2] << 8 | l4[3];
	else if (proto == IPPROTO_ICMP && p->class == NG_CLASS_IPV4 && l4[0] == NG_ECHO_REQUEST)
		search->key.ports = ng_echo_ports(l4);
	else if (proto == NG_ICMPV6 && p->class == NG_CLASS_IPV6 && l4[0] == NG_ECHO6_REQUEST)
		search->key.ports = ng_echo_ports(l4);
	else
		return 0;
	return ng_is_known(ctx, search, 0, 0);
}

static __always_inline int ng_is_error(__u64 class, __u8 type)
{
	if (class == NG_CLASS_IPV6)
		return type >= 1 && type <= NG_ERROR6_LAST;
	return type == NG_UNREACHABLE || type == NG_TIME_EXCEEDED || type == NG_PARAMETER;
}

static __always_inline int ng_icmp_is_established(NG_CONTEXT *ctx, const struct ng_packet *p,
						  struct ng_flow_search *search)
{
	__u8 type = p->key[NG_WORD_MISC] >> (NG_MISC_ICMP_SHIFT + 8);

	if (ng_is_error(p->class, type))
		return ng_quotes_known(ctx, p, search);
	if (type != (p->class == NG_CLASS_IPV6 ? NG_ECHO6_REPLY : NG_ECHO_REPLY) ||
	    ng_load_bytes(ctx, p->headers, &search->copy, 8))
		return 0;
	ng_search_packet(search, p, ng_echo_ports(search->copy.l4), 0);
	return ng_flow_is_known(search, 1, 0);
}

/* Can it belong to a conversation? Invalid packets and later fragments cannot. */
static __always_inline int ng_can_converse(const struct ng_packet *p)
{
	return p->key[NG_WORD_BITS] & NG_BIT_VALID &&
	       !(p->key[NG_WORD_BITS] & NG_BIT_FRAGMENT_LATER);
}

/**
 * ng_is_established() - does the incoming packet belong to a known conversation?
 * @search: with the timeouts of the ruleset
 *
 * The first packet of a TCP connection does not.
 */
static __always_inline int ng_is_established(NG_CONTEXT *ctx, struct ng_packet *p,
					     struct ng_flow_search *search)
{
	__u32 flags;
	__u8 proto;

	if (!p || !search || !ng_can_converse(p))
		return 0;
	if (p->key[NG_WORD_BITS] & NG_BIT_HAS_ICMP_TYPE)
		return ng_icmp_is_established(ctx, p, search);
	if (!(p->key[NG_WORD_BITS] & NG_BIT_HAS_PORTS))
		return 0;
	proto = p->key[NG_WORD_BITS] >> NG_BIT_PROTO_SHIFT;
	flags = ng_flags_of(p);
	if (proto == IPPROTO_TCP) {
		if (!(p->key[NG_WORD_BITS] & NG_BIT_HAS_FLAGS) ||
		    (flags & (NG_TCP_SYN | NG_TCP_ACK)) == NG_TCP_SYN)
			return 0;
	} else if (proto != IPPROTO_UDP) {
		return 0;
	}
	ng_search_packet(search, p, ng_ports_of(p, 0), 0);
	return ng_is_known(ctx, search, 1, flags);
}

/*
 * Is the packet that leaves one of a TCP socket here? If it has a socket, that may be one of a
 * container behind a bridge, so packets that begin or end connections are looked up.
 */
static __always_inline int ng_is_own_tcp(NG_CONTEXT *ctx, struct ng_flow_search *search,
					 __u32 flags)
{
	if (!ng_frame_has_socket(ctx) || ng_config.trace)
		return 0;
	if (!(flags & (NG_TCP_SYN | NG_TCP_FIN | NG_TCP_RST)))
		return 1;
	return ng_socket(ctx, search) != 0;
}

/**
 * ng_note_packet() - note the flow of a packet that leaves
 * @search: with the timeouts of the ruleset
 *
 * TCP of this host is not noted. Only at TC.
 */
static __always_inline int ng_note_packet(NG_CONTEXT *ctx, struct ng_packet *p,
					  struct ng_flow_search *search)
{
	__u8 proto, type;

	if (!p || !search || !ng_can_converse(p))
		return 0;
	type = p->key[NG_WORD_MISC] >> (NG_MISC_ICMP_SHIFT + 8);
	if (p->key[NG_WORD_BITS] & NG_BIT_HAS_ICMP_TYPE) {
		if (type != (p->class == NG_CLASS_IPV6 ? NG_ECHO6_REQUEST : NG_ECHO_REQUEST) ||
		    ng_load_bytes(ctx, p->headers, &search->copy, 8))
			return 0;
		ng_search_packet(search, p, ng_echo_ports(search->copy.l4), 1);
		return ng_flow_note(search, NG_FLOW_ICMP, 0);
	}
	proto = p->key[NG_WORD_BITS] >> NG_BIT_PROTO_SHIFT;
	if (!(p->key[NG_WORD_BITS] & NG_BIT_HAS_PORTS) ||
	    (proto != IPPROTO_UDP &&
	     (proto != IPPROTO_TCP || !(p->key[NG_WORD_BITS] & NG_BIT_HAS_FLAGS))))
		return 0;
	ng_search_packet(search, p, ng_ports_of(p, 1), 1);
	if (proto == IPPROTO_UDP)
		return ng_flow_note(search, NG_FLOW_UDP, 0);
	return !ng_is_own_tcp(ctx, search, ng_flags_of(p)) &&
	       ng_flow_note(search, NG_FLOW_TCP_SYN, ng_flags_of(p));
}

/* Global functions cannot read the image. */
static __always_inline struct ng_flow_search *ng_flow_search(const struct ng_scan *scan)
{
	const struct ng_image_header *header = scan->image;
	struct ng_flow_search *search = &scan->scratch->flow;

	for (int i = 0; i < NG_FLOW_STATES; i++)
		search->timeouts[i] = header->flows.timeouts[i];
	return search;
}

#endif
