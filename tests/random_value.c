// SPDX-License-Identifier: GPL-2.0-only
#include "random_value.h"

#include "random_domain.h"
#include "rules/fields.h"

static uint64_t edge(struct random *random, const struct ng_field_info *info)
{
	uint64_t step = info->max > info->min;
	const uint64_t edges[] = { info->min, info->min + step, (info->min + info->max) / 2,
				   info->max - step, info->max };

	return RANDOM_OF(random, edges);
}

static uint64_t ether(const uint8_t mac[6])
{
	uint64_t value = 0;

	for (int i = 0; i < 6; i++)
		value = value << 8 | mac[i];
	return value;
}

uint64_t random_value(struct random *random, enum ng_field field)
{
	switch (field) {
	case NG_FIELD_PROTO:
		return RANDOM_OF(random, domain_proto);
	case NG_FIELD_SPORT:
	case NG_FIELD_DPORT:
	case NG_FIELD_PORT:
		return RANDOM_OF(random, domain_port);
	case NG_FIELD_ICMP_TYPE:
		return (uint64_t)RANDOM_OF(random, domain_icmp_type) << 8 |
		       RANDOM_OF(random, domain_icmp_code);
	case NG_FIELD_VLAN:
		return RANDOM_OF(random, domain_vlan);
	case NG_FIELD_LENGTH:
		return RANDOM_OF(random, domain_length);
	case NG_FIELD_TTL:
		return RANDOM_OF(random, domain_ttl);
	case NG_FIELD_ETHERTYPE:
		return RANDOM_OF(random, domain_ethertype);
	case NG_FIELD_ETHER_FROM:
	case NG_FIELD_ETHER_TO:
		return ether(RANDOM_OF(random, domain_ether));
	default:
		return edge(random, &ng_fields[field]);
	}
}
