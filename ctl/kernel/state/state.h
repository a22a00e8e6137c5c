/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What netguard keeps in the kernel for one network namespace: pins in a folder of the bpffs,
 * nothing else. A command opens the state, asks or changes, closes it and exits.
 *
 * Changes hold a lock, freed by ng_state_close() or by death. Reading takes none: what is read
 * is true at one moment, and a state that vanishes meanwhile is an error in words.
 */
#ifndef NG_STATE_H
#define NG_STATE_H

#include <linux/types.h>
#include <stddef.h>

#include "base/error.h"
#include "kernel/pins/access.h"

struct ng_state;

/**
 * ng_state_open() - the state of this process's network namespace
 *
 * With a lock, waits for the command that holds it, then recovers: finishes or undoes what a killed
 * one left. Return: 0 with *@state for ng_state_close(); -ENOENT when netguard is attached to
 * nothing here (not with NG_ACCESS_CREATE); -ENODEV without a bpffs; -EPERM; -EPROTO when it was
 * made by a netguard of another layout, see NG_ACCESS_UPGRADE; or another -errno; @err is filled
 * for all of them.
 */
int ng_state_open(enum ng_access access, struct ng_state **state, struct ng_error *err);
void ng_state_close(struct ng_state *state); /* NULL is fine */

/**
 * ng_state_make() - the maps of a first generation, with @size bytes at @image in force
 *
 * Return: 0 and ng_state_exists(); -errno with @err filled and nothing made.
 */
int ng_state_make(struct ng_state *state, const void *image, size_t size, __u32 slots,
		  struct ng_error *err);

/**
 * struct ng_summary - the state in numbers
 * @generation: raised when the loaded programs were replaced by larger ones
 * @capacity:   bytes an image may have without that
 * @slots:      counters a ruleset may use without that, the fixed ones included
 * @live:       entries of @blocked that have not expired
 */
struct ng_summary {
	__u32 generation;
	__u64 capacity;
	__u32 slots;
	__u64 live;
};

/** ng_state_summary() - all zero when there is no state yet (NG_ACCESS_CREATE) */
void ng_state_summary(const struct ng_state *state, struct ng_summary *summary);

#endif
