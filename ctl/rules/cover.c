// SPDX-License-Identifier: GPL-2.0-only
#include "rules/check.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "rules/fields.h"
#include "rules/prefix.h"
#include "rules/scope.h"

#define BUCKET_MAX 256 /* rules of one bucket that later ones are compared with */

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

/* Does the condition hold for every address of the families that are left? */
static bool takes_families(const struct ng_scope *scope, const struct ng_condition *outer)
{
	const struct ng_prefix *list = outer->prefixes;

	if (*outer->set || outer->negated || scope->families & NG_SCOPE_OTHER)
		return false;
	return (!(scope->families & NG_SCOPE_IPV4) ||
		ng_prefixes_fill(list, outer->n_prefixes, 4)) &&
	       (!(scope->families & NG_SCOPE_IPV6) || ng_prefixes_fill(list, outer->n_prefixes, 6));
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
		if (scope->families & (i ? NG_SCOPE_IPV6 : NG_SCOPE_IPV4) &&
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
		/* What `not` says of codes that cannot be read differs from type to type. */
		return !same->negated && !outer->negated && ranges_inside(same, outer);
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

/* ---- which rules could? ---------------------------------------------------------------- */

/*
 * Rules with the same prefix, in order; the field is NG_FIELDS for those without a single one.
 * Empty when @n is 0.
 */
struct bucket {
	enum ng_field field;
	struct ng_prefix prefix;
	size_t first, last, n;
};

/* A hash table with open addressing: a power of two of buckets, at most half of them used. */
struct index {
	struct bucket *buckets;
	size_t mask;
	size_t *next;	      /* by rule: the next of its bucket */
	bool lens[2][2][129]; /* from and to, IPv4 and IPv6: is there a prefix of this length? */
};

/* FNV-1a. */
static size_t hash(enum ng_field field, const struct ng_prefix *prefix)
{
	const unsigned char *bytes = (const unsigned char *)prefix;
	uint64_t sum = 0xcbf29ce484222325ULL ^ field;

	for (size_t i = 0; i < sizeof(*prefix); i++)
		sum = (sum ^ bytes[i]) * 0x100000001b3ULL;
	return sum ^ sum >> 32;
}

/* The bucket, or the empty one where it belongs. */
static struct bucket *find(const struct index *index, enum ng_field field,
			   const struct ng_prefix *prefix)
{
	size_t at = hash(field, prefix) & index->mask;
	struct bucket *bucket;

	for (;; at = (at + 1) & index->mask) {
		bucket = &index->buckets[at];
		if (!bucket->n ||
		    (bucket->field == field && !memcmp(&bucket->prefix, prefix, sizeof(*prefix))))
			return bucket;
	}
}

/*
 * The prefix of an address condition that names no other, or NULL. Not one of length 0: it holds
 * rules without an address too, when their family is known.
 */
static const struct ng_prefix *only_prefix(const struct ng_rule *rule, enum ng_field field)
{
	const struct ng_condition *condition = ng_rule_condition(rule, field);

	if (!condition || condition->negated || condition->n_prefixes != 1)
		return NULL;
	return condition->prefixes[0].len ? condition->prefixes : NULL;
}

static void index_add(struct index *index, const struct ng_rule *rule, size_t number)
{
	static const struct ng_prefix none;
	enum ng_field field = only_prefix(rule, NG_FIELD_FROM) ? NG_FIELD_FROM
			      : only_prefix(rule, NG_FIELD_TO) ? NG_FIELD_TO
							       : NG_FIELDS;
	const struct ng_prefix *prefix = field == NG_FIELDS ? &none : only_prefix(rule, field);
	struct bucket *bucket = find(index, field, prefix);

	if (field != NG_FIELDS)
		index->lens[field == NG_FIELD_TO][prefix->family == 6][prefix->len] = true;
	if (bucket->n == BUCKET_MAX)
		return;
	if (bucket->n)
		index->next[bucket->last] = number;
	else
		*bucket = (struct bucket){ .field = field, .prefix = *prefix, .first = number };
	bucket->last = number;
	bucket->n++;
}

/* ---- the search ------------------------------------------------------------------------ */

struct search {
	const struct ng_ruleset *ruleset;
	struct index index;
	unsigned long steps; /* that are left */
};

static bool search_bucket(struct search *search, const struct ng_rule *inner,
			  const struct ng_scope *scope, const struct bucket *bucket, size_t *found)
{
	size_t number = bucket->first;

	for (size_t i = 0; i < bucket->n; i++, number = search->index.next[number]) {
		if (!covers(&search->ruleset->rules[number], inner, scope, &search->steps))
			continue;
		*found = number;
		return true;
	}
	return false;
}

static bool search_field(struct search *search, const struct ng_rule *inner,
			 const struct ng_scope *scope, enum ng_field field, size_t *found)
{
	const struct ng_condition *condition = ng_rule_condition(inner, field);
	struct ng_prefix prefix;

	/* What holds all the prefixes holds the first. */
	if (!condition || !condition->n_prefixes || condition->negated)
		return false;
	for (unsigned int len = 1; len <= condition->prefixes[0].len; len++) {
		prefix = condition->prefixes[0];
		if (!search->index.lens[field == NG_FIELD_TO][prefix.family == 6][len])
			continue;
		ng_prefix_mask(&prefix, len);
		if (search_bucket(search, inner, scope, find(&search->index, field, &prefix),
				  found))
			return true;
	}
	return false;
}

static bool search_rule(struct search *search, const struct ng_rule *inner, size_t *found)
{
	static const struct ng_prefix none;
	struct ng_scope scope;

	ng_scope_of(&scope, inner);
	return search_bucket(search, inner, &scope, find(&search->index, NG_FIELDS, &none),
			     found) ||
	       search_field(search, inner, &scope, NG_FIELD_FROM, found) ||
	       search_field(search, inner, &scope, NG_FIELD_TO, found);
}

static void warn(const struct ng_ruleset *ruleset, size_t inner, size_t outer,
		 struct ng_messages *messages)
{
	struct ng_error err;
	char place[sizeof(err.where)];

	ng_rule_place(ruleset, outer, place, sizeof(place));
	ng_fail(&err, -EINVAL, "no packet gets here: %s decides about all of them before", place);
	ng_hint(&err, -EINVAL, "take one of the two out, or put this one first");
	ng_rule_place(ruleset, inner, err.where, sizeof(err.where));
	ng_messages_add(messages, true, &err);
}

int ng_check_cover(const struct ng_ruleset *ruleset, struct ng_messages *messages)
{
	__cleanup_free struct bucket *buckets = NULL;
	__cleanup_free size_t *next = NULL;
	struct search search = { .ruleset = ruleset, .steps = NG_COVER_STEPS };
	size_t room = 4, found;

	while (room < 2 * ruleset->n_rules)
		room *= 2;
	buckets = calloc(room, sizeof(*buckets));
	next = calloc(ruleset->n_rules + 1, sizeof(*next));
	if (!buckets || !next)
		return -ENOMEM;
	search.index.buckets = buckets;
	search.index.mask = room - 1;
	search.index.next = next;
	for (size_t i = 0; i < ruleset->n_rules && search.steps; i++) {
		const struct ng_rule *rule = &ruleset->rules[i];

		if (search_rule(&search, rule, &found))
			warn(ruleset, i, found, messages);
		else if (rule->verdict != NG_COUNT)
			index_add(&search.index, rule, i);
	}
	return 0;
}
