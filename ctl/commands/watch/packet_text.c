// SPDX-License-Identifier: GPL-2.0-only
#include "commands/watch/packet_text.h"

#include <arpa/inet.h>
#include <net/ethernet.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

#include "net/frame.h"
#include "report/counts.h"
#include "rules/names.h"

struct line {
	char *text;
	size_t used;
	const struct ng_frame_fields *fields;
	__u64 bits; /* NG_WORD_BITS of them */
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

static void put_flags(struct line *line)
{
	static const char letters[] = "FSRP.UEW";
	uint8_t flags = line->bits >> NG_BIT_FLAGS_SHIFT;

	put(line, "Flags [");
	for (int bit = 0; bit < 8; bit++)
		if (flags >> bit & 1)
			put(line, "%c", letters[bit]);
	put(line, "%s], seq %u", flags ? "" : "none", line->fields->seq);
}

static void put_icmp(struct line *line, const char *name)
{
	unsigned int icmp = line->fields->key[NG_WORD_MISC] >> NG_MISC_ICMP_SHIFT & 0xffff;

	put(line, "%s", name);
	if (line->bits & NG_BIT_HAS_ICMP_TYPE)
		put(line, " type %u", icmp >> 8);
	if (line->bits & NG_BIT_HAS_ICMP_CODE)
		put(line, " code %u", icmp & 0xff);
}

/* TCP and UDP as tcpdump names them, others as in rules. */
static void put_protocol(struct line *line)
{
	uint8_t protocol = line->bits >> NG_BIT_PROTO_SHIFT;
	bool is_ipv4 = line->fields->class == NG_CLASS_IPV4;
	const char *name = ng_name_of(ng_protocols, protocol);

	if (!(line->bits & NG_BIT_HAS_PROTO))
		put(line, "protocol not %s", line->fields->cut ? "captured" : "read");
	else if (line->bits & NG_BIT_FRAGMENT_LATER)
		put(line, "fragment of protocol %u", protocol);
	else if (line->bits & NG_BIT_HAS_FLAGS)
		put_flags(line);
	else if (protocol == IPPROTO_TCP || protocol == IPPROTO_UDP)
		put(line, "%s", protocol == IPPROTO_TCP ? "TCP" : "UDP");
	else if (protocol == IPPROTO_ICMP && is_ipv4)
		put_icmp(line, "ICMP");
	else if (protocol == IPPROTO_ICMPV6 && !is_ipv4)
		put_icmp(line, "ICMP6");
	else if (name)
		put(line, "%s", name);
	else
		put(line, "protocol %u", protocol);
}

static void put_address(struct line *line, enum ng_word word, int port_shift)
{
	uint8_t address[16];
	char text[INET6_ADDRSTRLEN];
	bool is_ipv6 = ng_key_address(line->fields->key, line->fields->class, word, address) == 6;

	put(line, "%s", inet_ntop(is_ipv6 ? AF_INET6 : AF_INET, address, text, sizeof(text)));
	if (line->bits & NG_BIT_HAS_PORTS)
		put(line, ".%u",
		    (unsigned int)(line->fields->key[NG_WORD_LANES] >> port_shift & 0xffff));
}

static void put_ip(struct line *line)
{
	put(line, "%s ", line->fields->class == NG_CLASS_IPV4 ? "IP" : "IP6");
	put_address(line, NG_WORD_SADDR_HI, NG_LANE_SPORT_SHIFT);
	put(line, " > ");
	put_address(line, NG_WORD_DADDR_HI, NG_LANE_DPORT_SHIFT);
	put(line, ": ");
	put_protocol(line);
}

/* Not an IP packet, or one whose first header could not be read. */
static void put_other(struct line *line)
{
	unsigned int type = line->fields->key[NG_WORD_MISC] >> NG_MISC_ETHERTYPE_SHIFT & 0xffff;

	if (!(line->bits & NG_BIT_HAS_ETHERTYPE))
		put(line, "Ethernet");
	else if (type == ETHERTYPE_IP || type == ETHERTYPE_IPV6)
		put(line, "%s", type == ETHERTYPE_IP ? "IP" : "IP6");
	else if (type == ETHERTYPE_ARP)
		put(line, "ARP");
	else
		put(line, "ethertype 0x%04x", type);
}

const char *ng_packet_text(const struct ng_record *record, char text[NG_PACKET_TEXT])
{
	struct ng_frame_fields fields;
	struct line line = { .text = text, .fields = &fields };

	ng_record_read(record, &fields);
	line.bits = fields.key[NG_WORD_BITS];
	text[0] = '\0';
	for (size_t i = 0; i < fields.n_tags; i++)
		put(&line, "vlan %u, ", fields.tags[i] & 0xfff);
	if (fields.class == NG_CLASS_OTHER)
		put_other(&line);
	else
		put_ip(&line);
	put(&line, ", length %zu", fields.payload);
	if (line.bits & NG_BIT_FRAGMENT_FIRST)
		put(&line, ", first fragment");
	if (fields.reason)
		put(&line, ", invalid (%s)", ng_reason_name(fields.reason));
	if (record->packets > 1)
		put(&line, ", %u packets", record->packets);
	return text;
}
