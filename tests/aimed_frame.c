// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "aimed_frame.h"
#include "packet/headers.h"
#include "random_domain.h"
#include "random_value.h"
#include "rules/fields.h"

#define TCP    6
#define UDP    17
#define ICMP   1
#define ICMPV6 58

/*
 * A frame before it is written. A length of 0: as long as the frame needs; @values are those that
 * ng_put_field() writes.
 */
struct plan {
	unsigned int family; /* 4, 6; 0: not IP */
	uint64_t ether_from, ether_to;
	uint16_t vlan; /* 0: no tag */
	uint16_t ethertype;
	uint8_t source[16], destination[16];
	uint8_t proto;
	uint16_t sport, dport;
	uint8_t flags;
	uint16_t icmp; /* type << 8 | code */
	uint64_t values[NG_FIELDS];
	enum ng_fragment fragment;
	uint32_t length;
	bool invalid;
};

/* What a plan is made for; @missed is the condition that must not hold, or NULL. */
struct aim {
	struct random *random;
	const struct ng_ruleset *ruleset;
	const struct ng_rule *rule;
	const struct ng_condition *missed;
};

static const struct ng_condition *condition_of(const struct aim *aim, enum ng_field field)
{
	return ng_rule_condition(aim->rule, field);
}

/* Must the value be in the condition's list? */
static bool wants_inside(const struct aim *aim, const struct ng_condition *condition)
{
	return condition->negated == (condition == aim->missed);
}

/* ---- values ---------------------------------------------------------------------------- */

/* A value of a range, most often its first or last; or one next to it. */
static uint64_t value_at(struct random *random, const struct ng_range *range, bool inside)
{
	switch (random_below(random, inside ? 3 : 2)) {
	case 0:
		return inside ? range->lo : range->lo - 1;
	case 1:
		return inside ? range->hi : range->hi + 1;
	default:
		return random_between(random, range->lo, range->hi);
	}
}

static uint64_t some_value(const struct aim *aim, enum ng_field field, uint64_t fallback)
{
	const struct ng_condition *condition = condition_of(aim, field);

	if (!condition || !condition->n_ranges)
		return fallback;
	return value_at(aim->random,
			&condition->ranges[random_below(aim->random, condition->n_ranges)],
			wants_inside(aim, condition));
}

static void add_to_address(uint8_t *address, int last, int number)
{
	for (int i = last; i >= 0; i--) {
		int sum = address[i] + number;

		address[i] = sum;
		number = sum < 0 ? -1 : sum >> 8;
		if (!number)
			return;
	}
}

/* An address of the prefix, most often its first or last; or one next to it. */
static void address_at(struct random *random, const struct ng_prefix *prefix, bool inside,
		       uint8_t address[16])
{
	int bits = prefix->family == 4 ? 32 : 128, last = bits / 8 - 1;
	unsigned int kind = random_below(random, 3);

	memcpy(address, prefix->addr, 16);
	if (!inside && kind == 0) {
		add_to_address(address, last, -1);
		return;
	}
	for (int bit = prefix->len; bit < bits; bit++)
		if (kind == 1 || (kind == 2 && random_percent(random, 50)))
			address[bit / 8] |= 0x80 >> bit % 8;
	if (!inside && kind == 1)
		add_to_address(address, last, 1);
	if (!inside && kind == 2 && prefix->len)
		address[(prefix->len - 1) / 8] ^= 0x80 >> (prefix->len - 1) % 8;
}

/* The prefixes that the condition lists, by itself or by its set. */
static const struct ng_prefix *prefixes_of(const struct aim *aim,
					   const struct ng_condition *condition, size_t *n)
{
	const struct ng_set *set;

	if (!condition->set[0]) {
		*n = condition->n_prefixes;
		return condition->prefixes;
	}
	set = ng_ruleset_set(aim->ruleset, condition->set);
	*n = set ? set->n_prefixes : 0;
	return set ? set->prefixes : NULL;
}

#define PREFIX_TRIES 16

