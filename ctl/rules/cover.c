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
#include "rules/scope.h"

#define COMPARED_MAX 256 /* rules of one prefix that later ones are compared with */

/* ---- does one rule cover another? ------------------------------------------------------ */

static bool ranges_inside(const struct ng_condition *inner, const struct ng_condition *outer)
{
	for (size_t i = 0; i < inner->n_ranges; i++)
		if (!ng_ranges_hold(outer->ranges, outer->n_ranges, inner->ranges[i].lo,
				    inner->ranges[i].hi))
			return false;
	return true;
}

static bool ranges_apart(const struct ng_condition *a, const struct ng_condition *b)
{
	for (size_t i = 0; i < a->n_ranges; i++)
		for (size_t j = 0; j < b->n_ranges; j++)
			if (a->ranges[i].lo <= b->ranges[j].hi &&
			    b->ranges[j].lo <= a->ranges[i].hi)
				return false;
	return true;
}

/* Of numbers: what `not` excludes is compared as it stands, its complement never built. */
static bool numbers_follow(const struct ng_condition *inner, const struct ng_condition *outer)
{
	if (inner->negated && outer->negated)
		return ranges_inside(outer, inner);
	if (inner->negated)
		return false;
	/* `vlan not 5` wants a tag: NG_VLAN_NONE is below what the field can be. */
	if (outer->negated)
		return inner->ranges[0].lo >= ng_fields[inner->field].min &&
		       ranges_apart(inner, outer);
	return ranges_inside(inner, outer);
}

static bool flags_follow(const struct ng_condition *inner, const struct ng_condition *outer)
{
	if (inner->negated || outer->negated)
		return inner->negated == outer->negated &&
		       inner->flags_value == outer->flags_value &&
		       inner->flags_mask == outer->flags_mask;
	return !(outer->flags_mask & ~inner->flags_mask) &&
	       (inner->flags_value & outer->flags_mask) == outer->flags_value;
}

static bool is_held(const struct ng_prefix *prefix, const struct ng_condition *by)
{
	for (size_t i = 0; i < by->n_prefixes; i++)
		if (ng_prefix_holds(&by->prefixes[i], prefix))
			return true;
	return false;
}

static bool prefixes_inside(const struct ng_condition *inner, const struct ng_condition *outer)
{
	for (size_t i = 0; i < inner->n_prefixes; i++)
		if (!is_held(&inner->prefixes[i], outer))
			return false;
	return true;
}

static bool prefixes_apart(const struct ng_condition *a, const struct ng_condition *b)
{
	for (size_t i = 0; i < a->n_prefixes; i++)
		if (is_held(&a->prefixes[i], b))
			return false;
	for (size_t i = 0; i < b->n_prefixes; i++)
		if (is_held(&b->prefixes[i], a))
			return false;
	return true;
}

/* A code anywhere in a list asks every packet for one. */
static bool types_follow(const struct ng_condition *inner, const struct ng_condition *outer)
{
	/* What `not` says of codes that cannot be read differs from type to type. */
	if (inner->negated || outer->negated ||
	    (ng_types_ask_code(outer) && !ng_types_ask_code(inner)))
		return false;
	return ranges_inside(inner, outer);
}

/* Does the condition hold for every address of the families that are left? */
static bool takes_families(const struct ng_scope *scope, const struct ng_condition *outer)
{
	const struct ng_prefix *list = outer->prefixes;

	if (*outer->set || outer->negated || scope->families & NG_FAMILY_OTHER)
		return false;
	return (!(scope->families & NG_FAMILY_IPV4) ||
		ng_prefixes_fill(list, outer->n_prefixes, 4)) &&
	       (!(scope->families & NG_FAMILY_IPV6) ||
		ng_prefixes_fill(list, outer->n_prefixes, 6));
}

static bool addresses_follow(const struct ng_condition *inner, const struct ng_condition *outer)
{
	if (*inner->set || *outer->set)
		return inner->negated == outer->negated && !strcmp(inner->set, outer->set);
	if (inner->negated && outer->negated)
		return prefixes_inside(outer, inner);
	if (inner->negated)
		return false;
	if (outer->negated)
		return prefixes_apart(inner, outer);
	return prefixes_inside(inner, outer);
}

/* Is @outer true of all that @scope leaves? Only of what other fields can tell. */
static bool scope_follows(const struct ng_scope *scope, const struct ng_condition *outer)
{
	struct ng_scope narrowed = *scope;

	switch (outer->field) {
	case NG_FIELD_FROM:
	case NG_FIELD_TO:
		return takes_families(scope, outer);
	case NG_FIELD_PROTO:
		if (!scope->knows_proto)
			return false;
		break;
	case NG_FIELD_FRAGMENT:
		if (!scope->knows_fragment)
			return false;
		break;
	case NG_FIELD_FAMILY:
		break;
	default:
		return false;
	}
	ng_scope_narrow(&narrowed, outer);
	for (size_t i = 0; i < 2; i++)
		if (scope->families & (i ? NG_FAMILY_IPV6 : NG_FAMILY_IPV4) &&
		    memcmp(narrowed.protos[i], scope->protos[i], sizeof(scope->protos[i])) != 0)
			return false;
	return narrowed.families == scope->families && narrowed.fragments == scope->fragments;
}

