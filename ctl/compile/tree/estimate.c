// SPDX-License-Identifier: GPL-2.0-only
#include "compile/tree/estimate.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "compile/tree/cost.h"
#include "compile/tree/probe.h"
#include "compile/tree/tree.h"
#include "layout/image.h"
#include "layout/key.h"

#define KEYS	   512
#define KEYS_LEAST 64
#define WORK_MOST  (2U << 20) /* comparisons; beyond that, KEYS_LEAST keys are enough */

enum { ICMP = 1, TCP = 6, UDP = 17, GRE = 47, ESP = 50, ICMPV6 = 58, SCTP = 132 };

#define BLAMED 0.9 /* share of comparisons that the named rules account for */

/**
 * struct packet - one packet in a forest, as ng_classify() would handle it
 * @rule:  the first rule that matched so far
 * @later: bit i: leaf i is compared by bpf_loop()
 * @blame: by rule number: comparisons that did not decide; NULL: not needed
 */
struct packet {
	const struct ng_forest *forest;
	const void *data;
	const __u64 *key;
	bool ipv6;
	__u64 leaves[NG_TREES_MAX + 1];
	__u32 rule, later;
	struct ng_met met;
	__u32 *blame;
};

/**
 * struct leaf - a leaf that is being compared
 * @left: number of entries left
 */
struct leaf {
	const __u8 *entry;
	size_t left;
};

static const void *at(const struct packet *packet, size_t offset)
{
	return (const __u8 *)packet->data + offset;
}

static struct leaf leaf_of(const struct packet *packet, __u64 node)
{
	const struct ng_leaf *leaf = at(packet, node >> NG_NODE_OFFSET_SHIFT);

	return (struct leaf){ (const __u8 *)(leaf + 1), ng_leaf_entries(packet->data, node) };
}

static __u32 rule_of(const struct ng_entry *entry)
{
	return entry->outcome >> NG_OUTCOME_RULE_SHIFT & NG_OUTCOME_RULE;
}

/* The extra of an entry, or NULL. */
static const struct ng_entry_extra *extra_of(const void *data, const struct ng_entry *entry)
{
	if (!(entry->outcome & NG_OUTCOME_EXTRA))
		return NULL;
	return (const void *)((const __u8 *)data + (entry->outcome & NG_OUTCOME_SLOT));
}

static const struct ng_match *match_of(const struct ng_entry_extra *extra, size_t i)
{
	return (const struct ng_match *)(extra + 1) + i;
}

static void blame(struct packet *packet, const struct ng_entry *entry, __u32 weight)
{
	if (packet->blame)
		packet->blame[rule_of(entry)] += weight;
}

static bool is_above(const struct ng_bound *bound, __u64 hi, __u64 lo)
{
	return bound->hi > hi || (bound->hi == hi && bound->lo > lo);
}

static bool match_holds(const struct packet *packet, const struct ng_match *match)
{
	const struct ng_bound *bounds = at(packet, match->bounds.offset);
	__u64 hi = match->wide ? packet->key[match->word - 1] : 0;
	__u64 lo = packet->key[match->word] >> match->shift & match->mask;
	size_t below = 0, end = match->bounds.count;

	while (below < end) {
		size_t middle = (below + end) / 2;

		if (is_above(&bounds[middle], hi, lo))
			end = middle;
		else
			below = middle + 1;
	}
	return match->odd == (below & 1);
}

/*
 * Do all matches of an entry hold? The rest of its extra does; its time is assumed not to be over.
 */
static bool matches_hold(struct packet *packet, const struct ng_entry *entry)
{
	const struct ng_entry_extra *extra = extra_of(packet->data, entry);

	for (__u32 i = 0; extra && i < extra->matches; i++) {
		packet->met.matches++;
		blame(packet, entry, 1);
		if (!match_holds(packet, match_of(extra, i)))
			return false;
	}
	return true;
}

