// SPDX-License-Identifier: GPL-2.0-only
/* The XDP program: frames on their way in, before the kernel has made anything of them. */
#include "bpf/hook_xdp.bpf.h"

#include "bpf/act.bpf.h"

SEC("xdp.frags")
int netguard_xdp(struct xdp_md *ctx)
{
	struct ng_cursor cursor;

	ng_cursor_begin(&cursor, ctx);
	return XDP_PASS - ng_drops(&cursor);
}

char ng_license[] SEC("license") = "GPL";
