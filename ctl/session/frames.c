// SPDX-License-Identifier: GPL-2.0-only
#include "session/frames.h"

#include <string.h>

#include <arpa/inet.h>
#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/tcp.h>

#define ACK	 TH_ACK
#define DATA	 (TH_ACK | TH_PUSH)
#define ANSWERED (TH_SYN | TH_ACK)
#define FULL	 1500 /* bytes of IP */

/* DSCP, RFC 2474: what ssh asks for, by version and kind of session; networks often clear it. */
#define CS1  8
#define AF21 18
#define EF   46

/**
 * struct shape - what the TCP segments of a session look like
 * @payload: bytes; -1: as many as fit into FULL
 * @ttl:     0: 64
 */
struct shape {
	enum ng_session_part part;
	enum ng_direction direction;
	uint8_t flags;
	int payload;
	uint8_t ttl, dscp;
	const char *guess;
};

/*
 * A ruleset may look at any of these. TTLs are those that systems begin with and what some routers
 * leave of them.
 */
static const struct shape shapes[] = {
	{ NG_PART_CONNECTION, NG_IN, DATA, 36, 0, 0, NULL },
	{ NG_PART_CONNECTION, NG_OUT, DATA, 36, 0, 0, NULL },
	{ NG_PART_CONNECTION, NG_IN, ACK, 0, 0, 0, NULL },
	{ NG_PART_CONNECTION, NG_OUT, ACK, 0, 0, 0, NULL },
	{ NG_PART_CONNECTION, NG_IN, DATA, 100, 0, 0, NULL },
	{ NG_PART_CONNECTION, NG_OUT, DATA, 100, 0, 0, NULL },
	{ NG_PART_CONNECTION, NG_OUT, DATA, 500, 0, 0, NULL },
	{ NG_PART_CONNECTION, NG_IN, ACK, -1, 0, 0, "of full size" },
	{ NG_PART_CONNECTION, NG_OUT, ACK, -1, 0, 0, "of full size" },
	{ NG_PART_CONNECTION, NG_IN, DATA, 36, 0, AF21, "with DSCP 18" },
	{ NG_PART_CONNECTION, NG_OUT, DATA, 36, 0, AF21, "with DSCP 18" },
	{ NG_PART_CONNECTION, NG_IN, DATA, 36, 0, CS1, "with DSCP 8" },
	{ NG_PART_CONNECTION, NG_OUT, DATA, 36, 0, CS1, "with DSCP 8" },
	{ NG_PART_CONNECTION, NG_IN, DATA, 36, 0, EF, "with DSCP 46" },
	{ NG_PART_CONNECTION, NG_OUT, DATA, 36, 0, EF, "with DSCP 46" },
	{ NG_PART_CONNECTION, NG_IN, DATA, 36, 50, 0, "with TTL 50" },
	{ NG_PART_CONNECTION, NG_IN, DATA, 36, 128, 0, "with TTL 128" },
	{ NG_PART_CONNECTION, NG_IN, DATA, 36, 115, 0, "with TTL 115" },
	{ NG_PART_CONNECTION, NG_IN, DATA, 36, 255, 0, "with TTL 255" },
	{ NG_PART_CONNECTION, NG_IN, DATA, 36, 240, 0, "with TTL 240" },
	{ NG_PART_LOGIN, NG_IN, TH_SYN, 0, 0, 0, NULL },
	{ NG_PART_LOGIN, NG_OUT, ANSWERED, 0, 0, 0, NULL },
};
#define SHAPES (sizeof(shapes) / sizeof(*shapes))

/* Asked for and answered, both ways. */
#define NEIGHBOUR_FRAMES 4
_Static_assert(SHAPES + NEIGHBOUR_FRAMES <= NG_SESSION_FRAMES_MAX, "frames.h says how many");

static uint8_t *put(struct ng_session_frame *frame, const void *bytes, size_t len)
{
	uint8_t *at = frame->data + frame->len;

	memcpy(at, bytes, len);
	frame->len += len;
	return at;
}

/* @to: NULL: the other end of the link. */
static void put_ether(struct ng_session_frame *frame, const struct ng_passage *passage,
		      const uint8_t *to, uint16_t type)
{
	bool in = frame->direction == NG_IN;
	uint16_t word;

	frame->len = 0;
	put(frame, to ? to : in ? passage->own_mac : passage->peer_mac, ETH_ALEN);
	put(frame, in ? passage->peer_mac : passage->own_mac, ETH_ALEN);
	for (size_t i = 0; i < passage->n_tags; i++) {
		word = htons(ETH_P_8021Q);
		put(frame, &word, sizeof(word));
		word = htons(passage->tags[i]);
		put(frame, &word, sizeof(word));
	}
	word = htons(type);
	put(frame, &word, sizeof(word));
}

/* IP and TCP alike: @from and @to are of one family. */
static void put_ip(struct ng_session_frame *frame, const struct ng_prefix *from,
		   const struct ng_prefix *to, uint8_t protocol, size_t payload, uint8_t ttl,
		   uint8_t dscp)
{
	struct iphdr ipv4 = {
		.version = 4,
		.ihl = 5,
		.tos = dscp << 2,
		.tot_len = htons(sizeof(ipv4) + payload),
		.frag_off = htons(IP_DF),
		.ttl = ttl,
		.protocol = protocol,
	};
	struct ip6_hdr ipv6 = {
		.ip6_flow = htonl(6U << 28 | (uint32_t)dscp << 22),
		.ip6_plen = htons(payload),
		.ip6_nxt = protocol,
		.ip6_hlim = ttl,
	};

	if (from->family == 4) {
		memcpy(&ipv4.saddr, from->addr, 4);
		memcpy(&ipv4.daddr, to->addr, 4);
		put(frame, &ipv4, sizeof(ipv4));
		return;
	}
	memcpy(&ipv6.ip6_src, from->addr, 16);
	memcpy(&ipv6.ip6_dst, to->addr, 16);
	put(frame, &ipv6, sizeof(ipv6));
}

