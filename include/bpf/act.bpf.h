/* SPDX-License-Identifier: GPL-2.0-only */
/* The decision about a frame: verdict, counters, record, and the trace of a test run. */
#ifndef NG_ACT_BPF_H
#define NG_ACT_BPF_H

#include "bpf/classify.bpf.h"
#include "bpf/record.bpf.h"
#include "bpf/window.bpf.h"

#define NG_MLD_V2_REPORT 143 /* RFC 3810 section 5.2 */

/*
 * If ng_config.preemptible is not set, the kernel may lack these functions: the verifier removes
 * the calls first.
 */
extern void bpf_preempt_disable(void) __ksym __weak;
extern void bpf_preempt_enable(void) __ksym __weak;

/* Does this program belong to the generation in force? */
static __always_inline int ng_is_active(const volatile struct ng_control *control)
{
	__u32 generation = control->generation;

	return generation >= ng_config.first_generation && generation <= ng_config.last_generation;
}

/*
 * Neighbour and router discovery (RFC 4861 section 6.1, 7.1: hop limit 255) and multicast listener
 * discovery (RFC 2710 section 3, RFC 3810 section 5: hop limit 1, from a link-local address or ::):
 * without them a host loses its IPv6 connectivity.
 */
static __always_inline int ng_is_exempt(const struct ng_packet *p)
{
	__u64 from_hi = p->key[NG_WORD_SADDR_HI], from_lo = p->key[NG_WORD_SADDR_LO];
	__u8 type = p->key[NG_WORD_MISC] >> (NG_MISC_ICMP_SHIFT + 8);
	__u8 ttl = p->key[NG_WORD_MISC] >> NG_MISC_TTL_SHIFT;

	if (p->class != NG_CLASS_IPV6 || !(p->key[NG_WORD_BITS] & NG_BIT_HAS_ICMP_TYPE))
		return 0;
	if (type >= 133 && type <= 137)
		return ttl == 255;
	if ((type < 130 || type > 132) && type != NG_MLD_V2_REPORT)
		return 0;
	return ttl == 1 && p->key[NG_WORD_DADDR_HI] >> 56 == 0xff &&
	       (from_hi >> 54 == 0xfe80 >> 6 || !(from_hi | from_lo));
}

/* When no rule decides: set the scratch's action and slot. Return: enum ng_decider. */
static __always_inline __u32 ng_fall_back(struct ng_scan *scan)
{
	const struct ng_image_header *header = scan->image;
	struct ng_scratch *scratch = scan->scratch;
	const struct ng_packet *p = &scratch->packet;
	__u32 direction = ng_config.direction & 1;

	if (p->reason) {
		scratch->action = header->drop_invalid ? NG_ACTION_DROP : NG_ACTION_PASS;
		scratch->slot = NG_SLOT_INVALID + p->reason;
		return NG_BY_INVALID;
	}
	scratch->action = NG_ACTION_PASS;
	if (p->class == NG_CLASS_OTHER) {
		scratch->slot = NG_SLOT_NON_IP;
		return NG_BY_NON_IP;
	}
	if (ng_is_exempt(p)) {
		scratch->slot = NG_SLOT_EXEMPT;
		return NG_BY_EXEMPT;
	}
	if (header->drop_default[direction])
		scratch->action = NG_ACTION_DROP;
	scratch->slot = direction ? NG_SLOT_DEFAULT_OUT : NG_SLOT_DEFAULT_IN;
	return NG_BY_DEFAULT;
}

/* Packets on the wire, and their bytes without the headers of an aggregate's further segments. */
static __always_inline void ng_measure(struct ng_scratch *scratch, const struct ng_cursor *c)
{
	if (NG_AGGREGATES)
		scratch->packets = c->segments;
	scratch->bytes = c->end + c->segments * (c->tag_proto ? 4 : 0);
}

static __always_inline void ng_leave_trace(const struct ng_scratch *scratch, __u32 decider)
{
	ng_trace.decision = (struct ng_decision){
		.drop = scratch->action == NG_ACTION_DROP,
		.decider = decider,
		.reason = scratch->packet.reason,
		.over = (scratch->outcome & NG_OUTCOME_OVER) != 0,
		.rule = decider == NG_BY_RULE ? scratch->rule : 0,
		.packets = ng_packets(scratch),
		.bytes = scratch->bytes,
	};
	ng_trace.class = scratch->packet.class;
	for (__u32 i = 0; i < NG_WORDS; i++)
		ng_trace.key[i] = scratch->packet.key[i];
}

/* Note the flow of a packet that leaves, for rules with `established`. */
static __always_inline void ng_note(NG_CONTEXT *ctx, struct ng_scan *scan)
{
	const struct ng_image_header *header = scan->image;

	if (ng_config.direction && header->established && scan->scratch->action == NG_ACTION_PASS)
		ng_note_packet(ctx, &scan->scratch->packet, ng_flow_search(scan));
}

/*
 * As ng_drops(). Must not be interrupted by another packet on this CPU, which would use the same
 * scratch and counters.
 */
static __always_inline int ng_decide(NG_CONTEXT *ctx)
{
	__u32 zero = 0, cpu = bpf_get_smp_processor_id(), slot, decider;
	const volatile struct ng_control *control;
	struct ng_scratch *scratch;
	struct ng_cursor cursor;
	struct ng_scan scan;
	void *images;
	__u64 live, watch;

	control = bpf_map_lookup_elem(&ng_control, &zero);
	if (!control || !ng_is_active(control))
		return 0;
	slot = ng_image_slot(control);
	live = control->live;
	watch = control->watch;
	images = bpf_map_lookup_elem(&ng_images, &slot);
	if (!images)
		return 0;
	scratch = bpf_map_lookup_elem(&ng_scratches, &cpu);
	scan.image = bpf_map_lookup_elem(images, &zero);
	scan.row = bpf_map_lookup_elem(&ng_counters, &cpu);
	scan.scratch = scratch;
	if (!scan.image || !scan.row || !scratch)
		return 0;

	ng_cursor_begin(&cursor, ctx);
	cursor.zero = &scratch->packet.zero;
	ng_measure(scratch, &cursor);
	ng_parse(&cursor, &scratch->packet, &scratch->copy);
	if (NG_AGGREGATES)
		scratch->bytes += (scratch->packets - 1) * scratch->packet.headers;
	decider = ng_classify(ctx, &scan, live);
	if (decider == NG_BY_DEFAULT)
		decider = ng_fall_back(&scan);
	ng_count(&scan, scratch->slot);
	ng_count(&scan,
		 NG_SLOT_TOTALS + 2 * ng_config.attachment + (scratch->action & NG_ACTION_DROP));
	if (watch)
		ng_record(ctx, &scan, decider, watch);
	ng_note(ctx, &scan);
	if (ng_config.trace)
		ng_leave_trace(scratch, decider);
	return scratch->action & NG_ACTION_DROP;
}

/**
 * ng_drops() - decide about a frame and count it
 *
 * Return: 1 to drop it, 0 to pass it. Frames at a hook whose attachment was not confirmed in time
 * have no image, and pass.
 */
static __always_inline int ng_drops(NG_CONTEXT *ctx)
{
	int drops;

	if (ng_config.preemptible)
		bpf_preempt_disable();
	drops = ng_decide(ctx);
	if (ng_config.preemptible)
		bpf_preempt_enable();
	return drops;
}

#endif
