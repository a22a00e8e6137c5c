/* SPDX-License-Identifier: GPL-2.0-only */
/* The packets of a bench, and what must become of each. */
#ifndef BENCH_TRACE_H
#define BENCH_TRACE_H

#include "packet.h"
#include "rules.h"

/**
 * struct bench_key - what rules can ask of a packet
 * @sport, @dport: of ICMP, @sport is type and code
 * @flags: of TCP; of ICMP, the type
 */
struct bench_key {
	struct bench_address src, dst;
	uint16_t sport, dport;
	uint8_t proto, flags;
};

/**
 * struct bench_trace - packets in the order in which they come
 * @n:       a power of two
 * @answers: for each packet the index of what decides: of the rule, of set traces 0 when the
 *           set holds the source; BENCH_NOTHING for the default
 */
struct bench_trace {
	int family;
	size_t n;
	struct bench_key *keys;
	uint32_t *answers;
};
#define BENCH_NOTHING UINT32_MAX

void bench_trace_clear(struct bench_trace *trace);

/**
 * bench_trace_rules() - random points in random rules; every sixteenth anywhere
 *
 * The answers are found by comparing each packet with all rules in order.
 * Return: 0 with *@trace for bench_trace_clear(), or -ENOMEM.
 */
int bench_trace_rules(const struct bench_rules *rules, size_t n, struct bench_trace *trace);

/** bench_trace_draw() - a random packet that @rule matches */
struct bench_key bench_trace_draw(uint64_t *random, int family, const struct bench_rule *rule);

/** bench_trace_repeat() - @n packets, the @n_keys of @keys over and over; 0 or -ENOMEM */
int bench_trace_repeat(const struct bench_rules *rules, const struct bench_key *keys, size_t n_keys,
		       size_t n, struct bench_trace *trace);

/**
 * bench_trace_flows() - the packets of @from as flows: few of them often, most of them seldom
 *
 * How often a flow comes falls as 1 / its rank.
 */
int bench_trace_flows(const struct bench_trace *from, struct bench_trace *trace);

/** bench_trace_write() - as records of packet.h, into memory for the writer */
void bench_trace_write(const struct bench_trace *trace, void *records);

/** bench_trace_record() - bytes of a record of that family */
size_t bench_trace_record(int family);

/**
 * bench_frame_make() - an IP packet with 20 bytes of L4, of which the writer fills in the rest
 *
 * Return: its length.
 */
size_t bench_frame_make(int family, unsigned char frame[BENCH_FRAME6]);

/** bench_trace_frame() - packet @i as the writer makes it, with its checksum. Return: its length */
size_t bench_trace_frame(const struct bench_trace *trace, size_t i,
			 unsigned char frame[BENCH_FRAME6]);

/** bench_answer() - fill @trace's answers from @rules; 0 or -ENOMEM */
int bench_answer(const struct bench_rules *rules, struct bench_trace *trace);

#endif
