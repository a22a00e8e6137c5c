/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The clock of the programs, which is the kernel's own CLOCK_BOOTTIME. In a time namespace
 * (time_namespaces(7)) a process reads it with an offset. All times that programs and commands
 * share come from here.
 */
#ifndef NG_CLOCK_H
#define NG_CLOCK_H

#include <linux/types.h>
#include <time.h>

#include "base/error.h"

#define NG_NS_PER_SECOND 1000000000ULL

/**
 * ng_clock_read_offset() - read the offset of this process's CLOCK_BOOTTIME
 *
 * ng_state_open() calls this each time: a process may have another clock than its parent.
 * Return: 0; -errno with @err filled: no time can be relied on then.
 */
int ng_clock_read_offset(struct ng_error *err);

/** ng_clock_now() - what bpf_ktime_get_boot_ns() returns now; aborts if that is unknown */
__u64 ng_clock_now(void);

/** ng_clock_read() - ns of any clock, such as CLOCK_REALTIME, as this process sees it */
__u64 ng_clock_read(clockid_t clock);

#endif
