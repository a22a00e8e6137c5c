// SPDX-License-Identifier: GPL-2.0-only
#include "rules/cover.h"

#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "net/ip.h"
#include "rules/fields.h"
#include "rules/prefix.h"
#include "rules/prefix_sort.h"
#include "rules/rule_cover.h"
#include "rules/scope.h"

#define COMPARED_MAX 256 /* rules of one prefix that later rules are compared with */

/* ---- summaries ------------------------------------------------------------------------- */

#define NO_PROTO 256

/* The upper 64 bits of a prefix; @family 0: there is none, and any address will do. */
struct short_prefix {
	uint64_t address, mask;
	uint8_t family, len;
};

struct port_range {
	uint16_t lo, hi;
};

/**
 * struct summary - quickly shows that a rule does not cover another
 * @addresses: the only prefix of FROM and TO; of a rule that is to be covered the first one
 * @ports:     the only range of SPORT and DPORT, or the first one; all when there is none
 * @proto:     the only protocol, or NO_PROTO
 * @number:    the rule's index
 */
struct summary {
	struct short_prefix addresses[2];
	struct port_range ports[2];
	uint16_t proto;
	uint8_t direction;
	uint32_t number;
};

static void summarize_address(struct short_prefix *summary, const struct ng_condition *condition,
			      bool covers)
{
	const struct ng_prefix *first = condition->prefixes;

	if (condition->negated || !condition->n_prefixes)
		return;
	/* Length 0 covers rules without an address, too, if their family is known. */
	if (covers && (condition->n_prefixes > 1 || !first->len))
		return;
	memcpy(&summary->address, first->addr, sizeof(summary->address));
	summary->address = be64toh(summary->address);
	summary->mask = first->len < 64 ? ~(~0ULL >> first->len) : ~0ULL;
	summary->family = first->family;
	summary->len = first->len;
}

static void summarize_ports(struct port_range *summary, const struct ng_condition *condition,
			    bool covers)
{
	if (!condition->negated && (condition->n_ranges == 1 || !covers))
		*summary = (struct port_range){ condition->ranges[0].lo, condition->ranges[0].hi };
}

/* @covers: as the rule that may cover others, not as one that may be covered */
static void summarize(struct summary *summary, const struct ng_rule *rule, bool covers)
{
	*summary = (struct summary){ .proto = NO_PROTO, .direction = rule->direction };
	for (size_t i = 0; i < 2; i++)
		summary->ports[i].hi = UINT16_MAX;
	for (size_t i = 0; i < rule->n_conditions; i++) {
		const struct ng_condition *condition = &rule->conditions[i];
		const struct ng_range *range = condition->ranges;
		enum ng_field field = condition->field;

		if (field == NG_FIELD_FROM || field == NG_FIELD_TO)
			summarize_address(&summary->addresses[field == NG_FIELD_TO], condition,
					  covers);
		else if (field == NG_FIELD_SPORT || field == NG_FIELD_DPORT)
			summarize_ports(&summary->ports[field == NG_FIELD_DPORT], condition,
					covers);
		else if (field == NG_FIELD_PROTO && !condition->negated &&
			 condition->n_ranges == 1 && range->lo == range->hi)
			summary->proto = range->lo;
	}
}

/* False: it does not. Nearly every answer is false, and addresses decide nearly all of them. */
static bool may_cover(const struct summary *outer, const struct summary *inner)
{
	const struct short_prefix *a = outer->addresses, *b = inner->addresses;
	const struct port_range *p = outer->ports, *q = inner->ports;

	if (((a[0].address ^ b[0].address) & a[0].mask) |
	    ((a[1].address ^ b[1].address) & a[1].mask))
		return false;
	if (outer->direction != inner->direction ||
	    (outer->proto != inner->proto && outer->proto != NO_PROTO && inner->proto != NO_PROTO))
		return false;
	for (size_t i = 0; i < 2; i++)
		if ((a[i].family && a[i].family != b[i].family) || a[i].len > b[i].len ||
		    p[i].lo > q[i].lo || p[i].hi < q[i].hi)
			return false;
	return true;
}

/* ---- the index ------------------------------------------------------------------------- */

