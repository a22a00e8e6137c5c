/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Records of single packets, for a reader (ctl/kernel/maps/records.h). A flood must cost little:
 * when a limit is exhausted, that takes a load and a comparison to find out, without reading the
 * clock.
 */
#ifndef NG_RECORD_BPF_H
#define NG_RECORD_BPF_H

#include "bpf/filter.bpf.h"

#define NG_SECOND 1000000000ULL

/*
 * May one more record be written, of *@rate a second? When two CPUs ask at the same moment, one may
 * be refused although some are left. Return: CLOCK_BOOTTIME, ns; 0: no.
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

/* The same for rule @number, which is marked `log`; @slot: 0: the rule's own. */
static __always_inline __u64 ng_rule_admits(const struct ng_scan *scan, void *limits, __u32 number,
					    __u64 slot)
{
	const struct ng_image_header *header = scan->image;
	const struct ng_log_limit *limit;
	__u64 offset = header->log_limits.offset + (number - 1ULL) * sizeof(*limit);

	limit = ng_image_at(scan->image, offset);
	return ng_limit_admits(limits, slot ? slot : limit->slot, &limit->rate);
}

static __always_inline int ng_is_watched(const struct ng_scan *scan, __u64 watch, __u32 decider)
{
	if (watch & NG_WATCH_ALL)
		return 1;
	if (watch & NG_WATCH_DROPPED)
		return scan->scratch->action == NG_ACTION_DROP;
	if (watch & NG_WATCH_INVALID)
		return decider == NG_BY_INVALID;
	return watch & NG_WATCH_DECIDED && watch >> NG_WATCH_SLOT_SHIFT == scan->scratch->slot;
}

/* Number of the last matching `count` rule that is marked `log`; 0: none. */
static __always_inline __u32 ng_logged(const struct ng_scan *scan, __u32 decider)
{
	const struct ng_image_header *header = scan->image;

	if (!header->logs_counted)
		return 0;
	/* scratch->slow is only valid if the `count` rules were scanned. */
	return decider != NG_BY_BLOCKED && ng_forest_of(scan)->count ? scan->scratch->slow.logged
								     : 0;
}

/*
 * Was the limit of @slot found exhausted in this tick? For most packets of a flood nothing else is
 * checked. (A limit that was never exhausted appears to be in one of 2^32 ticks.)
 */
static __always_inline int ng_is_used_up(__u64 slot)
{
	const struct ng_limit *limit;
	__u32 zero = 0;

	limit = bpf_map_lookup_elem(&ng_limits, &zero);
	if (!limit)
		return 0;
	limit = (const void *)limit + (slot & ng_config.slot_mask) * sizeof(*limit);
	return *(const volatile __u32 *)&limit->tick == (__u32)bpf_jiffies64();
}

/*
 * Write a record of a selected packet if the limit admits it; @logged: see ng_logged(). Not
 * inlined, so that packets without a record do not pay for its stack.
 */
static __attribute__((noinline)) int ng_leave_record(NG_CONTEXT *ctx, struct ng_scan *scan,
						     __u32 decider, __u64 watch, __u32 logged)
{
	const struct ng_image_header *header = scan->image;
	__u32 zero = 0, log = 0, tag, rate;
	void *limits = bpf_map_lookup_elem(&ng_limits, &zero);
	struct ng_control *control;
	struct ng_record *record;
	__u64 last, now = 0;

	if (!limits)
		return 0;
	if (!(watch & NG_WATCH_LOG)) {
		rate = watch >> NG_WATCH_RATE_SHIFT & NG_WATCH_RATE;
		now = ng_limit_admits(limits, NG_SLOT_LOG_LIMITED, &rate);
	} else if (scan->scratch->outcome & NG_OUTCOME_LOG) {
		log = scan->scratch->rule;
		now = ng_rule_admits(scan, limits, log, scan->scratch->slot);
	}
	if (!now && logged) {
		log = logged;
		now = ng_rule_admits(scan, limits, log, 0);
	}
	if (!now) {
		ng_count(scan, NG_SLOT_LOG_LIMITED);
		return 0;
	}
	control = bpf_map_lookup_elem(&ng_control, &zero);
	if (!control)
		return 0;
	if (now >= *(volatile __u64 *)&control->lease) {
		/* The reader has died. One that is just starting sets it again. */
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
	record->rule = decider == NG_BY_RULE ? scan->scratch->rule : 0;
	record->log = log;
	record->packets = ng_packets(scan->scratch);
	tag = ng_frame_tag(ctx);
	record->tag_proto = tag >> 16;
	record->tag_tci = tag;
	record->drop = scan->scratch->action == NG_ACTION_DROP;
	record->over = (scan->scratch->outcome & NG_OUTCOME_OVER) != 0;
	record->decider = decider;
	record->reason = scan->scratch->packet.reason;
	record->direction = ng_config.direction;
	record->length = ng_frame_length(ctx);
	last = record->length < NG_RECORD_BYTES ? record->length : NG_RECORD_BYTES;
	last--;
	/* Linux 6.1 learns bounds only from comparisons with a bound, not from one with 0. */
	asm volatile("" : "+r"(last));
	record->captured = 0;
	if (last < NG_RECORD_BYTES && !ng_load_bytes(ctx, 0, record->data, last + 1))
		record->captured = last + 1;
	bpf_ringbuf_submit(record, 0);
	return 0;
}

/**
 * ng_record() - if the reader selects the packet, write a record, or count it as missed
 * @scan: with the verdict; @watch: NG_WATCH_*
 */
static __always_inline void ng_record(NG_CONTEXT *ctx, struct ng_scan *scan, __u32 decider,
				      __u64 watch)
{
	__u64 slot = NG_SLOT_LOG_LIMITED;
	__u32 logged = 0;

	if (watch & NG_WATCH_LOG) {
		slot = scan->scratch->slot;
		logged = ng_logged(scan, decider);
		if (!logged && !(scan->scratch->outcome & NG_OUTCOME_LOG))
			return;
	} else if (!ng_is_watched(scan, watch, decider)) {
		return;
	}
	if (watch & NG_WATCH_FILTER && !ng_filter_holds(scan->scratch))
		return;
	if (!logged && ng_is_used_up(slot)) {
		ng_count(scan, NG_SLOT_LOG_LIMITED);
		return;
	}
	ng_leave_record(ctx, scan, decider, watch, logged);
}

#endif
