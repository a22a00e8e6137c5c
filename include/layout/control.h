/* SPDX-License-Identifier: GPL-2.0-only */
/* The words that all programs share */
#ifndef NG_LAYOUT_CONTROL_H
#define NG_LAYOUT_CONTROL_H

#include <linux/types.h>

/**
 * struct ng_control - the only element of the control map, which can be mapped
 * @version:    NG_LAYOUT_VERSION of the generation in force
 * @generation: the generation in force, see ng_config.first_generation
 * @in_force:   both, to be stored at once
 * @live:       0: the live table has no entries, so programs do not read it
 * @window:     0: no change waits to be confirmed; else the deadline, CLOCK_BOOTTIME, ns; the first
 *              packet or command after that sets it to NG_WINDOW_EXPIRED
 * @trial:      the attachments with this ng_config.trial wait; 0: the image does
 * @trials:     number of the last trial
 * @deadline:   of the last window, unless that was confirmed or rolled back by a command
 * @watch:      NG_WATCH_*: which packets are recorded; 0: there is no reader
 * @lease:      CLOCK_BOOTTIME, ns: @watch is valid until then
 */
struct ng_control {
	union {
		struct {
			__u32 version;
			__u32 generation;
		};
		__u64 in_force;
	};
	__u64 live;
	__u64 window;
	__u32 trial;
	__u32 trials;
	__u64 deadline;
	__u64 watch;
	__u64 lease;
	__u64 reserved;
};
_Static_assert(sizeof(struct ng_control) == 64, "the words are in one cache line");

#define NG_WINDOW_EXPIRED 1

#endif
