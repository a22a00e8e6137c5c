// SPDX-License-Identifier: GPL-2.0-only
#include "net/rtnetlink.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>

#include "base/array.h"
#include "base/cleanup.h"

#define ANSWER (32U << 10) /* bytes, as the kernel cuts a dump at most */

static void close_socket(struct mnl_socket **sock)
{
	if (*sock)
		mnl_socket_close(*sock);
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

static int read_route(const struct nlmsghdr *message, void *data)
{
	const struct rtmsg *header = mnl_nlmsg_get_payload(message);
	struct ng_route *route = data;
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

int ng_route_find(const struct ng_session *session, struct ng_route *route)
{
	const struct ng_flow *flow = &session->flow;
	char buffer[512];
	struct nlmsghdr *message = begin(buffer, RTM_GETROUTE, 0);
	struct rtmsg *header = mnl_nlmsg_put_extra_header(message, sizeof(*header));
	int zone = *session->zone ? if_nametoindex(session->zone) : 0;

	header->rtm_family = ng_address_family(&flow->client);
	header->rtm_dst_len = flow->client.len;
	header->rtm_src_len = flow->server.len;
	mnl_attr_put(message, RTA_DST, ng_address_size(&flow->client), flow->client.addr);
	mnl_attr_put(message, RTA_SRC, ng_address_size(&flow->server), flow->server.addr);
	if (zone)
		mnl_attr_put_u32(message, RTA_OIF, zone);
	return ask(message, read_route, route);
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
void ng_neighbour_find(int ifindex, const struct ng_prefix *address, uint8_t mac[6])
{
	char buffer[512];
	struct nlmsghdr *message = begin(buffer, RTM_GETNEIGH, 0);
	struct ndmsg *header = mnl_nlmsg_put_extra_header(message, sizeof(*header));

	header->ndm_family = ng_address_family(address);
	header->ndm_ifindex = ifindex;
	mnl_attr_put(message, NDA_DST, ng_address_size(address), address->addr);
	ask(message, read_neighbour, mac);
}

/* ---- interfaces ------------------------------------------------------------------------ */

static void read_kind(const struct nlattr *info, struct ng_link *link, int lower)
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
	struct ng_links *links = data;
	struct ng_link link = { .ifindex = header->ifi_index };
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
	if (ng_array_grow(&links->list, links->n, sizeof(link))) {
		errno = ENOMEM;
		return MNL_CB_ERROR;
	}
	links->list[links->n++] = link;
	return MNL_CB_OK;
}

int ng_links_read(struct ng_links *links)
{
	char buffer[512];
	struct nlmsghdr *message = begin(buffer, RTM_GETLINK, NLM_F_DUMP);

	mnl_nlmsg_put_extra_header(message, sizeof(struct ifinfomsg));
	return ask(message, read_link, links);
}
