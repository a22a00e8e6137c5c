// SPDX-License-Identifier: GPL-2.0-only
/*
 * The TC program, for both directions: ng_config.direction tells which. Frames may be aggregates of
 * GRO or GSO here, and a VLAN tag may be in metadata.
 */
#include "bpf/hook_tc.bpf.h"

#include "bpf/act.bpf.h"

/* TCX_NEXT for a TCX link, TC_ACT_UNSPEC for clsact: the next program or filter decides. */
#define NG_TC_NEXT -1
#define NG_TC_DROP 2 /* TCX_DROP, TC_ACT_SHOT */

/* Ethernet, two tags, IPv6, TCP without options; or IPv4 with all of its options. */
#define NG_PULL 128

SEC("tc")
int netguard_tc(struct __sk_buff *ctx)
{
	__u32 linear = ctx->data_end - ctx->data;

	/* If this fails, headers are copied when they are read: that is only slower. */
	if (linear < NG_PULL && linear < ctx->len)
		bpf_skb_pull_data(ctx, ctx->len < NG_PULL ? ctx->len : NG_PULL);
	return ng_drops(ctx) ? NG_TC_DROP : NG_TC_NEXT;
}

char ng_license[] SEC("license") = "GPL";
