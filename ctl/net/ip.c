// SPDX-License-Identifier: GPL-2.0-only
#include "net/ip.h"

#include <string.h>
#include <sys/socket.h>

int ng_address_family(const struct ng_prefix *address)
{
	return address->family == 4 ? AF_INET : AF_INET6;
}

size_t ng_address_size(const struct ng_prefix *address)
{
	return address->family == 4 ? 4 : 16;
}

void ng_prefix_mask(struct ng_prefix *prefix, unsigned int len)
{
	unsigned int byte = len / 8;

	prefix->len = len;
	if (byte < sizeof(prefix->addr) && len % 8)
		prefix->addr[byte++] &= 0xff << (8 - len % 8);
	if (byte < sizeof(prefix->addr))
		memset(prefix->addr + byte, 0, sizeof(prefix->addr) - byte);
}

bool ng_prefix_holds(const struct ng_prefix *outer, const struct ng_prefix *inner)
{
	struct ng_prefix shortened = *inner;

	if (outer->family != inner->family || outer->len > inner->len)
		return false;
	ng_prefix_mask(&shortened, outer->len);
	return !memcmp(&shortened, outer, sizeof(shortened));
}
