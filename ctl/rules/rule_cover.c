/* SPDX-License-Identifier: GPL-2.0-only */
#include "rules/rule_cover.h"

#include <string.h>

#include "net/ip.h"
#include "rules/fields.h"
#include "rules/prefix.h"

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

/* Numbers. What `not` excludes is compared directly, without its complement. */
static bool numbers_follow(const struct ng_condition *inner, const struct ng_condition *outer)
{
	if (inner->negated && outer->negated)
		return ranges_inside(outer, inner);
	if (inner->negated)
		return false;
	/* `vlan not 5` requires a tag: NG_VLAN_NONE is below the field's range. */
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

/* A list with a code matches no packet whose code cannot be read. */
static bool types_follow(const struct ng_condition *inner, const struct ng_condition *outer)
{
	/* With `not`, what matches without a readable code differs from type to type. */
	if (inner->negated || outer->negated ||
	    (ng_types_ask_code(outer) && !ng_types_ask_code(inner)))
		return false;
	return ranges_inside(inner, outer);
}

/* Does every address of the families that are left meet the condition? */
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

/* Does every packet in @scope meet @outer? Only if other fields imply it. */
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

bool ng_rule_covers(const struct ng_rule *outer, const struct ng_rule *inner,
		    const struct ng_scope *scope, unsigned long *steps)
{
	if (outer->direction != inner->direction ||
	    (*outer->iface && strcmp(outer->iface, inner->iface) != 0))
		return false;
	if (outer->until && (!inner->until || inner->until > outer->until))
		return false;
	/* A `pass` rule without `invalid` does not match invalid frames. */
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
