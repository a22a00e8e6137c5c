/* SPDX-License-Identifier: GPL-2.0-only */
/* What the kernel tells of an interface by netlink. */
#ifndef NG_DOCTOR_NETLINK_H
#define NG_DOCTOR_NETLINK_H

#include <net/if.h>
#include <stdint.h>

/* <linux/netdev.h> of Linux 6.3, enum netdev_xdp_act */
#define NG_XDP_ACT_BASIC 0x01
#define NG_XDP_ACT_RX_SG 0x20

/**
 * ng_xdp_features() - what the driver says that it can do by XDP, NG_XDP_ACT_* and others
 *
 * Return: 0; -EOPNOTSUPP when the kernel does not tell (before Linux 6.3); another -errno.
 */
int ng_xdp_features(int ifindex, uint64_t *features);

/**
 * struct ng_link - of an interface
 * @kind:   "veth", "vxlan", "bond", …; empty for hardware
 * @master: ifindex of the bridge, bond or team it belongs to; 0: none
 */
struct ng_link {
	char kind[32];
	int master;
};

/** ng_link_find() - 0 or -errno */
int ng_link_find(int ifindex, struct ng_link *link);

#endif
