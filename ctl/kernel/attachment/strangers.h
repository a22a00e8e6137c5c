/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Programs of netguard on interfaces of this network namespace that its state does not know: they
 * came along with an interface from another namespace, or somebody removed the pins.
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
 * @program_id: as bpftool prog shows it
 */
struct ng_stranger {
	char iface[IF_NAMESIZE];
	int ifindex;
	enum ng_hook hook;
	enum ng_way way;
	__u32 program_id;
};

/**
 * ng_strangers() - all of them, by interface
 * @state: of this namespace; NULL when there is none
 *
 * Return: 0 with *@list, *@n of them, for free(); -ENOMEM or another -errno with @err filled.
 */
int ng_strangers(const struct ng_state *state, struct ng_stranger **list, size_t *n,
		 struct ng_error *err);

/** ng_stranger_remove() - take it off its hook; 0 or -errno with @err filled */
int ng_stranger_remove(const struct ng_stranger *stranger, struct ng_error *err);

#endif
