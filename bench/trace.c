// SPDX-License-Identifier: GPL-2.0-only
#include "trace.h"

#include <arpa/inet.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "packet.h"
#include "random.h"

/* One packet in so many lies anywhere, not in a rule. */
#define ANYWHERE 16

void bench_trace_clear(struct bench_trace *trace)
{
	free(trace->keys);
	free(trace->answers);
	*trace = (struct bench_trace){ 0 };
}

static int allocate(int family, size_t n, struct bench_trace *trace)
{
	struct bench_trace made = {
		.family = family,
		.n = n,
		.keys = calloc(n, sizeof(*made.keys)),
		.answers = calloc(n, sizeof(*made.answers)),
	};

	if (!made.keys || !made.answers) {
		bench_trace_clear(&made);
		return -ENOMEM;
	}
	*trace = made;
	return 0;
}

/*
 * Protocols with 20 bytes or less that matter, none of them a header of the IPv6 chain. Without
 * a condition on the protocol, those with ports where @ports says so.
 */
static uint8_t draw_proto(uint64_t *random, int family, bool ports)
{
	static const uint8_t all[] = {
		BENCH_TCP,  BENCH_TCP, BENCH_TCP, BENCH_UDP,  BENCH_UDP,
		BENCH_ICMP, BENCH_GRE, BENCH_ESP, BENCH_SCTP,
	};
	uint8_t proto = all[bench_below(random, ports ? 5 : sizeof(all))];

	return proto == BENCH_ICMP && family == 6 ? BENCH_ICMPV6 : proto;
}

static struct bench_address draw_address(uint64_t *random, int family, struct bench_address prefix,
					 unsigned int len)
{
	struct bench_address mask = bench_mask(family, len);

	prefix.hi |= family == 6 ? bench_random(random) & ~mask.hi : 0;
	prefix.lo |= bench_random(random) & ~mask.lo & (family == 6 ? ~0ULL : 0xffffffff);
	return prefix;
}

static struct bench_key draw_anywhere(uint64_t *random, int family)
{
	const struct bench_address zero = { 0, 0 }, global = { 1ULL << 61, 0 };
	struct bench_key key = {
		.src = draw_address(random, family, family == 4 ? zero : global,
				    family == 4 ? 0 : 3),
		.dst = draw_address(random, family, family == 4 ? zero : global,
				    family == 4 ? 0 : 3),
		.sport = bench_random(random),
		.dport = bench_random(random),
		.proto = draw_proto(random, family, false),
		.flags = bench_random(random),
	};

	return key;
}

static bool asks_for_ports(const struct bench_rule *rule)
{
	return rule->sport[0] || rule->dport[0] || rule->sport[1] != BENCH_PORT_MAX ||
	       rule->dport[1] != BENCH_PORT_MAX;
}

static uint16_t draw_port(uint64_t *random, const uint16_t ports[2])
{
	return ports[0] + bench_below(random, ports[1] - ports[0] + 1);
}

/* Prefixes of length 0 stay within what the family's anywhere is. */
static struct bench_key draw_inside(uint64_t *random, int family, const struct bench_rule *rule)
{
	struct bench_key key = draw_anywhere(random, family);

	if (rule->src_len)
		key.src = draw_address(random, family, rule->src, rule->src_len);
	if (rule->dst_len)
		key.dst = draw_address(random, family, rule->dst, rule->dst_len);
	key.sport = draw_port(random, rule->sport);
	key.dport = draw_port(random, rule->dport);
	key.proto = rule->proto;
	if (rule->proto == BENCH_PROTO_ANY)
		key.proto = draw_proto(random, family, asks_for_ports(rule));
	key.flags = (key.flags & ~rule->flags_mask) | (rule->flags & rule->flags_mask);
	return key;
}

/* On the wire the type of an ICMP message stands where other protocols have a port. */
static void settle_icmp(int family, struct bench_key *key)
{
	if (bench_is_icmp(family, key->proto))
		key->sport = key->flags << 8 | (key->sport & 255);
}

struct bench_key bench_trace_draw(uint64_t *random, int family, const struct bench_rule *rule)
{
	struct bench_key key = draw_inside(random, family, rule);

	settle_icmp(family, &key);
	return key;
}

int bench_trace_repeat(const struct bench_rules *rules, const struct bench_key *keys, size_t n_keys,
		       size_t n, struct bench_trace *trace)
{
	struct bench_trace made;

	if (allocate(rules->family, n, &made))
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		made.keys[i] = keys[i % n_keys];
	if (bench_answer(rules, &made)) {
		bench_trace_clear(&made);
		return -ENOMEM;
	}
	*trace = made;
	return 0;
}