static const struct ng_prefix *
some_prefix(const struct aim *aim, const struct ng_condition *condition, unsigned int family)
{
	size_t n;
	const struct ng_prefix *prefixes = prefixes_of(aim, condition, &n);

	for (int i = 0; n && i < PREFIX_TRIES; i++) {
		const struct ng_prefix *prefix = &prefixes[random_below(aim->random, n)];

		if (prefix->family == family)
			return prefix;
	}
	return NULL;
}

static void plan_address(const struct aim *aim, enum ng_field field, unsigned int family,
			 uint8_t address[16])
{
	const struct ng_condition *condition = condition_of(aim, field);
	const struct ng_prefix *prefix = condition ? some_prefix(aim, condition, family) : NULL;

	if (prefix)
		address_at(aim->random, prefix, wants_inside(aim, condition), address);
	else if (family == 4)
		memcpy(address, RANDOM_OF(aim->random, domain_ipv4), 4);
	else
		memcpy(address, RANDOM_OF(aim->random, domain_ipv6), 16);
}

/* ---- which kind of frame --------------------------------------------------------------- */

static bool lists(const struct ng_condition *condition, uint64_t value)
{
	for (size_t i = 0; i < condition->n_ranges; i++)
		if (condition->ranges[i].lo <= value && value <= condition->ranges[i].hi)
			return true;
	return false;
}

/* Can a frame of @family match this condition, roughly? */
static bool allows_family(const struct aim *aim, const struct ng_condition *condition,
			  unsigned int family)
{
	switch (condition->field) {
	case NG_FIELD_FAMILY:
		return lists(condition, family) != condition->negated;
	case NG_FIELD_FROM:
	case NG_FIELD_TO:
		return condition->negated || some_prefix(aim, condition, family);
	case NG_FIELD_PROTO:
		return condition->negated || condition->n_ranges != 1 ||
		       condition->ranges[0].lo != condition->ranges[0].hi ||
		       condition->ranges[0].lo != (family == 4 ? ICMPV6 : ICMP);
	case NG_FIELD_ETHERTYPE:
		return lists(condition, family == 4 ? 0x0800 : 0x86dd) != condition->negated;
	default:
		return ng_field_families(condition->field) &
		       (family == 4 ? NG_FAMILY_IPV4 : NG_FAMILY_IPV6);
	}
}

static bool allows(const struct aim *aim, unsigned int family)
{
	for (size_t i = 0; i < aim->rule->n_conditions; i++)
		if (!allows_family(aim, &aim->rule->conditions[i], family))
			return false;
	return true;
}

static unsigned int some_family(const struct aim *aim)
{
	unsigned int first = random_percent(aim->random, 50) ? 4 : 6;

	if (allows(aim, first))
		return first;
	if (allows(aim, 10 - first))
		return 10 - first;
	return condition_of(aim, NG_FIELD_ETHERTYPE) ? 0 : first;
}

/* What the rule's other conditions need. */
static uint8_t likely_proto(const struct aim *aim, unsigned int family)
{
	static const uint8_t with_ports[] = { TCP, TCP, UDP, UDP, 132, 136, 33 };
	static const uint8_t any[] = { TCP, TCP, UDP, UDP, ICMP, ICMPV6, 47, 50 };

	if (condition_of(aim, NG_FIELD_FLAGS))
		return TCP;
	if (condition_of(aim, NG_FIELD_ICMP_TYPE))
		return family == 4 ? ICMP : ICMPV6;
	if (condition_of(aim, NG_FIELD_SPORT) || condition_of(aim, NG_FIELD_DPORT) ||
	    condition_of(aim, NG_FIELD_PORT))
		return RANDOM_OF(aim->random, with_ports);
	return RANDOM_OF(aim->random, any);
}

static uint8_t some_proto(const struct aim *aim, unsigned int family)
{
	const struct ng_condition *condition = condition_of(aim, NG_FIELD_PROTO);
	uint8_t likely = likely_proto(aim, family);

	if (!condition || lists(condition, likely) == wants_inside(aim, condition))
		return likely;
	return some_value(aim, NG_FIELD_PROTO, likely);
}

/* ---- the plan -------------------------------------------------------------------------- */

