// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rules that are wide in a field are repeated in many children of a node that cuts it. So rules are
 * grouped by the fields in which they are wide; then groups are merged as long as that makes keys
 * cheaper, which is found out by walking with keys through the trees that groups would become.
 */
#include "compile/tree/groups.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "compile/tree/probe.h"
#include "layout/image.h"

#define SAMPLE	     128    /* values of a field */
#define RULES_PROBED 200000 /* of more, a part: merges then look better than they are */

/*
 * In a large forest a tree of few rules may repeat them often and is still small. So groups with at
 * most 1 / FEW_RULES of the rules are also tried with less weight on memory.
 */
#define LESS_THRIFT 0.1
#define FEW_RULES   4

/* How many merges are tried each time; with more than RULES_MANY rules, PAIRS_MANY. */
#define RULES_MANY 2000
#define PAIRS_FEW  4
#define PAIRS_MANY 2

#define NODES_MORE 2   /* times the nodes of both groups: a merged tree with more is useless */
#define BAD	   1.3 /* a merge that makes keys so many times more expensive is not tried again */
#define ENOUGH	   1.3 /* nor any, once keys are so many times more expensive than at best */

/* For each factor of 2 by which trees are too large: they would end in long leaves. */
#define NS_OVER 20

/* Fields that rules are grouped by. */
enum { BY_SADDR, BY_DADDR, BY_DPORT, BY_SPORT, BY_FIELDS };

static const struct {
	enum ng_cut cut;
	int parts;
	size_t wide; /* a rule with 1 / wide of the others' values is wide */
} fields[BY_FIELDS] = {
	[BY_SADDR] = { NG_CUT_FROM, 4, 4 },
	[BY_DADDR] = { NG_CUT_TO, 4, 4 },
	[BY_DPORT] = { NG_CUT_DPORT, 1, 3 },
	[BY_SPORT] = { NG_CUT_SPORT, 1, 3 },
};

/* An address range that is more than 1 / this of the range of all rules is wide in any case. */
#define WIDE_ANYWAY 256

typedef unsigned __int128 u128;

/*
 * The first value of a rule in a field, or (@end 1) the last. Parts that no rule restricts are left
 * out.
 */
static u128 value_of(const struct ng_items *items, int by, int end, size_t i)
{
	u128 value = 0;

	for (int part = 0; part < fields[by].parts; part++) {
		const __u32 *column = items->columns[fields[by].cut + part][end];

		if (column)
			value = value << 32 | column[i];
	}
	return value;
}

static u128 last_value(const struct ng_items *items, int by)
{
	u128 value = 0;

	for (int part = 0; part < fields[by].parts; part++)
		if (items->columns[fields[by].cut + part][1])
			value = value << 32 | ng_cut_max(fields[by].cut + part);
	return value;
}

/**
 * struct sample - first values of rules that restrict a field, ascending
 * @few:   a range that contains more of them is wide
 * @least: a range whose last value is less than this above its first contains at most @few
 */
struct sample {
	u128 values[SAMPLE];
	size_t n, few;
	u128 least;
};

static int by_value(const void *a, const void *b)
{
	u128 x = *(const u128 *)a, y = *(const u128 *)b;

	return (x > y) - (x < y);
}

static void find_least(struct sample *sample, size_t few)
{
	sample->few = few;
	sample->least = ~(u128)0;
	for (size_t i = 0; i + few < sample->n; i++) {
		u128 width = sample->values[i + few] - sample->values[i];

		if (width < sample->least)
			sample->least = width;
	}
}

static void take_sample(const struct ng_items *items, int by, struct sample *sample)
{
	size_t step = items->n > 16 * SAMPLE ? items->n / (16 * SAMPLE) : 1, n = 0;
	u128 last = last_value(items, by);

	for (size_t i = 0; i < items->n; i += step) {
		u128 first = value_of(items, by, 0, i);

		if (!first && value_of(items, by, 1, i) == last)
			continue;
		/* Later values replace earlier ones, so that the sample is from all rules. */
		sample->values[n < SAMPLE ? n : n * 2654435761U % SAMPLE] = first;
		n++;
	}
	sample->n = n < SAMPLE ? n : SAMPLE;
	qsort(sample->values, sample->n, sizeof(u128), by_value);
	find_least(sample, (sample->n + fields[by].wide) / fields[by].wide);
}

