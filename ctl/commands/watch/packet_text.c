// SPDX-License-Identifier: GPL-2.0-only
#include "commands/watch/packet_text.h"

#include <arpa/inet.h>
#include <net/ethernet.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

#define FRAGMENT_HEADER 44 /* RFC 8200 section 4.5 */
#define OFFSET_BITS	0x1fff

/**
 * struct line - what was written, and the bytes that are left to tell of
 * @left: of the packet as the innermost header says
 */
struct line {
	char *text;
	size_t used;
	const uint8_t *at;
	size_t size;
	size_t left;
};

__attribute__((format(printf, 2, 3))) static void put(struct line *line, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(line->text + line->used, NG_PACKET_TEXT - line->used, format, args);
	va_end(args);
	line->used += n;
	if (line->used >= NG_PACKET_TEXT)
		line->used = NG_PACKET_TEXT - 1;
}

static void skip(struct line *line, size_t n)
{
	line->at += n;
	line->size -= n;
	line->left -= n < line->left ? n : line->left;
}

static uint16_t number16(const uint8_t *at)
{
	return at[0] << 8 | at[1];
}

static void put_flags(struct line *line, uint8_t flags)
{
	static const char letters[] = "FSRP.UEW";

	put(line, "Flags [");
	for (int bit = 0; bit < 8; bit++)
		if (flags >> bit & 1)
			put(line, "%c", letters[bit]);
	put(line, "%s]", flags ? "" : "none");
}

/* RFC 9293 section 3.1 */
static void put_tcp(struct line *line)
{
	size_t header;

	if (line->size < 14)
		return;
	header = (line->at[12] >> 4) * 4;
	put_flags(line, line->at[13]);
	put(line, ", seq %u, length %zu",
	    (uint32_t)number16(line->at + 4) << 16 | number16(line->at + 6),
	    line->left > header ? line->left - header : 0);
}

static void put_icmp(struct line *line, const char *name)
{
	if (line->size >= 2)
		put(line, "%s type %u code %u, length %zu", name, line->at[0], line->at[1],
		    line->left);
}

static bool has_ports(uint8_t proto)
{
	return proto == IPPROTO_TCP || proto == IPPROTO_UDP || proto == IPPROTO_SCTP;
}

/* @later: a fragment without the header of the layer above */
static void put_packet(struct line *line, int family, const uint8_t *from, const uint8_t *to,
		       uint8_t proto, bool later)
{
	char text[INET6_ADDRSTRLEN];
	bool ports = has_ports(proto) && !later && line->size >= 4;

	put(line, "%s %s", family == AF_INET ? "IP" : "IP6",
	    inet_ntop(family, from, text, sizeof(text)));
	if (ports)
		put(line, ".%u", number16(line->at));
	put(line, " > %s", inet_ntop(family, to, text, sizeof(text)));
	if (ports)
		put(line, ".%u", number16(line->at + 2));
	put(line, ": ");
	if (later)
		put(line, "fragment of protocol %u, length %zu", proto, line->left);
	else if (proto == IPPROTO_TCP)
		put_tcp(line);
	else if (proto == IPPROTO_UDP)
		put(line, "UDP, length %zu", line->left > 8 ? line->left - 8 : 0);
	else if (proto == IPPROTO_ICMP && family == AF_INET)
		put_icmp(line, "ICMP");
	else if (proto == IPPROTO_ICMPV6 && family == AF_INET6)
		put_icmp(line, "ICMP6");
	else
		put(line, "protocol %u, length %zu", proto, line->left);
}

static void put_ipv4(struct line *line)
{
	const uint8_t *ip = line->at;
	size_t header, total;

	if (line->size < 20 || ip[0] >> 4 != 4) {
		put(line, "IP, not whole, length %zu", line->left);
		return;
	}
	header = (ip[0] & 15) * 4;
	total = number16(ip + 2);
	if (total && total < line->left)
		line->left = total;
	skip(line, header < line->size ? header : line->size);
	put_packet(line, AF_INET, ip + 12, ip + 16, ip[9], number16(ip + 6) & OFFSET_BITS);
}

/* Extension headers of eight-byte units are passed over, RFC 8200 section 4. */
static void put_ipv6(struct line *line)
{
	const uint8_t *ip = line->at;
	bool later = false;
	uint8_t next;

	if (line->size < 40 || ip[0] >> 4 != 6) {
		put(line, "IP6, not whole, length %zu", line->left);
		return;
	}
	next = ip[6];
	if (number16(ip + 4) && 40U + number16(ip + 4) < line->left)
		line->left = 40 + number16(ip + 4);
	skip(line, 40);
	while (line->size >= 8 && !later &&
	       (next == 0 || next == 43 || next == 60 || next == FRAGMENT_HEADER)) {
		size_t length = next == FRAGMENT_HEADER ? 8 : 8 + line->at[1] * 8U;

		later = next == FRAGMENT_HEADER && number16(line->at + 2) >> 3;
		next = line->at[0];
		skip(line, length < line->size ? length : line->size);
	}
	put_packet(line, AF_INET6, ip + 8, ip + 24, next, later);
}

const char *ng_packet_text(const uint8_t *data, size_t size, size_t wire, char text[NG_PACKET_TEXT])
{
	struct line line = { .text = text, .at = data, .size = size, .left = wire };
	uint16_t type;

	text[0] = '\0';
	if (size < ETHER_HDR_LEN) {
		put(&line, "%zu bytes", wire);
		return text;
	}
	type = number16(data + 12);
	skip(&line, ETHER_HDR_LEN);
	while ((type == ETHERTYPE_VLAN || type == 0x88a8) && line.size >= 4) {
		put(&line, "vlan %u, ", number16(line.at) & 0xfff);
		type = number16(line.at + 2);
		skip(&line, 4);
	}
	if (type == ETHERTYPE_IP)
		put_ipv4(&line);
	else if (type == ETHERTYPE_IPV6)
		put_ipv6(&line);
	else if (type == ETHERTYPE_ARP)
		put(&line, "ARP, length %zu", line.left);
	else
		put(&line, "ethertype 0x%04x, length %zu", type, line.left);
	return text;
}
