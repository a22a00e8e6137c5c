// SPDX-License-Identifier: GPL-2.0-only
#include "maps.bpf.h"

SEC("xdp.frags")
int netguard_xdp(struct xdp_md *ctx)
{
	(void)ctx;
	return XDP_PASS;
}

char ng_license[] SEC("license") = "GPL";