static bool follows(const struct ng_rule *inner, const struct ng_scope *scope,
		    const struct ng_condition *outer)
{
	const struct ng_condition *same = ng_rule_condition(inner, outer->field);

	if (scope_follows(scope, outer))
		return true;
	if (!same)
		return false;
	switch (ng_fields[outer->field].kind) {
	case NG_VALUE_ADDRESS:
		return addresses_follow(same, outer);
	case NG_VALUE_FLAGS:
		return flags_follow(same, outer);
	case NG_VALUE_ICMP:
		return types_follow(same, outer);
	default:
		return numbers_follow(same, outer);
	}
}

static bool covers(const struct ng_rule *outer, const struct ng_rule *inner,
		   const struct ng_scope *scope, unsigned long *steps)
{
	if (outer->direction != inner->direction ||
	    (*outer->iface && strcmp(outer->iface, inner->iface) != 0))
		return false;
	if (outer->until && (!inner->until || inner->until > outer->until))
		return false;
	/* Invalid frames are let by by a `pass` only if it says so. */
	if (outer->verdict == NG_PASS && !ng_rule_condition(outer, NG_FIELD_INVALID) &&
	    (inner->verdict != NG_PASS || ng_rule_condition(inner, NG_FIELD_INVALID)))
		return false;
	for (size_t i = 0; i < outer->n_conditions; i++) {
		const struct ng_condition *condition = &outer->conditions[i];
		const struct ng_condition *same = ng_rule_condition(inner, condition->field);
		size_t cost = 1 + condition->n_ranges + condition->n_prefixes;

		if (same)
			cost *= 1 + same->n_ranges + same->n_prefixes;
		if (cost >= *steps) {
			*steps = 0;
			return false;
		}
		*steps -= cost;
		if (!follows(inner, scope, condition))
			return false;
	}
	return true;
}

/* ---- a first look ---------------------------------------------------------------------- */

#define NO_PROTO 256

/* The upper 64 bits of a prefix; with @family 0 it is none, which nothing asks for. */
struct brief_prefix {
	uint64_t address, mask;
	uint8_t family, len;
};

struct brief_ports {
	uint16_t lo, hi;
};

/**
 * struct brief - what tells at a glance that a rule does not cover another
 * @addresses: the only prefix of FROM and TO; of a rule that is to be covered the first one
 * @ports:     the only range of SPORT and DPORT, or the first one; all when there is none
 * @proto:     the only protocol, or NO_PROTO
 * @number:    the rule's index
 */
struct brief {
	struct brief_prefix addresses[2];
	struct brief_ports ports[2];
	uint16_t proto;
	uint8_t direction;
	uint32_t number;
};

static void brief_address(struct brief_prefix *brief, const struct ng_condition *condition,
			  bool covers)
{
	const struct ng_prefix *first = condition->prefixes;

	if (condition->negated || !condition->n_prefixes)
		return;
	/* One of length 0 is true of rules without an address too, when their family is known. */
	if (covers && (condition->n_prefixes > 1 || !first->len))
		return;
	memcpy(&brief->address, first->addr, sizeof(brief->address));
	brief->address = be64toh(brief->address);
	brief->mask = first->len < 64 ? ~(~0ULL >> first->len) : ~0ULL;
	brief->family = first->family;
	brief->len = first->len;
}

static void brief_ports(struct brief_ports *brief, const struct ng_condition *condition,
			bool covers)
{
	if (!condition->negated && (condition->n_ranges == 1 || !covers))
		*brief = (struct brief_ports){ condition->ranges[0].lo, condition->ranges[0].hi };
}

/* @covers: as the rule that may cover others, not as one that may be covered */
static void brief_of(struct brief *brief, const struct ng_rule *rule, bool covers)
{
	*brief = (struct brief){ .proto = NO_PROTO, .direction = rule->direction };
	for (size_t i = 0; i < 2; i++)
		brief->ports[i].hi = UINT16_MAX;
	for (size_t i = 0; i < rule->n_conditions; i++) {
		const struct ng_condition *condition = &rule->conditions[i];
		const struct ng_range *range = condition->ranges;
		enum ng_field field = condition->field;

		if (field == NG_FIELD_FROM || field == NG_FIELD_TO)
			brief_address(&brief->addresses[field == NG_FIELD_TO], condition, covers);
		else if (field == NG_FIELD_SPORT || field == NG_FIELD_DPORT)
			brief_ports(&brief->ports[field == NG_FIELD_DPORT], condition, covers);
		else if (field == NG_FIELD_PROTO && !condition->negated &&
			 condition->n_ranges == 1 && range->lo == range->hi)
			brief->proto = range->lo;
	}
}

