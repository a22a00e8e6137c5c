// SPDX-License-Identifier: GPL-2.0-only
#include "rules/fields.h"

#define ROW(NAME, WORD, SHIFT, BITS, HAS, CUT, LAYER, IPV4, IPV6, KEYWORD, KIND, NOUN, MIN, MAX, \
	    ...)                                                                                 \
	[NG_FIELD_##NAME] = { .keyword = KEYWORD,                                                \
			      .noun = NOUN,                                                      \
			      .layer = NG_LAYER_##LAYER,                                         \
			      .kind = NG_VALUE_##KIND,                                           \
			      .min = MIN,                                                        \
			      .max = MAX,                                                        \
			      __VA_ARGS__ },
const struct ng_field_info ng_fields[NG_FIELDS] = { NG_FIELD_TABLE(ROW) };

unsigned int ng_field_families(enum ng_field field)
{
	switch (ng_fields[field].layer) {
	case NG_LAYER_LINK:
		return NG_FAMILY_IP | NG_FAMILY_OTHER;
	case NG_LAYER_IPV4:
		return NG_FAMILY_IPV4;
	case NG_LAYER_IPV6:
		return NG_FAMILY_IPV6;
	default:
		return NG_FAMILY_IP;
	}
}

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
