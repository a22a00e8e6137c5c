/* SPDX-License-Identifier: GPL-2.0-only */
/* Where the packets of a session pass: interfaces, and what frames look like there. */
#ifndef NG_PASSAGE_H
#define NG_PASSAGE_H

#include "net/rtnetlink.h"
#include "session/find.h"

#define NG_PASSAGES_MAX 64
#define NG_TAGS_MAX	2 /* what netguard reads of a frame */

/**
 * struct ng_passage - one interface on the way
 * @tags:      VLAN ids of the frames there, the outer one first, @n_tags of them
 * @own_mac:   of the interface that has the addresses; @peer_mac: of the next hop. Zeros on lo;
 *             an unknown next hop has one that is nobody's
 * @neighbour: the next hop's address, which ARP or neighbour discovery is about; family 0: none
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
 * The one that the route to the client leads to, the one that has the server's address, and those
 * below them: ports of a bridge, bond or VRF, the device of a VLAN. Asked of the kernel for this
 * process's network namespace.
 * Return: 0, *@passages may be empty; -errno.
 */
int ng_passages_find(const struct ng_session *session, struct ng_passages *passages);

/**
 * ng_passages_add_lower() - what is below the interfaces of @passages joins them, and what is below
 * that
 */
void ng_passages_add_lower(struct ng_passages *passages, const struct ng_links *links);

#endif