/* The number of values in the sample below @value. */
static size_t count_below(const struct sample *sample, u128 value)
{
	size_t low = 0, n = sample->n;

	for (; n > 1; n -= n / 2)
		low += sample->values[low + n / 2 - 1] < value ? n / 2 : 0;
	return low + (n && sample->values[low] < value);
}

/* Does the rule's range contain more than @few values of the sample, or is it wide in any case? */
static bool is_wide(const struct ng_items *items, int by, const struct sample *sample, size_t i)
{
	u128 first = value_of(items, by, 0, i), last = value_of(items, by, 1, i), all;
	size_t below;

	if (!sample->n)
		return true;
	all = sample->values[sample->n - 1] - sample->values[0];
	if (fields[by].parts > 1 && last - first > all / WIDE_ANYWAY && last - first > 65535)
		return true;
	if (last - first < sample->least)
		return false;
	below = count_below(sample, first);
	return below + sample->few < sample->n && sample->values[below + sample->few] <= last;
}

/* Set bit @by of @of[i] if rule i is wide in that field. */
static void find_wide(const struct ng_items *items, __u8 *of, int by)
{
	struct sample sample;

	take_sample(items, by, &sample);
	for (size_t i = 0; i < items->n; i++)
		of[i] |= is_wide(items, by, &sample, i) << by;
}

/*
 * The finest groups: by whether a rule is wide in each address; if it is wide in both, also by
 * ports. Narrow addresses separate rules best: then ports do not matter.
 */
static unsigned int finest_group(unsigned int wide)
{
	const unsigned int addresses = 1 << BY_SADDR | 1 << BY_DADDR;

	return (wide & addresses) == addresses ? wide : wide & addresses;
}

#define FINEST	   (1 << BY_FIELDS)
#define GROUPS_MAX (1 << NG_TREES_MAX) /* that are ever probed */

/**
 * struct group - rules that would be one tree
 * @of:     bit g: it contains the finest group g
 * @wins:   number of keys whose rule is in this tree
 * @beyond: the tree would be so much larger than those of its parts that it is useless
 * @bad:    as one tree it costs much more than as separate ones
 * @thrift: with which it was probed, see struct ng_tree_build
 */
struct group {
	__u32 of;
	double thrift;
	size_t wins;
	bool beyond, bad;
	struct ng_probe probe;
};

/**
 * struct search - the search for the best groups
 * @of:     by rule: its finest group
 * @sizes:  by finest group: number of rules
 * @ids:    room for all rules
 * @step:   every @step-th rule is probed
 * @bytes:  size that all trees may have
 * @pairs:  number of merges to try each time
 * @probed: groups probed so far, @n_probed of them
 */
struct search {
	const struct ng_tree_build *build;
	__u8 *of;
	size_t sizes[FINEST];
	__u32 *ids;
	size_t step, bytes, pairs;
	struct ng_probe_keys keys;
	struct group *probed[GROUPS_MAX];
	size_t n_probed;
};

/**
 * struct grouping - a way to group the rules
 * @of: by group: see group.of; each finest one is in exactly one
 * @ns: cost of a key
 */
struct grouping {
	__u32 of[FINEST];
	size_t n;
	double ns;
};

size_t ng_tree_share(size_t bytes, size_t n, size_t rules, double thrift)
{
	size_t share = (double)bytes * n / rules, more = bytes / 8;

	if (thrift >= 1)
		return share;
	if (more > 8 * share)
		more = 8 * share;
	return more > share ? more : share;
}

static int probe_group(const struct search *s, struct group *group, size_t nodes_max)
{
	size_t rules = s->build->items->n, n = 0;
	struct ng_tree_build build = *s->build;
	int failed;

	build.thrift = group->thrift;
	for (size_t i = 0; i < rules; i += s->step)
		if (group->of >> s->of[i] & 1)
			s->ids[n++] = i;
	failed = ng_probe_tree(&build, s->ids, n, ng_tree_share(s->bytes, n, rules, group->thrift),
			       &s->keys, nodes_max, &group->probe);
	group->beyond = failed == -E2BIG;
	return group->beyond ? 0 : failed;
}