int bench_trace_rules(const struct bench_rules *rules, size_t n, struct bench_trace *trace)
{
	uint64_t random = rules->n * 2 + (rules->family == 6);
	struct bench_trace made;
	int family = rules->family;

	if (allocate(family, n, &made))
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		if (rules->n && bench_below(&random, ANYWHERE))
			made.keys[i] = draw_inside(&random, family,
						   &rules->list[bench_below(&random, rules->n)]);
		else
			made.keys[i] = draw_anywhere(&random, family);
		settle_icmp(family, &made.keys[i]);
	}
	if (bench_answer(rules, &made)) {
		bench_trace_clear(&made);
		return -ENOMEM;
	}
	*trace = made;
	return 0;
}

int bench_trace_flows(const struct bench_trace *from, struct bench_trace *trace)
{
	double octaves = log2(from->n);
	uint64_t random = from->n;
	struct bench_trace made;

	if (allocate(from->family, from->n, &made))
		return -ENOMEM;
	for (size_t i = 0; i < made.n; i++) {
		/* Evenly spread logarithms of the rank: the density is 1 / rank. */
		double spread = (bench_random(&random) >> 11) * 0x1p-53;
		size_t rank = exp2(spread * octaves);

		made.keys[i] = from->keys[rank - 1];
		made.answers[i] = from->answers[rank - 1];
	}
	*trace = made;
	return 0;
}

size_t bench_trace_record(int family)
{
	return family == 4 ? sizeof(struct bench_packet4) : sizeof(struct bench_packet6);
}

static void write4(const struct bench_key *key, struct bench_packet4 *record)
{
	*record = (struct bench_packet4){
		.saddr = htonl(key->src.lo),
		.daddr = htonl(key->dst.lo),
		.sport = htons(key->sport),
		.dport = htons(key->dport),
		.proto = key->proto,
		.flags = key->flags,
	};
}

static void write_address6(struct bench_address address, __be32 to[4])
{
	to[0] = htonl(address.hi >> 32);
	to[1] = htonl(address.hi);
	to[2] = htonl(address.lo >> 32);
	to[3] = htonl(address.lo);
}

static void write6(const struct bench_key *key, struct bench_packet6 *record)
{
	*record = (struct bench_packet6){
		.sport = htons(key->sport),
		.dport = htons(key->dport),
		.proto = key->proto,
		.flags = key->flags,
	};
	write_address6(key->src, record->saddr);
	write_address6(key->dst, record->daddr);
}

void bench_trace_write(const struct bench_trace *trace, void *records)
{
	for (size_t i = 0; i < trace->n; i++) {
		if (trace->family == 4)
			write4(&trace->keys[i], (struct bench_packet4 *)records + i);
		else
			write6(&trace->keys[i], (struct bench_packet6 *)records + i);
	}
}

size_t bench_frame_make(int family, unsigned char frame[BENCH_FRAME6])
{
	static const unsigned char ipv4[] = { 0x45, 0, 0, BENCH_FRAME4 - 14, 0, 0, 0, 0, 64, 6 };
	static const unsigned char ipv6[] = { 0x60, 0, 0, 0, 0, BENCH_FRAME6 - 54, 6, 64 };

	memset(frame, 0, BENCH_FRAME6);
	frame[0] = frame[6] = 2;
	frame[12] = family == 4 ? 0x08 : 0x86;
	frame[13] = family == 4 ? 0x00 : 0xdd;
	if (family == 4)
		memcpy(frame + 14, ipv4, sizeof(ipv4));
	else
		memcpy(frame + 14, ipv6, sizeof(ipv6));
	frame[14 + (family == 4 ? 20 : 40) + 12] = 0x50; /* TCP: header of 20 bytes */
	return family == 4 ? BENCH_FRAME4 : BENCH_FRAME6;
}

/* RFC 1071: of the header of 20 bytes, whose checksum is 0. */
static uint16_t checksum(const unsigned char *header)
{
	uint32_t sum = 0;

	for (int i = 0; i < 20; i += 2)
		sum += header[i] << 8 | header[i + 1];
	sum = (sum & 0xffff) + (sum >> 16);
	return ~(sum + (sum >> 16));
}

size_t bench_trace_frame(const struct bench_trace *trace, size_t i,
			 unsigned char frame[BENCH_FRAME6])
{
	size_t len = bench_frame_make(trace->family, frame);
	unsigned char *ip = frame + 14, *l4 = ip + (trace->family == 4 ? 20 : 40);
	struct bench_packet4 packet4;
	struct bench_packet6 packet6;
	uint16_t sum;

	if (trace->family == 4) {
		write4(&trace->keys[i], &packet4);
		ip[9] = packet4.proto;
		memcpy(ip + 12, &packet4.saddr, 8);
		memcpy(l4, &packet4.sport, 4);
		l4[13] = packet4.flags;
		sum = htons(checksum(ip));
		memcpy(ip + 10, &sum, sizeof(sum));
	} else {
		write6(&trace->keys[i], &packet6);
		ip[6] = packet6.proto;
		memcpy(ip + 8, packet6.saddr, 32);
		memcpy(l4, &packet6.sport, 4);
		l4[13] = packet6.flags;
	}
	return len;
}