#define NO_NODE UINT32_MAX

/**
 * struct node - a prefix, and the rules with it that later rules are compared with
 * @parent: the node of the longest prefix that contains it, or NO_NODE
 * @first:  where its rules begin in index.summaries; it is their only source or destination prefix
 * @room:   how many there may be
 * @n:      how many there are
 */
struct node {
	uint32_t parent;
	uint32_t first, room, n;
};

/**
 * struct index - earlier rules by their source or destination prefix
 * @first:    by rule: the first prefix of its addresses, see find_first()
 * @prefixes: of FROM and of TO, sorted, @n of them; @nodes: one for each
 * @of_rule:  by rule: the node of its first prefix, or NO_NODE
 * @rest:     the rules that have no such single prefix
 */
struct index {
	struct first *first[2];
	struct ng_prefix *prefixes[2];
	struct node *nodes[2];
	uint32_t *of_rule[2];
	size_t n[2];
	struct node rest;
	struct summary *summaries;
};

/**
 * struct first - the first prefix of an address condition
 * @prefix: family 0: there is none
 * @single: it is the only one
 */
struct first {
	struct ng_prefix prefix;
	bool single;
};

static const enum ng_field address_fields[2] = { NG_FIELD_FROM, NG_FIELD_TO };

/*
 * The first prefix of each address condition, if any: what contains all its prefixes contains that
 * one. Not one of length 0: it covers rules without an address, too, if their family is known.
 */
static void find_first(const struct ng_rule *rule, struct first *of[2])
{
	for (size_t i = 0; i < rule->n_conditions; i++) {
		const struct ng_condition *condition = &rule->conditions[i];

		for (size_t which = 0; which < 2; which++)
			if (condition->field == address_fields[which] && !condition->negated &&
			    condition->n_prefixes && condition->prefixes[0].len)
				*of[which] = (struct first){ condition->prefixes[0],
							     condition->n_prefixes == 1 };
	}
}

/* In sorted order prefixes come after those that contain them. */
static void find_parents(const struct ng_prefix *prefixes, struct node *nodes, size_t n)
{
	uint32_t around = NO_NODE;

	for (size_t i = 0; i < n; i++) {
		while (around != NO_NODE && !ng_prefix_holds(&prefixes[around], &prefixes[i]))
			around = nodes[around].parent;
		nodes[i].parent = around;
		around = i;
	}
}

static uint64_t hash_of(const struct ng_prefix *prefix)
{
	uint64_t words[2], hash = prefix->family << 8 | prefix->len;

	memcpy(words, prefix->addr, sizeof(words));
	for (size_t i = 0; i < 2; i++) {
		hash = (hash ^ words[i]) * 0x9e3779b97f4a7c15ULL;
		hash ^= hash >> 32;
	}
	return hash;
}

/* The place of @prefix in a hash table of indices into @prefixes, or a free one. */
static size_t place_of(const uint32_t *table, size_t mask, const struct ng_prefix *prefixes,
		       const struct ng_prefix *prefix)
{
	size_t at = hash_of(prefix) & mask;

	while (table[at] != NO_NODE && memcmp(&prefixes[table[at]], prefix, sizeof(*prefix)) != 0)
		at = (at + 1) & mask;
	return at;
}

static int find_nodes(struct index *index, size_t n_rules, size_t which)
{
	const struct ng_prefix *prefixes = index->prefixes[which];
	size_t mask = 1;
	uint32_t *table;

	while (mask < 2 * index->n[which])
		mask = 2 * mask + 1;
	table = malloc((mask + 1) * sizeof(*table));
	if (!table)
		return -ENOMEM;
	memset(table, 0xff, (mask + 1) * sizeof(*table));
	for (size_t i = 0; i < index->n[which]; i++)
		table[place_of(table, mask, prefixes, &prefixes[i])] = i;
	for (size_t i = 0; i < n_rules; i++) {
		const struct ng_prefix *prefix = &index->first[which][i].prefix;

		index->of_rule[which][i] =
			prefix->family ? table[place_of(table, mask, prefixes, prefix)] : NO_NODE;
	}
	free(table);
	return 0;
}
_Static_assert(NO_NODE == UINT32_MAX, "an empty hash table is all ones");

