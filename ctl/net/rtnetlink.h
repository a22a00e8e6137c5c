/* SPDX-License-Identifier: GPL-2.0-only */
/* Routes, interfaces and neighbours of this process's network namespace, by rtnetlink. */
#ifndef NG_RTNETLINK_H
#define NG_RTNETLINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/ip.h"

/**
 * struct ng_route - a route to an address
 * @ifindex: 0: there is none
 * @local:   the address is one of this machine
 * @gateway: family 0: the address is on the link
 */
struct ng_route {
	int ifindex;
	bool local;
	struct ng_prefix gateway;
};

/**
 * struct ng_link - an interface
 * @kind:   "veth", "vxlan", "bond", …; empty for hardware
 * @master: the bridge, bond or VRF that it is a port of; 0: none
 * @lower:  interface below it, which carries its frames; 0: none, or in another namespace
 * @tag:    VLAN id of its frames there; 0: they are unchanged
 */
struct ng_link {
	char kind[32];
	int ifindex, master, lower;
	uint16_t tag;
	bool loopback;
	uint8_t mac[6];
};

struct ng_links {
	struct ng_link *list;
	size_t n;
};

/**
 * ng_route_find() - the route of packets from @from to @to; 0 or -errno; *@route must be all zero
 * @ifindex: the outgoing interface; 0: any
 */
int ng_route_find(const struct ng_prefix *from, const struct ng_prefix *to, int ifindex,
		  struct ng_route *route);

/** ng_links_read() - all interfaces; 0 or -errno, in both cases with @links->list for free() */
int ng_links_read(struct ng_links *links);

/** ng_link_find() - one of them; 0 or -errno */
int ng_link_find(int ifindex, struct ng_link *link);

/** ng_neighbour_find() - the MAC address of @address; @mac is unchanged when it is not known now */
void ng_neighbour_find(int ifindex, const struct ng_prefix *address, uint8_t mac[6]);

#endif
