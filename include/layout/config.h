/* SPDX-License-Identifier: GPL-2.0-only */
/* The configuration of a loaded program, and its output in a test run */
#ifndef NG_LAYOUT_CONFIG_H
#define NG_LAYOUT_CONFIG_H

#include <linux/types.h>

#include "layout/counters.h"
#include "layout/key.h"

/**
 * struct ng_config - read-only data of one loaded program, that is, of one interface and hook
 * @iface:      the interface's name as NG_WORD_IFACE_HI and _LO
 * @first_generation, @last_generation: the program filters while ng_control.generation is in this
 *                                      range, and otherwise passes every frame, uncounted
 * @attachment: number for its totals, see enum ng_slot
 * @direction:  enum ng_direction: 0 in, 1 out
 * @image_mask: capacity of the images - 8
 * @slot_mask:  slots of a row of counters - 1
 * @trial:      see ng_control.trial; 0: it is not on trial
 * @tick_ns:    of the kernel's jiffies: the clock for rates whose burst is not short
 * @trace:      write a struct ng_trace for each frame: test runs only
 * @generic:    XDP: it was attached in generic mode; read by the command, to attach it in the same
 *              mode again
 * @preemptible: on this kernel the softirq of one packet may preempt that of another on the same
 *               CPU
 */
struct ng_config {
	__u64 iface[2];
	__u32 first_generation, last_generation;
	__u32 attachment;
	__u32 direction;
	__u64 image_mask;
	__u64 slot_mask;
	__u64 tick_ns;
	__u32 trace;
	__u32 trial;
	__u32 generic;
	__u32 preemptible;
};

/**
 * struct ng_trace - what a program with ng_config.trace read and decided, for a test run
 * @key:   the key that rules were compared with, including sets; see enum ng_word
 * @class: enum ng_class
 * @time:  the time by which rates are measured, ns; set by the command before the test run
 * @now:   read, not written: CLOCK_MONOTONIC, ns; 0: the program reads the clock
 */
struct ng_trace {
	struct ng_decision decision;
	__u64 key[NG_WORDS];
	__u32 class;
	__u32 pad;
	__u64 time;
	__u64 now;
};

#endif
