/* SPDX-License-Identifier: GPL-2.0-only */
/* What the driver of an interface can do, told by the kernel's generic netlink family netdev. */
#ifndef NG_NETDEV_H
#define NG_NETDEV_H

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

#endif