/* As ng_search_leaf(). Return: 1: the leaf is left to compare_later(). */
static __u32 search_leaf(struct packet *packet, __u64 node)
{
	size_t size = packet->ipv6 ? sizeof(struct ng_entry6) : sizeof(struct ng_entry4);
	struct leaf leaf = leaf_of(packet, node);

	packet->met.leaves++;
	for (size_t i = 0; i < leaf.left; i++, leaf.entry += size) {
		const struct ng_entry *entry = ng_entry_common(leaf.entry, packet->ipv6);
		const struct ng_entry_extra *extra = extra_of(packet->data, entry);

		if (i == NG_LEAF_STEPS)
			return 1;
		packet->met.entries++;
		if (!ng_cost_matches(packet->data, leaf.entry, packet->key, packet->ipv6)) {
			blame(packet, entry, 1);
			continue;
		}
		if (rule_of(entry) >= packet->rule)
			return 0;
		if (extra && (extra->matches || extra->until))
			return 1;
		packet->rule = rule_of(entry);
		return 0;
	}
	return 0;
}

/* As ng_slow_step(), for a leaf. */
static void compare_later(struct packet *packet, __u64 node, bool counts)
{
	size_t size = packet->ipv6 ? sizeof(struct ng_entry6) : sizeof(struct ng_entry4);
	struct leaf leaf = leaf_of(packet, node);

	for (; leaf.left; leaf.left--, leaf.entry += size) {
		const struct ng_entry *entry = ng_entry_common(leaf.entry, packet->ipv6);

		packet->met.looped++;
		packet->met.counts += counts;
		blame(packet, entry, 1);
		if (!ng_cost_matches(packet->data, leaf.entry, packet->key, packet->ipv6))
			continue;
		if (rule_of(entry) >= packet->rule)
			return;
		if (!matches_hold(packet, entry))
			continue;
		if (!counts) {
			packet->rule = rule_of(entry);
			return;
		}
		packet->met.hits++;
		blame(packet, entry, 1);
	}
}

static __u64 walk(struct packet *packet, __u64 root)
{
	struct ng_tree_walk walk = ng_tree_walk(packet->data, root, packet->key);

	packet->met.trees++;
	packet->met.steps += walk.steps;
	return walk.leaf;
}

static void lead(struct packet *packet)
{
	const struct ng_forest *forest = packet->forest;

	packet->rule = (NG_LEAF_RANK << forest->rule_shift) - 1;
	packet->later = 0;
	for (__u32 i = 0; i < forest->trees; i++)
		packet->leaves[i] = walk(packet, forest->roots[i]);
	for (__u32 i = 0; i < forest->trees; i++)
		if ((packet->leaves[i] & NG_LEAF_RANK) <= packet->rule >> forest->rule_shift)
			packet->later |= search_leaf(packet, packet->leaves[i]) << i;
	if (forest->count) {
		packet->leaves[NG_TREES_MAX] = walk(packet, forest->count);
		packet->later |= 1U << NG_TREES_MAX;
	}
	packet->met.loops += !!packet->later;
	for (__u32 i = 0; i <= NG_TREES_MAX; i++)
		if (packet->later >> i & 1)
			compare_later(packet, packet->leaves[i], i == NG_TREES_MAX);
}

/* ---- packets --------------------------------------------------------------------------- */

/*
 * Put a number into the key for which @match holds: from a random range of its list, or if negated
 * from a gap between ranges.
 */
static void settle_match(const void *data, const struct ng_match *match, __u64 *seed, __u64 *key)
{
	const struct ng_bound *bounds = (const void *)((const __u8 *)data + match->bounds.offset);
	size_t n = match->bounds.count, i = ng_probe_draw(seed) % (n / 2 + 1) * 2 + !match->odd;
	__u64 end = match->mask, random = ng_probe_draw(seed);
	struct ng_bound from = { 0 };

	if (i >= n)
		i = match->odd ? 0 : n; /* if not odd: below all of them */
	if (i < n)
		from = bounds[i];
	else if (n)
		end = bounds[0].lo;
	if (i + 1 < n && bounds[i + 1].hi == from.hi)
		end = bounds[i + 1].lo;
	if (end > from.lo)
		from.lo += random % (end - from.lo);
	if (match->wide)
		key[match->word - 1] = from.hi;
	key[match->word] &= ~(match->mask << match->shift);
	key[match->word] |= from.lo << match->shift;
}

