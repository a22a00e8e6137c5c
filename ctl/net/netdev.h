/* SPDX-License-Identifier: GPL-2.0-only */
/* Features of an interface's driver, from the kernel's generic netlink family netdev. */
#ifndef NG_NETDEV_H
#define NG_NETDEV_H

#include <stdint.h>

/* <linux/netdev.h> of Linux 6.3, enum netdev_xdp_act */
#define NG_XDP_ACT_BASIC 0x01
#define NG_XDP_ACT_RX_SG 0x20

/**
 * ng_xdp_features() - the XDP features that the driver reports, NG_XDP_ACT_* and others
 *
 * Return: 0; -EOPNOTSUPP when the kernel does not report them (before Linux 6.3); another -errno.
 */
int ng_xdp_features(int ifindex, uint64_t *features);

#endif
