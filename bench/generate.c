// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rule sets with the shape of real ones, after the three kinds that Taylor and Turner found in
 * "ClassBench: A Packet Classification Benchmark" (2007): access control lists (acl: specific
 * addresses, exact destination ports), firewalls (fw: one side is a wildcard, port ranges, TCP
 * flags) and IP chains (ipc: in between). The tables imitate how often pairs of prefix lengths,
 * port classes, protocols and flags stand together in such sets; addresses come from a number of
 * networks that grows with the set, so that prefixes nest and repeat as they do there.
 */
#include "rules.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "random.h"

const char *const bench_kind_names[BENCH_KINDS] = { "acl", "fw", "ipc" };

enum port_class { ANY, ONE, HIGH, SPAN };

/* Tables end with weight 0; weights are percent, roughly. */

/* A pair of prefix lengths of IPv4, each drawn between two bounds. */
struct length_pair {
	unsigned int weight;
	uint8_t src[2], dst[2];
};

/* How protocol, ports and flags stand together; a rule has the flags in @flagged percent. */
struct service {
	unsigned int weight;
	enum port_class sport, dport;
	int16_t proto;
	unsigned int flagged;
};

struct flags {
	unsigned int weight;
	uint8_t value, mask;
};

/**
 * struct kind - a kind of rule sets
 * @ports: that single ports are drawn from, the first ones more often; ends with 0
 * @blocks: how many /8 (IPv4) the networks of sources and destinations lie in
 * @nets: the addresses of n rules lie in n / nets[side] + some[side] networks
 * @hosts: of a network, that rules name
 */
struct kind {
	const struct length_pair *lengths;
	const struct service *services;
	const struct flags *flags;
	const uint16_t *ports;
	unsigned int blocks[2], nets[2], some[2], hosts[2];
};

#define EXACT(src, dst)  \
	{ src, src },    \
	{                \
		dst, dst \
	}

static const struct length_pair acl_lengths[] = {
	{ 29, EXACT(32, 32) },	      { 14, EXACT(31, 32) },	    { 13, EXACT(32, 31) },
	{ 4, EXACT(31, 31) },	      { 4, EXACT(32, 30) },	    { 4, EXACT(32, 22) },
	{ 3, EXACT(23, 32) },	      { 2, EXACT(31, 22) },	    { 2, EXACT(30, 32) },
	{ 2, EXACT(31, 23) },	      { 2, EXACT(32, 24) },	    { 2, EXACT(24, 31) },
	{ 1, EXACT(30, 22) },	      { 1, EXACT(30, 23) },	    { 16, { 21, 32 }, { 15, 32 } },
	{ 1, { 6, 10 }, { 24, 32 } }, { 1, { 29, 32 }, { 1, 14 } }, { 0 },
};
static const struct service acl_services[] = {
	{ 60, ANY, ONE, BENCH_TCP, 20 },
	{ 16, ANY, ANY, BENCH_TCP, 20 },
	{ 11, ANY, SPAN, BENCH_TCP, 20 },
	{ 9, ANY, ANY, BENCH_PROTO_ANY, 0 },
	{ 3, ANY, ANY, BENCH_ICMP, 0 },
	{ 1, ANY, ONE, BENCH_UDP, 0 },
	{ 0 },
};
static const struct flags acl_flags[] = { { 1, 0x10, 0x10 }, { 1, 0, 0x02 }, { 0 } };
static const uint16_t acl_ports[] = {
	1521, 1433, 135,  20,	21,   1525, 1526, 1221, 5555, 5432, 3306, 8080, 443,  22,
	6000, 389,  3389, 5540, 5541, 1604, 1700, 1701, 1702, 1703, 1704, 1705, 1706, 1707,
	1708, 1709, 1711, 1712, 1713, 1714, 1717, 1724, 1733, 1734, 7001, 7002, 9001, 9090,
	1489, 1490, 2121, 3031, 4899, 5631, 5632, 5900, 636,  990,  993,  995,	110,  0,
};

