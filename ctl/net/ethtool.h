/* SPDX-License-Identifier: GPL-2.0-only */
/* What the driver of an interface tells, by the ioctl of ethtool(8). */
#ifndef NG_DOCTOR_ETHTOOL_H
#define NG_DOCTOR_ETHTOOL_H

#include <net/if.h>
#include <stdbool.h>

/**
 * struct ng_offload - a feature of the device
 * @name:  as the kernel names it: "rx-vlan-hw-parse"
 * @fixed: it cannot be switched
 */
struct ng_offload {
	const char *name;
	bool on, fixed;
};

/** ng_driver_name() - 0 or -errno */
int ng_driver_name(const char *iface, char driver[32]);

/** ng_offloads_find() - fill in @n features; those the kernel does not know are off; 0 or -errno */
int ng_offloads_find(const char *iface, struct ng_offload *offloads, size_t n);

/**
 * struct ng_queues - those that receive
 * @paired: each with one that sends: `combined` to ethtool -L, else `rx`
 */
struct ng_queues {
	unsigned int now, most;
	bool paired;
};

/** ng_queues_find() - 0 or -errno */
int ng_queues_find(const char *iface, struct ng_queues *queues);

#endif
