/* SPDX-License-Identifier: GPL-2.0-only */
/* What the shared code needs from the XDP hook, see cursor.bpf.h. */
#ifndef NG_HOOK_BPF_H
#define NG_HOOK_BPF_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define NG_CONTEXT    struct xdp_md
#define NG_AGGREGATES 0 /* a frame is one packet */

#define ng_load_bytes	     bpf_xdp_load_bytes
#define ng_frame_length(ctx) bpf_xdp_get_buff_len(ctx)
#define ng_frame_iface(ctx)  ((ctx)->ingress_ifindex)
#define ng_frame_tag(ctx)    0 /* tags are in the frame */

#define ng_frame_has_socket(ctx) 0

#include "bpf/cursor.bpf.h"

/** ng_cursor_begin() - set up a cursor at the beginning of the frame */
static __always_inline void ng_cursor_begin(struct ng_cursor *c, struct xdp_md *ctx)
{
	__u64 length = bpf_xdp_get_buff_len(ctx); /* a call: first, so no pointer is spilled */

	*c = (struct ng_cursor){
		.ctx = ctx,
		.data = (void *)(long)ctx->data,
		.data_end = (void *)(long)ctx->data_end,
		.end = length,
		.segments = 1,
	};
}

#endif
