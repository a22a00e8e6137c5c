// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "model_read.h"

#define PROTO_TCP     6
#define PROTO_UDP     17
#define PROTO_DCCP    33
#define PROTO_SCTP    132
#define PROTO_UDPLITE 136

#define IPV6_HOP_BY_HOP	 0
#define IPV6_ROUTING	 43
#define IPV6_FRAGMENT	 44
#define IPV6_AH		 51
#define IPV6_DESTINATION 60

#define EXTENSIONS_MAX 8

static struct field known(uint64_t value)
{
	return (struct field){ .known = true, .value = value };
}

static uint64_t number(const uint8_t *bytes, size_t n)
{
	uint64_t value = 0;

	for (size_t i = 0; i < n; i++)
		value = value << 8 | bytes[i];
	return value;
}

/* Only the first reason counts. */
static void found_invalid(struct packet *packet, enum ng_reason reason)
{
	if (packet->reason == NG_VALID)
		packet->reason = reason;
}

static bool is_tag(uint64_t type)
{
	return type == 0x8100 || type == 0x88a8 || type == 0x9100;
}

static void see_tag(struct packet *packet, uint64_t tci)
{
	uint64_t id = tci & 0xfff;

	if (!packet->vlan.known && id)
		packet->vlan = known(id);
}

/* IEEE 802.1Q: up to two tags, the one in metadata being the outer one. */
static void read_tags(struct packet *packet, const struct model_frame *frame)
{
	uint64_t type = number(packet->bytes + 12, 2);
	size_t at = 14;
	int tags = 0;

	if (frame->tagged) {
		see_tag(packet, frame->tag_tci);
		tags++;
	}
	while (is_tag(type)) {
		if (tags == 2) {
			found_invalid(packet, NG_VLAN_DEPTH);
			break;
		}
		if (packet->len - at < 4) {
			found_invalid(packet, NG_VLAN_TRUNCATED);
			break;
		}
		see_tag(packet, number(packet->bytes + at, 2));
		type = number(packet->bytes + at + 2, 2);
		at += 4;
		tags++;
	}
	packet->l3 = packet->headers = at;
	if (packet->reason != NG_VALID)
		return;
	if (!packet->vlan.known)
		packet->vlan = known(0);
	if (type >= 0x600) /* below is the length of an LLC frame (IEEE 802.3) */
		packet->ethertype = known(type);
}

/* The end of the packet by its header; padding follows. @length 0: the header does not say. */
static void set_ip_end(struct packet *packet, size_t length)
{
	size_t in_frame = packet->len - packet->l3;

	if (length > in_frame)
		found_invalid(packet, NG_IP_LENGTH);
	packet->ip_end = packet->l3 + (length && length < in_frame ? length : in_frame);
}

/* RFC 791 section 3.1 */
static void read_ipv4(struct packet *packet)
{
	const uint8_t *ip = packet->bytes + packet->l3;
	size_t header, total, offset;
	bool more;

	if (packet->len - packet->l3 < 20) {
		found_invalid(packet, NG_L3_TRUNCATED);
		return;
	}
	if (ip[0] >> 4 != 4) {
		found_invalid(packet, NG_IP_VERSION);
		return;
	}
	header = (ip[0] & 0xf) * 4;
	if (header < 20) {
		found_invalid(packet, NG_IP_HEADER_LENGTH);
		return;
	}
	total = number(ip + 2, 2);
	if (total && total < header) {
		found_invalid(packet, NG_IP_LENGTH);
		return;
	}

	packet->family = known(4);
	packet->length = known(total);
	set_ip_end(packet, total);
	packet->dscp = known(ip[1] >> 2);
	packet->ttl = known(ip[8]);
	packet->proto = known(ip[9]);
	memcpy(packet->source, ip + 12, 4);
	memcpy(packet->destination, ip + 16, 4);

	offset = number(ip + 6, 2) & 0x1fff;
	more = ip[6] & 0x20;
	packet->fragment = known(offset ? NG_FRAGMENT_LATER
				 : more ? NG_FRAGMENT_FIRST
					: NG_FRAGMENT_NO);
	packet->offset_1 = offset == 1;
	packet->df = known(ip[6] >> 6 & 1);

	packet->l4 = packet->l3 + header;
	if (packet->l4 > packet->ip_end)
		found_invalid(packet, NG_OPTIONS_TRUNCATED);
}

/*
 * RFC 8200 section 4.5. A later fragment outweighs a first one, and that an atomic one (RFC 6946):
 * whether the packet is a fragment is known at the end of the chain.
 */
static void read_fragment_header(struct packet *packet, const uint8_t *header)
{
	uint64_t field = number(header + 2, 2);
	uint64_t offset = field >> 3;
	bool more = field & 1;

	if (offset)
		packet->fragment = known(NG_FRAGMENT_LATER);
	else if (more)
		packet->fragment = known(NG_FRAGMENT_FIRST);
	packet->offset_1 = offset == 1;
}

/* Bytes of the extension header at @header; 0: headers of this number are not skipped. */
static size_t extension_length(uint64_t number, const uint8_t *header, size_t left)
{
	switch (number) {
	case IPV6_FRAGMENT:
		return 8; /* its second byte is reserved, not a length */
	case IPV6_AH:
		return left < 2 ? 8 : (header[1] + 2) * 4; /* RFC 4302 section 2.2 */
	case IPV6_HOP_BY_HOP:
	case IPV6_ROUTING:
	case IPV6_DESTINATION:
		return left < 2 ? 8 : (header[1] + 1) * 8;
	}
	return 0;
}