static uint16_t some_port(const struct aim *aim, enum ng_field field)
{
	const struct ng_condition *either = condition_of(aim, NG_FIELD_PORT);
	uint64_t fallback = random_percent(aim->random, 50) ? random_below(aim->random, 65536)
							    : RANDOM_OF(aim->random, domain_port);

	if (condition_of(aim, field) || !either)
		return some_value(aim, field, fallback);
	/* One of the two is enough to match; to miss takes both. */
	if (wants_inside(aim, either) && random_percent(aim->random, 50))
		return fallback;
	return some_value(aim, NG_FIELD_PORT, fallback);
}

static uint8_t some_flags(const struct aim *aim)
{
	const struct ng_condition *condition = condition_of(aim, NG_FIELD_FLAGS);
	uint8_t flags = random_next(aim->random), mask;

	if (!condition)
		return flags;
	mask = condition->flags_mask;
	flags = (flags & ~mask) | condition->flags_value;
	if (!wants_inside(aim, condition))
		flags ^= mask & (0 - mask); /* one bit of it */
	return flags;
}

static uint16_t some_vlan(const struct aim *aim)
{
	uint16_t few = random_percent(aim->random, 70) ? 0 : random_below(aim->random, 16);

	return some_value(aim, NG_FIELD_VLAN, few) & 0xfff;
}

static enum ng_fragment some_fragment(const struct aim *aim)
{
	const struct ng_condition *condition = condition_of(aim, NG_FIELD_FRAGMENT);
	enum ng_fragment first = random_below(aim->random, 3);

	if (!condition)
		return random_percent(aim->random, 97) ? NG_FRAGMENT_NO : first;
	for (int i = 0; i < 3; i++)
		if (lists(condition, (first + i) % 3) == wants_inside(aim, condition))
			return (first + i) % 3;
	return first;
}

static uint64_t some_ether(const struct aim *aim, enum ng_field field)
{
	uint64_t low = random_below(aim->random, 16) << 8 | random_below(aim->random, 16);

	return some_value(aim, field, 0x020000000000 | low);
}

static void make_plan(const struct aim *aim, struct plan *plan)
{
	const struct ng_condition *invalid = condition_of(aim, NG_FIELD_INVALID);
	struct random *random = aim->random;

	*plan = (struct plan){
		.family = some_family(aim),
		.ether_from = some_ether(aim, NG_FIELD_ETHER_FROM),
		.ether_to = some_ether(aim, NG_FIELD_ETHER_TO),
		.vlan = some_vlan(aim),
		.ethertype = some_value(aim, NG_FIELD_ETHERTYPE, 0x0806),
		.sport = some_port(aim, NG_FIELD_SPORT),
		.dport = some_port(aim, NG_FIELD_DPORT),
		.flags = some_flags(aim),
		.icmp = some_value(aim, NG_FIELD_ICMP_TYPE, random_next(random) & 0x0f0f),
		.fragment = some_fragment(aim),
		.length = some_value(aim, NG_FIELD_LENGTH, 0),
		.invalid = invalid && wants_inside(aim, invalid),
	};
	if (!plan->family)
		return;
	for (enum ng_field field = 0; field < NG_FIELDS; field++)
		if (ng_header_has(plan->family, field))
			plan->values[field] = some_value(aim, field, random_value(random, field));
	plan_address(aim, NG_FIELD_FROM, plan->family, plan->source);
	plan_address(aim, NG_FIELD_TO, plan->family, plan->destination);
	plan->proto = some_proto(aim, plan->family);
	if (aim->missed && aim->missed->field == NG_FIELD_FAMILY)
		plan->family = 10 - plan->family;
}

/* ---- writing it ------------------------------------------------------------------------ */

static void put(struct random_frame *frame, const void *bytes, size_t n)
{
	memcpy(frame->bytes + frame->len, bytes, n);
	frame->len += n;
}

static void put_number(struct random_frame *frame, uint64_t value, int bytes)
{
	for (int i = bytes - 1; i >= 0; i--)
		frame->bytes[frame->len++] = value >> 8 * i;
}

static void put_l4(struct random_frame *frame, const struct plan *plan)
{
	switch (plan->proto) {
	case TCP:
		put_number(frame, (uint32_t)plan->sport << 16 | plan->dport, 4);
		put_number(frame, 0, 8);
		put_number(frame, 0x50, 1);
		put_number(frame, plan->flags, 1);
		put_number(frame, 0, 6);
		break;
	case ICMP:
	case ICMPV6:
		put_number(frame, plan->icmp, 2);
		put_number(frame, 0, 6);
		break;
	default:
		put_number(frame, (uint32_t)plan->sport << 16 | plan->dport, 4);
		put_number(frame, 8 << 16, 4);
		put_number(frame, 0, 8);
	}
}