/* TCP with the room that its timestamps take, RFC 7323. Checksums are nothing to a ruleset. */
static void make_segment(const struct ng_session *session, const struct ng_passage *passage,
			 const struct shape *shape, struct ng_session_frame *frame)
{
	const struct ng_flow *flow = &session->flow;
	bool in = shape->direction == NG_IN, ipv4 = flow->client.family == 4;
	static const uint8_t options[12] = { 1, 1, 8, 10 };
	struct tcphdr tcp = {
		.source = htons(in ? flow->client_port : flow->server_port),
		.dest = htons(in ? flow->server_port : flow->client_port),
		.doff = (sizeof(tcp) + sizeof(options)) / 4,
		.window = htons(501),
	};
	size_t headers = sizeof(tcp) + sizeof(options), payload = shape->payload;

	if (shape->payload < 0)
		payload = FULL - headers - (ipv4 ? sizeof(struct iphdr) : sizeof(struct ip6_hdr));
	tcp.th_flags = shape->flags;
	put_ether(frame, passage, NULL, ipv4 ? ETH_P_IP : ETH_P_IPV6);
	put_ip(frame, in ? &flow->client : &flow->server, in ? &flow->server : &flow->client,
	       IPPROTO_TCP, headers + payload, shape->ttl ? shape->ttl : 64, shape->dscp);
	put(frame, &tcp, sizeof(tcp));
	put(frame, options, sizeof(options));
	memset(frame->data + frame->len, 0, payload);
	frame->len += payload;
}

/* RFC 826: the sender asks for the address of the other end, or answers it. */
static void make_arp(const struct ng_prefix *from, const struct ng_prefix *to, bool answer,
		     const struct ng_passage *passage, struct ng_session_frame *frame)
{
	static const uint8_t everybody[ETH_ALEN] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
	struct arphdr arp = {
		.ar_hrd = htons(ARPHRD_ETHER),
		.ar_pro = htons(ETH_P_IP),
		.ar_hln = ETH_ALEN,
		.ar_pln = 4,
		.ar_op = htons(answer ? ARPOP_REPLY : ARPOP_REQUEST),
	};
	bool in = frame->direction == NG_IN;

	put_ether(frame, passage, answer ? NULL : everybody, ETH_P_ARP);
	put(frame, &arp, sizeof(arp));
	put(frame, in ? passage->peer_mac : passage->own_mac, ETH_ALEN);
	put(frame, from->addr, 4);
	put(frame, in ? passage->own_mac : passage->peer_mac, ETH_ALEN);
	put(frame, to->addr, 4);
}

/* RFC 4861 sections 4.3 and 4.4. */
static void make_discovery(const struct ng_prefix *from, const struct ng_prefix *to, bool answer,
			   const struct ng_passage *passage, struct ng_session_frame *frame)
{
	/* The solicited-node address, RFC 4291 section 2.7.1, and its Ethernet one, RFC 2464. */
	struct ng_prefix group = { .addr = { 0xff, 0x02, [11] = 1, 0xff },
				   .family = 6,
				   .len = 128 };
	uint8_t group_mac[ETH_ALEN] = { 0x33, 0x33, 0xff };
	struct nd_neighbor_solicit message = {
		.nd_ns_type = answer ? ND_NEIGHBOR_ADVERT : ND_NEIGHBOR_SOLICIT,
		.nd_ns_reserved = answer ? ND_NA_FLAG_SOLICITED : 0,
	};
	const uint8_t option[2] = { answer ? ND_OPT_TARGET_LINKADDR : ND_OPT_SOURCE_LINKADDR, 1 };

	memcpy(group.addr + 13, to->addr + 13, 3);
	memcpy(group_mac + 3, to->addr + 13, 3);
	memcpy(&message.nd_ns_target, answer ? from->addr : to->addr, 16);
	put_ether(frame, passage, answer ? NULL : group_mac, ETH_P_IPV6);
	put_ip(frame, from, answer ? to : &group, IPPROTO_ICMPV6,
	       sizeof(message) + sizeof(option) + ETH_ALEN, 255, 0);
	put(frame, &message, sizeof(message));
	put(frame, option, sizeof(option));
	put(frame, frame->direction == NG_IN ? passage->peer_mac : passage->own_mac, ETH_ALEN);
}

static void make_neighbour(const struct ng_session *session, const struct ng_passage *passage,
			   bool answer, struct ng_session_frame *frame)
{
	const struct ng_prefix *here = &session->flow.server, *there = &passage->neighbour;
	bool in = frame->direction == NG_IN;

	if (here->family == 4)
		make_arp(in ? there : here, in ? here : there, answer, passage, frame);
	else
		make_discovery(in ? there : here, in ? here : there, answer, passage, frame);
}

bool ng_session_frame(const struct ng_session *session, const struct ng_passage *passage,
		      size_t number, struct ng_session_frame *frame)
{
	if (number < SHAPES) {
		frame->part = shapes[number].part;
		frame->direction = shapes[number].direction;
		frame->guess = shapes[number].guess;
		make_segment(session, passage, &shapes[number], frame);
		return true;
	}
	number -= SHAPES;
	if (number >= NEIGHBOUR_FRAMES || passage->neighbour.family != session->flow.server.family)
		return false;
	frame->part = NG_PART_NEIGHBOUR;
	frame->direction = number < NEIGHBOUR_FRAMES / 2 ? NG_IN : NG_OUT;
	frame->guess = NULL;
	make_neighbour(session, passage, number % 2, frame);
	return true;
}
