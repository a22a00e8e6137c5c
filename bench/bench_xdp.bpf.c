// SPDX-License-Identifier: GPL-2.0-only
/* The writer at XDP, and what netguard is compared with there. */
#include "bpf/hook_xdp.bpf.h"

#include "writer.bpf.h"

SEC("xdp.frags")
int bench_writer(struct xdp_md *ctx)
{
	bench_write((void *)(long)ctx->data, (void *)(long)ctx->data_end);
	bpf_tail_call_static(ctx, &bench_target, 0);
	return BENCH_NO_TARGET;
}

SEC("xdp.frags")
int bench_drop(struct xdp_md *ctx __attribute__((unused)))
{
	return XDP_DROP;
}

/* Of live frames: out of the interface again, to the other end of a veth pair; into the stack. */
SEC("xdp.frags")
int bench_tx(struct xdp_md *ctx __attribute__((unused)))
{
	return XDP_TX;
}

SEC("xdp.frags")
int bench_pass(struct xdp_md *ctx __attribute__((unused)))
{
	return XDP_PASS;
}

SEC("xdp.frags")
int bench_parse(struct xdp_md *ctx)
{
	struct ng_cursor cursor;

	ng_cursor_begin(&cursor, ctx);
	return bench_parse_all(&cursor) & 1 ? XDP_DROP : XDP_PASS;
}

char bench_license[] SEC("license") = "GPL";
