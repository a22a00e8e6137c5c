/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes headers of frames for test runs of the programs. Checksums are 0: no rule looks at them.
 * Each function writes at @at, where there must be room, and returns the position after it.
 */
#ifndef NG_HEADERS_H
#define NG_HEADERS_H

#include "rules/ruleset.h"

/** ng_put_bytes() - @len bytes */
uint8_t *ng_put_bytes(uint8_t *at, const void *bytes, size_t len);

/** ng_put_ether() - Ethernet and @n_tags 802.1Q tags, the outer one first; @type in host order */
uint8_t *ng_put_ether(uint8_t *at, const uint8_t to[6], const uint8_t from[6], const uint16_t *tags,
		      size_t n_tags, uint16_t type);

#define NG_IP_HEADERS_MAX 48 /* IPv6 and a fragment header */

/**
 * struct ng_ip - an IPv4 or IPv6 header without options
 * @from, @to: single addresses of one family
 * @fragment: MF flag and offset as IPv4 has them (RFC 791 section 3.1), host order; IPv6 gets a
 *            fragment header where this is not 0
 * @payload:  bytes that follow
 * @values:   by field, see ng_put_field()
 */
struct ng_ip {
	const struct ng_prefix *from, *to;
	uint8_t protocol;
	uint16_t fragment;
	size_t payload;
	const uint64_t *values;
};

/** ng_header_has() - is the field one number in the IP header of @family, such as TTL? */
bool ng_header_has(unsigned int family, enum ng_field field);

/**
 * ng_put_field() - write a field into an IP header; no effect unless ng_header_has()
 * @ip: begins with the version
 */
void ng_put_field(uint8_t *ip, enum ng_field field, uint64_t value);

/** ng_ip_size() - bytes that ng_put_ip() writes */
size_t ng_ip_size(const struct ng_ip *ip);
uint8_t *ng_put_ip(uint8_t *at, const struct ng_ip *ip);

#endif
