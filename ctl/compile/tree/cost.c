// SPDX-License-Identifier: GPL-2.0-only
#include "compile/tree/cost.h"

#include "compile/tree/tree.h"
#include "layout/image.h"
#include "layout/key.h"

/*
 * Costs in ns, fitted to measurements by build/bench/bench of rulesets whose counts are printed by
 * build/bench/bench --walk. Only their ratios matter.
 */
#define NS_TREE	      2.0
#define NS_LEVEL      5.0 /* of steps that all trees take together: their waits overlap */
#define NS_STEP	      1.5 /* for each tree, in such a level */
#define NS_STEP_ALONE 6.5
#define NS_LEAF	      6.0 /* that is searched, without its entries */
#define NS_ENTRY      3.5
/* A match after the first NG_LEAF_STEPS entries: then all are compared again, by bpf_loop(). */
#define NS_LOOP		40.0
#define NS_LOOPED	8.6  /* an entry */
#define NS_HIT		8.0  /* a counter that is counted, in there */
#define NS_MATCH	45.0 /* a list that is searched, in there */
#define NS_MISPREDICTED 7.0
/* Beyond the size of the nearest cache steps take longer. */
#define NEAREST_BYTES (40U << 10)
#define FARTHER	      2.0 /* times as long */
/* Beyond the size of nearer caches each access takes longer; roots are always near. */
#define NEAR_BYTES  (1U << 20)
#define NS_FAR_STEP 10.0
#define NS_FAR_LEAF 12.0

static bool bits_hold(const struct ng_bits *bits, const __u64 *key)
{
	return !(((__u32)key[NG_WORD_BITS] ^ bits->value) & bits->mask);
}

static bool ports_hold(const struct ng_ports *ports, const __u64 *key)
{
	__u64 lanes = key[NG_WORD_LANES];

	return !(((lanes - ports->first) | (ports->last - lanes)) & NG_PORT_BORROWS);
}

static bool addresses4_hold(const struct ng_entry4 *entry, const struct ng_masks4 *masks,
			    const __u64 *key)
{
	__u64 addrs = key[NG_WORD_SADDR_LO] | key[NG_WORD_DADDR_LO] << 32;

	return !((addrs ^ entry->addrs) & masks->addrs);
}

static bool addresses6_hold(const struct ng_entry6 *entry, const struct ng_masks6 *masks,
			    const __u64 *key)
{
	const __u64 *saddr = &key[NG_WORD_SADDR_HI], *daddr = &key[NG_WORD_DADDR_HI];

	return !((saddr[0] ^ entry->saddr[0]) & masks->saddr[0]) &&
	       !((saddr[1] ^ entry->saddr[1]) & masks->saddr[1]) &&
	       !((daddr[0] ^ entry->daddr[0]) & masks->daddr[0]) &&
	       !((daddr[1] ^ entry->daddr[1]) & masks->daddr[1]);
}

/* Time and matches, which are rare, are assumed to hold. */
static bool extra_matches(const void *data, __u64 outcome, const __u64 *key)
{
	const struct ng_entry_extra *extra =
		(const void *)((const __u8 *)data + (outcome & NG_OUTCOME_SLOT));
	__u64 guards = NG_MISC_GUARDS, misc = key[NG_WORD_MISC];
	__u64 length = key[NG_WORD_LANES] >> NG_LANE_LENGTH_SHIFT;

	if (!(outcome & NG_OUTCOME_EXTRA))
		return true;
	return length >= extra->length && length <= extra->length_end &&
	       (((misc | guards) - extra->lo) & (extra->hi - misc) & guards) == guards &&
	       !((key[NG_WORD_SETS] ^ extra->sets) & extra->sets_mask) &&
	       !((key[NG_WORD_IFACE_HI] ^ extra->iface[0]) & extra->iface_mask) &&
	       !((key[NG_WORD_IFACE_LO] ^ extra->iface[1]) & extra->iface_mask);
}

bool ng_cost_matches(const void *data, const void *entry, const __u64 *key, bool ipv6)
{
	const struct ng_entry *common = ng_entry_common(entry, ipv6);
	const void *masks = (const __u8 *)data + common->masks;

	if (ipv6 ? !addresses6_hold(entry, masks, key) : !addresses4_hold(entry, masks, key))
		return false;
	return bits_hold(ng_entry_bits(data, entry, ipv6), key) &&
	       ports_hold((const void *)((const __u8 *)data + common->ports), key) &&
	       extra_matches(data, common->outcome, key);
}

struct ng_visit ng_cost_visit(const void *data, __u64 root, const __u64 *key, bool ipv6)
{
	size_t size = ipv6 ? sizeof(struct ng_entry6) : sizeof(struct ng_entry4);
	struct ng_tree_walk walk = ng_tree_walk(data, root, key);
	struct ng_visit visit = { .steps = walk.steps, .rank = walk.leaf & NG_LEAF_RANK };
	const __u8 *entry =
		(const __u8 *)data + (walk.leaf >> NG_NODE_OFFSET_SHIFT) + sizeof(struct ng_leaf);

	for (; visit.entries < walk.entries && !visit.rule; entry += size, visit.entries++)
		if (ng_cost_matches(data, entry, key, ipv6))
			visit.rule = ng_entry_rule(entry, ipv6);
	return visit;
}

