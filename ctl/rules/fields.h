/* SPDX-License-Identifier: GPL-2.0-only */
/* What the rule language has to know of each field, for the parser, the printer and the checks. */
#ifndef NG_FIELDS_H
#define NG_FIELDS_H

#include "rules/names.h"
#include "rules/ruleset.h"

/* How a field's value is written. */
enum ng_value_kind {
	NG_VALUE_NONE, /* there is none: `ipv4`, `ipv6`, `invalid` */
	NG_VALUE_ADDRESS,
	NG_VALUE_NUMBER, /* a list of numbers, ranges and names */
	NG_VALUE_ICMP,	 /* the same, and TYPE/CODE */
	NG_VALUE_ETHER,	 /* a list of MAC addresses and ranges of them */
	NG_VALUE_FLAGS,
	NG_VALUE_BOOL, /* the keyword alone, or with `no` */
};

/* What a frame must be to have a field. */
enum ng_layer {
	NG_LAYER_LINK, /* any frame */
	NG_LAYER_IP,
	NG_LAYER_IPV4,
	NG_LAYER_IPV6,
	NG_LAYER_L4, /* a packet of some protocols, and no later fragment */
};

/**
 * struct ng_field_info - properties of the conditions on a field, from the table
 * @keyword: NULL for NG_FIELD_FAMILY, whose values are the keywords
 * @noun:    with its article, for messages
 * @min, @max: range of its values; ICMP_TYPE: type << 8 | code
 * @hex:     number of digits to print after 0x; 0: decimal
 * @reads_hex: 0x is accepted
 * @prints_names: numbers of @names are printed by name
 * @others:  names in other packet filters, separated by blanks; may be NULL
 * @reason:  why a condition on it excludes others; may be NULL
 */
struct ng_field_info {
	const char *keyword;
	const char *noun;
	enum ng_layer layer;
	enum ng_value_kind kind;
	uint64_t min, max;
	unsigned int hex;
	bool reads_hex;
	bool prints_names;
	const struct ng_name *names;
	const char *others;
	const char *reason;
};

extern const struct ng_field_info ng_fields[NG_FIELDS];

enum ng_family {
	NG_FAMILY_IPV4 = 1,
	NG_FAMILY_IPV6 = 2,
	NG_FAMILY_IP = NG_FAMILY_IPV4 | NG_FAMILY_IPV6,
	NG_FAMILY_OTHER = 4, /* not IP, or its addresses cannot be read */
};

/** ng_field_families() - bits of enum ng_family: the frames that may have @field */
unsigned int ng_field_families(enum ng_field field);

/**
 * ng_icmp_types() - the names of ICMP types in a rule
 * @proto: its PROTO condition, or NULL
 *
 * Return: NULL unless the rule says `icmp` or `icmpv6` and nothing else.
 */
const struct ng_name *ng_icmp_types(const struct ng_condition *proto);

/** ng_types_ask_code() - has a list of ICMP types a code? Then no packet without one matches it */
bool ng_types_ask_code(const struct ng_condition *types);

#endif