/* The 13 bits of fragment offset and the flags beside them: IPv4, then IPv6. */
static uint16_t fragment_field(const struct plan *plan)
{
	uint16_t offset = plan->fragment == NG_FRAGMENT_LATER ? 100 : 0;
	bool more = plan->fragment == NG_FRAGMENT_FIRST;

	return plan->family == 4 ? more << 13 | offset : offset << 3 | more;
}

static void put_ipv4(struct random_frame *frame, const struct plan *plan)
{
	put_number(frame, 0x45, 1);
	put_number(frame, 0, 5);
	put_number(frame, fragment_field(plan), 2);
	put_number(frame, 0, 1);
	put_number(frame, plan->proto, 1);
	put_number(frame, 0, 2);
	put(frame, plan->source, 4);
	put(frame, plan->destination, 4);
}

static void put_ipv6(struct random_frame *frame, const struct plan *plan)
{
	bool fragment = plan->fragment != NG_FRAGMENT_NO;

	put_number(frame, 6U << 28, 4);
	put_number(frame, 0, 2);
	put_number(frame, fragment ? 44 : plan->proto, 1);
	put_number(frame, 0, 1);
	put(frame, plan->source, 16);
	put(frame, plan->destination, 16);
	if (fragment) {
		put_number(frame, plan->proto, 1);
		put_number(frame, 0, 1);
		put_number(frame, fragment_field(plan), 2);
		put_number(frame, 0, 4);
	}
}

/* Set the length in the header, and make the frame as long as that if possible. */
static void set_length(struct random_frame *frame, const struct plan *plan, size_t l3)
{
	size_t header = plan->family == 4 ? 20 : 40;
	size_t length = plan->length ? plan->length : frame->len - l3;
	size_t at = l3 + (plan->family == 4 ? 2 : 4), end = l3 + length;

	if (plan->invalid)
		length += 4; /* more than there is */
	if (end > frame->len && end <= RANDOM_FRAME_MAX)
		memset(frame->bytes + frame->len, 0, end - frame->len);
	if (end >= l3 + header && end <= RANDOM_FRAME_MAX)
		frame->len = end;
	if (plan->family == 6)
		length -= 40;
	frame->bytes[at] = length >> 8;
	frame->bytes[at + 1] = length;
}

static void write_plan(const struct plan *plan, struct random_frame *frame)
{
	size_t l3;

	frame->len = 0;
	frame->segments = frame->segment_size = 0;
	put_number(frame, plan->ether_to, 6);
	put_number(frame, plan->ether_from, 6);
	if (plan->vlan)
		put_number(frame, 0x8100U << 16 | plan->vlan, 4);
	put_number(frame,
		   plan->family == 4   ? 0x0800
		   : plan->family == 6 ? 0x86dd
				       : plan->ethertype,
		   2);
	l3 = frame->len;
	if (plan->family == 4)
		put_ipv4(frame, plan);
	else if (plan->family == 6)
		put_ipv6(frame, plan);
	for (enum ng_field field = 0; plan->family && field < NG_FIELDS; field++)
		ng_put_field(frame->bytes + l3, field, plan->values[field]);
	put_l4(frame, plan);
	if (plan->family)
		set_length(frame, plan, l3);
}

void aimed_frame(struct random *random, const struct ng_ruleset *ruleset, size_t rule, bool inside,
		 struct random_frame *frame)
{
	struct aim aim = { random, ruleset, &ruleset->rules[rule], NULL };
	struct plan plan;

	if (!inside && aim.rule->n_conditions)
		aim.missed = &aim.rule->conditions[random_below(random, aim.rule->n_conditions)];
	make_plan(&aim, &plan);
	write_plan(&plan, frame);
	if (random_percent(random, 5)) {
		frame->segments = random_between(random, 1, 44);
		frame->segment_size = random_between(random, 1, 1448);
	}
}