static int index_prefixes(struct index *index, size_t n_rules, size_t which)
{
	struct ng_prefix *prefixes = malloc((n_rules + 1) * sizeof(*prefixes));
	size_t n = 0;

	index->prefixes[which] = prefixes;
	index->of_rule[which] = calloc(n_rules + 1, sizeof(*index->of_rule[which]));
	if (!prefixes || !index->of_rule[which])
		return -ENOMEM;
	for (size_t i = 0; i < n_rules; i++)
		if (index->first[which][i].prefix.family)
			prefixes[n++] = index->first[which][i].prefix;
	ng_prefixes_sort(prefixes, &n);
	index->n[which] = n;
	index->nodes[which] = calloc(n + 1, sizeof(*index->nodes[which]));
	if (!index->nodes[which])
		return -ENOMEM;
	find_parents(prefixes, index->nodes[which], n);
	return find_nodes(index, n_rules, which);
}

static void index_clear(struct index *index)
{
	for (size_t which = 0; which < 2; which++) {
		free(index->first[which]);
		free(index->prefixes[which]);
		free(index->nodes[which]);
		free(index->of_rule[which]);
	}
	free(index->summaries);
}

/* The node for a rule that may cover others. */
static struct node *node_of(struct index *index, size_t number)
{
	for (size_t which = 0; which < 2; which++)
		if (index->first[which][number].single)
			return &index->nodes[which][index->of_rule[which][number]];
	return &index->rest;
}

static size_t make_room(struct node *nodes, size_t n, size_t at)
{
	for (size_t i = 0; i < n; i++) {
		nodes[i].first = at;
		at += nodes[i].room;
	}
	return at;
}

static int index_build(struct index *index, const struct ng_ruleset *ruleset)
{
	size_t n = ruleset->n_rules, room;

	for (size_t which = 0; which < 2; which++) {
		index->first[which] = calloc(n + 1, sizeof(*index->first[which]));
		if (!index->first[which])
			return -ENOMEM;
	}
	for (size_t i = 0; i < n; i++)
		find_first(&ruleset->rules[i],
			   (struct first *[]){ &index->first[0][i], &index->first[1][i] });
	if (index_prefixes(index, n, 0) || index_prefixes(index, n, 1))
		return -ENOMEM;
	index->rest.parent = NO_NODE;
	for (size_t i = 0; i < n; i++) {
		struct node *node = node_of(index, i);

		node->room += node->room < COMPARED_MAX;
	}
	room = make_room(&index->rest, 1, 0);
	room = make_room(index->nodes[0], index->n[0], room);
	room = make_room(index->nodes[1], index->n[1], room);
	index->summaries = reallocarray(NULL, room + 1, sizeof(*index->summaries));
	return index->summaries ? 0 : -ENOMEM;
}

static void index_add(struct index *index, const struct ng_rule *rule, size_t number)
{
	struct node *node = node_of(index, number);
	struct summary *summary = &index->summaries[node->first + node->n];

	if (node->n == node->room)
		return;
	node->n++;
	summarize(summary, rule, true);
	summary->number = number;
}

/* ---- the search ------------------------------------------------------------------------ */

struct search {
	const struct ng_ruleset *ruleset;
	struct index index;
	unsigned long steps; /* that are left */
};

/**
 * struct inner - the rule that may be covered
 * @scope: of the rule, if @has_scope; computed when it is first needed, which is rare
 */
struct inner {
	const struct ng_rule *rule;
	struct summary summary;
	struct ng_scope scope;
	bool has_scope;
};

static bool covers_inner(struct search *search, struct inner *inner, const struct summary *outer)
{
	if (!may_cover(outer, &inner->summary))
		return false;
	if (!inner->has_scope)
		ng_scope_of(&inner->scope, inner->rule);
	inner->has_scope = true;
	return ng_rule_covers(&search->ruleset->rules[outer->number], inner->rule, &inner->scope,
			      &search->steps);
}

static bool search_node(struct search *search, struct inner *inner, const struct node *node,
			size_t *found)
{
	const struct summary *summary = &search->index.summaries[node->first];

	for (const struct summary *end = summary + node->n; summary < end && search->steps;
	     summary++) {
		search->steps--;
		if (!covers_inner(search, inner, summary))
			continue;
		*found = summary->number;
		return true;
	}
	return false;
}

