/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Programs of netguard on interfaces of this network namespace that do not belong to its state:
 * their interface came from another namespace, or their pins were removed.
 */
#ifndef NG_STRANGERS_H
#define NG_STRANGERS_H

#include <linux/types.h>
#include <net/if.h>
#include <stddef.h>

#include "base/error.h"
#include "kernel/pins/hooks.h"

struct ng_state;

/**
 * struct ng_stranger - one of them
 * @program_id: as shown by bpftool prog
 */
struct ng_stranger {
	char iface[IF_NAMESIZE];
	int ifindex;
	enum ng_hook hook;
	enum ng_way way;
	__u32 program_id;
};

/**
 * ng_strangers() - all of them, sorted by interface
 * @state: of this namespace; NULL when there is none
 *
 * Return: 0 with *@list, *@n of them, for free(); -ENOMEM or another -errno with @err filled.
 */
int ng_strangers(const struct ng_state *state, struct ng_stranger **list, size_t *n,
		 struct ng_error *err);

/** ng_stranger_remove() - detach it; 0 or -errno with @err filled */
int ng_stranger_remove(const struct ng_stranger *stranger, struct ng_error *err);

#endif