static const struct length_pair fw_lengths[] = {
	{ 19, EXACT(0, 31) },	     { 14, EXACT(0, 32) },	   { 11, EXACT(1, 32) },
	{ 7, EXACT(1, 31) },	     { 6, EXACT(0, 30) },	   { 5, EXACT(31, 0) },
	{ 4, EXACT(32, 0) },	     { 3, EXACT(32, 1) },	   { 3, EXACT(2, 32) },
	{ 2, EXACT(30, 0) },	     { 2, EXACT(31, 1) },	   { 2, EXACT(32, 32) },
	{ 1, EXACT(31, 32) },	     { 1, EXACT(32, 31) },	   { 1, EXACT(32, 2) },
	{ 1, { 0, 1 }, { 0, 1 } },   { 7, { 20, 29 }, { 0, 1 } },  { 4, { 29, 32 }, { 19, 30 } },
	{ 3, { 0, 1 }, { 19, 29 } }, { 2, { 6, 17 }, { 27, 32 } }, { 0 },
};
static const struct service fw_services[] = {
	{ 44, ANY, ONE, BENCH_TCP, 96 },
	{ 14, ANY, ONE, BENCH_UDP, 0 },
	{ 10, ONE, ANY, BENCH_UDP, 0 },
	{ 9, ANY, ANY, BENCH_TCP, 90 },
	{ 5, ANY, ANY, BENCH_GRE, 0 },
	{ 4, HIGH, HIGH, BENCH_TCP, 96 },
	{ 4, ANY, ANY, BENCH_ICMP, 70 },
	{ 3, ONE, ONE, BENCH_UDP, 0 },
	{ 2, ONE, HIGH, BENCH_UDP, 0 },
	{ 2, HIGH, ONE, BENCH_UDP, 0 },
	{ 2, HIGH, HIGH, BENCH_UDP, 0 },
	{ 1, ANY, ANY, BENCH_PROTO_ANY, 0 },
	{ 0 },
};
static const struct flags fw_flags[] = {
	{ 55, 0x02, 0x12 }, { 1, 0x10, 0x10 }, { 1, 0x04, 0x04 }, { 1, 0, 0x02 }, { 0 },
};
static const uint16_t fw_ports[] = {
	22,   53,  80, 25,   123, 443, 161, 750,  88,	69,   21,  23, 544,  2105, 110, 119,
	7648, 162, 67, 5999, 754, 37,  179, 1999, 7326, 5998, 500, 68, 7649, 873,  636, 0,
};

static const struct length_pair ipc_lengths[] = {
	{ 8, EXACT(32, 32) },
	{ 4, EXACT(31, 32) },
	{ 3, EXACT(23, 32) },
	{ 3, EXACT(24, 32) },
	{ 3, EXACT(32, 31) },
	{ 2, EXACT(23, 24) },
	{ 2, EXACT(24, 24) },
	{ 2, EXACT(24, 31) },
	{ 2, EXACT(0, 31) },
	{ 2, EXACT(0, 32) },
	{ 2, EXACT(1, 32) },
	{ 4, { 24, 25 }, { 31, 32 } },
	{ 3, { 22, 25 }, { 0, 1 } },
	{ 3, { 0, 1 }, { 23, 26 } },
	{ 8, { 30, 32 }, { 21, 26 } },
	{ 6, { 26, 31 }, { 27, 32 } },
	{ 10, { 14, 18 }, { 15, 32 } },
	{ 9, { 21, 32 }, { 15, 17 } },
	{ 24, { 22, 26 }, { 22, 27 } },
	{ 0 },
};
static const struct service ipc_services[] = {
	{ 33, ANY, ANY, BENCH_PROTO_ANY, 0 },
	{ 22, ANY, ONE, BENCH_UDP, 0 },
	{ 14, ANY, ONE, BENCH_TCP, 40 },
	{ 8, ONE, ANY, BENCH_TCP, 40 },
	{ 8, ONE, ANY, BENCH_UDP, 0 },
	{ 6, ANY, HIGH, BENCH_UDP, 0 },
	{ 2, ANY, ANY, BENCH_TCP, 40 },
	{ 2, SPAN, ANY, BENCH_TCP, 40 },
	{ 2, ANY, SPAN, BENCH_TCP, 40 },
	{ 1, ANY, ANY, BENCH_ICMP, 90 },
	{ 1, ANY, SPAN, BENCH_UDP, 0 },
	{ 1, ONE, ONE, BENCH_UDP, 0 },
	{ 0 },
};
static const struct flags ipc_flags[] = { { 98, 0, 0x02 }, { 1, 0x02, 0x02 }, { 0 } };
static const uint16_t ipc_ports[] = {
	161, 53,  514, 69, 80,	 9003, 25,  1433, 137, 143,  22,   113,	 162,  139,
	119, 500, 20,  21, 5540, 1645, 135, 5631, 123, 7000, 1723, 8875, 6699, 0,
};

static const uint16_t spans[][2] = {
	{ 1600, 1649 }, { 6000, 6063 }, { 20, 23 },	  { 137, 139 },	    { 109, 110 },
	{ 20, 21 },	{ 1645, 1646 }, { 33434, 33600 }, { 1700, 1799 },   { 5500, 5599 },
	{ 0, 1023 },	{ 2000, 2100 }, { 27000, 27100 }, { 49152, 65535 },
};

