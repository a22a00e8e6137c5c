// SPDX-License-Identifier: GPL-2.0-only
#include "rules/check.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "rules/fields.h"
#include "rules/print.h"
#include "rules/scope.h"
#include "rules/time.h"

/* Why conditions of this field exclude others. */
static const char *const reasons[NG_FIELDS] = {
	[NG_FIELD_PROTO] = "icmp is ICMP over IPv4, icmpv6 is ICMPv6 over IPv6",
	[NG_FIELD_FROM] = "a packet has addresses of one family",
	[NG_FIELD_TO] = "a packet has addresses of one family",
	[NG_FIELD_SPORT] = "ports are in tcp, udp, udplite, sctp and dccp, not in later fragments",
	[NG_FIELD_DPORT] = "ports are in tcp, udp, udplite, sctp and dccp, not in later fragments",
	[NG_FIELD_PORT] = "ports are in tcp, udp, udplite, sctp and dccp, not in later fragments",
	[NG_FIELD_FLAGS] = "flags are in tcp, not in later fragments",
	[NG_FIELD_ICMP_TYPE] = "types are in icmp and icmpv6, not in later fragments",
	[NG_FIELD_FRAGMENT] = "only IPv4 and IPv6 packets are fragmented",
	[NG_FIELD_ETHERTYPE] = "IPv4 is Ethernet type 0x0800, IPv6 is 0x86dd",
};

/* Does `not` exclude all the field can be? No value of `length` is the greatest. */
static bool excludes_all(const struct ng_condition *condition)
{
	const struct ng_field_info *info = &ng_fields[condition->field];

	return condition->negated && condition->n_ranges && condition->field != NG_FIELD_LENGTH &&
	       ng_ranges_hold(condition->ranges, condition->n_ranges, info->min, info->max);
}

static int fail_alone(const struct ng_rule *rule, const struct ng_condition *condition,
		      enum ng_field *field, struct ng_error *err)
{
	__cleanup_free char *text = ng_condition_text(rule, condition);

	*field = condition->field;
	ng_fail(err, -EINVAL, "'%.100s' never matches", text ? text : "");
	return ng_hint(err, -EINVAL, "'not' leaves no value");
}

static bool is_l4(enum ng_field field)
{
	return field == NG_FIELD_SPORT || field == NG_FIELD_DPORT || field == NG_FIELD_PORT ||
	       field == NG_FIELD_FLAGS || field == NG_FIELD_ICMP_TYPE;
}

static void fail_pair(const struct ng_rule *rule, const struct ng_condition *first,
		      const struct ng_condition *second, enum ng_field *field, struct ng_error *err)
{
	__cleanup_free char *one = ng_condition_text(rule, first);
	__cleanup_free char *two = ng_condition_text(rule, second);
	const char *reason = reasons[second->field];

	if (!reason || (second->field == NG_FIELD_FRAGMENT && is_l4(first->field)))
		reason = reasons[first->field];

	*field = second->field;
	ng_fail(err, -EINVAL, "'%.100s' and '%.100s' never match together", one ? one : "",
		two ? two : "");
	if (reason)
		ng_hint(err, -EINVAL, "%s", reason);
}

/* All conditions together leave nothing: find the fewest that do. */
static int explain(const struct ng_rule *rule, enum ng_field *field, struct ng_error *err)
{
	const struct ng_condition *list = rule->conditions;
	struct ng_scope scope;

	for (size_t i = 0; i < rule->n_conditions; i++) {
		ng_scope_all(&scope);
		ng_scope_narrow(&scope, &list[i]);
		if (ng_scope_is_empty(&scope))
			return fail_alone(rule, &list[i], field, err);
	}
	for (size_t i = 1; i < rule->n_conditions; i++) {
		for (size_t j = 0; j < i; j++) {
			ng_scope_all(&scope);
			ng_scope_narrow(&scope, &list[i]);
			ng_scope_narrow(&scope, &list[j]);
			if (!ng_scope_is_empty(&scope))
				continue;
			fail_pair(rule, &list[j], &list[i], field, err);
			return is_l4(list[j].field) && list[i].field == NG_FIELD_FRAGMENT
				       ? NG_RULE_IDLE
				       : -EINVAL;
		}
	}
	*field = list[rule->n_conditions - 1].field;
	return ng_fail(err, -EINVAL, "these conditions never match together");
}

int ng_check_rule(const struct ng_rule *rule, enum ng_field *field, struct ng_error *err)
{
	struct ng_scope scope;

	for (size_t i = 0; i < rule->n_conditions; i++)
		if (excludes_all(&rule->conditions[i]))
			return fail_alone(rule, &rule->conditions[i], field, err);
	ng_scope_of(&scope, rule);
	return ng_scope_is_empty(&scope) ? explain(rule, field, err) : 0;
}

bool ng_check_until(const struct ng_rule *rule, struct ng_error *err)
{
	char text[NG_TIME_TEXT];

	if (!rule->until || ng_time_now() < rule->until)
		return false;
	ng_fail(err, -EINVAL, "the rule expired at %s: it matches nothing",
		ng_time_text(rule->until, text));
	ng_hint(err, -EINVAL, "delete it");
	return true;
}

const char *ng_rule_place(const struct ng_ruleset *ruleset, size_t index, char *text, size_t size)
{
	const struct ng_rule *rule = &ruleset->rules[index];

	if (rule->file)
		snprintf(text, size, "%s:%u:%u", rule->file, rule->line, rule->column);
	else
		snprintf(text, size, "rule %zu", index + 1);
	return text;
}

static void check_sets(const struct ng_ruleset *ruleset, size_t index, struct ng_messages *messages)
{
	const struct ng_rule *rule = &ruleset->rules[index];
	struct ng_error err;

	for (size_t i = 0; i < rule->n_conditions; i++) {
		const char *set = rule->conditions[i].set;

		if (!*set || !strcmp(set, NG_BLOCKED) || ng_ruleset_set(ruleset, set))
			continue;
		ng_fail(&err, -EINVAL, "no set is called '%s'", set);
		ng_rule_place(ruleset, index, err.where, sizeof(err.where));
		ng_messages_add(messages, false, &err);
	}
}

static void check_rule_at(const struct ng_ruleset *ruleset, size_t index,
			  struct ng_messages *messages)
{
	enum ng_field field;
	struct ng_error err;
	int found = ng_check_rule(&ruleset->rules[index], &field, &err);

	if (found) {
		ng_rule_place(ruleset, index, err.where, sizeof(err.where));
		ng_messages_add(messages, found == NG_RULE_IDLE, &err);
	}
	if (ng_check_until(&ruleset->rules[index], &err)) {
		ng_rule_place(ruleset, index, err.where, sizeof(err.where));
		ng_messages_add(messages, true, &err);
	}
	check_sets(ruleset, index, messages);
}

void ng_check_ruleset(const struct ng_ruleset *ruleset, struct ng_messages *messages)
{
	for (size_t i = 0; i < ruleset->n_rules; i++)
		check_rule_at(ruleset, i, messages);
	/* Without memory there are fewer warnings, and no wrong ones. */
	ng_check_cover(ruleset, messages);
}

void ng_check_new_rules(const struct ng_ruleset *ruleset, struct ng_messages *messages)
{
	for (size_t i = 0; i < ruleset->n_rules; i++) {
		if (ruleset->rules[i].line)
			continue;
		check_rule_at(ruleset, i, messages);
		ng_check_cover_of(ruleset, i, messages);
	}
}
