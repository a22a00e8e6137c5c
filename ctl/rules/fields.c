// SPDX-License-Identifier: GPL-2.0-only
#include "rules/fields.h"

/* clang-format off */
const struct ng_field_info ng_fields[NG_FIELDS] = {
	[NG_FIELD_FAMILY] = {
		.noun = "a family",
		.kind = NG_VALUE_NONE,
	},
	[NG_FIELD_PROTO] = {
		.keyword = "proto",
		.noun = "a protocol",
		.kind = NG_VALUE_NUMBER,
		.max = 255,
		.prints_names = true,
		.names = ng_protocols,
	},
	[NG_FIELD_FROM] = {
		.keyword = "from",
		.noun = "an address",
		.kind = NG_VALUE_ADDRESS,
	},
	[NG_FIELD_TO] = {
		.keyword = "to",
		.noun = "an address",
		.kind = NG_VALUE_ADDRESS,
	},
	[NG_FIELD_SPORT] = {
		.keyword = "sport",
		.noun = "a port",
		.kind = NG_VALUE_NUMBER,
		.max = 65535,
		.names = ng_services,
	},
	[NG_FIELD_DPORT] = {
		.keyword = "dport",
		.noun = "a port",
		.kind = NG_VALUE_NUMBER,
		.max = 65535,
		.names = ng_services,
	},
	[NG_FIELD_PORT] = {
		.keyword = "port",
		.noun = "a port",
		.kind = NG_VALUE_NUMBER,
		.max = 65535,
		.names = ng_services,
	},
	[NG_FIELD_FLAGS] = {
		.keyword = "flags",
		.noun = "a TCP flag",
		.kind = NG_VALUE_FLAGS,
		.names = ng_tcp_flags,
	},
	[NG_FIELD_ICMP_TYPE] = {
		.keyword = "icmp-type",
		.noun = "an ICMP type",
		.kind = NG_VALUE_ICMP,
		.max = 0xffff,
	},
	[NG_FIELD_VLAN] = {
		.keyword = "vlan",
		.noun = "a VLAN id",
		.kind = NG_VALUE_NUMBER,
		.min = 1,
		.max = 4095,
	},
	[NG_FIELD_LENGTH] = {
		.keyword = "length",
		.noun = "a length",
		.kind = NG_VALUE_NUMBER,
		/* The longest IPv6 packet that says its length: 40 bytes and 65535 behind them. */
		.max = 65575,
	},
	[NG_FIELD_TTL] = {
		.keyword = "ttl",
		.noun = "a TTL",
		.kind = NG_VALUE_NUMBER,
		.max = 255,
	},
	[NG_FIELD_DSCP] = {
		.keyword = "dscp",
		.noun = "a DSCP",
		.kind = NG_VALUE_NUMBER,
		.max = 63,
		.reads_hex = true,
		.prints_names = true,
		.names = ng_dscps,
	},
	[NG_FIELD_FRAGMENT] = {
		.keyword = "fragment",
		.noun = "no, first, later or any",
		.kind = NG_VALUE_NUMBER,
		.max = 2,
		.prints_names = true,
		.names = ng_fragments,
	},
	[NG_FIELD_ETHERTYPE] = {
		.keyword = "ethertype",
		.noun = "an Ethernet type",
		.kind = NG_VALUE_NUMBER,
		.max = 0xffff,
		.hex = 4,
		.reads_hex = true,
		.prints_names = true,
		.names = ng_ethertypes,
	},
	[NG_FIELD_ETHER_FROM] = {
		.keyword = "ether-from",
		.noun = "a MAC address",
		.kind = NG_VALUE_ETHER,
		.max = 0xffffffffffff,
	},
	[NG_FIELD_ETHER_TO] = {
		.keyword = "ether-to",
		.noun = "a MAC address",
		.kind = NG_VALUE_ETHER,
		.max = 0xffffffffffff,
	},
	[NG_FIELD_INVALID] = {
		.keyword = "invalid",
		.noun = "nothing",
		.kind = NG_VALUE_NONE,
	},
};
/* clang-format on */

const struct ng_name *ng_icmp_types(const struct ng_condition *proto)
{
	if (!proto || proto->negated || proto->n_ranges != 1 ||
	    proto->ranges[0].lo != proto->ranges[0].hi)
		return NULL;
	if (proto->ranges[0].lo == 1)
		return ng_icmp4_types;
	return proto->ranges[0].lo == 58 ? ng_icmp6_types : NULL;
}

bool ng_types_ask_code(const struct ng_condition *types)
{
	for (size_t i = 0; i < types->n_ranges; i++)
		if (types->ranges[i].lo == types->ranges[i].hi)
			return true;
	return false;
}