/* False: it does not. Nearly every answer is false, and nearly all of them by the addresses. */
static bool may_cover(const struct brief *outer, const struct brief *inner)
{
	const struct brief_prefix *a = outer->addresses, *b = inner->addresses;
	const struct brief_ports *p = outer->ports, *q = inner->ports;

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

/* ---- which rules could? ---------------------------------------------------------------- */

#define NO_NODE UINT32_MAX

/**
 * struct node - a prefix that rules have, and those of them that later rules are compared with
 * @parent: the node of the longest prefix around it, or NO_NODE
 * @briefs: where in index.briefs those rules begin whose only prefix it is
 * @room:   how many they may become
 * @n:      how many there are
 */
struct node {
	uint32_t parent;
	uint32_t briefs, room, n;
};

/**
 * struct index - earlier rules by their source or destination prefix
 * @first:    by rule: the prefix that holds nothing else of its list before it, see first_prefix()
 * @prefixes: of FROM and of TO, sorted, @n of them; @nodes: likewise
 * @of_rule:  by rule: the node of its first prefix, or NO_NODE
 * @rest:     the rules without a single prefix
 */
struct index {
	struct first *first[2];
	struct ng_prefix *prefixes[2];
	struct node *nodes[2];
	uint32_t *of_rule[2];
	size_t n[2];
	struct node rest;
	struct brief *briefs;
};

/**
 * struct first - of an address condition
 * @prefix: family 0: there is none
 * @single: and no other
 */
struct first {
	struct ng_prefix prefix;
	bool single;
};

static const enum ng_field address_fields[2] = { NG_FIELD_FROM, NG_FIELD_TO };

/*
 * The first prefix of an address condition, if any: what holds all its prefixes holds that one.
 * Not one of length 0, which holds rules without an address too, when their family is known.
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

/* Sorted prefixes stand behind those that hold them. */
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

/* Where @prefix stands in a table of indices into @prefixes, or could: open addressing. */
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
_Static_assert(NO_NODE == UINT32_MAX, "a table of none is all ones");

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
	free(index->briefs);
}

/* Where a rule belongs that may cover others. */
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
		nodes[i].briefs = at;
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
	index->briefs = reallocarray(NULL, room + 1, sizeof(*index->briefs));
	return index->briefs ? 0 : -ENOMEM;
}

static void index_add(struct index *index, const struct ng_rule *rule, size_t number)
{
	struct node *node = node_of(index, number);
	struct brief *brief = &index->briefs[node->briefs + node->n];

	if (node->n == node->room)
		return;
	node->n++;
	brief_of(brief, rule, true);
	brief->number = number;
}

/* ---- the search ------------------------------------------------------------------------ */

struct search {
	const struct ng_ruleset *ruleset;
	struct index index;
	unsigned long steps; /* that are left */
};

/**
 * struct inner - the rule that is looked for
 * @scope: of the rule, once @has_scope: few rules are compared so closely that it is asked for
 */
struct inner {
	const struct ng_rule *rule;
	struct brief brief;
	struct ng_scope scope;
	bool has_scope;
};

static bool covers_inner(struct search *search, struct inner *inner, const struct brief *outer)
{
	if (!may_cover(outer, &inner->brief))
		return false;
	if (!inner->has_scope)
		ng_scope_of(&inner->scope, inner->rule);
	inner->has_scope = true;
	return covers(&search->ruleset->rules[outer->number], inner->rule, &inner->scope,
		      &search->steps);
}

static bool search_node(struct search *search, struct inner *inner, const struct node *node,
			size_t *found)
{
	const struct brief *brief = &search->index.briefs[node->briefs];

	for (const struct brief *end = brief + node->n; brief < end && search->steps; brief++) {
		search->steps--;
		if (!covers_inner(search, inner, brief))
			continue;
		*found = brief->number;
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
	brief_of(&inner.brief, inner.rule, false);
	return search_node(search, &inner, &index->rest, found) ||
	       search_field(search, &inner, index->nodes[0], index->of_rule[0][number], found) ||
	       search_field(search, &inner, index->nodes[1], index->of_rule[1][number], found);
}

static void warn_at(const char *inner, const char *outer, struct ng_messages *messages)
{
	struct ng_error err;

	ng_fail(&err, -EINVAL, "no packet reaches this rule: %s decides about all of them before",
		outer);
	ng_hint(&err, -EINVAL, "delete one of the two, or put this one first");
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
		else if (rule->verdict != NG_COUNT)
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

bool ng_rule_covers(const struct ng_rule *outer, const struct ng_rule *inner, unsigned long *steps)
{
	struct brief asks, answers;
	struct ng_scope scope;

	if (outer->verdict == NG_COUNT || !*steps)
		return false;
	--*steps;
	brief_of(&asks, outer, true);
	brief_of(&answers, inner, false);
	if (!may_cover(&asks, &answers))
		return false;
	ng_scope_of(&scope, inner);
	return covers(outer, inner, &scope, steps);
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
		if (!ng_rule_covers(&rules[i], &rules[index], &steps))
			continue;
		warn(ruleset, index, i, messages);
		return;
	}
	for (size_t i = index + 1; i < ruleset->n_rules; i++)
		if (ng_rule_covers(&rules[index], &rules[i], &steps))
			warn(ruleset, i, index, messages);
}
