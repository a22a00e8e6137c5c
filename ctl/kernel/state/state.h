/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All that netguard keeps for one network namespace: pins in a folder of the BPF file system. A
 * command opens the state, reads or changes it, closes it and exits.
 *
 * Changing needs a lock, which ng_state_close() or the end of the process releases. Reading needs
 * none: it shows the state at one moment, and if the state is removed meanwhile, that is an error.
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
 * If @access takes the lock, this waits for the command that holds it, then recovers: it finishes
 * or undoes what a killed command left. Return: 0 with *@state for ng_state_close(); -ENOENT when
 * netguard is not attached to anything here (not with NG_ACCESS_CREATE); -ENODEV without a BPF file
 * system; -EPERM; -EPROTO when the state has another layout, see NG_ACCESS_UPGRADE; or another
 * -errno; @err is filled for all of them.
 */
int ng_state_open(enum ng_access access, struct ng_state **state, struct ng_error *err);
void ng_state_close(struct ng_state *state); /* NULL is fine */

/**
 * ng_state_create() - create the first generation, with @image of @size bytes in force
 *
 * Return: 0, and ng_state_exists() is true; -errno with @err filled: ng_state_close() removes the
 * pins.
 */
int ng_state_create(struct ng_state *state, const void *image, size_t size, __u32 slots,
		    struct ng_error *err);

/**
 * struct ng_summary - the state in numbers
 * @generation: increases each time the loaded programs are replaced
 * @capacity:   the largest image, in bytes, for which they need not be replaced
 * @slots:      likewise the largest number of counters, including the fixed ones
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
