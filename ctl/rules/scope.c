// SPDX-License-Identifier: GPL-2.0-only
#include "rules/scope.h"

#include <netinet/in.h>
#include <string.h>

#include "rules/fields.h"
#include "rules/prefix.h"

#define IP (NG_SCOPE_IPV4 | NG_SCOPE_IPV6)

#define ETHERTYPE_IPV4 0x0800
#define ETHERTYPE_IPV6 0x86dd

bool ng_ranges_hold(const struct ng_range *list, size_t n, uint64_t lo, uint64_t hi)
{
	for (size_t i = 0; i < n; i++)
		if (list[i].lo <= lo && hi <= list[i].hi)
			return true;
	return false;
}

static void keep_protos(struct ng_scope *scope, const uint64_t ipv4[4], const uint64_t ipv6[4])
{
	for (size_t i = 0; i < 4; i++) {
		scope->protos[0][i] &= ipv4[i];
		scope->protos[1][i] &= ipv6[i];
	}
	scope->families &= IP;
	scope->knows_proto = true;
}

/* Ports, flags and ICMP types are read behind the IP header, so never in a later fragment. */
static void keep_l4(struct ng_scope *scope)
{
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
		/* ICMP over IPv6 is not `icmp`: it is what `proto not icmp` is true of. */
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

	scope->families &= IP;
	if (*condition->set)
		return;
	for (unsigned int family = 4; family <= 6; family += 2) {
		bool possible = condition->negated && !ng_prefixes_fill(list, n, family);

		for (size_t i = 0; i < n && !condition->negated; i++)
			possible |= list[i].family == family;
		if (!possible)
			scope->families &= ~(family == 4 ? NG_SCOPE_IPV4 : NG_SCOPE_IPV6);
	}
}

/* A frame of an IP type whose header cannot be read is NG_SCOPE_OTHER, and keeps its type. */
static void narrow_ethertype(struct ng_scope *scope, const struct ng_condition *condition)
{
	const struct ng_range *list = condition->ranges;
	size_t n = condition->n_ranges;

	if (ng_ranges_hold(list, n, ETHERTYPE_IPV4, ETHERTYPE_IPV4) == condition->negated)
		scope->families &= ~NG_SCOPE_IPV4;
	if (ng_ranges_hold(list, n, ETHERTYPE_IPV6, ETHERTYPE_IPV6) == condition->negated)
		scope->families &= ~NG_SCOPE_IPV6;
}

static void narrow_fragment(struct ng_scope *scope, const struct ng_condition *condition)
{
	unsigned int keep = 0;

	for (unsigned int state = NG_FRAGMENT_NO; state <= NG_FRAGMENT_LATER; state++)
		if (ng_ranges_hold(condition->ranges, condition->n_ranges, state, state) !=
		    condition->negated)
			keep |= 1U << state;
	scope->fragments &= keep;
	scope->families &= IP;
	scope->knows_fragment = true;
}

/* A family of which no protocol or no fragment state is left is not left itself. */
static void drop_families(struct ng_scope *scope)
{
	static const uint64_t none[4];

	if (!scope->fragments || !memcmp(scope->protos[0], none, sizeof(none)))
		scope->families &= ~NG_SCOPE_IPV4;
	if (!scope->fragments || !memcmp(scope->protos[1], none, sizeof(none)))
		scope->families &= ~NG_SCOPE_IPV6;
}

void ng_scope_all(struct ng_scope *scope)
{
	memset(scope, 0, sizeof(*scope));
	scope->families = IP | NG_SCOPE_OTHER;
	scope->fragments = 1U << NG_FRAGMENT_NO | 1U << NG_FRAGMENT_FIRST | 1U << NG_FRAGMENT_LATER;
	memset(scope->protos, 0xff, sizeof(scope->protos));
}

void ng_scope_narrow(struct ng_scope *scope, const struct ng_condition *condition)
{
	static const uint8_t ports[] = { IPPROTO_TCP, IPPROTO_UDP, IPPROTO_DCCP, IPPROTO_SCTP,
					 IPPROTO_UDPLITE };
	static const uint8_t tcp = IPPROTO_TCP, icmp = IPPROTO_ICMP, icmpv6 = IPPROTO_ICMPV6;

	switch (condition->field) {
	case NG_FIELD_FAMILY:
		scope->families &= condition->ranges[0].lo == 4 ? NG_SCOPE_IPV4 : NG_SCOPE_IPV6;
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
		keep_l4(scope);
		break;
	case NG_FIELD_FLAGS:
		keep_proto_list(scope, &tcp, &tcp, 1);
		keep_l4(scope);
		break;
	case NG_FIELD_ICMP_TYPE:
		keep_proto_list(scope, &icmp, &icmpv6, 1);
		keep_l4(scope);
		break;
	case NG_FIELD_LENGTH:
	case NG_FIELD_TTL:
	case NG_FIELD_DSCP:
		scope->families &= IP;
		break;
	case NG_FIELD_FRAGMENT:
		narrow_fragment(scope, condition);
		break;
	case NG_FIELD_ETHERTYPE:
		narrow_ethertype(scope, condition);
		break;
	case NG_FIELD_VLAN:
	case NG_FIELD_ETHER_FROM:
	case NG_FIELD_ETHER_TO:
	case NG_FIELD_INVALID:
	case NG_FIELDS:
		break;
	}
	drop_families(scope);
}

bool ng_scope_is_empty(const struct ng_scope *scope)
{
	return !scope->families;
}

void ng_scope_of(struct ng_scope *scope, const struct ng_rule *rule)
{
	ng_scope_all(scope);
	for (size_t i = 0; i < rule->n_conditions; i++)
		ng_scope_narrow(scope, &rule->conditions[i]);
}
