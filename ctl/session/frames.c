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

#include "packet/headers.h"

#define ACK	 TH_ACK
#define DATA	 (TH_ACK | TH_PUSH)
#define ANSWERED (TH_SYN | TH_ACK)
#define FULL	 1500 /* bytes of IP */

/*
 * DSCP, RFC 2474: the values that ssh sets, by version and kind of session; networks often clear
 * them.
 */
#define CS1  8
#define AF21 18
#define EF   46

/* Most systems set a random flow label (RFC 6437), and the DF flag for IPv4 (RFC 1191). */
#define LABEL 0x35a7c

/**
 * struct shape - the fields of a TCP segment of a session
 * @payload: bytes; -1: as many as FULL allows
 * @ttl:     0: 64
 * @bare:    without the DF flag (IPv4); with flow label 0 (IPv6)
 */
struct shape {
	enum ng_session_part part;
	enum ng_direction direction;
	int payload;
	uint8_t flags, ttl, dscp;
	bool bare;
	const char *guess;
};

/*
 * A ruleset may have conditions on any of these. TTLs are the initial values of systems, and these
 * minus some hops.
 */
static const struct shape shapes[] = {
	{ NG_PART_CONNECTION, NG_IN, 36, DATA, 0, 0, false, NULL },
	{ NG_PART_CONNECTION, NG_OUT, 36, DATA, 0, 0, false, NULL },
	{ NG_PART_CONNECTION, NG_IN, 0, ACK, 0, 0, false, NULL },
	{ NG_PART_CONNECTION, NG_OUT, 0, ACK, 0, 0, false, NULL },
	{ NG_PART_CONNECTION, NG_IN, 100, DATA, 0, 0, false, NULL },
	{ NG_PART_CONNECTION, NG_OUT, 100, DATA, 0, 0, false, NULL },
	{ NG_PART_CONNECTION, NG_OUT, 500, DATA, 0, 0, false, NULL },
	{ NG_PART_CONNECTION, NG_IN, -1, ACK, 0, 0, false, "of full size" },
	{ NG_PART_CONNECTION, NG_OUT, -1, ACK, 0, 0, false, "of full size" },
	{ NG_PART_CONNECTION, NG_IN, 36, DATA, 0, AF21, false, "with DSCP 18" },
	{ NG_PART_CONNECTION, NG_OUT, 36, DATA, 0, AF21, false, "with DSCP 18" },
	{ NG_PART_CONNECTION, NG_IN, 36, DATA, 0, CS1, false, "with DSCP 8" },
	{ NG_PART_CONNECTION, NG_OUT, 36, DATA, 0, CS1, false, "with DSCP 8" },
	{ NG_PART_CONNECTION, NG_IN, 36, DATA, 0, EF, false, "with DSCP 46" },
	{ NG_PART_CONNECTION, NG_OUT, 36, DATA, 0, EF, false, "with DSCP 46" },
	{ NG_PART_CONNECTION, NG_IN, 36, DATA, 50, 0, false, "with TTL 50" },
	{ NG_PART_CONNECTION, NG_IN, 36, DATA, 128, 0, false, "with TTL 128" },
	{ NG_PART_CONNECTION, NG_IN, 36, DATA, 115, 0, false, "with TTL 115" },
	{ NG_PART_CONNECTION, NG_IN, 36, DATA, 255, 0, false, "with TTL 255" },
	{ NG_PART_CONNECTION, NG_IN, 36, DATA, 240, 0, false, "with TTL 240" },
	{ NG_PART_CONNECTION, NG_IN, 36, DATA, 0, 0, true, "without DF or flow label" },
	{ NG_PART_CONNECTION, NG_OUT, 36, DATA, 0, 0, true, "without DF or flow label" },
	{ NG_PART_LOGIN, NG_IN, 0, TH_SYN, 0, 0, false, NULL },
	{ NG_PART_LOGIN, NG_OUT, 0, ANSWERED, 0, 0, false, NULL },
};
#define SHAPES (sizeof(shapes) / sizeof(*shapes))