/* @at: the node of the rule's first prefix, or NO_NODE */
static bool search_field(struct search *search, struct inner *inner, const struct node *nodes,
			 uint32_t at, size_t *found)
{
	for (; at != NO_NODE; at = nodes[at].parent)
		if (search_node(search, inner, &nodes[at], found))
			return true;
	return false;
}

static bool search_rule(struct search *search, size_t number, size_t *found)
{
	struct inner inner;
	const struct index *index = &search->index;

	inner.rule = &search->ruleset->rules[number];
	inner.has_scope = false;
	summarize(&inner.summary, inner.rule, false);
	return search_node(search, &inner, &index->rest, found) ||
	       search_field(search, &inner, index->nodes[0], index->of_rule[0][number], found) ||
	       search_field(search, &inner, index->nodes[1], index->of_rule[1][number], found);
}

static void warn_at(const char *inner, const char *outer, struct ng_messages *messages)
{
	struct ng_error err;

	ng_fail(&err, -EINVAL, "no packet reaches this rule: %s decides all that it matches",
		outer);
	ng_hint(&err, -EINVAL, "delete one of the two, or move this one before the other");
	snprintf(err.where, sizeof(err.where), "%s", inner);
	ng_messages_add(messages, true, &err);
}

static void warn(const struct ng_ruleset *ruleset, size_t inner, size_t outer,
		 struct ng_messages *messages)
{
	char places[2][sizeof(((struct ng_error *)0)->where)];

	warn_at(ng_rule_place(ruleset, inner, places[0], sizeof(places[0])),
		ng_rule_place(ruleset, outer, places[1], sizeof(places[1])), messages);
}

static void search_all(struct search *search, struct ng_messages *messages)
{
	const struct ng_ruleset *ruleset = search->ruleset;
	size_t found;

	for (size_t i = 0; i < ruleset->n_rules && search->steps; i++) {
		const struct ng_rule *rule = &ruleset->rules[i];

		if (search_rule(search, i, &found))
			warn(ruleset, i, found, messages);
		else if (ng_verdict_decides(rule->verdict))
			index_add(&search->index, rule, i);
	}
}

int ng_check_cover(const struct ng_ruleset *ruleset, struct ng_messages *messages)
{
	struct search search = { .ruleset = ruleset, .steps = NG_COVER_STEPS };
	int ret = index_build(&search.index, ruleset);

	if (!ret)
		search_all(&search, messages);
	index_clear(&search.index);
	return ret;
}

/* ---- one rule against all others ------------------------------------------------------- */

bool ng_check_covers(const struct ng_rule *outer, const struct ng_rule *inner, unsigned long *steps)
{
	struct summary covering, covered;
	struct ng_scope scope;

	if (!ng_verdict_decides(outer->verdict) || !*steps)
		return false;
	--*steps;
	summarize(&covering, outer, true);
	summarize(&covered, inner, false);
	if (!may_cover(&covering, &covered))
		return false;
	ng_scope_of(&scope, inner);
	return ng_rule_covers(outer, inner, &scope, steps);
}

void ng_warn_covered(size_t inner, size_t outer, struct ng_messages *messages)
{
	char places[2][32];

	snprintf(places[0], sizeof(places[0]), "rule %zu", inner);
	snprintf(places[1], sizeof(places[1]), "rule %zu", outer);
	warn_at(places[0], places[1], messages);
}

void ng_check_cover_of(const struct ng_ruleset *ruleset, size_t index, struct ng_messages *messages)
{
	const struct ng_rule *rules = ruleset->rules;
	unsigned long steps = NG_COVER_STEPS;

	for (size_t i = 0; i < index; i++) {
		if (!ng_check_covers(&rules[i], &rules[index], &steps))
			continue;
		warn(ruleset, index, i, messages);
		return;
	}
	for (size_t i = index + 1; i < ruleset->n_rules; i++)
		if (rules[i].line && ng_check_covers(&rules[index], &rules[i], &steps))
			warn(ruleset, i, index, messages);
}
