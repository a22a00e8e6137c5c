// SPDX-License-Identifier: GPL-2.0-only
#include "rules/check.h"
#include "rules/cover.h"
#include "rules/messages.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "rules/fields.h"
#include "rules/print.h"
#include "rules/scope.h"
#include "rules/time.h"

/* Does `not` exclude every value of the field? `length` has no greatest value. */
static bool excludes_all(const struct ng_condition *condition)
{
	const struct ng_field_info *info = &ng_fields[condition->field];

	return condition->negated && condition->n_ranges && condition->field != NG_FIELD_LENGTH &&
	       !ng_condition_meets(condition, info->min, info->max);
}

/* Why no frame has such a value. */
static const char *reason_alone(const struct ng_condition *condition)
{
	const struct ng_field_info *info = &ng_fields[condition->field];

	if (condition->field == NG_FIELD_ETHERTYPE &&
	    (!condition->negated || ng_condition_meets(condition, info->min, info->max)))
		return "below 0x0600 it is the length of an LLC frame; 0x8100, 0x88a8 and 0x9100 "
		       "are tags, and ethertype is the type after them: write vlan any";
	if (condition->field == NG_FIELD_LENGTH)
		return info->reason;
	return "'not' leaves no value";
}

static int fail_alone(const struct ng_rule *rule, const struct ng_condition *condition,
		      enum ng_field *field, struct ng_error *err)
{
	__cleanup_free char *text = ng_condition_text(rule, condition);

	*field = condition->field;
	ng_fail(err, -EINVAL, "'%.100s' never matches", text ? text : "");
	return ng_hint(err, -EINVAL, "%s", reason_alone(condition));
}

static bool is_l4(enum ng_field field)
{
	return ng_fields[field].layer == NG_LAYER_L4;
}

static void fail_pair(const struct ng_rule *rule, const struct ng_condition *first,
		      const struct ng_condition *second, enum ng_field *field, struct ng_error *err)
{
	__cleanup_free char *one = ng_condition_text(rule, first);
	__cleanup_free char *two = ng_condition_text(rule, second);
	const char *reason = ng_fields[second->field].reason;

	if (first->field == NG_FIELD_ESTABLISHED && second->field == NG_FIELD_INVALID)
		reason = ng_fields[first->field].reason;

	if (!reason || (second->field == NG_FIELD_FRAGMENT &&
			(is_l4(first->field) || first->field == NG_FIELD_LENGTH)))
		reason = ng_fields[first->field].reason;

	*field = second->field;
	ng_fail(err, -EINVAL, "'%.100s' and '%.100s' never match together", one ? one : "",
		two ? two : "");
	if (reason)
		ng_hint(err, -EINVAL, "%s", reason);
}

/* Three or more conditions that never match together, none of them redundant: a list in @text. */
static void list_needed(const struct ng_rule *rule, bool needed[NG_FIELDS], char *text, size_t size)
{
	struct ng_scope scope;

	*text = '\0';
	for (size_t i = 0; i < rule->n_conditions; i++)
		needed[i] = true;
	for (size_t i = 0; i < rule->n_conditions; i++) {
		needed[i] = false;
		ng_scope_begin(&scope, rule);
		for (size_t j = 0; j < rule->n_conditions; j++)
			if (needed[j])
				ng_scope_narrow(&scope, &rule->conditions[j]);
		needed[i] = !ng_scope_is_empty(&scope);
	}
	for (size_t i = 0; i < rule->n_conditions; i++) {
		__cleanup_free char *one = NULL;
		size_t len = strlen(text);

		if (!needed[i])
			continue;
		one = ng_condition_text(rule, &rule->conditions[i]);
		snprintf(text + len, size - len, "%s'%.60s'", len ? ", " : "", one ? one : "");
	}
}

/* Why: @needed are those of the conditions that exclude each other. */
static const char *reason_of_several(const struct ng_rule *rule, const bool needed[NG_FIELDS])
{
	const char *reason = NULL;
	struct ng_scope scope;

	ng_scope_all(&scope);
	for (size_t i = 0; i < rule->n_conditions; i++)
		ng_scope_narrow(&scope, &rule->conditions[i]);
	if (!ng_scope_is_empty(&scope))
		return "a pass rule matches no invalid frame, such as a first fragment without its "
		       "whole L4 header, unless it says invalid";
	for (size_t i = 0; i < rule->n_conditions; i++) {
		enum ng_field field = rule->conditions[i].field;

		if (needed[i] && field == NG_FIELD_LENGTH)
			return ng_fields[field].reason;
		if (needed[i] && field == NG_FIELD_FRAGMENT)
			reason =
				"over IPv6 the headers 0, 43, 44, 51 and 60 are skipped; only in a "
				"later fragment can one of them be the protocol";
	}
	return reason;
}

/* No two of the conditions exclude each other. */
static int explain_several(const struct ng_rule *rule, enum ng_field *field, struct ng_error *err)
{
	bool needed[NG_FIELDS];
	const char *reason;
	char text[400];

	list_needed(rule, needed, text, sizeof(text));
	reason = reason_of_several(rule, needed);
	*field = rule->conditions[rule->n_conditions - 1].field;
	ng_fail(err, -EINVAL, "%s never match together", text);
	return reason ? ng_hint(err, -EINVAL, "%s", reason) : -EINVAL;
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
	return explain_several(rule, field, err);
}