/* Request and answer, in both directions. */
#define NEIGHBOUR_FRAMES 4
_Static_assert(SHAPES + NEIGHBOUR_FRAMES <= NG_SESSION_FRAMES_MAX, "frames.h says how many");

/* @to: NULL: the other end of the link. */
static uint8_t *put_ether(const struct ng_session_frame *frame, uint8_t *at,
			  const struct ng_passage *passage, const uint8_t *to, uint16_t type)
{
	bool in = frame->direction == NG_IN;

	if (!to)
		to = in ? passage->own_mac : passage->peer_mac;
	return ng_put_ether(at, to, in ? passage->peer_mac : passage->own_mac, passage->tags,
			    passage->n_tags, type);
}

/* TCP with a timestamps option (RFC 7323). Checksums are left out: no condition reads them. */
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
	const uint64_t values[NG_FIELDS] = {
		[NG_FIELD_TTL] = shape->ttl ? shape->ttl : 64,
		[NG_FIELD_DSCP] = shape->dscp,
		[NG_FIELD_DF] = !shape->bare,
		[NG_FIELD_FLOW_LABEL] = shape->bare ? 0 : LABEL,
	};
	size_t headers = sizeof(tcp) + sizeof(options), payload = shape->payload;
	uint8_t *at = frame->data;

	if (shape->payload < 0)
		payload = FULL - headers - (ipv4 ? sizeof(struct iphdr) : sizeof(struct ip6_hdr));
	tcp.th_flags = shape->flags;
	at = put_ether(frame, at, passage, NULL, ipv4 ? ETH_P_IP : ETH_P_IPV6);
	at = ng_put_ip(at, &(struct ng_ip){ .from = in ? &flow->client : &flow->server,
					    .to = in ? &flow->server : &flow->client,
					    .protocol = IPPROTO_TCP,
					    .payload = headers + payload,
					    .values = values });
	at = ng_put_bytes(at, &tcp, sizeof(tcp));
	at = ng_put_bytes(at, options, sizeof(options));
	memset(at, 0, payload);
	frame->len = at + payload - frame->data;
}

/* RFC 826: a request or a reply. */
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
	uint8_t *at = frame->data;

	at = put_ether(frame, at, passage, answer ? NULL : everybody, ETH_P_ARP);
	at = ng_put_bytes(at, &arp, sizeof(arp));
	at = ng_put_bytes(at, in ? passage->peer_mac : passage->own_mac, ETH_ALEN);
	at = ng_put_bytes(at, from->addr, 4);
	at = ng_put_bytes(at, in ? passage->own_mac : passage->peer_mac, ETH_ALEN);
	at = ng_put_bytes(at, to->addr, 4);
	frame->len = at - frame->data;
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
	const uint64_t values[NG_FIELDS] = { [NG_FIELD_TTL] = 255 };
	const uint8_t option[2] = { answer ? ND_OPT_TARGET_LINKADDR : ND_OPT_SOURCE_LINKADDR, 1 };
	uint8_t *at = frame->data;

	memcpy(group.addr + 13, to->addr + 13, 3);
	memcpy(group_mac + 3, to->addr + 13, 3);
	memcpy(&message.nd_ns_target, answer ? from->addr : to->addr, 16);
	at = put_ether(frame, at, passage, answer ? NULL : group_mac, ETH_P_IPV6);
	at = ng_put_ip(at, &(struct ng_ip){ .from = from,
					    .to = answer ? to : &group,
					    .protocol = IPPROTO_ICMPV6,
					    .payload = sizeof(message) + sizeof(option) + ETH_ALEN,
					    .values = values });
	at = ng_put_bytes(at, &message, sizeof(message));
	at = ng_put_bytes(at, option, sizeof(option));
	at = ng_put_bytes(at, frame->direction == NG_IN ? passage->peer_mac : passage->own_mac,
			  ETH_ALEN);
	frame->len = at - frame->data;
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
