// SPDX-License-Identifier: GPL-2.0-only
#include "session/passage.h"

#include <errno.h>
#include <ifaddrs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>

#include "cleanup.h"

#define ANSWER (32U << 10) /* bytes, as the kernel cuts a dump at most */

/* A locally administered address that no card has. */
static const uint8_t nobody[6] = { 0x02, 0x00, 0x5e, 0x00, 0x53, 0x01 };

/* ---- asking rtnetlink ------------------------------------------------------------------ */

static void close_socket(struct mnl_socket **sock)
{
	if (*sock)
		mnl_socket_close(*sock);
}

static int family_of(const struct ng_prefix *address)
{
	return address->family == 4 ? AF_INET : AF_INET6;
}

static size_t size_of(const struct ng_prefix *address)
{
	return address->family == 4 ? 4 : 16;
}

static struct nlmsghdr *begin(char *buffer, uint16_t type, uint16_t flags)
{
	struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);

	message->nlmsg_type = type;
	message->nlmsg_flags = NLM_F_REQUEST | flags;
	return message;
}

/* Sends @message, which is overwritten, and shows @each the answers. Return: 0 or -errno. */
static int ask(struct nlmsghdr *message, mnl_cb_t each, void *data)
{
	__attribute__((cleanup(close_socket))) struct mnl_socket *sock =
		mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	bool dump = message->nlmsg_flags & NLM_F_DUMP;
	__cleanup_free char *buffer = malloc(ANSWER);
	ssize_t len;
	int result = MNL_CB_OK;

	if (!sock || !buffer)
		return sock ? -ENOMEM : -errno;
	message->nlmsg_seq = 1;
	if (mnl_socket_bind(sock, 0, MNL_SOCKET_AUTOPID) < 0 ||
	    mnl_socket_sendto(sock, message, message->nlmsg_len) < 0)
		return -errno;
	do {
		len = mnl_socket_recvfrom(sock, buffer, ANSWER);
		if (len < 0)
			return -errno;
		result = mnl_cb_run(buffer, len, 1, mnl_socket_get_portid(sock), each, data);
	} while (result == MNL_CB_OK && dump);
	return result < 0 ? -errno : 0;
}

/* ---- the route ------------------------------------------------------------------------- */

/**
 * struct route - to the client
 * @ifindex: 0: there is none
 * @gateway: family 0: the client is on the link
 */
struct route {
	int ifindex;
	bool local;
	struct ng_prefix gateway;
};

static int read_route(const struct nlmsghdr *message, void *data)
{
	const struct rtmsg *header = mnl_nlmsg_get_payload(message);
	struct route *route = data;
	const struct nlattr *attribute;

	route->local = header->rtm_type == RTN_LOCAL;
	mnl_attr_for_each(attribute, message, sizeof(*header))
	{
		if (mnl_attr_get_type(attribute) == RTA_OIF) {
			route->ifindex = mnl_attr_get_u32(attribute);
		} else if (mnl_attr_get_type(attribute) == RTA_GATEWAY) {
			size_t len = mnl_attr_get_payload_len(attribute);

			route->gateway.family = len == 4 ? 4 : 6;
			route->gateway.len = 8 * len;
			memcpy(route->gateway.addr, mnl_attr_get_payload(attribute),
			       len < 16 ? len : 16);
		}
	}
	return MNL_CB_OK;
}

static int find_route(const struct ng_session *session, struct route *route)
{
	const struct ng_flow *flow = &session->flow;
	char buffer[512];
	struct nlmsghdr *message = begin(buffer, RTM_GETROUTE, 0);
	struct rtmsg *header = mnl_nlmsg_put_extra_header(message, sizeof(*header));
	int zone = *session->zone ? if_nametoindex(session->zone) : 0;

	header->rtm_family = family_of(&flow->client);
	header->rtm_dst_len = flow->client.len;
	header->rtm_src_len = flow->server.len;
	mnl_attr_put(message, RTA_DST, size_of(&flow->client), flow->client.addr);
	mnl_attr_put(message, RTA_SRC, size_of(&flow->server), flow->server.addr);
	if (zone)
		mnl_attr_put_u32(message, RTA_OIF, zone);
	return ask(message, read_route, route);
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

		if (!at->ifa_addr || at->ifa_addr->sa_family != family_of(address))
			continue;
		bytes = address->family == 4
				? (void *)&((struct sockaddr_in *)at->ifa_addr)->sin_addr
				: (void *)&((struct sockaddr_in6 *)at->ifa_addr)->sin6_addr;
		if (!memcmp(bytes, address->addr, size_of(address)))
			ifindex = if_nametoindex(at->ifa_name);
	}
	freeifaddrs(list);
	return ifindex;
}

/* ---- the neighbour --------------------------------------------------------------------- */

static int read_neighbour(const struct nlmsghdr *message, void *data)
{
	const struct nlattr *attribute;

	mnl_attr_for_each(attribute, message,
			  sizeof(struct ndmsg)) if (mnl_attr_get_type(attribute) == NDA_LLADDR &&
						    mnl_attr_get_payload_len(attribute) == 6)
		memcpy(data, mnl_attr_get_payload(attribute), 6);
	return MNL_CB_OK;
}

/* Leaves @mac as it is when the kernel does not know the neighbour now. */
static void find_neighbour(int ifindex, const struct ng_prefix *address, uint8_t mac[6])
{
	char buffer[512];
	struct nlmsghdr *message = begin(buffer, RTM_GETNEIGH, 0);
	struct ndmsg *header = mnl_nlmsg_put_extra_header(message, sizeof(*header));

	header->ndm_family = family_of(address);
	header->ndm_ifindex = ifindex;
	mnl_attr_put(message, NDA_DST, size_of(address), address->addr);
	ask(message, read_neighbour, mac);
}

