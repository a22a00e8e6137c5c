// SPDX-License-Identifier: GPL-2.0-only
#include "rules/scope.h"

#include <netinet/in.h>
#include <string.h>

#include "net/ip.h"
#include "rules/prefix.h"

#define ETHERTYPE_IPV4 0x0800
#define ETHERTYPE_IPV6 0x86dd

bool ng_ranges_hold(const struct ng_range *list, size_t n, uint64_t lo, uint64_t hi)
{
	for (size_t i = 0; i < n; i++)
		if (list[i].lo <= lo && hi <= list[i].hi)
			return true;
	return false;
}

/* Do the ranges together contain all of [@lo, @hi]? */
static bool ranges_fill(const struct ng_range *list, size_t n, uint64_t lo, uint64_t hi)
{
	for (size_t i = 0; i < n && list[i].lo <= lo; i++) {
		if (list[i].hi >= hi)
			return true;
		if (list[i].hi >= lo)
			lo = list[i].hi + 1;
	}
	return false;
}

bool ng_condition_meets(const struct ng_condition *condition, uint64_t lo, uint64_t hi)
{
	const struct ng_range *list = condition->ranges;

	if (condition->negated)
		return !ranges_fill(list, condition->n_ranges, lo, hi);
	for (size_t i = 0; i < condition->n_ranges; i++)
		if (list[i].lo <= hi && lo <= list[i].hi)
			return true;
	return false;
}

static void keep_protos(struct ng_scope *scope, const uint64_t ipv4[4], const uint64_t ipv6[4])
{
	for (size_t i = 0; i < 4; i++) {
		scope->protos[0][i] &= ipv4[i];
		scope->protos[1][i] &= ipv6[i];
	}
	scope->knows_proto = true;
}

/* Ports, flags and ICMP types come after the IP header, so a later fragment has none. */
static void keep_l4(struct ng_scope *scope, unsigned int bytes)
{
	if (bytes > scope->l4)
		scope->l4 = bytes;
	scope->fragments &= ~(1U << NG_FRAGMENT_LATER);
	scope->knows_fragment = true;
}

static void narrow_proto(struct ng_scope *scope, const struct ng_condition *condition)
{
	uint64_t keep[2][4] = { 0 };

	for (unsigned int family = 0; family < 2; family++) {
		unsigned int foreign = family ? IPPROTO_ICMP : IPPROTO_ICMPV6;

		for (size_t i = 0; i < condition->n_ranges; i++)
			for (uint64_t p = condition->ranges[i].lo; p <= condition->ranges[i].hi;
			     p++)
				keep[family][p / 64] |= 1ULL << p % 64;
		/* Protocol 1 over IPv6 is not `icmp`, so `proto not icmp` matches it. */
		keep[family][foreign / 64] &= ~(1ULL << foreign % 64);
		for (size_t i = 0; i < 4 && condition->negated; i++)
			keep[family][i] = ~keep[family][i];
	}
	keep_protos(scope, keep[0], keep[1]);
}

static void keep_proto_list(struct ng_scope *scope, const uint8_t *ipv4, const uint8_t *ipv6,
			    size_t n)
{
	uint64_t keep[2][4] = { 0 };

	for (size_t i = 0; i < n; i++) {
		keep[0][ipv4[i] / 64] |= 1ULL << ipv4[i] % 64;
		keep[1][ipv6[i] / 64] |= 1ULL << ipv6[i] % 64;
	}
	keep_protos(scope, keep[0], keep[1]);
}

static void narrow_address(struct ng_scope *scope, const struct ng_condition *condition)
{
	const struct ng_prefix *list = condition->prefixes;
	size_t n = condition->n_prefixes;

	if (*condition->set)
		return;
	for (unsigned int family = 4; family <= 6; family += 2) {
		bool possible = condition->negated && !ng_prefixes_fill(list, n, family);

		for (size_t i = 0; i < n && !condition->negated; i++)
			possible |= list[i].family == family;
		if (!possible)
			scope->families &= ~(family == 4 ? NG_FAMILY_IPV4 : NG_FAMILY_IPV6);
	}
}

