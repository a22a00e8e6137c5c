// SPDX-License-Identifier: GPL-2.0-only
/* The XDP program: incoming frames, before the kernel processes them. */
#include "bpf/hook_xdp.bpf.h"

#include "bpf/act.bpf.h"

SEC("xdp.frags")
int netguard_xdp(struct xdp_md *ctx)
{
	return XDP_PASS - ng_drops(ctx);
}

char ng_license[] SEC("license") = "GPL";
