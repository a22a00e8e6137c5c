// SPDX-License-Identifier: GPL-2.0-only
#include "commands/flows/selection.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "cli/arguments.h"
#include "cli/usage.h"
#include "net/frame.h"
#include "rules/parse.h"
#include "rules/prefix.h"
#include "rules/print.h"

/* ---- reading --------------------------------------------------------------------------- */

static bool flows_have(enum ng_field field)
{
	switch (field) {
	case NG_FIELD_FAMILY:
	case NG_FIELD_PROTO:
	case NG_FIELD_FROM:
	case NG_FIELD_TO:
	case NG_FIELD_SPORT:
	case NG_FIELD_DPORT:
	case NG_FIELD_PORT:
		return true;
	default:
		return false;
	}
}

static int fail_not_of_flows(const char *what, struct ng_error *err)
{
	ng_fail(err, -EINVAL, "flows have no '%.200s'", what);
	return ng_hint(err, -EINVAL, "they have a family, a protocol, addresses and ports");
}

static int check_rule(const struct ng_rule *rule, struct ng_error *err)
{
	if (rule->direction == NG_OUT || *rule->iface)
		return fail_not_of_flows(*rule->iface ? "on" : "out", err);
	if (rule->log || *rule->label || rule->until)
		return ng_fail(err, -EINVAL, "log, label and until belong to a rule");
	if (!rule->n_conditions)
		return ng_fail(err, -EINVAL, "an address or condition is missing");
	for (size_t i = 0; i < rule->n_conditions; i++) {
		__cleanup_free char *text = NULL;

		if (flows_have(rule->conditions[i].field))
			continue;
		text = ng_condition_text(rule, &rule->conditions[i]);
		return text ? fail_not_of_flows(text, err) : -ENOMEM;
	}
	return 0;
}

int ng_flow_selection_read(struct ng_context *ctx, struct ng_flow_selection *selection)
{
	__cleanup_free char *text = NULL;
	int ret;

	if (!ctx->n_words)
		return 0;
	text = ng_words_joined(ctx, 0);
	if (!text)
		return -ENOMEM;
	if (ng_looks_like_prefix(text))
		return ng_parse_prefix(text, &selection->address, &ctx->error);
	ret = ng_parse_conditions(text, ctx->command->name, "count", NULL, &selection->rule,
				  &ctx->error);
	return ret ? ret : check_rule(&selection->rule, &ctx->error);
}

void ng_flow_selection_clear(struct ng_flow_selection *selection)
{
	ng_rule_clear(&selection->rule);
}

/* ---- comparing ------------------------------------------------------------------------- */

bool ng_flow_has_ports(const struct ng_flow_key *flow)
{
	return ng_protocol_has_ports(flow->proto);
}

void ng_flow_address(const struct ng_flow_key *flow, enum ng_field field, struct ng_prefix *address)
{
	const __u64 *words = field == NG_FIELD_TO ? flow->to : flow->from;
	const __u64 key[NG_WORDS] = {
		[NG_WORD_SADDR_HI] = words[0], [NG_WORD_SADDR_LO] = words[1]
	};

	address->family = ng_key_address(key, flow->class, NG_WORD_SADDR_HI, address->addr);
	address->len = 8 * ng_address_size(address);
}

static bool is_in(const struct ng_prefix *prefixes, size_t n, const struct ng_flow_key *flow,
		  enum ng_field field)
{
	struct ng_prefix address;

	ng_flow_address(flow, field, &address);
	for (size_t i = 0; i < n; i++)
		if (ng_prefix_holds(&prefixes[i], &address))
			return true;
	return false;
}

static bool is_listed(const struct ng_condition *condition, uint64_t value)
{
	for (size_t i = 0; i < condition->n_ranges; i++)
		if (value >= condition->ranges[i].lo && value <= condition->ranges[i].hi)
			return true;
	return false;
}

static bool holds(const struct ng_condition *condition, const struct ng_flow_key *flow)
{
	uint16_t sport = flow->ports >> 16, dport = flow->ports;

	switch (condition->field) {
	case NG_FIELD_FAMILY:
		return is_listed(condition, flow->class == NG_CLASS_IPV4 ? 4 : 6);
	case NG_FIELD_PROTO:
		return is_listed(condition, flow->proto) != condition->negated;
	case NG_FIELD_FROM:
	case NG_FIELD_TO:
		return is_in(condition->prefixes, condition->n_prefixes, flow, condition->field) !=
		       condition->negated;
	default:
		break;
	}
	if (!ng_flow_has_ports(flow))
		return false;
	switch (condition->field) {
	case NG_FIELD_SPORT:
		return is_listed(condition, sport) != condition->negated;
	case NG_FIELD_DPORT:
		return is_listed(condition, dport) != condition->negated;
	default:
		return (is_listed(condition, sport) || is_listed(condition, dport)) !=
		       condition->negated;
	}
}

bool ng_flow_is_selected(const struct ng_flow_selection *selection, const struct ng_flow_key *flow)
{
	const struct ng_rule *rule = &selection->rule;

	if (selection->address.family && !is_in(&selection->address, 1, flow, NG_FIELD_FROM) &&
	    !is_in(&selection->address, 1, flow, NG_FIELD_TO))
		return false;
	for (size_t i = 0; i < rule->n_conditions; i++)
		if (!holds(&rule->conditions[i], flow))
			return false;
	return true;
}
