// SPDX-License-Identifier: GPL-2.0-only
/* The XDP program: frames on their way in, before the kernel has made anything of them. */
#define ng_load_bytes	     bpf_xdp_load_bytes
#define ng_frame_length(ctx) bpf_xdp_get_buff_len(ctx)
#define ng_frame_iface(ctx)  (((struct xdp_md *)(ctx))->ingress_ifindex)
#define ng_frame_tag(ctx)    0 /* it stands in the frame */

#include "bpf/act.bpf.h"

SEC("xdp.frags")
int netguard_xdp(struct xdp_md *ctx)
{
	struct ng_cursor cursor = {
		.ctx = ctx,
		.data = (void *)(long)ctx->data,
		.data_end = (void *)(long)ctx->data_end,
		.end = bpf_xdp_get_buff_len(ctx),
		.segments = 1,
	};

	return XDP_PASS - ng_drops(&cursor);
}

char ng_license[] SEC("license") = "GPL";
