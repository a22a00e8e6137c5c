/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of this folder share, and nobody else sees.
 *
 * The pins of one network namespace, in <bpffs>/netguard/<its cookie>/, which is also the lock:
 *
 *	control			shared by all generations; without it there is no state
 *	map-ID			an image or live table that stands in one of the maps of maps
 *	gen-N/			generation N
 *	    images, counters, baseline
 *	    limits, filter,	for who reads records of packets, see records.h; its folder is the
 *	    records		lock of the one who does
 *	    live		holds the live table; the same map in all generations of a layout
 *	    IFINDEX-HOOK	a program: 5-xdp, 5-tc-in, 5-tc-out
 *	    IFINDEX-HOOK-link	its TCX link, when it has one
 *	    IFINDEX-HOOK-config	its struct ng_config
 *	history/N		ruleset number N, see history.h
 *	IFINDEX-changing	a program is being put on that interface or taken off
 *	IFINDEX-qdisc		the clsact qdisc of that interface is ours
 *	IFINDEX-HOOK-lost	a program that lost its hook, while another is attached in its stead
 *
 * What else is to be known about a program stands in its struct ng_config.
 */
#ifndef NG_PRIVATE_H
#define NG_PRIVATE_H

#include <limits.h>
#include <sys/types.h>

#include "kernel/pins/folder.h"
#include "kernel/pins/hooks.h"
#include "kernel/state/state.h"
#include "layout/control.h"

#define NG_PIN_PATH 256

/**
 * struct ng_generation - the maps that programs of one generation share
 * @number:   from 1; 0: none
 * @images, @counters, @baseline: fds, -1 when not open
 * @live:     fd of the map that holds the live table, likewise
 * @limits, @filter, @records: fds likewise, see records.h
 * @cpus:     rows of counters
 * @folder:   the state's; NULL: nothing is pinned
 */
struct ng_generation {
	__u32 number;
	int images, counters, baseline, live, limits, filter, records;
	__u64 capacity;
	__u32 slots;
	__u32 cpus;
	const char *folder;
};

#define NG_NO_GENERATION                         \
	((struct ng_generation){ .number = 0,    \
				 .images = -1,   \
				 .counters = -1, \
				 .baseline = -1, \
				 .live = -1,     \
				 .limits = -1,   \
				 .filter = -1,   \
				 .records = -1 })

/**
 * struct ng_state - see state.h
 * @folder:     its path
 * @folder_fd:  locked unless opened to read
 * @control:    fd, -1 while there is no state
 * @control_id: the kernel's id of that map: a program that uses it is ours
 * @words:      that map, mapped
 * @table:      the live table, mapped to be changed; NULL when it is not
 * @unused:     the folder was made for a state that there is not yet
 * @confirm:    ns within which a change is to be confirmed; 0: it stays
 * @trial:      of what is attached, see ng_control.trial
 * @renamed:    programs of this interface get the name it has now when they are replaced; 0: none
 * @no_tcx:     use clsact though the kernel may have TCX; for tests
 */
struct ng_state {
	enum ng_access access;
	char folder[NG_PIN_PATH / 2];
	int folder_fd;
	int control;
	__u32 control_id;
	struct ng_control *words;
	struct ng_live_table *table;
	struct ng_generation now;
	__u64 confirm;
	__u32 trial;
	bool unused;
	int renamed;
	bool no_tcx;
};

/** ng_state_exists() - is there one, or is NG_ACCESS_CREATE still to make it? */
static inline bool ng_state_exists(const struct ng_state *state)
{
	return state->words;
}

/** ng_pin_path() - the path of a pin inside the state's folder; returns @path */
const char *ng_pin_path(const struct ng_state *state, char path[NG_PIN_PATH], const char *format,
			...) __attribute__((format(printf, 3, 4)));

/**
 * ng_state_make() - the maps of a first generation, with @size bytes at @image in force
 *
 * Return: 0 and ng_state_exists(); -errno with @err filled and nothing made.
 */
int ng_state_make(struct ng_state *state, const void *image, size_t size, __u32 slots,
		  struct ng_error *err);

/**
 * ng_state_remove() - unpin everything; nothing is attached any more
 *
 * Return: 0; -errno: what is left is no state or a whole one, and whoever takes the lock next
 * removes it.
 */
int ng_state_remove(struct ng_state *state);

/** ng_fail_bpf() - @what failed with @code; says so when it is for want of privileges */
int ng_fail_bpf(struct ng_error *err, int code, const char *what);

/** ng_fail_stripped() - XDP does not see the VLAN tags that the ruleset asks for; -EOPNOTSUPP */
int ng_fail_stripped(const char *iface, struct ng_error *err);

#endif
