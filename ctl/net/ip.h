/* SPDX-License-Identifier: GPL-2.0-only */
/* Addresses and prefixes of IPv4 and IPv6. */
#ifndef NG_IP_H
#define NG_IP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct ng_prefix - an address prefix
 * @addr:   network order; an IPv4 address is the first four bytes; host bits are zero
 * @family: 4 or 6
 * @len:    0-32 or 0-128
 */
struct ng_prefix {
	uint8_t addr[16];
	uint8_t family;
	uint8_t len;
};

/** ng_address_family() - AF_INET or AF_INET6 */
int ng_address_family(const struct ng_prefix *address);

/** ng_address_size() - its size in bytes, 4 or 16 */
size_t ng_address_size(const struct ng_prefix *address);

/** ng_prefix_mask() - shorten @prefix to @len bits and clear the others */
void ng_prefix_mask(struct ng_prefix *prefix, unsigned int len);

/** ng_prefix_holds() - is all of @inner inside @outer? */
bool ng_prefix_holds(const struct ng_prefix *outer, const struct ng_prefix *inner);

#endif