static bool is_whole(const struct ng_items *items, enum ng_cut cut, size_t i)
{
	return !items->columns[cut][0] ||
	       (!items->columns[cut][0][i] && items->columns[cut][1][i] == ng_cut_max(cut));
}

static __u64 usual_proto(const struct ng_items *items, bool ports, size_t n)
{
	static const __u8 usual[] = { TCP, UDP, TCP, ICMP, TCP, UDP, GRE, SCTP, ESP };
	__u64 proto = usual[n % (ports ? 3 : sizeof(usual))];

	return proto == ICMP && items->ipv6 ? ICMPV6 : proto;
}

/* The protocol of the @n-th packet of rule @i, which has no condition on it. */
static __u64 draw_proto(const struct ng_items *items, size_t i, __u32 asked, size_t n)
{
	bool ports = asked & NG_BIT_HAS_PORTS || !is_whole(items, NG_CUT_SPORT, i) ||
		     !is_whole(items, NG_CUT_DPORT, i);

	if (asked & NG_BIT_HAS_ICMP_TYPE)
		return items->ipv6 ? ICMPV6 : ICMP;
	return asked & NG_BIT_HAS_FLAGS ? TCP : usual_proto(items, ports, n);
}

/* The fields that can be read in a packet with this protocol, without extension headers. */
static __u64 readable(const struct ng_items *items, __u64 proto)
{
	__u64 bits = NG_BIT_HAS_PROTO | NG_BIT_HAS_FRAGMENT | NG_BIT_FRAGMENT_NO;

	if (proto == TCP)
		bits |= NG_BIT_HAS_FLAGS;
	if (proto == TCP || proto == UDP || proto == SCTP)
		bits |= NG_BIT_HAS_PORTS;
	if (proto == (items->ipv6 ? ICMPV6 : ICMP))
		bits |= NG_BIT_HAS_ICMP_TYPE | NG_BIT_HAS_ICMP_CODE;
	return bits;
}

/*
 * Set the key's protocol, and the bits of fields that could be read, as they are in real packets.
 * @i: the rule that the packet is for; @says: of its entry; NULL: the packet is anywhere
 * @slow: the kind of packet
 */
static void settle_bits(const struct ng_items *items, size_t i, const struct ng_bits *says,
			const struct ng_slow *slow, size_t n, __u64 *key)
{
	const __u64 ports = 0xffffULL << NG_LANE_SPORT_SHIFT | 0xffffULL << NG_LANE_DPORT_SHIFT;
	__u64 bits = NG_BIT_HAS_VLAN | NG_BIT_HAS_ETHERTYPE | NG_BIT_HAS_ETHER;
	__u64 proto = key[NG_WORD_BITS] & 0xff, flags = key[NG_WORD_BITS] & 0xff00;
	__u32 mask = says ? says->mask : 0, asked = says ? says->value & mask : 0;

	if (!says)
		proto = usual_proto(items, false, n / NG_PROBE_ANYWHERE);
	else if (!(mask & 0xff) && is_whole(items, NG_CUT_PROTO, i))
		proto = draw_proto(items, i, asked, n);
	if (slow->class != NG_CLASS_OTHER)
		bits |= proto | readable(items, proto);
	bits |= bits & NG_BIT_HAS_FLAGS ? flags : 0;
	/* The upper half holds other fields. */
	key[NG_WORD_BITS] =
		(key[NG_WORD_BITS] & ~(__u64)UINT32_MAX) | (bits & ~(__u64)mask) | asked;
	key[NG_WORD_BITS] &= ~NG_BIT_VALID;
	key[NG_WORD_BITS] |= slow->invalid ? 0 : NG_BIT_VALID;
	if (!(key[NG_WORD_BITS] & NG_BIT_HAS_PORTS))
		key[NG_WORD_LANES] &= ~ports;
}