/* A frame of an IP type whose header cannot be read is NG_FAMILY_OTHER, with that type. */
static void narrow_ethertype(struct ng_scope *scope, const struct ng_condition *condition)
{
	/* Below 0x600 it is a length, and 0x8100, 0x88a8 and 0x9100 are tags, which are skipped. */
	static const struct ng_range types[] = {
		{ 0x0600, 0x80ff }, { 0x8101, 0x88a7 }, { 0x88a9, 0x90ff }, { 0x9101, 0xffff }
	};
	bool ipv4 = ng_condition_meets(condition, ETHERTYPE_IPV4, ETHERTYPE_IPV4);
	bool ipv6 = ng_condition_meets(condition, ETHERTYPE_IPV6, ETHERTYPE_IPV6);
	bool any = false;

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		any |= ng_condition_meets(condition, types[i].lo, types[i].hi);
	if (!ipv4)
		scope->families &= ~NG_FAMILY_IPV4;
	if (!ipv6)
		scope->families &= ~NG_FAMILY_IPV6;
	if (!any)
		scope->families = 0;
	scope->foreign = !ipv4 && !ipv6;
}

static void narrow_fragment(struct ng_scope *scope, const struct ng_condition *condition)
{
	unsigned int keep = 0;

	for (unsigned int state = NG_FRAGMENT_NO; state <= NG_FRAGMENT_LATER; state++)
		if (ng_ranges_hold(condition->ranges, condition->n_ranges, state, state) !=
		    condition->negated)
			keep |= 1U << state;
	scope->fragments &= keep;
	scope->knows_fragment = true;
}

/* The program skips these IPv6 headers: only of a later fragment can one be the protocol. */
static void remove_skipped(uint64_t protos[4])
{
	static const uint8_t skipped[] = { IPPROTO_HOPOPTS, IPPROTO_ROUTING, IPPROTO_FRAGMENT,
					   IPPROTO_AH, IPPROTO_DSTOPTS };

	for (size_t i = 0; i < sizeof(skipped); i++)
		protos[skipped[i] / 64] &= ~(1ULL << skipped[i] % 64);
}

/* Are only fragments of IPv6 left? They have a fragment header. */
static bool is_fragment6(const struct ng_scope *scope)
{
	static const uint64_t none[4];
	uint64_t whole[4];

	memcpy(whole, scope->protos[1], sizeof(whole));
	remove_skipped(whole);
	return !(scope->fragments & 1U << NG_FRAGMENT_NO) || !memcmp(whole, none, sizeof(none));
}

static bool is_only(const uint64_t protos[4], unsigned int proto)
{
	uint64_t only[4] = { [0] = 0 };

	only[proto / 64] = 1ULL << proto % 64;
	return !memcmp(protos, only, sizeof(only));
}

/* The least bytes of L4 in a packet: a valid first fragment has the whole L4 header. */
static unsigned int least_l4(const struct ng_scope *scope, const uint64_t protos[4])
{
	unsigned int whole = is_only(protos, IPPROTO_TCP)   ? 20
			     : is_only(protos, IPPROTO_UDP) ? 8
							    : 4;

	if (!scope->valid || scope->fragments != 1U << NG_FRAGMENT_FIRST || scope->l4 > whole)
		return scope->l4;
	return whole;
}

/*
 * Can a packet of this family have such a length? An aggregate has that of one of its segments,
 * which has all headers.
 */
static bool has_length(const struct ng_scope *scope, bool ipv6)
{
	unsigned int header = !ipv6 ? 20 : is_fragment6(scope) ? 48 : 40;
	unsigned int l4 = least_l4(scope, scope->protos[ipv6]);
	/* Invalid, but not a fragment: it is longer than the frame, or its L4 header is truncated.
	 */
	bool cut = scope->invalid && scope->fragments == 1U << NG_FRAGMENT_NO;

	if (!scope->length)
		return true;
	/* A length field of 0 means to the end of the frame, so it is never too long. */
	if (!(cut && (ipv6 || l4)) &&
	    ng_condition_meets(scope->length, ipv6 ? 40 : 0, ipv6 ? 40 : 0))
		return true;
	/* A segment of an aggregate has no greatest length over IPv6. */
	return ng_condition_meets(scope->length, header + (cut && !l4 ? 1 : l4),
				  ipv6 ? UINT64_MAX : UINT16_MAX);
}

