/* SPDX-License-Identifier: GPL-2.0-only */
/* The words that all programs share */
#ifndef NG_LAYOUT_CONTROL_H
#define NG_LAYOUT_CONTROL_H

#include <linux/types.h>

/**
 * struct ng_control - the words that all programs share; single element, mmapable
 * @version:    NG_LAYOUT_VERSION of the generation in force
 * @generation: which programs are to work, see ng_config.first_generation
 * @in_force:   both, for one store
 * @live:       0: the live table has no entries, nothing is looked up in it
 * @window:     0: no change waits to be confirmed; else the CLOCK_BOOTTIME, ns, when it is taken
 *              back, and NG_WINDOW_EXPIRED from the first packet or command on that comes after
 * @trial:      what waits is the attachments whose ng_config.trial is this; 0: it is the image
 * @trials:     the last number that a trial was given
 * @deadline:   of the last window, unless that ended by being confirmed or taken back
 * @watch:      NG_WATCH_*: of which packets records are made; 0: nobody reads any
 * @lease:      CLOCK_BOOTTIME, ns: @watch means nothing from then on
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
