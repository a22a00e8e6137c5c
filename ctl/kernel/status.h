/* SPDX-License-Identifier: GPL-2.0-only */
/* Which programs are on which hooks, and what is wrong with them. */
#ifndef NG_STATUS_H
#define NG_STATUS_H

#include <net/if.h>
#include <stddef.h>

#include "kernel/pins/hooks.h"
#include "kernel/programs/namespaces.h"
#include "kernel/state/state.h"
#include "layout/counters.h"

/**
 * struct ng_hook_info - one program on one hook, as the kernel tells it
 * @iface:      the name under which it was attached, what `on IFACE` compares with
 * @name_now:   the name the interface has, wherever it is; empty when it is gone
 * @netns:      the network namespace that it was moved to, as ng_netns_words() says; else empty
 * @dispatcher: through libxdp's dispatcher, with others
 * @attached:   the program is on the hook and works
 * @problem:    why not, or what else is wrong, in words; else empty
 * @repair:      what to do about it: a command; may be empty
 * @attachment: its number, see NG_SLOT_TOTALS
 * @program_id: as bpftool prog shows it
 * @loaded:     CLOCK_BOOTTIME, ns
 * @passed, @dropped: totals since attach or `counters reset`
 */
struct ng_hook_info {
	char iface[IF_NAMESIZE];
	char name_now[IF_NAMESIZE];
	char netns[NG_NETNS_PATH];
	int ifindex;
	enum ng_hook hook;
	enum ng_way way;
	bool dispatcher;
	bool attached;
	bool up;
	char problem[256];
	char repair[320];
	__u32 attachment;
	__u32 program_id;
	__u64 loaded;
	struct ng_counter passed, dropped;
};

/**
 * ng_hooks() - all that is attached, by interface index and hook
 *
 * Return: 0 with *@hooks, @*n of them, for free(); -errno with @err filled.
 */
int ng_hooks(const struct ng_state *state, struct ng_hook_info **hooks, size_t *n,
	     struct ng_error *err);

#endif
