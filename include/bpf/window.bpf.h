/* SPDX-License-Identifier: GPL-2.0-only */
/* A change that waits to be confirmed: which image programs use meanwhile, and afterwards. */
#ifndef NG_WINDOW_BPF_H
#define NG_WINDOW_BPF_H

#include "bpf/maps.bpf.h"

/**
 * ng_slot_in_window() - enum ng_image_slot; NG_IMAGE_SLOTS: none, pass the frame
 *
 * The first CPU that finds the deadline passed stores that: from then on the window is expired on
 * all CPUs, and the clock is not read any more. A global function, see verifier.bpf.h.
 */
__attribute__((noinline)) __u32 ng_slot_in_window(void)
{
	struct ng_control *control;
	__u64 window, found;
	__u32 zero = 0;

	control = bpf_map_lookup_elem(&ng_control, &zero);
	if (!control)
		return NG_IMAGE_CURRENT;
	window = *(const volatile __u64 *)&control->window;
	if (!window)
		return NG_IMAGE_CURRENT;
	if (window != NG_WINDOW_EXPIRED) {
		if (bpf_ktime_get_boot_ns() < window)
			return NG_IMAGE_CURRENT;
		found = __sync_val_compare_and_swap(&control->window, window, NG_WINDOW_EXPIRED);
		/* It was confirmed, or opened again, at this moment. */
		if (found != window && found != NG_WINDOW_EXPIRED)
			return NG_IMAGE_CURRENT;
	}
	if (!control->trial)
		return NG_IMAGE_PREVIOUS;
	return control->trial == ng_config.trial ? NG_IMAGE_SLOTS : NG_IMAGE_CURRENT;
}

/** ng_image_slot() - the slot of the image that programs use; as ng_slot_in_window() */
static __always_inline __u32 ng_image_slot(const volatile struct ng_control *control)
{
	return control->window ? ng_slot_in_window() : NG_IMAGE_CURRENT;
}

#endif
