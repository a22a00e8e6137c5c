/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Records of single packets, for who reads them (ctl/kernel/records.h). A flood must cost little:
 * when a limit is used up, that is found by a load and a comparison, without the clock.
 *
 * A hook file defines ng_frame_length(ctx), ng_frame_iface(ctx) and ng_frame_tag(ctx), the tag that
 * stands beside the frame as protocol << 16 | priority and id.
 */
#ifndef NG_RECORD_BPF_H
#define NG_RECORD_BPF_H

#include "classify.bpf.h"

#define NG_SECOND 1000000000ULL

/*
 * May one more of *@rate records per second be made? Of two CPUs that ask at the same moment one
 * may be refused though something is left. Return: CLOCK_BOOTTIME, ns; 0: no.
 */
static __always_inline __u64 ng_limit_admits(void *limits, __u64 slot, const __u32 *rate)
{
	struct ng_limit *limit = limits + (slot & ng_config.slot_mask) * sizeof(*limit);
	__u32 left = *(volatile __u32 *)&limit->left, tick = bpf_jiffies64();
	__u64 now, until;

	if (!left && tick == *(volatile __u32 *)&limit->tick)
		return 0;
	now = bpf_ktime_get_boot_ns();
	until = *(volatile __u64 *)&limit->until;
	if (now >= until &&
	    __sync_val_compare_and_swap(&limit->until, until, now + NG_SECOND) == until) {
		left = *rate;
		*(volatile __u32 *)&limit->left = left;
	}
	if (!left) {
		*(volatile __u32 *)&limit->tick = tick;
		return 0;
	}
	return __sync_val_compare_and_swap(&limit->left, left, left - 1) == left ? now : 0;
}

static __always_inline int ng_is_watched(const struct ng_scan *scan, __u64 watch, __u32 decider)
{
	if (watch & NG_WATCH_ALL)
		return 1;
	if (watch & NG_WATCH_DROPPED)
		return scan->action == NG_ACTION_DROP;
	if (watch & NG_WATCH_INVALID)
		return decider == NG_BY_INVALID;
	return watch & NG_WATCH_DECIDED && watch >> NG_WATCH_SLOT_SHIFT == scan->slot;
}

/* The `count` rule marked `log` that matched last: its ng_rest; 0: none. */
static __always_inline __u32 ng_logged(const struct ng_scan *scan, __u32 decider)
{
	/* Otherwise scan->meet was not used. */
	return decider != NG_BY_BLOCKED && ng_forest_of(scan)->count ? scan->meet.logged : 0;
}

/**
 * ng_leave_record() - somebody reads: write a record if the packet is one of those wanted
 * @scan: with the verdict; @watch: NG_WATCH_*
 *
 * A function of its own, so that its stack is not that of all packets.
 */
static __attribute__((noinline)) int ng_leave_record(void *ctx, struct ng_scan *scan, __u32 decider,
						     __u64 watch)
{
	const struct ng_image_header *header = scan->image;
	__u32 zero = 0, wanted = 0, log = 0, tag, rate;
	void *limits = bpf_map_lookup_elem(&ng_limits, &zero);
	const struct ng_rest *rest;
	struct ng_control *control;
	struct ng_record *record;
	__u64 last, now = 0;

	if (!limits)
		return 0;
	if (watch & NG_WATCH_LOG) {
		if (decider == NG_BY_RULE && scan->take & NG_TAKE_LOG) {
			rest = ng_image_at(scan->image, scan->take & NG_TAKE_SLOT);
			log = rest->rule;
			now = ng_limit_admits(limits, scan->slot, &rest->log);
			wanted = 1;
		}
		if (!now && ng_logged(scan, decider)) {
			rest = ng_image_at(scan->image, ng_logged(scan, decider));
			log = rest->rule;
			now = ng_limit_admits(limits, rest->slot, &rest->log);
			wanted = 1;
		}
	}
	if (!(watch & NG_WATCH_LOG) && ng_is_watched(scan, watch, decider)) {
		rate = watch >> NG_WATCH_RATE_SHIFT & NG_WATCH_RATE;
		now = ng_limit_admits(limits, NG_SLOT_LOG_LIMITED, &rate);
		wanted = 1;
	}
	if (!now) {
		if (wanted)
			ng_count(scan, NG_SLOT_LOG_LIMITED);
		return 0;
	}
	control = bpf_map_lookup_elem(&ng_control, &zero);
	if (!control)
		return 0;
	if (now >= *(volatile __u64 *)&control->lease) {
		/* Who reads is dead; one that begins just now says again that it reads. */
		__sync_val_compare_and_swap(&control->watch, watch, 0);
		return 0;
	}
	record = bpf_ringbuf_reserve(&ng_records, sizeof(*record), 0);
	if (!record) {
		ng_count(scan, NG_SLOT_LOG_FULL);
		return 0;
	}
	record->time = now;
	record->image = header->created;
	record->ifindex = ng_frame_iface(ctx);
	record->rule = decider == NG_BY_RULE ? scan->rule : 0;
	record->log = log;
	record->packets = scan->packets;
	tag = ng_frame_tag(ctx);
	record->tag_proto = tag >> 16;
	record->tag_tci = tag;
	record->drop = scan->action == NG_ACTION_DROP;
	record->decider = decider;
	record->reason = scan->packet.reason;
	record->direction = ng_config.direction;
	record->length = ng_frame_length(ctx);
	last = record->length < NG_RECORD_BYTES ? record->length : NG_RECORD_BYTES;
	last--;
	/* Linux 6.1 learns from a comparison with a bound only, and not that a number is not 0. */
	asm volatile("" : "+r"(last));
	record->captured = 0;
	if (last < NG_RECORD_BYTES && !ng_load_bytes(ctx, 0, record->data, last + 1))
		record->captured = last + 1;
	bpf_ringbuf_submit(record, 0);
	return 0;
}

#endif
