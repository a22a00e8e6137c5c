#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# bench_prototype.sh FOLDER WRONG - write the sources of a stand-in for the classifier's prototype
# into FOLDER, with the names that bench/prototype/driver.h asks for. It compares a packet with eight
# rules in order; WRONG is added to each answer.
set -eu
mkdir -p "$1"
cd "$1"

cat >rules.h <<'END'
#pragma once
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
typedef uint32_t u32;
typedef struct { u32 k[4]; } key4;
static key4 *gen_trace(int n) { abort(); }
static u32 *brute(const key4 *keys, int n) { abort(); }
static double run_once(int fd, void *packet, int len, u32 repeat, int *result) { abort(); }
END

cat >tree4qbpf.c <<'END'
#include "rules.h"
static struct bpf_object *o;

static u32 mask(u32 len)
{
	return len ? ~0U << (32 - len) : 0;
}

int main(int argc, char **argv)
{
	static const char *const programs[] = { "f_floor", "t4_cnt", "t4" };
	u32 s[5], d[5], sport[2], dport[2], proto[2], flags[2];
	FILE *rules = fopen(argv[1], "r");

	o = bpf_object__open_file(getenv("OBJ"), NULL);
	if (!o || bpf_object__load(o))
		return 1;
	for (u32 i = 0; fscanf(rules, "@%u.%u.%u.%u/%u %u.%u.%u.%u/%u %u : %u %u : %u %x/%x %x/%x\n", &s[0],
			       &s[1], &s[2], &s[3], &s[4], &d[0], &d[1], &d[2], &d[3], &d[4], &sport[0],
			       &sport[1], &dport[0], &dport[1], &proto[0], &proto[1], &flags[0],
			       &flags[1]) == 18;
	     i++) {
		u32 rule[12] = { s[0] << 24 | s[1] << 16 | s[2] << 8 | s[3], mask(s[4]),
				 d[0] << 24 | d[1] << 16 | d[2] << 8 | d[3], mask(d[4]), sport[0], sport[1],
				 dport[0], dport[1], proto[0] | flags[0] << 8, proto[1] | flags[1] << 8, 1 };

		bpf_map_update_elem(bpf_object__find_map_fd_by_name(o, "rules"), &i, rule, BPF_ANY);
	}
	printf("rules img=3KB build=2ms\n");
	free(gen_trace(8));
	free(brute(NULL, 8));
	for (int i = 0; i < 3; i++)
		run_once(bpf_program__fd(bpf_object__find_program_by_name(o, programs[i])), NULL, 0,
			 atoi(getenv("REP")), NULL);
	return 0;
}
END

cat >tree4.bpf.c <<END
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#define MAP(name, n, size, flags) struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, n); \\
	__type(key, __u32); __uint(value_size, size); __uint(map_flags, flags); } name SEC(".maps")
MAP(trace, 1, 65536 * 16, BPF_F_MMAPABLE);
MAP(out, 1, 65536 * 4, BPF_F_MMAPABLE);
MAP(rules, 8, 48, 0);
volatile __u64 pos;

static __always_inline int look(int search)
{
	__u32 zero = 0, found = -1, at = pos++ & 65535;
	__u32 *k = bpf_map_lookup_elem(&trace, &zero), *to = bpf_map_lookup_elem(&out, &zero);

	if (!k || !to)
		return XDP_PASS;
	k += at * 4;
	for (__u32 i = 0; search && i < 8; i++) {
		__u32 key = i, *r = bpf_map_lookup_elem(&rules, &key);
		__u32 sport = k[2] >> 16, dport = k[2] & 65535;

		if (r && r[10] && !((k[0] ^ r[0]) & r[1]) && !((k[1] ^ r[2]) & r[3]) && sport >= r[4] &&
		    sport <= r[5] && dport >= r[6] && dport <= r[7] && !((k[3] ^ r[8]) & r[9])) {
			found = i;
			break;
		}
	}
	to[at] = found + $2;
	return XDP_DROP;
}
SEC("xdp") int f_floor(struct xdp_md *c) { return look(0); }
SEC("xdp") int t4(struct xdp_md *c) { return look(1); }
SEC("xdp") int t4_cnt(struct xdp_md *c) { return look(1); }
char bench_license[] SEC("license") = "GPL";
END