/*
 * How often the end of a loop is mispredicted: @ends[i] of the keys that reach round i end there,
 * the others go on. The rarer of the two is mispredicted.
 */
static double mispredicted(const size_t *ends, size_t n_turns, size_t left)
{
	size_t misses = 0;

	for (size_t i = 0; i < n_turns; i++) {
		size_t on = left - ends[i];

		misses += ends[i] < on ? ends[i] : on;
		left = on;
	}
	return NS_MISPREDICTED * misses;
}

/*
 * The cost of a tree's steps in addition to NS_LEVEL, when @levels of them are taken together with
 * other trees; @wait: see wait_of().
 */
static double ns_of_steps(const struct ng_visit *visits, size_t n_keys, unsigned int levels,
			  double wait)
{
	size_t ends[NG_LEVELS_MAX + 1] = {};
	double alone = 0;

	for (size_t i = 0; i < n_keys; i++) {
		size_t more = visits[i].steps > levels ? visits[i].steps - levels : 0;

		alone += more;
		ends[more]++;
	}
	return NS_STEP * levels * n_keys + NS_STEP_ALONE * wait * alone +
	       mispredicted(ends, NG_LEVELS_MAX + 1, n_keys);
}

/* How many times longer a step takes in trees of @bytes than in the nearest cache. */
static double wait_of(size_t bytes)
{
	double share = bytes > NEAREST_BYTES ? 1 - (double)NEAREST_BYTES / bytes : 0;

	return 1 + share * (FARTHER - 1);
}

static void choose_levels(struct ng_cost *cost, const struct ng_visit *const *visits,
			  size_t n_trees, size_t n_keys, double wait)
{
	double least = -1;

	for (unsigned int levels = 0; levels <= NG_LEVELS_TOGETHER; levels++) {
		double ns = NS_LEVEL * wait * levels * n_keys;

		for (size_t tree = 0; tree < n_trees; tree++)
			ns += ns_of_steps(visits[tree], n_keys, levels, wait);
		if (least < 0 || ns < least) {
			least = ns;
			cost->levels = levels;
		}
	}
	cost->ns += least;
}

/* A leaf is searched unless its rank is above that of the best rule so far. */
static void search_leaves(struct ng_cost *cost, const struct ng_visit *const *visits,
			  size_t n_trees, size_t n_keys, unsigned int rule_shift)
{
	size_t ends[NG_TREES_MAX][NG_LEAF_STEPS + 1] = {}, searched[NG_TREES_MAX] = {};

	for (size_t key = 0; key < n_keys; key++) {
		__u32 best = NG_LEAF_RANK - 1;

		for (size_t tree = 0; tree < n_trees; tree++) {
			const struct ng_visit *visit = &visits[tree][key];
			size_t entries = visit->entries;

			cost->steps += visit->steps;
			if (visit->rank > best)
				continue;
			searched[tree]++;
			cost->entries += entries;
			if (entries > NG_LEAF_STEPS)
				cost->ns += NS_LOOP + NS_LOOPED * entries;
			ends[tree][entries < NG_LEAF_STEPS ? entries : NG_LEAF_STEPS]++;
			if (visit->rule && visit->rule >> rule_shift < best)
				best = visit->rule >> rule_shift;
		}
	}
	for (size_t tree = 0; tree < n_trees; tree++) {
		size_t others = n_keys - searched[tree];

		cost->leaves += searched[tree];
		cost->ns += NS_MISPREDICTED * (searched[tree] < others ? searched[tree] : others);
		cost->ns += mispredicted(ends[tree], NG_LEAF_STEPS + 1, searched[tree]);
	}
}

struct ng_cost ng_cost_of(const struct ng_visit *const *visits, size_t n_trees, size_t n_keys,
			  unsigned int rule_shift, size_t bytes)
{
	double far = bytes > NEAR_BYTES ? 1 - (double)NEAR_BYTES / bytes : 0, beyond;
	struct ng_cost cost = {};

	choose_levels(&cost, visits, n_trees, n_keys, wait_of(bytes));
	search_leaves(&cost, visits, n_trees, n_keys, rule_shift);
	beyond = cost.steps > n_trees * n_keys ? cost.steps - n_trees * n_keys : 0;
	cost.ns += NS_TREE * n_trees * n_keys + NS_LEAF * cost.leaves + NS_ENTRY * cost.entries +
		   far * (NS_FAR_STEP * beyond + NS_FAR_LEAF * cost.leaves);
	cost.steps /= n_keys;
	cost.leaves /= n_keys;
	cost.entries /= n_keys;
	cost.ns /= n_keys;
	return cost;
}

double ng_cost_of_met(const struct ng_met *met, size_t bytes)
{
	double far = bytes > NEAR_BYTES ? 1 - (double)NEAR_BYTES / bytes : 0;

	return NS_TREE * met->trees + NS_STEP_ALONE * wait_of(bytes) * met->steps +
	       NS_LEAF * met->leaves + NS_ENTRY * met->entries + NS_LOOP * met->loops +
	       NS_LOOPED * met->looped + NS_HIT * met->hits + NS_MATCH * met->matches +
	       far * (NS_FAR_STEP * met->steps + NS_FAR_LEAF * met->leaves);
}
