/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What turns the one frame that BPF_PROG_TEST_RUN repeats into the packets of a trace: the writer
 * puts the next packet's addresses, protocol, ports and flags into the frame and tail-calls the
 * program that is measured.
 */
#ifndef BENCH_WRITER_BPF_H
#define BENCH_WRITER_BPF_H

#include "bpf/parse.bpf.h"
#include "packet.h"

/* The trace; its size is set when the program is opened. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(struct bench_packet6));
	__uint(map_flags, BPF_F_MMAPABLE);
} bench_trace SEC(".maps");

/* Element 0 is the program that is measured now. */
struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
} bench_target SEC(".maps");

/* Packets of the trace - 1; a power of two - 1. */
const volatile __u64 bench_mask = 0;
const volatile __u32 bench_family = 4;

volatile __u64 bench_position;
static struct ng_packet bench_packet __attribute__((aligned(512)));
static union ng_copy bench_copy;

#define BENCH_L3 14

struct bench_tcp {
	__be16 sport, dport;
	__u8 numbers[9];
	__u8 flags;
};

static __always_inline void bench_write4(const void *trace, __u64 at, void *data, void *end)
{
	const struct bench_packet4 *p = trace + at * sizeof(*p);
	struct iphdr *ip = data + BENCH_L3;
	struct bench_tcp *l4 = (void *)(ip + 1);

	if ((void *)(l4 + 1) > end)
		return;
	ip->saddr = p->saddr;
	ip->daddr = p->daddr;
	ip->protocol = p->proto;
	l4->sport = p->sport;
	l4->dport = p->dport;
	l4->flags = p->flags;
}

static __always_inline void bench_write6(const void *trace, __u64 at, void *data, void *end)
{
	const struct bench_packet6 *p = trace + at * sizeof(*p);
	struct ipv6hdr *ip = data + BENCH_L3;
	struct bench_tcp *l4 = (void *)(ip + 1);

	if ((void *)(l4 + 1) > end)
		return;
	for (int i = 0; i < 4; i++) {
		ip->saddr.in6_u.u6_addr32[i] = p->saddr[i];
		ip->daddr.in6_u.u6_addr32[i] = p->daddr[i];
	}
	ip->nexthdr = p->proto;
	l4->sport = p->sport;
	l4->dport = p->dport;
	l4->flags = p->flags;
}

static __always_inline void bench_write(void *data, void *end)
{
	const void *trace;
	__u32 zero = 0;
	__u64 at;

	trace = bpf_map_lookup_elem(&bench_trace, &zero);
	if (!trace)
		return;
	at = bench_position;
	bench_position = at + 1;
	at &= bench_mask;
	if (bench_family == 4)
		bench_write4(trace, at, data, end);
	else
		bench_write6(trace, at, data, end);
}

/* All that was read goes into the result, so that the compiler leaves none of it out. */
static __always_inline __u64 bench_parse_all(struct ng_cursor *c)
{
	const struct ng_packet *packet = &bench_packet;
	__u64 folded;

	c->zero = &bench_packet.zero;
	ng_parse(c, &bench_packet, &bench_copy);
	folded = packet->class ^ packet->reason ^ packet->headers;
	for (int i = 0; i < NG_WORDS; i++)
		folded ^= packet->key[i];
	return folded;
}

#endif
