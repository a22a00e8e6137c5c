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
 * struct ng_hook_info - one program and its hook
 * @iface:      the interface's name when it was attached, which `on IFACE` compares with
 * @name_now:   the current name of the interface, in any namespace; empty when it is gone
 * @netns:      the network namespace that it was moved to, in words; else empty
 * @dispatcher: under libxdp's dispatcher
 * @attached:   the program is on the hook
 * @problem:    what is wrong, in words; else empty
 * @repair:     the command that repairs it; may be empty
 * @attachment: its number, see NG_SLOT_TOTALS
 * @program_id: as shown by bpftool prog
 * @loaded:     CLOCK_BOOTTIME, ns
 * @passed, @dropped: totals since attach or the last `counters reset`
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
 * ng_hooks() - all attachments, sorted by interface index and hook
 *
 * Return: 0 with *@hooks, @*n of them, for free(); -errno with @err filled.
 */
int ng_hooks(const struct ng_state *state, struct ng_hook_info **hooks, size_t *n,
	     struct ng_error *err);

#endif
