/* SPDX-License-Identifier: GPL-2.0-only */
/* Settings of an interface and its driver, by the ioctl of ethtool(8). */
#ifndef NG_ETHTOOL_H
#define NG_ETHTOOL_H

#include <net/if.h>
#include <stdbool.h>

/**
 * struct ng_offload - a feature of the device
 * @name:  the kernel's name: "rx-vlan-hw-parse"
 * @fixed: it cannot be changed
 */
struct ng_offload {
	const char *name;
	bool on, fixed;
};

/** ng_driver_name() - 0 or -errno */
int ng_driver_name(const char *iface, char driver[32]);

/** ng_strips_vlan() - *@strips: are VLAN tags removed from received frames? 0 or -errno */
int ng_strips_vlan(const char *iface, bool *strips);

/** ng_offloads_find() - fill in @n features; unknown ones are off; 0 or -errno */
int ng_offloads_find(const char *iface, struct ng_offload *offloads, size_t n);

/**
 * struct ng_queues - receive queues
 * @now:    those in use; @most: the maximum
 * @paired: each is paired with a transmit queue: `combined` of ethtool -L, else `rx`
 */
struct ng_queues {
	unsigned int now, most;
	bool paired;
};

/** ng_queues_find() - 0 or -errno */
int ng_queues_find(const char *iface, struct ng_queues *queues);

#endif
