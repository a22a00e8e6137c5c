/* SPDX-License-Identifier: GPL-2.0-only */
/* What one loaded program is told, and what it tells a test run */
#ifndef NG_LAYOUT_CONFIG_H
#define NG_LAYOUT_CONFIG_H

#include <linux/types.h>

#include "layout/counters.h"
#include "layout/key.h"

/**
 * struct ng_config - read-only data of one loaded program: each interface and hook has its own
 * @iface:      the interface's name as NG_WORD_IFACE_HI and _LO
 * @first_generation, @last_generation: the program works while ng_control.generation lies
 *              between them, and otherwise hands every frame on untouched
 * @attachment: its slots for totals, see enum ng_slot
 * @direction:  enum ng_direction: 0 in, 1 out
 * @image_mask: capacity of the images - 8
 * @slot_mask:  slots of a row of counters - 1
 * @trial:      see ng_control.trial; 0: it was attached for good
 * @trace:      leave a struct ng_decision for each frame: test runs only
 * @generic:    XDP: it was attached in generic mode; for the command, which attaches it again so
 * @preemptible: of this kernel, one packet's softirq may preempt another's on the same CPU
 */
struct ng_config {
	__u64 iface[2];
	__u32 first_generation, last_generation;
	__u32 attachment;
	__u32 direction;
	__u64 image_mask;
	__u64 slot_mask;
	__u32 trace;
	__u32 trial;
	__u32 generic;
	__u32 preemptible;
};

/**
 * struct ng_trace - what a test run is told of one frame, left by programs with ng_config.trace
 * @key:   as the rules were compared with it, sets included; see enum ng_word
 * @class: enum ng_class
 */
struct ng_trace {
	struct ng_decision decision;
	__u64 key[NG_WORDS];
	__u32 class;
	__u32 pad;
};

#endif
