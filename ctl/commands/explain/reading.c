// SPDX-License-Identifier: GPL-2.0-only
#include "commands/explain/reading.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "net/frame.h"
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

static int add_range(struct ng_rule *rule, bool is_read, enum ng_field field, uint64_t lo,
		     uint64_t hi)
{
	struct ng_condition *condition;

	if (!is_read)
		return 0;
	condition = add(rule, field);
	return ng_ranges_push(&condition->ranges, &condition->n_ranges,
			      &(struct ng_range){ lo, hi });
}

static int add_number(struct ng_rule *rule, bool is_read, enum ng_field field, uint64_t value)
{
	return add_range(rule, is_read, field, value, value);
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

static void add_flags(struct ng_rule *rule, __u64 bits)
{
	struct ng_condition *condition;

	if (!(bits & NG_BIT_HAS_FLAGS))
		return;
	condition = add(rule, NG_FIELD_FLAGS);
	condition->flags_value = bits >> NG_BIT_FLAGS_SHIFT;
	condition->flags_mask = 0xff;
}

static enum ng_fragment fragment_of(__u64 bits)
{
	if (bits & NG_BIT_FRAGMENT_LATER)
		return NG_FRAGMENT_LATER;
	return bits & NG_BIT_FRAGMENT_FIRST ? NG_FRAGMENT_FIRST : NG_FRAGMENT_NO;
}

/* In the order of enum ng_field, as the conditions of every rule stand. */
static int read_fields(const struct ng_trace *trace, struct ng_rule *rule)
{
	__u64 bits = trace->key[NG_WORD_BITS], misc = trace->key[NG_WORD_MISC];
	__u64 lanes = trace->key[NG_WORD_LANES], icmp = misc >> NG_MISC_ICMP_SHIFT & 0xffff;
	bool is_ip = trace->class != NG_CLASS_OTHER, has_code = bits & NG_BIT_HAS_ICMP_CODE;
	int ret;

	ret = add_number(rule, is_ip, NG_FIELD_FAMILY, trace->class == NG_CLASS_IPV4 ? 4 : 6);
	ret = ret
		      ?: add_number(rule, bits & NG_BIT_HAS_PROTO, NG_FIELD_PROTO,
				    bits >> NG_BIT_PROTO_SHIFT & 0xff);
	ret = ret ?: add_address(rule, trace, NG_FIELD_FROM);
	ret = ret ?: add_address(rule, trace, NG_FIELD_TO);
	ret = ret
		      ?: add_number(rule, bits & NG_BIT_HAS_PORTS, NG_FIELD_SPORT,
				    lanes >> NG_LANE_SPORT_SHIFT & 0xffff);
	ret = ret
		      ?: add_number(rule, bits & NG_BIT_HAS_PORTS, NG_FIELD_DPORT,
				    lanes >> NG_LANE_DPORT_SHIFT & 0xffff);
	add_flags(rule, bits);
	ret = ret
		      ?: add_range(rule, bits & NG_BIT_HAS_ICMP_TYPE, NG_FIELD_ICMP_TYPE, icmp,
				   has_code ? icmp : icmp | 0xff);
	ret = ret
		      ?: add_number(rule, bits & NG_BIT_HAS_VLAN, NG_FIELD_VLAN,
				    bits & NG_BIT_TAGGED ? misc >> NG_MISC_VLAN_SHIFT & 0xfff
							 : NG_VLAN_NONE);
	ret = ret
		      ?: add_number(rule, is_ip, NG_FIELD_LENGTH,
				    lanes >> NG_LANE_LENGTH_SHIFT & NG_LANE_LENGTH_MAX);
	ret = ret ?: add_number(rule, is_ip, NG_FIELD_TTL, misc >> NG_MISC_TTL_SHIFT & 0xff);
	ret = ret ?: add_number(rule, is_ip, NG_FIELD_DSCP, misc >> NG_MISC_DSCP_SHIFT & 0x3f);
	ret = ret
		      ?: add_number(rule, bits & NG_BIT_HAS_FRAGMENT, NG_FIELD_FRAGMENT,
				    fragment_of(bits));
	ret = ret
		      ?: add_number(rule, bits & NG_BIT_HAS_ETHERTYPE, NG_FIELD_ETHERTYPE,
				    misc >> NG_MISC_ETHERTYPE_SHIFT & 0xffff);
	ret = ret
		      ?: add_number(rule, bits & NG_BIT_HAS_ETHER, NG_FIELD_ETHER_FROM,
				    trace->key[NG_WORD_ETHER_FROM]);
	return ret
		       ?: add_number(rule, bits & NG_BIT_HAS_ETHER, NG_FIELD_ETHER_TO,
				     trace->key[NG_WORD_ETHER_TO]);
}

int ng_reading(const struct ng_trace *trace, struct ng_rule *rule)
{
	struct ng_rule read = { .verdict = NG_COUNT };
	int ret;

	read.conditions = calloc(NG_FIELDS, sizeof(*read.conditions));
	if (!read.conditions)
		return -ENOMEM;
	ret = read_fields(trace, &read);
	if (ret)
		ng_rule_clear(&read);
	else
		*rule = read;
	return ret;
}

char *ng_reading_text(const struct ng_rule *rule, const struct ng_condition *condition)
{
	const char *keyword = ng_fields[condition->field].keyword;
	char *text = ng_condition_text(rule, condition);
	size_t len = keyword ? strlen(keyword) : 0;

	if (!text)
		return NULL;
	if (len && !strncmp(text, keyword, len) && text[len] == ' ')
		memmove(text, text + len + 1, strlen(text + len + 1) + 1);
	if (condition->field == NG_FIELD_FLAGS)
		text[strcspn(text, "/")] = '\0';
	return text;
}
