// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/programs/interface.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <linux/if_arp.h>

#include "base/cleanup.h"
#include "net/ethtool.h"

static int ask(const char *name, struct ng_interface *iface)
{
	struct ng_interface found = { 0 };
	struct ifreq request = { 0 };
	__cleanup_fd int sock = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int result;

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
	result = ng_strips_vlan(name, &found.strips_vlan);
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