/* Remove a family of which no protocol, fragment state or length is left. */
static void remove_families(struct ng_scope *scope)
{
	static const uint64_t none[4];

	if (!(scope->fragments & 1U << NG_FRAGMENT_LATER))
		remove_skipped(scope->protos[1]);
	for (size_t i = 0; i < 2; i++)
		if (!scope->fragments || !memcmp(scope->protos[i], none, sizeof(none)) ||
		    !has_length(scope, i))
			scope->families &= ~(i ? NG_FAMILY_IPV6 : NG_FAMILY_IPV4);
	/* What is established is valid. After the Ethernet type only IP is read, so no other frame
	 * is invalid. */
	if (scope->invalid && (scope->foreign || scope->valid))
		scope->families = 0;
}

void ng_scope_all(struct ng_scope *scope)
{
	memset(scope, 0, sizeof(*scope));
	scope->families = NG_FAMILY_IP | NG_FAMILY_OTHER;
	scope->fragments = 1U << NG_FRAGMENT_NO | 1U << NG_FRAGMENT_FIRST | 1U << NG_FRAGMENT_LATER;
	memset(scope->protos, 0xff, sizeof(scope->protos));
}

void ng_scope_narrow(struct ng_scope *scope, const struct ng_condition *condition)
{
	static const uint8_t ports[] = { IPPROTO_TCP, IPPROTO_UDP, IPPROTO_DCCP, IPPROTO_SCTP,
					 IPPROTO_UDPLITE };
	static const uint8_t conversing[2][3] = { { IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP },
						  { IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMPV6 } };
	static const uint8_t tcp = IPPROTO_TCP, icmp = IPPROTO_ICMP, icmpv6 = IPPROTO_ICMPV6;

	scope->families &= ng_field_families(condition->field);
	switch (condition->field) {
	case NG_FIELD_FAMILY:
		scope->families &= condition->ranges[0].lo == 4 ? NG_FAMILY_IPV4 : NG_FAMILY_IPV6;
		break;
	case NG_FIELD_PROTO:
		narrow_proto(scope, condition);
		break;
	case NG_FIELD_FROM:
	case NG_FIELD_TO:
		narrow_address(scope, condition);
		break;
	case NG_FIELD_SPORT:
	case NG_FIELD_DPORT:
	case NG_FIELD_PORT:
		keep_proto_list(scope, ports, ports, sizeof(ports));
		keep_l4(scope, 4);
		break;
	case NG_FIELD_FLAGS:
		keep_proto_list(scope, &tcp, &tcp, 1);
		keep_l4(scope, 14);
		break;
	case NG_FIELD_ICMP_TYPE:
		keep_proto_list(scope, &icmp, &icmpv6, 1);
		keep_l4(scope, ng_types_ask_code(condition) ? 2 : 1);
		break;
	case NG_FIELD_LENGTH:
		scope->length = condition;
		break;
	case NG_FIELD_FRAGMENT:
		narrow_fragment(scope, condition);
		break;
	case NG_FIELD_ETHERTYPE:
		narrow_ethertype(scope, condition);
		break;
	case NG_FIELD_ESTABLISHED:
		if (!condition->ranges[0].lo)
			break;
		keep_proto_list(scope, conversing[0], conversing[1], sizeof(conversing[0]));
		keep_l4(scope, 1);
		scope->valid = true;
		break;
	case NG_FIELD_INVALID:
		scope->invalid = true;
		break;
	default:
		break;
	}
	remove_families(scope);
}

bool ng_scope_is_empty(const struct ng_scope *scope)
{
	return !scope->families;
}

void ng_scope_begin(struct ng_scope *scope, const struct ng_rule *rule)
{
	ng_scope_all(scope);
	scope->valid = rule->verdict == NG_PASS && !ng_rule_condition(rule, NG_FIELD_INVALID);
	/* A frame without addresses has no bucket. */
	if (rule->verdict == NG_LIMIT && rule->limit.per != NG_LIMIT_ALL)
		scope->families &= ~NG_FAMILY_OTHER;
}

void ng_scope_of(struct ng_scope *scope, const struct ng_rule *rule)
{
	ng_scope_begin(scope, rule);
	for (size_t i = 0; i < rule->n_conditions; i++)
		ng_scope_narrow(scope, &rule->conditions[i]);
}
