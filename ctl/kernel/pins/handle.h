/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An open state: the structure that all of ctl/kernel works on. Nothing else reads its members.
 *
 * The pins of one network namespace are in <bpffs>/netguard/<its cookie>/. That folder is the lock,
 * too.
 *
 *	control			shared by all generations; without it there is no state
 *	map-ID			an image or live table that is in one of the maps of maps
 *	gen-N/			generation N
 *	    images, counters, baseline
 *	    limits, filter,	for a reader of records, see records.h; the folder gen-N/
 *	    records		is that reader's lock
 *	    flows		map of maps with the flow table; the same in all generations of a
 *				layout
 *	    buckets, tables	state of rules with a rate, see layout/limit.h; the same in all
 *				generations
 *	    live		map of maps with the live table; the same in all generations of a
 *layout IFINDEX-HOOK	a program: 5-xdp, 5-tc-in, 5-tc-out IFINDEX-HOOK-link	its TCX link, when
 *it has one IFINDEX-HOOK-config	its struct ng_config
 *	history/N		ruleset number N, see history.h
 *	IFINDEX-changing	a program is being attached to that interface or detached
 *	IFINDEX-qdisc		the clsact qdisc of that interface is ours
 *	IFINDEX-HOOK-lost	a program that lost its hook, while another is attached in its place
 *
 * Everything else about a program is in its struct ng_config.
 */
#ifndef NG_HANDLE_H
#define NG_HANDLE_H

#include <stdbool.h>

#include "kernel/pins/access.h"
#include "kernel/pins/fail.h"
#include "kernel/pins/folder.h"
#include "layout/control.h"

/**
 * struct ng_generation - the maps that the programs of one generation share
 * @number:   from 1; 0: none
 * @images, @counters, @baseline: fds, -1 when not open
 * @live:     fd of the map that holds the live table, likewise
 * @flows:    fd of the map that holds the flow table, likewise
 * @limits, @filter, @records: fds likewise, see records.h
 * @buckets, @tables: fds likewise, see buckets.h
 * @cpus:     rows of counters
 * @folder:   the state's; NULL: nothing is pinned
 */
struct ng_generation {
	__u32 number;
	int images, counters, baseline, live, flows, limits, filter, records;
	int buckets, tables;
	__u64 capacity;
	__u32 slots;
	__u32 cpus;
	const char *folder;
};

/**
 * struct ng_state - see state/state.h
 * @folder:     its path
 * @folder_fd:  locked, unless @access is NG_ACCESS_READ
 * @control:    fd, -1 while there is no state
 * @control_id: id of that map; a program that uses it belongs to this state
 * @words:      contents of that map, mapped
 * @table:      the live table, mapped writable; NULL while it is not mapped
 * @unused:     the folder was created, but there is no state in it yet
 * @confirm:    ns within which a change must be confirmed; 0: none is needed
 * @trial:      number for programs that are attached on trial, see ng_control.trial
 * @renamed:    index of an interface whose programs get its current name when they are replaced; 0:
 *              none
 * @egress_added: this handle's last change attached egress programs where none were before
 * @no_tcx:     use clsact even if the kernel has TCX; for tests
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
	bool egress_added;
	bool no_tcx;
};

/** ng_state_exists() - false: opened with NG_ACCESS_CREATE, and not created yet */
static inline bool ng_state_exists(const struct ng_state *state)
{
	return state->words;
}

/** ng_pin_path() - the path of a pin inside the state's folder; returns @path */
const char *ng_pin_path(const struct ng_state *state, char path[NG_PIN_PATH], const char *format,
			...) __attribute__((format(printf, 3, 4)));

#endif
