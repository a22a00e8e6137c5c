// SPDX-License-Identifier: GPL-2.0-only
/*
 * The right answers, found by comparing every packet with every rule in order.
 *
 * 65,536 packets against 100,000 rules are much to compare. Blocks of rules small enough for the
 * first-level cache are held against all packets that are not decided yet, and whether any rule
 * of a block can match is first asked of 32 bits of each address at once: a loop without
 * branches, which the compiler turns into vector instructions (this file is built with -O3).
 */
#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "trace.h"

#define BLOCK 256

/* The bits of a block's prefixes that are compared first: an IPv4 address, half of IPv6's upper
 * half.
 */
struct block {
	uint32_t src[BLOCK], src_mask[BLOCK];
	uint32_t dst[BLOCK], dst_mask[BLOCK];
};

/* Of an IPv6 address: bits 16 to 47, where networks differ. */
static uint32_t first_bits(int family, struct bench_address address)
{
	return family == 4 ? address.lo : address.hi >> 16;
}

static void fill_block(int family, const struct bench_rule *rules, size_t n, struct block *block)
{
	for (size_t i = 0; i < n; i++) {
		block->src[i] = first_bits(family, rules[i].src);
		block->dst[i] = first_bits(family, rules[i].dst);
		block->src_mask[i] = first_bits(family, bench_mask(family, rules[i].src_len));
		block->dst_mask[i] = first_bits(family, bench_mask(family, rules[i].dst_len));
	}
	/* What nothing equals under the mask fills up the rest. */
	for (size_t i = n; i < BLOCK; i++) {
		block->src[i] = 1;
		block->src_mask[i] = 0;
	}
}

static bool may_match(const struct block *block, uint32_t src, uint32_t dst)
{
	uint32_t any = 0;

	for (size_t i = 0; i < BLOCK; i++) {
		uint32_t differ = ((src & block->src_mask[i]) ^ block->src[i]) |
				  ((dst & block->dst_mask[i]) ^ block->dst[i]);

		any |= differ == 0;
	}
	return any;
}

static bool in_prefix(int family, struct bench_address address, struct bench_address prefix,
		      unsigned int len)
{
	struct bench_address mask = bench_mask(family, len);

	return (address.hi & mask.hi) == prefix.hi && (address.lo & mask.lo) == prefix.lo;
}

/* A condition on ports is false of a packet that has none. */
static bool port_matches(const struct bench_key *key, uint16_t port, const uint16_t range[2])
{
	if (range[0] == 0 && range[1] == BENCH_PORT_MAX)
		return true;
	return bench_has_ports(key->proto) && port >= range[0] && port <= range[1];
}

static bool flags_match(int family, const struct bench_key *key, const struct bench_rule *rule)
{
	if (!rule->flags_mask)
		return true;
	return (key->proto == BENCH_TCP || bench_is_icmp(family, key->proto)) &&
	       !((key->flags ^ rule->flags) & rule->flags_mask);
}

static bool matches(int family, const struct bench_key *key, const struct bench_rule *rule)
{
	return in_prefix(family, key->src, rule->src, rule->src_len) &&
	       in_prefix(family, key->dst, rule->dst, rule->dst_len) &&
	       (rule->proto == BENCH_PROTO_ANY || rule->proto == key->proto) &&
	       port_matches(key, key->sport, rule->sport) &&
	       port_matches(key, key->dport, rule->dport) && flags_match(family, key, rule);
}

/* The first of the block's rules that matches, counted from 0 of the block; BENCH_NOTHING. */
static uint32_t search_block(const struct bench_rule *rules, size_t n, const struct block *block,
			     int family, const struct bench_key *key)
{
	if (!may_match(block, first_bits(family, key->src), first_bits(family, key->dst)))
		return BENCH_NOTHING;
	for (size_t i = 0; i < n; i++)
		if (matches(family, key, &rules[i]))
			return i;
	return BENCH_NOTHING;
}

int bench_answer(const struct bench_rules *rules, struct bench_trace *trace)
{
	__cleanup_free uint32_t *open = calloc(trace->n, sizeof(*open));
	__cleanup_free struct block *block = calloc(1, sizeof(*block));
	size_t n_open = trace->n;

	if (!open || !block)
		return -ENOMEM;
	for (size_t i = 0; i < trace->n; i++) {
		open[i] = i;
		trace->answers[i] = BENCH_NOTHING;
	}
	for (size_t at = 0; at < rules->n && n_open; at += BLOCK) {
		size_t n = rules->n - at < BLOCK ? rules->n - at : BLOCK, still = 0;

		fill_block(rules->family, rules->list + at, n, block);
		for (size_t i = 0; i < n_open; i++) {
			uint32_t found = search_block(rules->list + at, n, block, rules->family,
						      &trace->keys[open[i]]);

			if (found == BENCH_NOTHING)
				open[still++] = open[i];
			else
				trace->answers[open[i]] = at + found;
		}
		n_open = still;
	}
	return 0;
}