static const struct kind kinds[BENCH_KINDS] = {
	[BENCH_ACL] = { acl_lengths, acl_services, acl_flags, acl_ports, .blocks = { 128, 100 },
			.nets = { 30, 500 }, .some = { 4, 60 }, .hosts = { 32, 12 } },
	[BENCH_FW] = { fw_lengths, fw_services, fw_flags, fw_ports, .blocks = { 190, 256 },
		       .nets = { 10, 3 }, .some = { 8, 8 }, .hosts = { 32, 8 } },
	[BENCH_IPC] = { ipc_lengths, ipc_services, ipc_flags, ipc_ports, .blocks = { 47, 80 },
			.nets = { 20, 15 }, .some = { 16, 16 }, .hosts = { 24, 24 } },
};

/* One generator at work. */
struct generator {
	const struct kind *kind;
	int family;
	uint64_t random;
	uint64_t nets[2]; /* how many, of sources and destinations */
};

/* Draw a row of a table whose first field is the weight. */
static const void *draw_row(struct generator *g, const void *table, size_t row)
{
	uint64_t sum = 0, at;
	const char *r;

	for (r = table; *(const unsigned int *)r; r += row)
		sum += *(const unsigned int *)r;
	at = bench_below(&g->random, sum);
	for (r = table; at >= *(const unsigned int *)r; r += row)
		at -= *(const unsigned int *)r;
	return r;
}

static unsigned int draw_between(struct generator *g, const uint8_t bounds[2])
{
	return bounds[0] + bench_below(&g->random, bounds[1] - bounds[0] + 1);
}

/*
 * Prefixes of IPv6 as long as networks of such a size are there: all addresses are in 2000::/3,
 * a site has a /48, links have a /64, single hosts a /128.
 */
static unsigned int widen(unsigned int len)
{
	static const uint8_t longer[] = { 52, 56, 60, 64, 64, 64, 127, 128 };

	if (len == 0)
		return 0;
	if (len < 8)
		return 3 + len;
	return len < 25 ? 2 * len : longer[len - 25];
}

/* A host of one of the networks; the same networks and hosts come again and again. */
static struct bench_address draw_host(struct generator *g, int side)
{
	uint64_t net = bench_skewed(&g->random, g->nets[side]);
	uint64_t mixed = bench_mix(net << 1 | (unsigned int)side | 1ULL << 40);
	uint64_t host = (mixed + bench_skewed(&g->random, g->kind->hosts[side])) & 255;
	uint64_t block = bench_mix(mixed % g->kind->blocks[side] + 77 * side);

	if (g->family == 4) {
		/* 1.0.0.0 to 223.255.255.255 */
		uint64_t first = 1 + block % 223;

		return (struct bench_address){ 0,
					       first << 24 | (mixed >> 40 & 0xffff) << 8 | host };
	}
	return (struct bench_address){
		.hi = 1ULL << 61 | (block & 0x1fff) << 48 | (mixed >> 24 & 0xffffffff) << 16 |
		      bench_skewed(&g->random, 64),
		.lo = host & 1 ? bench_mix(net << 8 | host) : host,
	};
}

static struct bench_address draw_prefix(struct generator *g, int side, unsigned int len)
{
	struct bench_address address = draw_host(g, side), mask = bench_mask(g->family, len);

	/* The wide halves are spread evenly, wherever the networks are. */
	if (len <= 5) {
		uint64_t top = bench_random(&g->random);

		address.hi ^= g->family == 6 ? top >> 3 : 0;
		address.lo ^= g->family == 4 ? top >> 32 : 0;
	}
	return (struct bench_address){ address.hi & mask.hi, address.lo & mask.lo };
}

static void draw_ports(struct generator *g, enum port_class class, uint16_t ports[2])
{
	const uint16_t *list = g->kind->ports, *span;
	size_t n = 0;

	ports[0] = 0;
	ports[1] = BENCH_PORT_MAX;
	switch (class) {
	case ANY:
		break;
	case ONE:
		while (list[n])
			n++;
		ports[0] = ports[1] = list[bench_skewed(&g->random, n)];
		break;
	case HIGH:
		ports[0] = 1024;
		break;
	case SPAN:
		span = spans[bench_skewed(&g->random, sizeof(spans) / sizeof(spans[0]))];
		ports[0] = span[0];
		ports[1] = span[1];
		break;
	}
}

