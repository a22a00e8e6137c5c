/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An open state: what all folders of ctl/kernel work on, and nobody else looks into.
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
#ifndef NG_HANDLE_H
#define NG_HANDLE_H

#include <stdbool.h>

#include "kernel/pins/access.h"
#include "kernel/pins/fail.h"
#include "kernel/pins/folder.h"
#include "layout/control.h"

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

/**
 * struct ng_state - see state/state.h
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

#endif