/* The group, which is probed if it is new, with at most @nodes_max nodes. NULL: out of memory. */
static struct group *group_of(struct search *s, __u32 of, size_t nodes_max)
{
	struct group *group;

	for (size_t i = 0; i < s->n_probed; i++)
		if (s->probed[i]->of == of)
			return s->probed[i];
	group = s->n_probed < GROUPS_MAX ? malloc(sizeof(*group)) : NULL;
	if (!group)
		return NULL;
	group->of = of;
	group->bad = false;
	group->thrift = s->build->thrift;
	s->probed[s->n_probed++] = group;
	return probe_group(s, group, nodes_max) ? NULL : group;
}

static size_t size_of(const struct search *s, __u32 of)
{
	size_t n = 0;

	for (; of; of &= of - 1)
		n += s->sizes[__builtin_ctz(of)];
	return n;
}

static int by_wins(const void *a, const void *b)
{
	const struct group *x = *(struct group *const *)a, *y = *(struct group *const *)b;

	if (x->wins != y->wins)
		return x->wins < y->wins ? 1 : -1;
	return (x->of > y->of) - (x->of < y->of);
}

/* The tree in which most keys find their rule first: then other leaves are skipped by rank. */
static void order_groups(struct group **groups, size_t n)
{
	for (size_t g = 0; g < n; g++)
		groups[g]->wins = 0;
	for (size_t key = 0; key < NG_PROBE_KEYS; key++) {
		struct group *best = NULL;
		__u32 first = 0;

		for (size_t g = 0; g < n; g++) {
			__u32 rule = groups[g]->probe.visits[key].rule;

			if (rule && (!first || rule < first)) {
				first = rule;
				best = groups[g];
			}
		}
		if (best)
			best->wins++;
	}
	qsort(groups, n, sizeof(*groups), by_wins);
}

/* The cost of a key in ns, when trees are searched in this order. */
static double cost_of_ordered(const struct search *s, struct group *const *groups, size_t n)
{
	const struct ng_visit *visits[NG_TREES_MAX] = {};
	size_t bytes = 0;
	double ns;

	for (size_t g = 0; g < n; g++) {
		if (groups[g]->beyond)
			return INFINITY;
		visits[g] = groups[g]->probe.visits;
		bytes += groups[g]->probe.bytes * s->step;
	}
	ns = ng_cost_of(visits, n, NG_PROBE_KEYS, s->build->rule_shift, bytes).ns;
	return bytes > s->bytes ? ns + NS_OVER * log2((double)bytes / s->bytes) : ns;
}

/* Orders the groups. Return: ns for each key. */
static double cost_of(const struct search *s, struct group **groups, size_t n)
{
	order_groups(groups, n);
	return cost_of_ordered(s, groups, n);
}

/* Orders the groups and sets @grouping->ns. Return: 0 or -ENOMEM. */
static int weigh(struct search *s, struct grouping *grouping, size_t nodes_max)
{
	struct group *groups[NG_TREES_MAX];

	for (size_t g = 0; g < grouping->n; g++) {
		groups[g] = group_of(s, grouping->of[g], nodes_max);
		if (!groups[g])
			return -ENOMEM;
	}
	grouping->ns = cost_of(s, groups, grouping->n);
	for (size_t g = 0; g < grouping->n; g++)
		grouping->of[g] = groups[g]->of;
	return 0;
}

static struct grouping merged(const struct grouping *grouping, size_t a, size_t b)
{
	struct grouping made = *grouping;

	made.of[a] |= made.of[b];
	made.of[b] = made.of[--made.n];
	return made;
}

/*
 * While there are more groups than trees, merge the smallest with the one before it, which is
 * narrower.
 */
static void merge_smallest(const struct search *s, struct grouping *grouping)
{
	while (grouping->n > NG_TREES_MAX) {
		size_t least = 0, next = 0;

		for (size_t g = 1; g < grouping->n; g++)
			if (size_of(s, grouping->of[g]) < size_of(s, grouping->of[least]))
				least = g;
		next = least ? least - 1 : 1;
		*grouping = merged(grouping, least, next);
	}
}

