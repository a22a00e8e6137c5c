/* SPDX-License-Identifier: GPL-2.0-only */
/* A packet of a trace as the writer puts it into the frame: network order, fields as on the wire.
 */
#ifndef BENCH_PACKET_H
#define BENCH_PACKET_H

#include <linux/types.h>

/**
 * struct bench_packet4 - an IPv4 packet
 * @sport, @dport: ports; of ICMP, @sport is type and code
 * @flags: byte 13 of the TCP header
 */
struct bench_packet4 {
	__be32 saddr, daddr;
	__be16 sport, dport;
	__u8 proto, flags;
	__u16 pad;
};
_Static_assert(sizeof(struct bench_packet4) == 16, "four to a cache line");

struct bench_packet6 {
	__be32 saddr[4], daddr[4];
	__be16 sport, dport;
	__u8 proto, flags;
	__u16 pad;
};
_Static_assert(sizeof(struct bench_packet6) == 40, "bench_packet6 has no holes");

/* What the writer returns when there is no program to go on to: no verdict of either hook. */
#define BENCH_NO_TARGET 77

/* Ethernet, IP without options, 20 bytes of L4; IPv4 frames are padded to 60 bytes. */
#define BENCH_FRAME4 60
#define BENCH_FRAME6 74

#endif
