// SPDX-License-Identifier: GPL-2.0-only
/* The writer at TC, and what netguard is compared with there. */
#include "bpf/hook_tc.bpf.h"

#include "writer.bpf.h"

#define BENCH_TC_PASS 0
#define BENCH_TC_DROP 2 /* TC_ACT_SHOT */

SEC("tc")
int bench_writer(struct __sk_buff *ctx)
{
	bench_write((void *)(long)ctx->data, (void *)(long)ctx->data_end);
	bpf_tail_call_static(ctx, &bench_target, 0);
	return BENCH_NO_TARGET;
}

SEC("tc")
int bench_drop(struct __sk_buff *ctx __attribute__((unused)))
{
	return BENCH_TC_DROP;
}

SEC("tc")
int bench_parse(struct __sk_buff *ctx)
{
	struct ng_cursor cursor;

	ng_cursor_begin(&cursor, ctx);
	return bench_parse_all(&cursor) & 1 ? BENCH_TC_DROP : BENCH_TC_PASS;
}

char bench_license[] SEC("license") = "GPL";
