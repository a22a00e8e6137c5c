// SPDX-License-Identifier: GPL-2.0-only
#include "packet/reading.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "compile/entry/key.h"
#include "net/frame.h"
#include "net/ip.h"
#include "rules/fields.h"
#include "rules/prefix.h"
#include "rules/print.h"
#include "rules/value.h"

static struct ng_condition *add(struct ng_rule *rule, enum ng_field field)
{
	struct ng_condition *condition = &rule->conditions[rule->n_conditions++];

	*condition = (struct ng_condition){ .field = field };
	return condition;
}

static int add_range(struct ng_rule *rule, enum ng_field field, uint64_t lo, uint64_t hi)
{
	struct ng_condition *condition = add(rule, field);

	return ng_ranges_push(&condition->ranges, &condition->n_ranges,
			      &(struct ng_range){ lo, hi });
}

static int add_number(struct ng_rule *rule, enum ng_field field, uint64_t value)
{
	return add_range(rule, field, value, value);
}

bool ng_reading_address(const struct ng_trace *trace, enum ng_field field,
			struct ng_prefix *address)
{
	enum ng_word word = field == NG_FIELD_TO ? NG_WORD_DADDR_HI : NG_WORD_SADDR_HI;
	struct ng_prefix read = { 0 };

	read.family = ng_key_address(trace->key, trace->class, word, read.addr);
	if (!read.family)
		return false;
	read.len = read.family == 4 ? 32 : 128;
	*address = read;
	return true;
}

static int add_address(struct ng_rule *rule, const struct ng_trace *trace, enum ng_field field)
{
	struct ng_condition *condition;
	struct ng_prefix address;

	if (!ng_reading_address(trace, field, &address))
		return 0;
	condition = add(rule, field);
	return ng_prefixes_push(&condition->prefixes, &condition->n_prefixes, &address);
}

static int add_flags(struct ng_rule *rule, uint64_t flags)
{
	struct ng_condition *condition = add(rule, NG_FIELD_FLAGS);

	condition->flags_value = flags;
	condition->flags_mask = 0xff;
	return 0;
}

static enum ng_fragment fragment_of(__u64 bits)
{
	if (bits & NG_BIT_FRAGMENT_LATER)
		return NG_FRAGMENT_LATER;
	return bits & NG_BIT_FRAGMENT_FIRST ? NG_FRAGMENT_FIRST : NG_FRAGMENT_NO;
}

/* Add the field's number if it could be read. */
static int read_number(const struct ng_trace *trace, struct ng_rule *rule, enum ng_field field)
{
	const struct ng_key_field *number = &ng_key_fields[field];
	__u64 bits = trace->key[NG_WORD_BITS];
	uint64_t value;

	if (!number->bits || (bits & number->has) != number->has)
		return 0;
	value = trace->key[number->word] >> number->shift & ng_key_mask(field);
	if (field == NG_FIELD_FLAGS)
		return add_flags(rule, value);
	if (field == NG_FIELD_ICMP_TYPE && !(bits & NG_BIT_HAS_ICMP_CODE))
		return add_range(rule, field, value, value | 0xff);
	return add_number(rule, field, value);
}

static int read_field(const struct ng_trace *trace, struct ng_rule *rule, enum ng_field field)
{
	__u64 bits = trace->key[NG_WORD_BITS];

	if (!(ng_field_families(field) >> trace->class & 1))
		return 0;
	switch (field) {
	case NG_FIELD_FAMILY:
		return add_number(rule, field, trace->class == NG_CLASS_IPV4 ? 4 : 6);
	case NG_FIELD_FROM:
	case NG_FIELD_TO:
		return add_address(rule, trace, field);
	case NG_FIELD_VLAN:
		if ((bits & (NG_BIT_HAS_VLAN | NG_BIT_TAGGED)) == NG_BIT_HAS_VLAN)
			return add_number(rule, field, NG_VLAN_NONE);
		return read_number(trace, rule, field);
	case NG_FIELD_FRAGMENT:
		return bits & NG_BIT_HAS_FRAGMENT ? add_number(rule, field, fragment_of(bits)) : 0;
	default:
		return read_number(trace, rule, field);
	}
}

int ng_reading(const struct ng_trace *trace, struct ng_rule *rule)
{
	struct ng_rule read = { .verdict = NG_COUNT };
	int ret = 0;

	read.conditions = calloc(NG_FIELDS, sizeof(*read.conditions));
	if (!read.conditions)
		return -ENOMEM;
	/* In the order that the conditions of a rule have. */
	for (enum ng_field field = 0; !ret && field < NG_FIELDS; field++)
		ret = read_field(trace, &read, field);
	if (ret)
		ng_rule_clear(&read);
	else
		*rule = read;
	return ret;
}

char *ng_reading_text(const struct ng_rule *rule, const struct ng_condition *condition)
{
	const struct ng_field_info *info = &ng_fields[condition->field];
	size_t len = info->keyword ? strlen(info->keyword) : 0;
	char *text;

	if (info->kind == NG_VALUE_BOOL)
		return strdup(ng_name_of(info->names, condition->ranges->lo));
	text = ng_condition_text(rule, condition);
	if (!text)
		return NULL;
	if (len && !strncmp(text, info->keyword, len) && text[len] == ' ')
		memmove(text, text + len + 1, strlen(text + len + 1) + 1);
	if (condition->field == NG_FIELD_FLAGS)
		text[strcspn(text, "/")] = '\0';
	return text;
}
