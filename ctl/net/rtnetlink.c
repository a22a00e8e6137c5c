// SPDX-License-Identifier: GPL-2.0-only
#include "net/rtnetlink.h"

#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>

#include "base/array.h"
#include "net/netlink.h"

/* ---- the route ------------------------------------------------------------------------- */

static int read_route(const struct nlmsghdr *message, void *data)
{
	const struct rtmsg *header = mnl_nlmsg_get_payload(message);
	struct ng_route *route = data;
	const struct nlattr *attribute;

	route->local = header->rtm_type == RTN_LOCAL;
	mnl_attr_for_each(attribute, message, sizeof(*header)) {
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

int ng_route_find(const struct ng_prefix *from, const struct ng_prefix *to, int ifindex,
		  struct ng_route *route)
{
	char buffer[512];
	struct nlmsghdr *request = ng_netlink_begin(buffer, RTM_GETROUTE, 0);
	struct rtmsg *header = mnl_nlmsg_put_extra_header(request, sizeof(*header));

	header->rtm_family = ng_address_family(to);
	header->rtm_dst_len = to->len;
	header->rtm_src_len = from->len;
	mnl_attr_put(request, RTA_DST, ng_address_size(to), to->addr);
	mnl_attr_put(request, RTA_SRC, ng_address_size(from), from->addr);
	if (ifindex)
		mnl_attr_put_u32(request, RTA_OIF, ifindex);
	return ng_netlink_ask(NETLINK_ROUTE, request, read_route, route);
}

/* ---- the neighbour --------------------------------------------------------------------- */

static int read_neighbour(const struct nlmsghdr *message, void *data)
{
	const struct nlattr *attribute;

	mnl_attr_for_each(attribute, message, sizeof(struct ndmsg))
		if (mnl_attr_get_type(attribute) == NDA_LLADDR &&
		    mnl_attr_get_payload_len(attribute) == 6)
			memcpy(data, mnl_attr_get_payload(attribute), 6);
	return MNL_CB_OK;
}

void ng_neighbour_find(int ifindex, const struct ng_prefix *address, uint8_t mac[6])
{
	char buffer[512];
	struct nlmsghdr *message = ng_netlink_begin(buffer, RTM_GETNEIGH, 0);
	struct ndmsg *header = mnl_nlmsg_put_extra_header(message, sizeof(*header));

	header->ndm_family = ng_address_family(address);
	header->ndm_ifindex = ifindex;
	mnl_attr_put(message, NDA_DST, ng_address_size(address), address->addr);
	ng_netlink_ask(NETLINK_ROUTE, message, read_neighbour, mac);
}

/* ---- interfaces ------------------------------------------------------------------------ */

static void read_vlan(const struct nlattr *data, struct ng_link *link)
{
	const struct nlattr *attribute;

	mnl_attr_for_each_nested(attribute, data)
		if (mnl_attr_get_type(attribute) == IFLA_VLAN_ID)
			link->tag = mnl_attr_get_u16(attribute);
}

/* The kernel sends the kind before its data. */
static void read_info(const struct nlattr *info, struct ng_link *link)
{
	const struct nlattr *attribute;

	mnl_attr_for_each_nested(attribute, info) {
		if (mnl_attr_get_type(attribute) == IFLA_INFO_KIND)
			snprintf(link->kind, sizeof(link->kind), "%s", mnl_attr_get_str(attribute));
		else if (mnl_attr_get_type(attribute) == IFLA_INFO_DATA &&
			 !strcmp(link->kind, "vlan"))
			read_vlan(attribute, link);
	}
}

static bool has_lower(const struct ng_link *link)
{
	return !strcmp(link->kind, "vlan") || !strcmp(link->kind, "macvlan") ||
	       !strcmp(link->kind, "ipvlan");
}

static int read_link(const struct nlmsghdr *message, void *data)
{
	const struct ifinfomsg *header = mnl_nlmsg_get_payload(message);
	struct ng_link link = { .ifindex = header->ifi_index };
	const struct nlattr *attribute;
	bool elsewhere = false;
	int lower = 0;

	link.loopback = header->ifi_flags & IFF_LOOPBACK;
	mnl_attr_for_each(attribute, message, sizeof(*header)) {
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
			read_info(attribute, &link);
			break;
		}
	}
	if (has_lower(&link) && !elsewhere)
		link.lower = lower;
	*(struct ng_link *)data = link;
	return MNL_CB_OK;
}

static int add_link(const struct nlmsghdr *message, void *data)
{
	struct ng_links *links = data;

	if (ng_array_grow(&links->list, links->n, sizeof(*links->list))) {
		errno = ENOMEM;
		return MNL_CB_ERROR;
	}
	return read_link(message, &links->list[links->n++]);
}

int ng_links_read(struct ng_links *links)
{
	char buffer[512];
	struct nlmsghdr *request = ng_netlink_begin(buffer, RTM_GETLINK, NLM_F_DUMP);

	mnl_nlmsg_put_extra_header(request, sizeof(struct ifinfomsg));
	return ng_netlink_ask(NETLINK_ROUTE, request, add_link, links);
}

int ng_link_find(int ifindex, struct ng_link *link)
{
	char buffer[512];
	struct nlmsghdr *request = ng_netlink_begin(buffer, RTM_GETLINK, 0);
	struct ifinfomsg *header = mnl_nlmsg_put_extra_header(request, sizeof(*header));

	header->ifi_index = ifindex;
	return ng_netlink_ask(NETLINK_ROUTE, request, read_link, link);
}
