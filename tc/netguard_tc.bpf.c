// SPDX-License-Identifier: GPL-2.0-only
/*
 * The TC program, for both directions: ng_config.direction tells them apart. Frames may be
 * aggregates of GRO or GSO here, and a VLAN tag may stand beside the frame.
 */
#define ng_load_bytes	     bpf_skb_load_bytes
#define ng_frame_length(ctx) (((struct __sk_buff *)(ctx))->len)
#define ng_frame_iface(ctx)  (((struct __sk_buff *)(ctx))->ifindex)
#define ng_frame_tag(ctx)                                                            \
	(((struct __sk_buff *)(ctx))->vlan_present                                   \
		 ? (__u32)bpf_ntohs(((struct __sk_buff *)(ctx))->vlan_proto) << 16 | \
			   ((struct __sk_buff *)(ctx))->vlan_tci                     \
		 : 0)

#include "bpf/act.bpf.h"

/* TCX_NEXT to a TCX link, TC_ACT_UNSPEC to clsact: whoever comes next decides. */
#define NG_TC_NEXT -1
#define NG_TC_DROP 2 /* TCX_DROP, TC_ACT_SHOT */

/* Ethernet, two tags, IPv6, TCP without options; or IPv4 with all of its options. */
#define NG_PULL 128

/* Without a branch, which would double what the verifier has to walk. */
static __always_inline __u64 ng_at_least_one(__u64 n)
{
	return n | (n - 1) >> 63;
}

SEC("tc")
int netguard_tc(struct __sk_buff *ctx)
{
	__u32 linear = ctx->data_end - ctx->data;
	struct ng_cursor cursor = {
		.ctx = ctx,
		.end = ctx->len,
		.segments = ng_at_least_one(ctx->gso_segs),
		.segment_size = ctx->gso_size,
	};

	/* What cannot be pulled is read byte by byte later on: a failure does not matter. */
	if (linear < NG_PULL && linear < ctx->len)
		bpf_skb_pull_data(ctx, ctx->len < NG_PULL ? ctx->len : NG_PULL);
	cursor.data = (void *)(long)ctx->data;
	cursor.data_end = (void *)(long)ctx->data_end;
	cursor.tag_proto = (__u64)ctx->vlan_proto * ctx->vlan_present;
	cursor.tag_tci = ctx->vlan_tci;
	return ng_drops(&cursor) ? NG_TC_DROP : NG_TC_NEXT;
}

char ng_license[] SEC("license") = "GPL";