/* The @n-th packet. */
static void draw_packet(const struct ng_items *items, const struct ng_slow *slow, const void *data,
			size_t n, __u64 *seed, __u64 *key)
{
	size_t i = ng_probe_draw(seed) % items->n;
	bool anywhere = n % NG_PROBE_ANYWHERE == NG_PROBE_ANYWHERE - 1;
	const void *entry = items->entries + i * ng_items_entry_size(items);
	const struct ng_entry_extra *extra = extra_of(data, ng_entry_common(entry, items->ipv6));

	ng_probe_key(items, i, i, anywhere, seed, key);
	for (__u32 m = 0; extra && !anywhere && m < extra->matches; m++)
		settle_match(data, match_of(extra, m), seed, key);
	settle_bits(items, i, anywhere ? NULL : ng_entry_bits(data, entry, items->ipv6), slow, n,
		    key);
}

static struct ng_met lead_packets(const struct ng_items *decide, const struct ng_items *count,
				  const struct ng_forest *forest, const void *data,
				  const struct ng_slow *slow, __u32 *blamed, size_t *n)
{
	struct packet packet = { .forest = forest,
				 .data = data,
				 .ipv6 = decide->n ? decide->ipv6 : count->ipv6,
				 .blame = blamed };
	__u64 key[NG_WORDS], seed = 1;

	packet.key = key;
	for (*n = 0; *n < KEYS; ++*n) {
		size_t which = ng_probe_draw(&seed) % (decide->n + count->n);

		if (*n >= KEYS_LEAST &&
		    packet.met.entries + packet.met.looped + packet.met.matches > WORK_MOST)
			break;
		draw_packet(which < decide->n ? decide : count, slow, data, *n, &seed, key);
		lead(&packet);
	}
	return packet.met;
}

/* ---- rules to blame --------------------------------------------------------------------- */

static int by_blame(const void *a, const void *b, void *blamed)
{
	const __u32 *of = blamed, x = *(const __u32 *)a, y = *(const __u32 *)b;

	if (of[x] != of[y])
		return of[x] < of[y] ? 1 : -1;
	return x < y ? -1 : x > y;
}

static void name_rules(const __u32 *blamed, size_t rules, __u32 *order, struct ng_slow *slow)
{
	double all = 0, sum = 0;
	size_t n = 0;

	for (__u32 rule = 1; rule <= rules; rule++) {
		if (!blamed[rule])
			continue;
		all += blamed[rule];
		order[n++] = rule;
	}
	qsort_r(order, n, sizeof(*order), by_blame, (void *)blamed);
	while (slow->n_rules < n && sum < BLAMED * all)
		sum += blamed[order[slow->n_rules++]];
	for (size_t i = 0; i < NG_SLOW_RULES && i < slow->n_rules; i++)
		slow->rules[i] = order[i];
}

static enum ng_slow_cause cause_of(const struct ng_met *met)
{
	size_t compared = met->entries + met->looped;

	if (met->matches > compared / 4)
		return NG_SLOW_LISTS;
	return met->counts > compared / 2 ? NG_SLOW_COUNT : NG_SLOW_OVERLAP;
}

int ng_estimate(const struct ng_items *decide, const struct ng_items *count,
		const struct ng_forest *forest, const void *data, size_t bytes, size_t rules,
		struct ng_slow *slow)
{
	__cleanup_free __u32 *blamed = NULL, *order = NULL;
	struct ng_met met;
	size_t n;

	if (!decide->n && !count->n)
		return 0;
	met = lead_packets(decide, count, forest, data, slow, NULL, &n);
	slow->ns = ng_cost_of_met(&met, bytes) / n;
	slow->cause = cause_of(&met);
	slow->compared = (double)(met.entries + met.looped) / n;
	if (slow->ns < NG_SLOW_NS)
		return 0;
	blamed = calloc(rules + 1, sizeof(*blamed));
	order = malloc((rules + 1) * sizeof(*order));
	if (!blamed || !order)
		return -ENOMEM;
	lead_packets(decide, count, forest, data, slow, blamed, &n);
	name_rules(blamed, rules, order, slow);
	return 0;
}
