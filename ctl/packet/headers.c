// SPDX-License-Identifier: GPL-2.0-only
#include "packet/headers.h"

#include <string.h>

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>

uint8_t *ng_put_bytes(uint8_t *at, const void *bytes, size_t len)
{
	return (uint8_t *)memcpy(at, bytes, len) + len;
}

static uint8_t *put_word(uint8_t *at, uint16_t word)
{
	word = htons(word);
	return ng_put_bytes(at, &word, sizeof(word));
}

uint8_t *ng_put_ether(uint8_t *at, const uint8_t to[6], const uint8_t from[6], const uint16_t *tags,
		      size_t n_tags, uint16_t type)
{
	at = ng_put_bytes(at, to, ETH_ALEN);
	at = ng_put_bytes(at, from, ETH_ALEN);
	for (size_t i = 0; i < n_tags; i++) {
		at = put_word(at, ETH_P_8021Q);
		at = put_word(at, tags[i]);
	}
	return put_word(at, type);
}

/* By field: its first bit in the IPv4 and the IPv6 header, or -1, and its number of bits. */
#define PLACE_ROW(NAME, WORD, SHIFT, BITS, HAS, CUT, LAYER, IPV4, IPV6, ...) \
	[NG_FIELD_##NAME] = { { IPV4, IPV6 }, BITS },
static const struct {
	short at[2];
	short bits;
} places[NG_FIELDS] = { NG_FIELD_TABLE(PLACE_ROW) };

bool ng_header_has(unsigned int family, enum ng_field field)
{
	return places[field].at[family == 6] >= 0;
}

void ng_put_field(uint8_t *ip, enum ng_field field, uint64_t value)
{
	unsigned int family = ip[0] >> 4;
	int first = places[field].at[family == 6];

	if (!ng_header_has(family, field))
		return;
	for (int bit = first + places[field].bits - 1; bit >= first; bit--, value >>= 1) {
		ip[bit / 8] &= ~(0x80 >> bit % 8);
		ip[bit / 8] |= (value & 1) << (7 - bit % 8);
	}
}

static uint8_t *put_ipv4(uint8_t *at, const struct ng_ip *ip)
{
	struct iphdr header = {
		.version = 4,
		.ihl = 5,
		.tot_len = htons(sizeof(header) + ip->payload),
		.frag_off = htons(ip->fragment),
		.protocol = ip->protocol,
	};

	memcpy(&header.saddr, ip->from->addr, sizeof(header.saddr));
	memcpy(&header.daddr, ip->to->addr, sizeof(header.daddr));
	return ng_put_bytes(at, &header, sizeof(header));
}

static bool has_fragment_header(const struct ng_ip *ip)
{
	return ip->from->family == 6 && ip->fragment & (IP_MF | IP_OFFMASK);
}

/* RFC 8200 sections 3 and 4.5. */
static uint8_t *put_ipv6(uint8_t *at, const struct ng_ip *ip)
{
	bool is_fragment = has_fragment_header(ip);
	struct ip6_frag fragment = {
		.ip6f_nxt = ip->protocol,
		.ip6f_offlg =
			htons((ip->fragment & IP_OFFMASK) << 3 | (ip->fragment & IP_MF ? 1 : 0)),
	};
	struct ip6_hdr header = {
		.ip6_flow = htonl(6U << 28),
		.ip6_plen = htons(ip->payload + (is_fragment ? sizeof(fragment) : 0)),
		.ip6_nxt = is_fragment ? IPPROTO_FRAGMENT : ip->protocol,
	};

	memcpy(&header.ip6_src, ip->from->addr, sizeof(header.ip6_src));
	memcpy(&header.ip6_dst, ip->to->addr, sizeof(header.ip6_dst));
	at = ng_put_bytes(at, &header, sizeof(header));
	return is_fragment ? ng_put_bytes(at, &fragment, sizeof(fragment)) : at;
}

size_t ng_ip_size(const struct ng_ip *ip)
{
	if (ip->from->family == 4)
		return sizeof(struct iphdr);
	return sizeof(struct ip6_hdr) + (has_fragment_header(ip) ? sizeof(struct ip6_frag) : 0);
}

uint8_t *ng_put_ip(uint8_t *at, const struct ng_ip *ip)
{
	uint8_t *end = ip->from->family == 4 ? put_ipv4(at, ip) : put_ipv6(at, ip);

	for (enum ng_field field = 0; field < NG_FIELDS; field++)
		ng_put_field(at, field, ip->values[field]);
	return end;
}
