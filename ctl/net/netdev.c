// SPDX-License-Identifier: GPL-2.0-only
#include "net/netdev.h"

#include <errno.h>
#include <stdbool.h>

#include <linux/genetlink.h>

#include "net/netlink.h"

/* <linux/netdev.h> of Linux 6.3; this compiles with the headers of 6.1. */
#define NG_NETDEV_FAMILY "netdev"
enum { NG_NETDEV_CMD_DEV_GET = 1 };
enum { NG_NETDEV_A_DEV_IFINDEX = 1, NG_NETDEV_A_DEV_XDP_FEATURES = 3 };

static struct nlmsghdr *put_generic(char *buffer, uint16_t family, uint8_t command)
{
	struct nlmsghdr *request = ng_netlink_begin(buffer, family, 0);
	struct genlmsghdr *generic = mnl_nlmsg_put_extra_header(request, sizeof(*generic));

	generic->cmd = command;
	generic->version = 1;
	return request;
}

static int parse_family(const struct nlmsghdr *answer, void *data)
{
	const struct nlattr *attribute;

	mnl_attr_for_each(attribute, answer, sizeof(struct genlmsghdr))
		if (mnl_attr_get_type(attribute) == CTRL_ATTR_FAMILY_ID)
			*(uint16_t *)data = mnl_attr_get_u16(attribute);
	return MNL_CB_OK;
}

static int find_family(const char *name, uint16_t *family)
{
	char buffer[256];
	struct nlmsghdr *request = put_generic(buffer, GENL_ID_CTRL, CTRL_CMD_GETFAMILY);

	mnl_attr_put_strz(request, CTRL_ATTR_FAMILY_NAME, name);
	return ng_netlink_ask(NETLINK_GENERIC, request, parse_family, family);
}

struct features {
	bool told;
	uint64_t bits;
};

static int parse_features(const struct nlmsghdr *answer, void *data)
{
	struct features *features = data;
	const struct nlattr *attribute;

	mnl_attr_for_each(attribute, answer, sizeof(struct genlmsghdr)) {
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
	result = ng_netlink_ask(NETLINK_GENERIC, request, parse_features, &asked);
	if (!result && !asked.told)
		result = -EOPNOTSUPP;
	if (!result)
		*features = asked.bits;
	return result;
}
