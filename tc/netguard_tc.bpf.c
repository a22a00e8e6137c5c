// SPDX-License-Identifier: GPL-2.0-only
#include "maps.bpf.h"

SEC("tc")
int netguard_tc(struct __sk_buff *ctx)
{
	(void)ctx;
	return -1;
}

char ng_license[] SEC("license") = "GPL";
