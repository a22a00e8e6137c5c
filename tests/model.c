// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model_flows.h"
#include "model_index.h"

/* ---- matching -------------------------------------------------------------------------- */

static bool in_ranges(const struct ng_condition *condition, uint64_t value)
{
	for (size_t i = 0; i < condition->n_ranges; i++)
		if (condition->ranges[i].lo <= value && value <= condition->ranges[i].hi)
			return true;
	return false;
}

bool model_in_prefixes(const struct ng_prefix *prefixes, size_t n, uint64_t family,
		       const uint8_t *address)
{
	for (size_t i = 0; i < n; i++) {
		const struct ng_prefix *prefix = &prefixes[i];
		int bit = 0;

		if (prefix->family != family)
			continue;
		while (bit < prefix->len &&
		       !((prefix->addr[bit / 8] ^ address[bit / 8]) & 0x80 >> bit % 8))
			bit++;
		if (bit == prefix->len)
			return true;
	}
	return false;
}

static bool in_live(const struct model_case *at, const char *set, const uint8_t *address)
{
	const struct model_live *live = at->rules->live;

	for (size_t i = 0; live && i < live->n; i++) {
		const struct model_live_entry *entry = &live->entries[i];

		if (!strcmp(entry->set, set) && (!entry->until || at->frame->boot < entry->until) &&
		    model_in_prefixes(&entry->prefix, 1, at->packet->family.value, address))
			return true;
	}
	return false;
}

bool model_in_set(const struct model_case *at, const char *name, const uint8_t *address)
{
	const struct ng_set *set = ng_ruleset_set(at->rules->ruleset, name);

	if (in_live(at, name, address))
		return true;
	if (!set)
		return false;
	if (at->rules->index)
		return model_index_set_holds(at->rules->index, set, at->packet->family.value,
					     address);
	return model_in_prefixes(set->prefixes, set->n_prefixes, at->packet->family.value, address);
}

static bool match_address(const struct model_case *at, const struct ng_condition *condition,
			  const uint8_t *address)
{
	bool inside;

	if (!at->packet->family.known)
		return false;
	if (condition->set[0])
		inside = model_in_set(at, condition->set, address);
	else
		inside = model_in_prefixes(condition->prefixes, condition->n_prefixes,
					   at->packet->family.value, address);
	return inside != condition->negated;
}

static bool match_field(const struct ng_condition *condition, struct field field)
{
	return field.known && in_ranges(condition, field.value) != condition->negated;
}

/* Numbers 1 and 58 mean ICMP over IPv4 and ICMPv6 over IPv6 only. */
static bool match_proto(const struct ng_condition *condition, const struct packet *packet)
{
	uint64_t foreign = packet->family.value == 4 ? PROTO_ICMPV6 : PROTO_ICMP;
	bool named;

	if (!packet->proto.known)
		return false;
	named = packet->proto.value != foreign && in_ranges(condition, packet->proto.value);
	return named != condition->negated;
}

static bool match_either_port(const struct ng_condition *condition, const struct packet *packet)
{
	bool either;

	if (!packet->sport.known)
		return false;
	either = in_ranges(condition, packet->sport.value) ||
		 in_ranges(condition, packet->dport.value);
	return either != condition->negated;
}

static bool match_flags(const struct ng_condition *condition, const struct packet *packet)
{
	bool equal = (packet->flags.value & condition->flags_mask) == condition->flags_value;

	return packet->flags.known && equal != condition->negated;
}

/* A range of one value is a type with a code, which must be readable; others are whole types. */
static bool match_icmp_type(const struct ng_condition *condition, const struct packet *packet)
{
	uint64_t type_and_code = packet->icmp_type.value << 8 | packet->icmp_code.value;
	bool needs_code = false;

	for (size_t i = 0; i < condition->n_ranges; i++)
		if (condition->ranges[i].lo & 0xff || (condition->ranges[i].hi & 0xff) != 0xff)
			needs_code = true;
	if (!packet->icmp_type.known || (needs_code && !packet->icmp_code.known))
		return false;
	return in_ranges(condition, type_and_code) != condition->negated;
}

/* `not` requires another tag: a frame without one is matched only by `none`. */
static bool match_vlan(const struct ng_condition *condition, const struct packet *packet)
{
	if (condition->negated && packet->vlan.value == NG_VLAN_NONE)
		return false;
	return match_field(condition, packet->vlan);
}