/* ---- interfaces ------------------------------------------------------------------------ */

/**
 * struct link - an interface
 * @master: bridge, bond or VRF that it is a port of; 0: none
 * @lower:  interface that its frames are those of; 0: none, or not known here
 * @tag:    VLAN id that they have there; 0: the same frames
 */
struct link {
	int ifindex, master, lower;
	uint16_t tag;
	bool loopback;
	uint8_t mac[6];
};

struct links {
	struct link *list;
	size_t n;
};

static void read_kind(const struct nlattr *info, struct link *link, int lower)
{
	const struct nlattr *attribute, *inner;
	const char *kind = "";

	mnl_attr_for_each_nested(attribute, info)
	{
		if (mnl_attr_get_type(attribute) == IFLA_INFO_KIND) {
			kind = mnl_attr_get_str(attribute);
			if (!strcmp(kind, "vlan") || !strcmp(kind, "macvlan") ||
			    !strcmp(kind, "ipvlan"))
				link->lower = lower;
		} else if (mnl_attr_get_type(attribute) == IFLA_INFO_DATA &&
			   !strcmp(kind, "vlan")) {
			mnl_attr_for_each_nested(inner, attribute) if (mnl_attr_get_type(inner) ==
								       IFLA_VLAN_ID) link->tag =
				mnl_attr_get_u16(inner);
		}
	}
}

static int read_link(const struct nlmsghdr *message, void *data)
{
	const struct ifinfomsg *header = mnl_nlmsg_get_payload(message);
	const struct nlattr *attribute, *info = NULL;
	struct links *links = data;
	struct link link = { .ifindex = header->ifi_index };
	struct link *grown;
	int lower = 0;
	bool elsewhere = false;

	link.loopback = header->ifi_flags & IFF_LOOPBACK;
	mnl_attr_for_each(attribute, message, sizeof(*header))
	{
		switch (mnl_attr_get_type(attribute)) {
		case IFLA_ADDRESS:
			if (mnl_attr_get_payload_len(attribute) == sizeof(link.mac))
				memcpy(link.mac, mnl_attr_get_payload(attribute), sizeof(link.mac));
			break;
		case IFLA_MASTER:
			link.master = mnl_attr_get_u32(attribute);
			break;
		case IFLA_LINK:
			lower = mnl_attr_get_u32(attribute);
			break;
		case IFLA_LINK_NETNSID:
			elsewhere = true;
			break;
		case IFLA_LINKINFO:
			info = attribute;
			break;
		}
	}
	if (info)
		read_kind(info, &link, elsewhere ? 0 : lower);
	grown = reallocarray(links->list, links->n + 1, sizeof(*grown));
	if (!grown) {
		errno = ENOMEM;
		return MNL_CB_ERROR;
	}
	links->list = grown;
	links->list[links->n++] = link;
	return MNL_CB_OK;
}

static int find_links(struct links *links)
{
	char buffer[512];
	struct nlmsghdr *message = begin(buffer, RTM_GETLINK, NLM_F_DUMP);

	mnl_nlmsg_put_extra_header(message, sizeof(struct ifinfomsg));
	return ask(message, read_link, links);
}

static const struct link *link_at(const struct links *links, int ifindex)
{
	for (size_t i = 0; i < links->n; i++)
		if (links->list[i].ifindex == ifindex)
			return &links->list[i];
	return NULL;
}

/* ---- the passages ---------------------------------------------------------------------- */

static void add(struct ng_passages *passages, const struct ng_passage *passage)
{
	for (size_t i = 0; i < passages->n; i++)
		if (passages->list[i].ifindex == passage->ifindex)
			return;
	if (passages->n < NG_PASSAGES_MAX)
		passages->list[passages->n++] = *passage;
}

/* What is below the passages of the list joins it, and then what is below that. */
static void add_lower(struct ng_passages *passages, const struct links *links)
{
	for (size_t i = 0; i < passages->n; i++) {
		const struct link *link = link_at(links, passages->list[i].ifindex);
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

static void add_top(struct ng_passages *passages, const struct links *links, int ifindex,
		    const struct ng_session *session, const struct route *route)
{
	const struct link *link = link_at(links, ifindex);
	struct ng_passage passage = { .ifindex = ifindex };

	if (!link)
		return;
	if (!link->loopback) {
		passage.neighbour = route->gateway.family ? route->gateway : session->flow.client;
		memcpy(passage.own_mac, link->mac, sizeof(passage.own_mac));
		memcpy(passage.peer_mac, nobody, sizeof(passage.peer_mac));
		find_neighbour(ifindex, &passage.neighbour, passage.peer_mac);
	}
	add(passages, &passage);
}

int ng_passages_find(const struct ng_session *session, struct ng_passages *passages)
{
	struct links links = { 0 };
	struct route route = { 0 };
	int result = find_links(&links);

	passages->n = 0;
	/* Without a route to it the client may still be heard. */
	if (!result && !find_route(session, &route) && route.ifindex)
		add_top(passages, &links, route.ifindex, session, &route);
	if (!result && !route.local)
		add_top(passages, &links, owner_of(&session->flow.server), session, &route);
	if (!result)
		add_lower(passages, &links);
	free(links.list);
	return result;
}
