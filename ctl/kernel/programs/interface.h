/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Network interfaces of this process's network namespace, by ioctl: sysfs may show those of another
 * namespace.
 */
#ifndef NG_INTERFACE_H
#define NG_INTERFACE_H

#include <net/if.h>
#include <stdbool.h>

#include "base/error.h"

/**
 * struct ng_interface - what attaching needs to know of an interface
 * @type: ARPHRD_*
 * @strips_vlan: the driver removes VLAN tags from received frames before XDP sees them
 */
struct ng_interface {
	int ifindex;
	char name[IF_NAMESIZE];
	unsigned short type;
	unsigned int mtu;
	bool up;
	bool strips_vlan;
};

/** ng_interface_find() - 0, or -ENODEV or another -errno with @err filled */
int ng_interface_find(const char *name, struct ng_interface *iface, struct ng_error *err);

/** ng_interface_at() - the interface of that index; 0; -ENODEV: it is gone; another -errno */
int ng_interface_at(int ifindex, struct ng_interface *iface);

/** ng_interface_name() - the name of the interface with that index; likewise */
int ng_interface_name(int ifindex, char name[IF_NAMESIZE]);

/** ng_interface_index() - the index of the interface called @name; likewise */
int ng_interface_index(const char *name);

/** ng_interface_has_ethernet() - 0, or -EOPNOTSUPP with @err naming what it carries instead */
int ng_interface_has_ethernet(const struct ng_interface *iface, struct ng_error *err);

#endif