/* Does a number just after a range of @b meet both conditions? Both have `not`. */
static bool meet_behind(const struct ng_condition *a, const struct ng_condition *b)
{
	for (size_t i = 0; i < b->n_ranges; i++) {
		uint64_t next = b->ranges[i].hi + 1;

		if (next <= UINT16_MAX && ng_condition_meets(a, next, next) &&
		    ng_condition_meets(b, next, next))
			return true;
	}
	return false;
}

/* Is there a port that meets both conditions? */
static bool meet(const struct ng_condition *a, const struct ng_condition *b)
{
	if (a->negated && !b->negated)
		return meet(b, a);
	for (size_t i = 0; i < a->n_ranges && !a->negated; i++)
		if (ng_condition_meets(b, a->ranges[i].lo, a->ranges[i].hi))
			return true;
	if (!a->negated)
		return false;
	/* The least number that neither excludes is 0, or comes just after what one excludes. */
	return (ng_condition_meets(a, 0, 0) && ng_condition_meets(b, 0, 0)) || meet_behind(a, b) ||
	       meet_behind(b, a);
}

/* `port` is about the same two ports as `sport` and `dport`. */
static int check_ports(const struct ng_rule *rule, enum ng_field *field, struct ng_error *err)
{
	const struct ng_condition *port = ng_rule_condition(rule, NG_FIELD_PORT);
	const struct ng_condition *sides[2] = { ng_rule_condition(rule, NG_FIELD_SPORT),
						ng_rule_condition(rule, NG_FIELD_DPORT) };
	__cleanup_free char *text = NULL;
	size_t possible = 0;

	if (!port)
		return 0;
	for (size_t i = 0; i < 2; i++)
		possible += !sides[i] || meet(sides[i], port);
	if (port->negated ? possible == 2 : possible)
		return 0;
	text = ng_condition_text(rule, port);
	*field = NG_FIELD_PORT;
	ng_fail(err, -EINVAL, "'%.100s' never matches together with this rule's sport or dport",
		text ? text : "");
	return ng_hint(
		err, -EINVAL,
		"port is true if one of the two ports is in the list, port not if neither is");
}

/* Only what comes in is looked up. */
static int check_established(const struct ng_rule *rule, enum ng_field *field, struct ng_error *err)
{
	if (rule->direction == NG_IN || !ng_rule_condition(rule, NG_FIELD_ESTABLISHED))
		return 0;
	*field = NG_FIELD_ESTABLISHED;
	ng_fail(err, -EINVAL, "'established' is for incoming packets");
	return ng_hint(err, -EINVAL, "leave it out: a packet that leaves needs no earlier one");
}

int ng_check_rule(const struct ng_rule *rule, enum ng_field *field, struct ng_error *err)
{
	struct ng_scope scope;

	for (size_t i = 0; i < rule->n_conditions; i++)
		if (excludes_all(&rule->conditions[i]))
			return fail_alone(rule, &rule->conditions[i], field, err);
	if (check_established(rule, field, err))
		return -EINVAL;
	ng_scope_of(&scope, rule);
	return ng_scope_is_empty(&scope) ? explain(rule, field, err)
					 : check_ports(rule, field, err);
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

static void check_sets(const struct ng_ruleset *sets, const struct ng_rule *rule, size_t number,
		       struct ng_messages *messages)
{
	struct ng_error err;

	for (size_t i = 0; i < rule->n_conditions; i++) {
		const char *set = rule->conditions[i].set;

		if (!*set || !strcmp(set, NG_BLOCKED) || ng_ruleset_set(sets, set))
			continue;
		ng_fail(&err, -EINVAL, "no set is called '%s'", set);
		snprintf(err.where, sizeof(err.where), "rule %zu", number);
		ng_messages_add(messages, false, &err);
	}
}

void ng_check_new_rule(const struct ng_ruleset *sets, const struct ng_rule *rule, size_t number,
		       struct ng_messages *messages)
{
	enum ng_field field;
	struct ng_error err;
	int found = ng_check_rule(rule, &field, &err);

	if (found) {
		snprintf(err.where, sizeof(err.where), "rule %zu", number);
		ng_messages_add(messages, found == NG_RULE_IDLE, &err);
	}
	if (ng_check_until(rule, &err)) {
		snprintf(err.where, sizeof(err.where), "rule %zu", number);
		ng_messages_add(messages, true, &err);
	}
	check_sets(sets, rule, number, messages);
}

void ng_check_kept(const struct ng_ruleset *ruleset, struct ng_messages *messages)
{
	enum ng_field field;
	struct ng_error err;

	for (size_t i = 0; i < ruleset->n_rules; i++) {
		if (ng_check_rule(&ruleset->rules[i], &field, &err) != -EINVAL)
			continue;
		snprintf(err.where, sizeof(err.where), "rule %zu", i + 1);
		ng_hint(&err, -EINVAL,
			"it stays, but this netguard refuses it in a file: delete it there before "
			"the next boot");
		ng_messages_add(messages, true, &err);
	}
}

void ng_check_new_rules(const struct ng_ruleset *ruleset, struct ng_messages *messages)
{
	for (size_t i = 0; i < ruleset->n_rules; i++) {
		if (ruleset->rules[i].line)
			continue;
		ng_check_new_rule(ruleset, &ruleset->rules[i], i + 1, messages);
		ng_check_cover_of(ruleset, i, messages);
	}
}