/* The best case for a tree of both groups: each key costs as much as in the worse of both. */
static void hope(const struct group *a, const struct group *b, struct group *both)
{
	*both = (struct group){ .of = a->of | b->of,
				.probe.bytes = a->probe.bytes + b->probe.bytes };
	for (size_t key = 0; key < NG_PROBE_KEYS; key++) {
		const struct ng_visit *x = &a->probe.visits[key], *y = &b->probe.visits[key];

		both->probe.visits[key] = (struct ng_visit){
			.steps = x->steps > y->steps ? x->steps : y->steps,
			.rank = x->rank < y->rank ? x->rank : y->rank,
			.entries = x->entries > y->entries ? x->entries : y->entries,
			.rule = !y->rule || (x->rule && x->rule < y->rule) ? x->rule : y->rule,
		};
	}
}

/**
 * struct pair - a possible merge of two groups
 * @grouping:  the result, with its cost in the best case
 * @both:      the merged group
 * @nodes_max: with more nodes it is useless
 */
struct pair {
	struct grouping grouping;
	__u32 both;
	size_t nodes_max;
};

static int by_ns(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;

	return (x->grouping.ns > y->grouping.ns) - (x->grouping.ns < y->grouping.ns);
}

/* Does it contain a group that turned out bad? Then it is worse. */
static bool is_bad(const struct search *s, __u32 of)
{
	for (size_t i = 0; i < s->n_probed; i++)
		if (s->probed[i]->bad && (s->probed[i]->of & of) == s->probed[i]->of)
			return true;
	return false;
}

/* List all merges of two groups, the most promising first. Return: how many. */
static size_t list_pairs(struct search *s, const struct grouping *grouping, struct pair *pairs)
{
	struct group *groups[NG_TREES_MAX], both;
	size_t n = 0;

	for (size_t g = 0; g < grouping->n; g++)
		groups[g] = group_of(s, grouping->of[g], 0);
	for (size_t a = 0; a < grouping->n; a++)
		for (size_t b = a + 1; b < grouping->n; b++) {
			struct group *with[NG_TREES_MAX];
			struct grouping made = merged(grouping, a, b);

			if (is_bad(s, made.of[a]))
				continue;
			memcpy(with, groups, sizeof(with));
			hope(groups[a], groups[b], &both);
			with[a] = &both;
			with[b] = with[made.n];
			made.ns = cost_of(s, with, made.n);
			pairs[n++] = (struct pair){ made, both.of,
						    NODES_MORE * (groups[a]->probe.nodes +
								  groups[b]->probe.nodes) };
		}
	qsort(pairs, n, sizeof(pairs[0]), by_ns);
	return n;
}

/*
 * Merge the two groups after which a key costs least. Return: 0; if no merge is worth it,
 * @grouping->n is 1; -ENOMEM.
 */
static int merge_best(struct search *s, struct grouping *grouping)
{
	struct pair pairs[NG_TREES_MAX * (NG_TREES_MAX - 1) / 2];
	struct grouping best = { .n = 1, .ns = INFINITY };
	size_t n = list_pairs(s, grouping, pairs);

	for (size_t i = 0; i < n && i < s->pairs && pairs[i].grouping.ns < best.ns; i++) {
		struct grouping *made = &pairs[i].grouping;

		if (weigh(s, made, pairs[i].nodes_max))
			return -ENOMEM;
		if (made->ns > BAD * grouping->ns)
			group_of(s, pairs[i].both, 0)->bad = true;
		if (made->ns < best.ns)
			best = *made;
	}
	*grouping = best;
	return 0;
}

static int find_best(struct search *s, struct grouping *best)
{
	struct grouping now = {};
	int failed;

	for (__u32 g = 0; g < FINEST; g++)
		if (s->sizes[g])
			now.of[now.n++] = 1U << g;
	merge_smallest(s, &now);
	failed = weigh(s, &now, SIZE_MAX);
	*best = now;
	while (!failed && now.n > 1 && now.ns < ENOUGH * best->ns) {
		failed = merge_best(s, &now);
		if (now.ns < best->ns)
			*best = now;
	}
	return failed;
}