static bool match_condition(const struct model_case *at, const struct ng_condition *condition)
{
	const struct packet *packet = at->packet;

	switch (condition->field) {
	case NG_FIELD_FAMILY:
		return match_field(condition, packet->family);
	case NG_FIELD_PROTO:
		return match_proto(condition, packet);
	case NG_FIELD_FROM:
		return match_address(at, condition, packet->source);
	case NG_FIELD_TO:
		return match_address(at, condition, packet->destination);
	case NG_FIELD_SPORT:
		return match_field(condition, packet->sport);
	case NG_FIELD_DPORT:
		return match_field(condition, packet->dport);
	case NG_FIELD_PORT:
		return match_either_port(condition, packet);
	case NG_FIELD_FLAGS:
		return match_flags(condition, packet);
	case NG_FIELD_ICMP_TYPE:
		return match_icmp_type(condition, packet);
	case NG_FIELD_VLAN:
		return match_vlan(condition, packet);
	case NG_FIELD_LENGTH:
		return match_field(condition, packet->length);
	case NG_FIELD_TTL:
		return match_field(condition, packet->ttl);
	case NG_FIELD_DSCP:
		return match_field(condition, packet->dscp);
	case NG_FIELD_FLOW_LABEL:
		return match_field(condition, packet->flow_label);
	case NG_FIELD_FRAGMENT:
		return match_field(condition, packet->fragment);
	case NG_FIELD_DF:
		return match_field(condition, packet->df);
	case NG_FIELD_ESTABLISHED:
		return match_field(condition, packet->established);
	case NG_FIELD_ETHERTYPE:
		return match_field(condition, packet->ethertype);
	case NG_FIELD_ETHER_FROM:
		return match_field(condition, packet->ether_from);
	case NG_FIELD_ETHER_TO:
		return match_field(condition, packet->ether_to);
	case NG_FIELD_INVALID:
		return (packet->reason != NG_VALID) != condition->negated;
	case NG_FIELDS:
		break;
	}
	abort(); /* a field that the model lacks */
}

static bool match_rule(const struct model_case *at, const struct ng_rule *rule)
{
	const struct model_frame *frame = at->frame;

	if (rule->direction != frame->direction)
		return false;
	if (rule->iface[0] && strcmp(rule->iface, frame->iface))
		return false;
	if (rule->verdict == NG_LIMIT && rule->limit.per != NG_LIMIT_ALL &&
	    !at->packet->family.known)
		return false;
	if (rule->until && frame->utc >= rule->until)
		return false;
	if (rule->verdict == NG_PASS && at->packet->reason != NG_VALID &&
	    !ng_rule_condition(rule, NG_FIELD_INVALID))
		return false;
	for (size_t i = 0; i < rule->n_conditions; i++)
		if (!match_condition(at, &rule->conditions[i]))
			return false;
	return true;
}

/* ---- deciding -------------------------------------------------------------------------- */

/* Neighbour and router discovery (RFC 4861), multicast listener discovery (RFC 2710, 3810). */
static bool is_exempt(const struct packet *packet)
{
	uint64_t type = packet->icmp_type.value;
	uint64_t hops = packet->ttl.value;
	static const uint8_t unspecified[16];
	bool link_local = packet->source[0] == 0xfe && (packet->source[1] & 0xc0) == 0x80;

	if (packet->family.value != 6 || !packet->icmp_type.known)
		return false;
	if (type >= 133 && type <= 137)
		return hops == 255;
	if ((type >= 130 && type <= 132) || type == 143)
		return hops == 1 && (link_local || !memcmp(packet->source, unspecified, 16)) &&
		       packet->destination[0] == 0xff;
	return false;
}

static void decide(struct ng_decision *decision, enum ng_verdict verdict, enum ng_decider decider)
{
	decision->drop = verdict == NG_DROP;
	decision->decider = decider;
}

/* The verdict for a frame that no rule decides. */
static void decide_undecided(const struct ng_ruleset *ruleset, enum ng_direction direction,
			     const struct packet *packet, struct ng_decision *decision)
{
	if (packet->reason != NG_VALID)
		decide(decision, ruleset->default_invalid, NG_BY_INVALID);
	else if (!packet->is_ip)
		decide(decision, NG_PASS, NG_BY_NON_IP);
	else if (is_exempt(packet))
		decide(decision, NG_PASS, NG_BY_EXEMPT);
	else
		decide(decision, ruleset->default_verdict[direction], NG_BY_DEFAULT);
}

/* A tag in metadata was part of every packet on the wire. */
static void count_wire(const struct model_frame *frame, const struct packet *packet,
		       struct ng_decision *decision)
{
	uint64_t tag = frame->tagged ? 4 : 0;

	decision->packets = frame->segments > 1 ? frame->segments : 1;
	decision->bytes = frame->len + tag + (decision->packets - 1) * (packet->headers + tag);
}

/* @blocked comes before the rules, unless a rule names it. */
static bool is_blocked(const struct model_case *at)
{
	const struct model_rules *rules = at->rules;

	if (at->frame->direction != NG_IN || !at->packet->family.known ||
	    !in_live(at, NG_BLOCKED, at->packet->source))
		return false;
	return !(rules->index ? model_index_names_blocked(rules->index)
			      : ng_ruleset_names_set(rules->ruleset, NG_BLOCKED));
}

