/* SPDX-License-Identifier: GPL-2.0-only */
/* What rtnetlink tells of this process's network namespace. */
#ifndef NG_RTNETLINK_H
#define NG_RTNETLINK_H

#include <sys/socket.h>

#include "session/find.h"

static inline int ng_address_family(const struct ng_prefix *address)
{
	return address->family == 4 ? AF_INET : AF_INET6;
}

static inline size_t ng_address_size(const struct ng_prefix *address)
{
	return address->family == 4 ? 4 : 16;
}

/**
 * struct ng_route - to the client of a session
 * @ifindex: 0: there is none
 * @local:   the client is here too
 * @gateway: family 0: the client is on the link
 */
struct ng_route {
	int ifindex;
	bool local;
	struct ng_prefix gateway;
};

/**
 * struct ng_link - an interface
 * @master: bridge, bond or VRF that it is a port of; 0: none
 * @lower:  interface that its frames are those of; 0: none, or not known here
 * @tag:    VLAN id that they have there; 0: the same frames
 */
struct ng_link {
	int ifindex, master, lower;
	uint16_t tag;
	bool loopback;
	uint8_t mac[6];
};

struct ng_links {
	struct ng_link *list;
	size_t n;
};

/** ng_route_find() - the route that answers take; 0 or -errno, *@route zeroed before */
int ng_route_find(const struct ng_session *session, struct ng_route *route);

/** ng_links_read() - all interfaces; 0 with @links->list for free(), also when it fails; -errno */
int ng_links_read(struct ng_links *links);

/** ng_neighbour_find() - @address's MAC address; left alone when the kernel does not know it now */
void ng_neighbour_find(int ifindex, const struct ng_prefix *address, uint8_t mac[6]);

#endif
