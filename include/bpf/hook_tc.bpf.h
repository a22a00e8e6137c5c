/* SPDX-License-Identifier: GPL-2.0-only */
/* What the shared code needs from the TC hooks, see cursor.bpf.h. */
#ifndef NG_HOOK_BPF_H
#define NG_HOOK_BPF_H

#include <linux/bpf.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define NG_CONTEXT    struct __sk_buff
#define NG_AGGREGATES 1 /* a frame may be many packets, of GRO or GSO */

#define ng_load_bytes	     bpf_skb_load_bytes
#define ng_frame_length(ctx) ((ctx)->len)
#define ng_frame_iface(ctx)  ((ctx)->ifindex)
#define ng_frame_tag(ctx) \
	((ctx)->vlan_present ? (__u32)bpf_ntohs((ctx)->vlan_proto) << 16 | (ctx)->vlan_tci : 0)

#define ng_frame_has_socket(ctx) ((ctx)->sk != NULL)

#include "bpf/cursor.bpf.h"

/** ng_cursor_begin() - set up a cursor at the beginning of the frame */
static __always_inline void ng_cursor_begin(struct ng_cursor *c, struct __sk_buff *ctx)
{
	__u64 segments = ctx->gso_segs;

	*c = (struct ng_cursor){
		.ctx = ctx,
		.data = (void *)(long)ctx->data,
		.data_end = (void *)(long)ctx->data_end,
		.end = ctx->len,
		.segments = segments | (segments - 1) >> 63, /* 1 instead of 0, without a branch */
		.segment_size = ctx->gso_size,
		.tag_proto = (__u64)ctx->vlan_proto * ctx->vlan_present,
		.tag_tci = ctx->vlan_tci,
	};
}

#endif