/* The packet matched the `limit` rule of index @i. */
static bool is_over(const struct model_case *at, size_t i, const struct ng_decision *decision)
{
	const struct packet *packet = at->packet;
	struct model_passing passing = {
		.rule = i,
		.limit = &at->rules->ruleset->rules[i].limit,
		.time = at->frame->time,
		.packets = decision->packets,
		.bytes = decision->bytes,
		.family = packet->family.value,
		.source = packet->source,
		.destination = packet->destination,
	};

	return at->rules->buckets && !model_buckets_admit(at->rules->buckets, &passing);
}

/* Try the rules in order; returns the number of the one that decides, or 0. */
static size_t try_rules(const struct model_case *at, struct model_counted *counted,
			struct ng_decision *decision)
{
	const struct ng_ruleset *ruleset = at->rules->ruleset;
	struct model_search search;

	if (at->rules->index)
		model_index_search(at, &search);
	for (size_t i = 0; i < ruleset->n_rules; i++) {
		if (at->rules->index)
			i = model_index_next(&search, i);
		if (i >= ruleset->n_rules)
			break;
		if (!match_rule(at, &ruleset->rules[i]))
			continue;
		if (ng_verdict_decides(ruleset->rules[i].verdict))
			return i + 1;
		if (counted)
			counted->list[counted->n++] = i;
		if (ruleset->rules[i].verdict == NG_LIMIT && is_over(at, i, decision)) {
			decision->over = 1;
			return i + 1;
		}
	}
	return 0;
}

void model_decide(const struct model_rules *rules, const struct model_frame *frame,
		  struct ng_decision *decision, struct model_counted *counted)
{
	struct packet packet;
	struct model_case at = { rules, frame, &packet };

	model_read(&packet, frame);
	packet.established.known = packet.family.known;
	*decision = (struct ng_decision){ .reason = packet.reason };
	count_wire(frame, &packet, decision);
	if (counted)
		counted->n = 0;
	if (is_blocked(&at)) {
		decide(decision, NG_DROP, NG_BY_BLOCKED);
		return;
	}
	if (rules->flows && frame->direction == NG_IN)
		packet.established.value = model_is_established(
			rules->flows, &rules->ruleset->flows, &packet, frame->tick);
	decision->rule = try_rules(&at, counted, decision);
	if (decision->over)
		decide(decision, NG_DROP, NG_BY_RULE);
	else if (decision->rule)
		decide(decision, rules->ruleset->rules[decision->rule - 1].verdict, NG_BY_RULE);
	else
		decide_undecided(rules->ruleset, frame->direction, &packet, decision);
	if (rules->flows && frame->direction == NG_OUT && !decision->drop)
		model_note(rules->flows, &rules->ruleset->flows, &packet, frame->tick);
}

/* ---- counting -------------------------------------------------------------------------- */

int model_counters_init(struct model_counters *counters, size_t n_rules)
{
	struct ng_counter *rules = calloc(2 * n_rules + 1, sizeof(*rules));

	if (!rules)
		return -ENOMEM;
	*counters = (struct model_counters){
		.rules = rules,
		.over = rules + n_rules,
		.n_rules = n_rules,
	};
	return 0;
}

void model_counters_clear(struct model_counters *counters)
{
	free(counters->rules);
	*counters = (struct model_counters){ 0 };
}

static void add(struct ng_counter *counter, const struct ng_decision *decision)
{
	counter->packets += decision->packets;
	counter->bytes += decision->bytes;
}

void model_count(struct model_counters *counters, enum ng_direction direction,
		 const struct ng_decision *decision, const struct model_counted *counted)
{
	struct ng_counter *fixed = counters->fixed;

	add(&fixed[NG_SLOT_TOTALS + decision->drop], decision);
	for (size_t i = 0; i < counted->n; i++)
		add(&counters->rules[counted->list[i]], decision);
	switch ((enum ng_decider)decision->decider) {
	case NG_BY_RULE:
		add(decision->over ? &counters->over[decision->rule - 1]
				   : &counters->rules[decision->rule - 1],
		    decision);
		break;
	case NG_BY_DEFAULT:
		add(&fixed[direction == NG_IN ? NG_SLOT_DEFAULT_IN : NG_SLOT_DEFAULT_OUT],
		    decision);
		break;
	case NG_BY_INVALID:
		add(&fixed[NG_SLOT_INVALID + decision->reason], decision);
		break;
	case NG_BY_NON_IP:
		add(&fixed[NG_SLOT_NON_IP], decision);
		break;
	case NG_BY_EXEMPT:
		add(&fixed[NG_SLOT_EXEMPT], decision);
		break;
	case NG_BY_BLOCKED:
		add(&fixed[NG_SLOT_BLOCKED], decision);
		break;
	}
}
