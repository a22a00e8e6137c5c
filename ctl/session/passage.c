// SPDX-License-Identifier: GPL-2.0-only
#include "session/passage.h"

#include <ifaddrs.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

/* A locally administered address that no interface has. */
static const uint8_t nobody[6] = { 0x02, 0x00, 0x5e, 0x00, 0x53, 0x01 };

static const struct ng_link *link_at(const struct ng_links *links, int ifindex)
{
	for (size_t i = 0; i < links->n; i++)
		if (links->list[i].ifindex == ifindex)
			return &links->list[i];
	return NULL;
}

/* The interface that has @address; 0: none. */
static int owner_of(const struct ng_prefix *address)
{
	struct ifaddrs *list, *at;
	int ifindex = 0;

	if (getifaddrs(&list))
		return 0;
	for (at = list; at && !ifindex; at = at->ifa_next) {
		const void *bytes;

		if (!at->ifa_addr || at->ifa_addr->sa_family != ng_address_family(address))
			continue;
		bytes = address->family == 4
				? (void *)&((struct sockaddr_in *)at->ifa_addr)->sin_addr
				: (void *)&((struct sockaddr_in6 *)at->ifa_addr)->sin6_addr;
		if (!memcmp(bytes, address->addr, ng_address_size(address)))
			ifindex = if_nametoindex(at->ifa_name);
	}
	freeifaddrs(list);
	return ifindex;
}

static bool same(const struct ng_passage *a, const struct ng_passage *b)
{
	return a->ifindex == b->ifindex && a->n_tags == b->n_tags &&
	       !memcmp(a->tags, b->tags, a->n_tags * sizeof(*a->tags));
}

static void add(struct ng_passages *passages, const struct ng_passage *passage)
{
	for (size_t i = 0; i < passages->n; i++)
		if (same(&passages->list[i], passage))
			return;
	if (passages->n < NG_PASSAGES_MAX)
		passages->list[passages->n++] = *passage;
}

void ng_passages_add_lower(struct ng_passages *passages, const struct ng_links *links)
{
	for (size_t i = 0; i < passages->n; i++) {
		const struct ng_link *link = link_at(links, passages->list[i].ifindex);
		struct ng_passage lower = passages->list[i];

		for (size_t j = 0; j < links->n; j++) {
			lower.ifindex = links->list[j].ifindex;
			if (links->list[j].master == passages->list[i].ifindex)
				add(passages, &lower);
		}
		if (!link || !link->lower || (link->tag && lower.n_tags == NG_TAGS_MAX))
			continue;
		lower.ifindex = link->lower;
		if (link->tag) {
			memmove(lower.tags + 1, lower.tags, sizeof(*lower.tags));
			lower.tags[0] = link->tag;
			lower.n_tags++;
		}
		add(passages, &lower);
	}
}

static void add_top(struct ng_passages *passages, const struct ng_links *links, int ifindex,
		    const struct ng_session *session, const struct ng_route *route)
{
	const struct ng_link *link = link_at(links, ifindex);
	struct ng_passage passage = { .ifindex = ifindex };

	if (!link)
		return;
	if (!link->loopback) {
		passage.neighbour = route->gateway.family ? route->gateway : session->flow.client;
		memcpy(passage.own_mac, link->mac, sizeof(passage.own_mac));
		memcpy(passage.peer_mac, nobody, sizeof(passage.peer_mac));
		ng_neighbour_find(ifindex, &passage.neighbour, passage.peer_mac);
	}
	add(passages, &passage);
}

int ng_passages_find(const struct ng_session *session, struct ng_passages *passages)
{
	struct ng_links links = { 0 };
	struct ng_route route = { 0 };
	const struct ng_flow *flow = &session->flow;
	int zone = *session->zone ? if_nametoindex(session->zone) : 0;
	int result = ng_links_read(&links);

	passages->n = 0;
	/* Packets of the client may arrive even when there is no route to it. */
	if (!result && !ng_route_find(&flow->server, &flow->client, zone, &route) && route.ifindex)
		add_top(passages, &links, route.ifindex, session, &route);
	if (!result && !route.local)
		add_top(passages, &links, owner_of(&flow->server), session, &route);
	if (!result)
		ng_passages_add_lower(passages, &links);
	free(links.list);
	return result;
}
