// SPDX-License-Identifier: GPL-2.0-only
#include "weigh.h"

#include <linux/if_ether.h>
#include <string.h>

void bench_read_key(int family, const struct bench_key *packet, __u64 *key)
{
	__u64 bits = NG_BIT_HAS_PROTO | NG_BIT_HAS_VLAN | NG_BIT_HAS_ETHERTYPE |
		     NG_BIT_HAS_FRAGMENT | NG_BIT_FRAGMENT_NO | NG_BIT_VALID | NG_BIT_HAS_ETHER |
		     packet->proto;

	memset(key, 0, NG_WORDS * sizeof(*key));
	key[NG_WORD_SADDR_HI] = packet->src.hi;
	key[NG_WORD_SADDR_LO] = packet->src.lo;
	key[NG_WORD_DADDR_HI] = packet->dst.hi;
	key[NG_WORD_DADDR_LO] = packet->dst.lo;
	key[NG_WORD_MISC] = (__u64)(family == 4 ? ETH_P_IP : ETH_P_IPV6) << NG_MISC_ETHERTYPE_SHIFT;
	if (bench_has_ports(packet->proto)) {
		bits |= NG_BIT_HAS_PORTS;
		key[NG_WORD_LANES] = (__u64)packet->sport << NG_LANE_SPORT_SHIFT |
				     (__u64)packet->dport << NG_LANE_DPORT_SHIFT;
	} else if (bench_is_icmp(family, packet->proto)) {
		bits |= NG_BIT_HAS_ICMP_TYPE | NG_BIT_HAS_ICMP_CODE;
		key[NG_WORD_MISC] |= (__u64)packet->sport << NG_MISC_ICMP_SHIFT;
	}
	if (packet->proto == BENCH_TCP)
		bits |= NG_BIT_HAS_FLAGS | (__u64)packet->flags << NG_BIT_FLAGS_SHIFT;
	key[NG_WORD_BITS] = bits;
}

const struct ng_forest *bench_forest(const struct ng_image_header *header, int family)
{
	return &header->forests[NG_IN][family == 4 ? NG_CLASS_IPV4 : NG_CLASS_IPV6];
}

struct ng_met bench_weigh(const struct ng_image_header *header, int family,
			  const struct bench_key *packet)
{
	const struct ng_forest *forest = bench_forest(header, family);
	struct ng_met met = { .trees = forest->trees };
	__u32 best = NG_LEAF_RANK - 1;
	__u64 key[NG_WORDS];

	bench_read_key(family, packet, key);
	for (__u32 tree = 0; tree < forest->trees; tree++) {
		struct ng_visit visit =
			ng_cost_visit(header, forest->roots[tree], key, family == 6);

		met.steps += visit.steps;
		if (visit.rank > best)
			continue;
		met.leaves++;
		met.entries += visit.entries < NG_LEAF_STEPS ? visit.entries : NG_LEAF_STEPS;
		if (visit.entries > NG_LEAF_STEPS) {
			met.loops = 1;
			met.looped += visit.entries;
		}
		if (visit.rule && visit.rule >> forest->rule_shift < best)
			best = visit.rule >> forest->rule_shift;
	}
	return met;
}