/* RFC 8200 section 4: the protocol is known only if the chain ends properly. */
static void read_extensions(struct packet *packet, uint64_t next)
{
	for (int walked = 0;; walked++) {
		const uint8_t *header = packet->bytes + packet->l4;
		size_t left = packet->ip_end - packet->l4;
		size_t length = extension_length(next, header, left);

		if (!length)
			break;
		if (walked == EXTENSIONS_MAX) {
			found_invalid(packet, NG_EXT_DEPTH);
			return;
		}
		if (length > left) {
			found_invalid(packet, NG_EXT_TRUNCATED);
			return;
		}
		if (next == IPV6_FRAGMENT)
			read_fragment_header(packet, header);
		packet->l4 += length;
		next = header[0];
		if (packet->fragment.known && packet->fragment.value == NG_FRAGMENT_LATER)
			break; /* what follows is payload, whatever it looks like */
	}
	packet->proto = known(next);
	if (!packet->fragment.known)
		packet->fragment = known(NG_FRAGMENT_NO);
}

/* RFC 8200 section 3 */
static void read_ipv6(struct packet *packet)
{
	const uint8_t *ip = packet->bytes + packet->l3;
	size_t payload;

	if (packet->len - packet->l3 < 40) {
		found_invalid(packet, NG_L3_TRUNCATED);
		return;
	}
	if (ip[0] >> 4 != 6) {
		found_invalid(packet, NG_IP_VERSION);
		return;
	}

	packet->family = known(6);
	payload = number(ip + 4, 2);
	packet->length = known(40 + payload);
	set_ip_end(packet, payload ? 40 + payload : 0);
	packet->dscp = known(number(ip, 2) >> 6 & 0x3f);
	packet->flow_label = known(number(ip, 4) & 0xfffff);
	packet->ttl = known(ip[7]);
	memcpy(packet->source, ip + 8, 16);
	memcpy(packet->destination, ip + 24, 16);

	packet->l4 = packet->l3 + 40;
	read_extensions(packet, ip[6]);
}

static bool is_proto(const struct packet *packet, uint64_t proto)
{
	return packet->proto.known && packet->proto.value == proto;
}

static bool is_icmp(const struct packet *packet)
{
	return packet->family.value == 4 ? is_proto(packet, PROTO_ICMP)
					 : is_proto(packet, PROTO_ICMPV6);
}

static bool has_ports(const struct packet *packet)
{
	return is_proto(packet, PROTO_TCP) || is_proto(packet, PROTO_UDP) ||
	       is_proto(packet, PROTO_UDPLITE) || is_proto(packet, PROTO_SCTP) ||
	       is_proto(packet, PROTO_DCCP);
}

/* How the parts of a fragmented datagram are abused: RFC 1858, RFC 3128, RFC 7112. */
static void check_fragment(struct packet *packet, size_t l4_bytes)
{
	size_t least = is_proto(packet, PROTO_TCP) ? 20 : is_proto(packet, PROTO_UDP) ? 8 : 4;

	if (packet->fragment.value == NG_FRAGMENT_LATER && packet->offset_1 &&
	    is_proto(packet, PROTO_TCP))
		found_invalid(packet, NG_FRAGMENT_TCP_OFFSET);
	if (packet->fragment.value == NG_FRAGMENT_FIRST && l4_bytes < least)
		found_invalid(packet, NG_FRAGMENT_TINY);
}

static void read_l4(struct packet *packet)
{
	const uint8_t *l4 = packet->bytes + packet->l4;
	size_t left = packet->l4 < packet->ip_end ? packet->ip_end - packet->l4 : 0;

	packet->headers = packet->l4 < packet->ip_end ? packet->l4 : packet->ip_end;
	if (!packet->proto.known)
		return;
	check_fragment(packet, left);
	if (packet->fragment.value == NG_FRAGMENT_LATER)
		return;

	if (has_ports(packet) && left >= 4) {
		packet->sport = known(number(l4, 2));
		packet->dport = known(number(l4 + 2, 2));
		if (is_proto(packet, PROTO_UDP))
			packet->headers += 8;
	}
	if (is_proto(packet, PROTO_TCP) && left >= 14) {
		packet->flags = known(l4[13]);
		packet->headers += l4[12] >> 4 > 5 ? (l4[12] >> 4) * 4 : 20;
	}
	if (is_icmp(packet) && left >= 1)
		packet->icmp_type = known(l4[0]);
	if (is_icmp(packet) && left >= 2)
		packet->icmp_code = known(l4[1]);
}

void model_read(struct packet *packet, const struct model_frame *frame)
{
	*packet = (struct packet){
		.bytes = frame->bytes,
		.len = frame->len,
		.ether_to = known(number(frame->bytes, 6)),
		.ether_from = known(number(frame->bytes + 6, 6)),
	};
	read_tags(packet, frame);
	if (packet->ethertype.known && packet->ethertype.value == 0x0800) {
		packet->is_ip = true;
		read_ipv4(packet);
	} else if (packet->ethertype.known && packet->ethertype.value == 0x86dd) {
		packet->is_ip = true;
		read_ipv6(packet);
	}
	if (!packet->family.known)
		return;
	read_l4(packet);
	if (frame->segments > 1)
		packet->length = known(packet->headers - packet->l3 + frame->segment_size);
}
