// SPDX-License-Identifier: GPL-2.0-only
#include "compile/entry/variant.h"

#include <string.h>

#include "rules/fields.h"

/* Lists with at most so many combinations get an entry for each, which trees can cut. */
#define VARIANTS_MAX 16

/* Is the condition a list of values of one number of the key? */
static bool is_one_number(enum ng_field field)
{
	return ng_fields[field].kind != NG_VALUE_ADDRESS &&
	       ng_fields[field].kind != NG_VALUE_FLAGS && ng_key_fields[field].bits;
}

/*
 * The number of parts to split a list into. Prefixes may nest, so a rule that counts is not split
 * by them: it would count a frame once for each prefix that contains it.
 */
static size_t parts_of(const struct ng_condition *c, bool counts)
{
	if (c->negated)
		return 1;
	/* If one type in the list has a code, all require that the code could be read. */
	if (c->field == NG_FIELD_ICMP_TYPE && ng_types_ask_code(c))
		return 1;
	if (is_one_number(c->field))
		return c->n_ranges;
	if ((c->field == NG_FIELD_FROM || c->field == NG_FIELD_TO) && !c->set[0] && !counts)
		return c->n_prefixes ? c->n_prefixes : 1;
	return 1;
}

/* Split the conditions from @i on into at most @room variants. */
static int split(struct ng_compiler *compiler, struct ng_variant *v, size_t i, size_t room,
		 const struct ng_target *target, struct ng_error *err)
{
	struct ng_condition whole;
	size_t parts = 1;
	int failed = 0;

	for (; i < v->n; i++) {
		parts = parts_of(&v->conditions[i], !ng_target_decides(target));
		if (parts > 1 && parts <= room)
			break;
	}
	if (i == v->n)
		return ng_variant_append(compiler, v, target, err);
	whole = v->conditions[i];
	for (size_t part = 0; part < parts && !failed; part++) {
		struct ng_condition *c = &v->conditions[i];

		*c = whole;
		if (is_one_number(c->field)) {
			c->ranges = &whole.ranges[part];
			c->n_ranges = 1;
		} else {
			c->prefixes = &whole.prefixes[part];
			c->n_prefixes = 1;
		}
		failed = split(compiler, v, i + 1, room / parts, target, err);
	}
	v->conditions[i] = whole;
	return failed;
}

/*
 * `port` is the source or the destination port: one variant for each. In order that a `count` rule
 * counts a frame with both in the list only once, its second variant excludes those sources.
 */
static int split_port(struct ng_compiler *compiler, struct ng_variant *v, struct ng_condition *port,
		      const struct ng_target *target, struct ng_error *err)
{
	int failed;

	port->field = NG_FIELD_SPORT;
	failed = split(compiler, v, 0, VARIANTS_MAX, target, err);
	if (failed)
		return failed;
	port->field = NG_FIELD_DPORT;
	if (!ng_target_decides(target)) {
		v->conditions[v->n] = *port;
		v->conditions[v->n].field = NG_FIELD_SPORT;
		v->conditions[v->n++].negated = true;
	}
	return split(compiler, v, 0, VARIANTS_MAX, target, err);
}

/* Rules are added in the order of their limiters. */
static __u32 next_limiter(struct ng_compiler *compiler)
{
	__u32 offset = compiler->limiters.offset;

	compiler->limiters.offset += sizeof(struct ng_limiter);
	return offset;
}

int ng_entries_add(struct ng_compiler *compiler, const struct ng_rule *rule, __u32 number,
		   __u32 slot, struct ng_error *err)
{
	static const __u32 actions[] = {
		[NG_PASS] = NG_ACTION_PASS,
		[NG_DROP] = NG_ACTION_DROP,
		[NG_COUNT] = NG_ACTION_COUNT,
		[NG_LIMIT] = NG_ACTION_LIMIT,
	};
	struct ng_target target = { number, slot, actions[rule->verdict],
				    rule->verdict == NG_LIMIT ? next_limiter(compiler) : 0 };
	struct ng_variant v; /* large, so not cleared: most rules have few conditions */

	v.rule = rule;
	v.n = rule->n_conditions;
	if (v.n)
		memcpy(v.conditions, rule->conditions, v.n * sizeof(v.conditions[0]));
	for (size_t i = 0; i < v.n; i++)
		if (v.conditions[i].field == NG_FIELD_PORT && !v.conditions[i].negated)
			return split_port(compiler, &v, &v.conditions[i], &target, err);
	return split(compiler, &v, 0, VARIANTS_MAX, &target, err);
}
