// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/programs/interface.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <linux/ethtool.h>
#include <linux/if_arp.h>
#include <linux/sockios.h>

#include "base/cleanup.h"

static int ethtool(int sock, const char *name, void *command)
{
	struct ifreq request = { .ifr_data = command };

	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", name);
	return ioctl(sock, SIOCETHTOOL, &request) ? -errno : 0;
}

/*
 * veth says that it strips tags and does not: a tag inside a frame stays there. What a VLAN device
 * behind its peer sends carries the tag beside the frame, and no setting here changes that.
 */
static int ask_vlan(int sock, const char *name, bool *strips)
{
	struct ethtool_drvinfo driver = { .cmd = ETHTOOL_GDRVINFO };
	struct ethtool_value flags = { .cmd = ETHTOOL_GFLAGS };
	int result = ethtool(sock, name, &flags);

	*strips = false;
	/* A device need not know either question. */
	if (result)
		return result == -EOPNOTSUPP ? 0 : result;
	if (flags.data & ETH_FLAG_RXVLAN)
		*strips = ethtool(sock, name, &driver) || strcmp(driver.driver, "veth");
	return 0;
}

static int ask(const char *name, struct ng_interface *iface)
{
	struct ng_interface found = { 0 };
	struct ifreq request = { 0 };
	__cleanup_fd int sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int result;

	/* A namespace may be without IPv4. */
	if (sock < 0)
		sock = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (sock < 0)
		return -errno;
	if (!name[0] || strlen(name) >= IF_NAMESIZE)
		return -ENODEV;
	strcpy(found.name, name);
	strcpy(request.ifr_name, name);

	if (ioctl(sock, SIOCGIFINDEX, &request))
		return -errno;
	found.ifindex = request.ifr_ifindex;
	if (ioctl(sock, SIOCGIFFLAGS, &request))
		return -errno;
	found.up = request.ifr_flags & IFF_UP;
	if (ioctl(sock, SIOCGIFMTU, &request))
		return -errno;
	found.mtu = request.ifr_mtu;
	if (ioctl(sock, SIOCGIFHWADDR, &request))
		return -errno;
	found.type = request.ifr_hwaddr.sa_family;
	result = ask_vlan(sock, name, &found.strips_vlan);
	if (!result)
		*iface = found;
	return result;
}

int ng_interface_find(const char *name, struct ng_interface *iface, struct ng_error *err)
{
	int result = ask(name, iface);

	if (result == -ENODEV) {
		ng_fail_at(err, result, name, "there is no such interface here");
		return ng_hint(err, result, "`%sip link` lists those of this network namespace",
			       ng_in_netns());
	}
	if (result)
		return ng_fail_at(err, result, name, "cannot query the interface: %s",
				  strerror(-result));
	return 0;
}

int ng_interface_name(int ifindex, char name[IF_NAMESIZE])
{
	if (if_indextoname(ifindex, name))
		return 0;
	return errno == ENXIO ? -ENODEV : -errno;
}

int ng_interface_index(const char *name)
{
	unsigned int ifindex = if_nametoindex(name);

	return ifindex ? (int)ifindex : -errno;
}

int ng_interface_at(int ifindex, struct ng_interface *iface)
{
	char name[IF_NAMESIZE];
	int result = ng_interface_name(ifindex, name);

	return result ? result : ask(name, iface);
}

int ng_interface_has_ethernet(const struct ng_interface *iface, struct ng_error *err)
{
	const char *carries;

	switch (iface->type) {
	case ARPHRD_ETHER:
	case ARPHRD_LOOPBACK: /* its frames have an Ethernet header, of zeros */
		return 0;
	case ARPHRD_NONE:
		carries = "bare IP packets, like tun and WireGuard";
		break;
	case ARPHRD_PPP:
		carries = "PPP";
		break;
	case ARPHRD_RAWIP:
		carries = "bare IP packets";
		break;
	case ARPHRD_TUNNEL:
	case ARPHRD_TUNNEL6:
	case ARPHRD_SIT:
	case ARPHRD_IPGRE:
	case ARPHRD_IP6GRE:
		carries = "packets of an IP tunnel";
		break;
	default:
		ng_fail_at(err, -EOPNOTSUPP, iface->name,
			   "cannot attach: the interface carries no Ethernet frames (type %u)",
			   iface->type);
		return ng_hint(err, -EOPNOTSUPP, "attach to the underlying interface");
	}
	ng_fail_at(err, -EOPNOTSUPP, iface->name,
		   "cannot attach: the interface has no Ethernet header, it carries %s", carries);
	return ng_hint(err, -EOPNOTSUPP,
		       "attach to the Ethernet interface whose frames carry them");
}
