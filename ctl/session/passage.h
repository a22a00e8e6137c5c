/* SPDX-License-Identifier: GPL-2.0-only */
/* The interfaces that the packets of a session pass, and how their frames look there. */
#ifndef NG_PASSAGE_H
#define NG_PASSAGE_H

#include "net/rtnetlink.h"
#include "session/find.h"

#define NG_PASSAGES_MAX 64
#define NG_TAGS_MAX	2 /* the most that netguard reads */

/**
 * struct ng_passage - one of these interfaces
 * @tags:      VLAN ids of the frames there, the outer one first, @n_tags of them
 * @own_mac:   of the interface that has the IP address; @peer_mac: of the next hop, or a made-up
 *             one when that is not known. All zero on lo
 * @neighbour: IP address of the next hop, for ARP or neighbour discovery; family 0: none
 */
struct ng_passage {
	int ifindex;
	uint16_t tags[NG_TAGS_MAX];
	size_t n_tags;
	uint8_t own_mac[6], peer_mac[6];
	struct ng_prefix neighbour;
};

struct ng_passages {
	struct ng_passage list[NG_PASSAGES_MAX];
	size_t n;
};

/**
 * ng_passages_find() - all interfaces that frames of @session may pass
 *
 * These are the interface of the route to the client, the one that has the server's address, and
 * those below them: ports of a bridge, bond or VRF, the device of a VLAN; all in this process's
 * network namespace.
 * Return: 0 with *@passages, which may be empty; -errno.
 */
int ng_passages_find(const struct ng_session *session, struct ng_passages *passages);

/** ng_passages_add_lower() - add the interfaces below those in @passages, recursively */
void ng_passages_add_lower(struct ng_passages *passages, const struct ng_links *links);

#endif