/* Move trees forward as long as that makes keys cheaper. */
static void swap_neighbours(const struct search *s, struct group **groups, size_t n, double *ns)
{
	for (size_t g = 1; g < n; g++)
		for (size_t i = g; i; i--) {
			struct group *before = groups[i - 1];
			double other;

			groups[i - 1] = groups[i];
			groups[i] = before;
			other = cost_of_ordered(s, groups, n);
			if (other >= *ns) {
				groups[i] = groups[i - 1];
				groups[i - 1] = before;
				break;
			}
			*ns = other;
		}
}

/* Give the group a larger tree if that makes keys cheaper. */
static int try_less_thrift(const struct search *s, struct group **groups, size_t g, size_t n,
			   double *ns)
{
	struct group *before = groups[g], *larger = malloc(sizeof(*larger));
	double other;

	if (!larger)
		return -ENOMEM;
	*larger = *before;
	larger->thrift *= LESS_THRIFT;
	groups[g] = larger;
	if (probe_group(s, larger, SIZE_MAX)) {
		free(larger);
		return -ENOMEM;
	}
	other = cost_of_ordered(s, groups, n);
	groups[g] = before;
	if (other < *ns) {
		*before = *larger;
		*ns = other;
	}
	free(larger);
	return 0;
}

/* Tried only with the best grouping: for all of them it would take too long. */
static int refine(struct search *s, struct grouping *best)
{
	struct group *groups[NG_TREES_MAX];
	int failed = 0;

	for (size_t g = 0; g < best->n; g++)
		groups[g] = group_of(s, best->of[g], SIZE_MAX);
	for (size_t g = 0; g < best->n && !failed; g++)
		if (size_of(s, best->of[g]) <= s->build->items->n / FEW_RULES)
			failed = try_less_thrift(s, groups, g, best->n, &best->ns);
	swap_neighbours(s, groups, best->n, &best->ns);
	for (size_t g = 0; g < best->n; g++)
		best->of[g] = groups[g]->of;
	return failed;
}

int ng_groups_choose(const struct ng_tree_build *build, size_t bytes, struct ng_groups *groups)
{
	__cleanup_free struct search *s = calloc(1, sizeof(*s));
	size_t n = build->items->n;
	struct grouping best = {};
	__u8 tree[FINEST] = {};
	int failed;

	groups->of = calloc(n, 1);
	if (!s || !groups->of)
		return -ENOMEM;
	*s = (struct search){ .build = build,
			      .of = groups->of,
			      .ids = malloc(n * sizeof(*s->ids)),
			      .step = (n + RULES_PROBED - 1) / RULES_PROBED,
			      .bytes = bytes,
			      .pairs = n > RULES_MANY ? PAIRS_MANY : PAIRS_FEW };
	if (!s->ids)
		return -ENOMEM;
	for (int by = 0; by < BY_FIELDS; by++)
		find_wide(build->items, s->of, by);
	for (size_t i = 0; i < n; i++) {
		s->of[i] = finest_group(s->of[i]);
		s->sizes[s->of[i]]++;
	}
	ng_probe_keys(build->items, &s->keys);
	failed = find_best(s, &best);
	if (!failed)
		failed = refine(s, &best);
	for (size_t g = 0; g < best.n && !failed; g++) {
		const struct group *group = group_of(s, best.of[g], SIZE_MAX);

		groups->rules[g] = size_of(s, best.of[g]);
		groups->bytes[g] = group->probe.bytes * s->step;
		groups->thrift[g] = group->thrift;
		for (__u32 of = best.of[g]; of; of &= of - 1)
			tree[__builtin_ctz(of)] = g;
	}
	for (size_t i = 0; i < n; i++)
		groups->of[i] = tree[groups->of[i]];
	groups->n = best.n;
	groups->ns = best.ns;
	for (size_t g = 0; g < s->n_probed; g++)
		free(s->probed[g]);
	free(s->ids);
	return failed;
}
