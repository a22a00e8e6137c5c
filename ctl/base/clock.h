/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The clocks of the programs, which are the kernel's own CLOCK_BOOTTIME, and CLOCK_MONOTONIC for
 * noted flows. In a time namespace (time_namespaces(7)) a process reads them with offsets. All
 * times that programs and commands share come from here.
 */
#ifndef NG_CLOCK_H
#define NG_CLOCK_H

#include <linux/types.h>
#include <time.h>

#include "base/error.h"

#define NG_NS_PER_SECOND 1000000000ULL

/**
 * ng_clock_read_offset() - read the offsets of this process's clocks
 *
 * ng_state_open() calls this each time: a process may have another clock than its parent.
 * Return: 0; -errno with @err filled: no time can be relied on then.
 */
int ng_clock_read_offset(struct ng_error *err);

/** ng_clock_now() - what bpf_ktime_get_boot_ns() returns now; aborts if that is unknown */
__u64 ng_clock_now(void);

/** ng_clock_monotonic() - likewise bpf_ktime_get_ns() */
__u64 ng_clock_monotonic(void);

/** ng_clock_read() - ns of any clock, such as CLOCK_REALTIME, as this process sees it */
__u64 ng_clock_read(clockid_t clock);

#endif
