// SPDX-License-Identifier: GPL-2.0-only
#include "net/netlink.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/rtnetlink.h>

/* <linux/netdev.h> of Linux 6.3; this compiles with the headers of 6.1. */
#define NG_NETDEV_FAMILY "netdev"
enum { NG_NETDEV_CMD_DEV_GET = 1 };
enum { NG_NETDEV_A_DEV_IFINDEX = 1, NG_NETDEV_A_DEV_XDP_FEATURES = 3 };

/* One request and its answer; @parse gets the answer. 0 or -errno. */
static int ask(int protocol, struct nlmsghdr *request, mnl_cb_t parse, void *data)
{
	struct mnl_socket *sock = mnl_socket_open2(protocol, SOCK_CLOEXEC);
	char answer[32768];
	int result = 1;
	ssize_t len;

	if (!sock)
		return -errno;
	request->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	request->nlmsg_seq = 1;
	if (mnl_socket_bind(sock, 0, MNL_SOCKET_AUTOPID) ||
	    mnl_socket_sendto(sock, request, request->nlmsg_len) < 0)
		result = -errno;
	while (result > 0) {
		len = mnl_socket_recvfrom(sock, answer, sizeof(answer));
		if (len >= 0)
			result = mnl_cb_run(answer, len, 1, mnl_socket_get_portid(sock), parse,
					    data);
		if (len < 0 || result < 0)
			result = -errno;
	}
	mnl_socket_close(sock);
	return result;
}

static struct nlmsghdr *put_generic(char *buffer, uint16_t family, uint8_t command)
{
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
	struct genlmsghdr *generic = mnl_nlmsg_put_extra_header(request, sizeof(*generic));

	request->nlmsg_type = family;
	generic->cmd = command;
	generic->version = 1;
	return request;
}

static int parse_family(const struct nlmsghdr *answer, void *data)
{
	const struct nlattr *attribute;

	mnl_attr_for_each(attribute, answer,
			  sizeof(struct genlmsghdr)) if (mnl_attr_get_type(attribute) ==
							 CTRL_ATTR_FAMILY_ID) *
		(uint16_t *)data = mnl_attr_get_u16(attribute);
	return MNL_CB_OK;
}

static int find_family(const char *name, uint16_t *family)
{
	char buffer[256];
	struct nlmsghdr *request = put_generic(buffer, GENL_ID_CTRL, CTRL_CMD_GETFAMILY);

	mnl_attr_put_strz(request, CTRL_ATTR_FAMILY_NAME, name);
	return ask(NETLINK_GENERIC, request, parse_family, family);
}

struct features {
	bool told;
	uint64_t bits;
};

static int parse_features(const struct nlmsghdr *answer, void *data)
{
	struct features *features = data;
	const struct nlattr *attribute;

	mnl_attr_for_each(attribute, answer, sizeof(struct genlmsghdr))
	{
		if (mnl_attr_get_type(attribute) != NG_NETDEV_A_DEV_XDP_FEATURES)
			continue;
		features->told = true;
		features->bits = mnl_attr_get_u64(attribute);
	}
	return MNL_CB_OK;
}

int ng_xdp_features(int ifindex, uint64_t *features)
{
	struct features asked = { 0 };
	struct nlmsghdr *request;
	uint16_t family = 0;
	char buffer[256];
	int result;

	result = find_family(NG_NETDEV_FAMILY, &family);
	if (result)
		return result == -ENOENT ? -EOPNOTSUPP : result;
	request = put_generic(buffer, family, NG_NETDEV_CMD_DEV_GET);
	mnl_attr_put_u32(request, NG_NETDEV_A_DEV_IFINDEX, ifindex);
	result = ask(NETLINK_GENERIC, request, parse_features, &asked);
	if (!result && !asked.told)
		result = -EOPNOTSUPP;
	if (!result)
		*features = asked.bits;
	return result;
}

static void parse_info(const struct nlattr *info, struct ng_link *link)
{
	const struct nlattr *attribute;

	mnl_attr_for_each_nested(attribute,
				 info) if (mnl_attr_get_type(attribute) == IFLA_INFO_KIND)
		snprintf(link->kind, sizeof(link->kind), "%s", mnl_attr_get_str(attribute));
}

static int parse_link(const struct nlmsghdr *answer, void *data)
{
	const struct nlattr *attribute;
	struct ng_link *link = data;

	mnl_attr_for_each(attribute, answer, sizeof(struct ifinfomsg))
	{
		if (mnl_attr_get_type(attribute) == IFLA_MASTER)
			link->master = mnl_attr_get_u32(attribute);
		else if (mnl_attr_get_type(attribute) == IFLA_LINKINFO)
			parse_info(attribute, link);
	}
	return MNL_CB_OK;
}

int ng_link_find(int ifindex, struct ng_link *link)
{
	struct ng_link found = { 0 };
	struct ifinfomsg *message;
	struct nlmsghdr *request;
	char buffer[256];
	int result;

	request = mnl_nlmsg_put_header(buffer);
	request->nlmsg_type = RTM_GETLINK;
	message = mnl_nlmsg_put_extra_header(request, sizeof(*message));
	message->ifi_index = ifindex;
	result = ask(NETLINK_ROUTE, request, parse_link, &found);
	if (!result)
		*link = found;
	return result;
}