static void draw_flags(struct generator *g, struct bench_rule *rule)
{
	static const uint8_t types[] = { 8, 0, 3, 11, 5, 4, 12, 13 };
	static const uint8_t types6[] = { 128, 129, 1, 2, 3, 4, 130, 143 };
	const struct flags *flags;

	if (bench_is_icmp(g->family, rule->proto)) {
		rule->flags = (g->family == 4 ? types : types6)[bench_skewed(&g->random, 8)];
		rule->flags_mask = 255;
		return;
	}
	flags = draw_row(g, g->kind->flags, sizeof(*flags));
	rule->flags = flags->value;
	rule->flags_mask = flags->mask;
}

static void draw_rule(struct generator *g, struct bench_rule *rule)
{
	const struct length_pair *lengths = draw_row(g, g->kind->lengths, sizeof(*lengths));
	const struct service *service = draw_row(g, g->kind->services, sizeof(*service));

	memset(rule, 0, sizeof(*rule)); /* rules are compared and hashed as bytes */
	rule->src_len = draw_between(g, lengths->src);
	rule->dst_len = draw_between(g, lengths->dst);
	if (g->family == 6) {
		rule->src_len = widen(rule->src_len);
		rule->dst_len = widen(rule->dst_len);
	}
	rule->src = draw_prefix(g, 0, rule->src_len);
	rule->dst = draw_prefix(g, 1, rule->dst_len);
	rule->proto = service->proto;
	if (g->family == 6 && rule->proto == BENCH_ICMP)
		rule->proto = BENCH_ICMPV6;
	draw_ports(g, service->sport, rule->sport);
	draw_ports(g, service->dport, rule->dport);
	if (bench_below(&g->random, 100) < service->flagged)
		draw_flags(g, rule);
}

static uint64_t hash_rule(const struct bench_rule *rule)
{
	const unsigned char *bytes = (const void *)rule;
	uint64_t hash = 0;

	for (size_t i = 0; i < sizeof(*rule); i++)
		hash = (hash ^ bytes[i]) * 0x100000001b3;
	return bench_mix(hash);
}

/* Is the rule that stands at @at already among those in @table, which holds places from 1? */
static bool seen_before(const struct bench_rule *list, size_t at, uint32_t *table, size_t mask)
{
	size_t i = hash_rule(&list[at]) & mask;

	for (; table[i]; i = (i + 1) & mask)
		/* NOLINTNEXTLINE(bugprone-suspicious-memory-comparison): padding is cleared */
		if (!memcmp(&list[table[i] - 1], &list[at], sizeof(*list)))
			return true;
	table[i] = at + 1;
	return false;
}

struct ranked {
	uint64_t tie;
	struct bench_rule rule;
};

/* Narrow rules first: the other way round, wide ones would hide them. */
static int compare_ranked(const void *left, const void *right)
{
	const struct ranked *a = left, *b = right;
	int narrower = b->rule.src_len + b->rule.dst_len - a->rule.src_len - a->rule.dst_len;

	if (narrower)
		return narrower;
	return a->tie < b->tie ? -1 : a->tie > b->tie;
}

/* Ties as a hash has it, so that no order of addresses is left. A quarter of the rules pass. */
static int order_rules(struct bench_rules *rules)
{
	__cleanup_free struct ranked *ranked = calloc(rules->n, sizeof(*ranked));

	if (!ranked)
		return -ENOMEM;
	for (size_t i = 0; i < rules->n; i++) {
		ranked[i] = (struct ranked){ hash_rule(&rules->list[i]), rules->list[i] };
		ranked[i].rule.pass = ranked[i].tie % 4 == 0;
	}
	qsort(ranked, rules->n, sizeof(*ranked), compare_ranked);
	for (size_t i = 0; i < rules->n; i++)
		rules->list[i] = ranked[i].rule;
	return 0;
}

int bench_generate(enum bench_kind kind, int family, size_t n, struct bench_rules *rules)
{
	struct generator g = { .kind = &kinds[kind], .family = family, .random = 1 + kind };
	struct bench_rules made = { .family = family };
	__cleanup_free uint32_t *table = NULL;
	size_t places = 4;

	while (places < 2 * n)
		places *= 2;
	table = calloc(places, sizeof(*table));
	made.list = calloc(n, sizeof(*made.list));
	if (!table || !made.list) {
		free(made.list);
		return -ENOMEM;
	}
	for (int side = 0; side < 2; side++)
		g.nets[side] = n / g.kind->nets[side] + g.kind->some[side];
	while (made.n < n) {
		draw_rule(&g, &made.list[made.n]);
		made.n += !seen_before(made.list, made.n, table, places - 1);
	}
	if (order_rules(&made)) {
		bench_rules_clear(&made);
		return -ENOMEM;
	}
	*rules = made;
	return 0;
}
