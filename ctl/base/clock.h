/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The clock of the programs. They read the kernel's own CLOCK_BOOTTIME; what a process in a time
 * namespace (time_namespaces(7)) is told under that name is shifted by an offset. All times that
 * programs and commands share, and all that is said of them, come from here.
 */
#ifndef NG_CLOCK_H
#define NG_CLOCK_H

#include <linux/types.h>
#include <time.h>

#include "base/error.h"

#define NG_NS_PER_SECOND 1000000000ULL

/**
 * ng_clock_read_offset() - find out by how much this process's CLOCK_BOOTTIME is shifted
 *
 * ng_state_open() does so each time: a process may have another clock than its parent.
 * Return: 0; -errno with @err when it cannot be told, and then no time is to be relied on.
 */
int ng_clock_read_offset(struct ng_error *err);

/** ng_clock_now() - ns, as bpf_ktime_get_boot_ns() in this moment; aborts if it cannot be told */
__u64 ng_clock_now(void);

/** ng_clock_read() - ns of any clock, such as CLOCK_REALTIME, as this process is told it */
__u64 ng_clock_read(clockid_t clock);

#endif
