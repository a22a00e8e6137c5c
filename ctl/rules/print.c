// SPDX-License-Identifier: GPL-2.0-only
#include "rules/prefix.h"
#include "rules/print.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "rules/fields.h"
#include "rules/flow_settings.h"
#include "rules/limit.h"
#include "rules/names.h"
#include "rules/rule.h"
#include "rules/time.h"

#define LINE_WIDTH 100 /* longer sets are printed on several lines */

/* No other thread uses the stream: locking it would cost more than writing. */
static void put(FILE *out, const char *text)
{
	fputs_unlocked(text, out);
}

static void put_char(FILE *out, char c)
{
	putc_unlocked(c, out);
}

static void put_number(FILE *out, uint64_t number)
{
	char digits[21], *text = digits + sizeof(digits) - 1;

	*text = '\0';
	do
		*--text = '0' + number % 10;
	while (number /= 10);
	put(out, text);
}

static const char *verdict_word(enum ng_verdict verdict)
{
	static const char *const words[] = { "pass", "drop", "count", "limit" };

	return words[verdict];
}

static void print_number(FILE *out, const struct ng_field_info *info, uint64_t value)
{
	if (info->kind == NG_VALUE_ETHER)
		fprintf(out, "%02x:%02x:%02x:%02x:%02x:%02x", (unsigned int)(value >> 40 & 0xff),
			(unsigned int)(value >> 32 & 0xff), (unsigned int)(value >> 24 & 0xff),
			(unsigned int)(value >> 16 & 0xff), (unsigned int)(value >> 8 & 0xff),
			(unsigned int)(value & 0xff));
	else if (info->hex)
		fprintf(out, "0x%0*" PRIx64, (int)info->hex, value);
	else
		put_number(out, value);
}

static void print_range(FILE *out, const struct ng_field_info *info, const struct ng_range *range)
{
	const char *name = NULL;

	if (range->lo == range->hi && info->prints_names)
		name = ng_name_of(info->names, range->lo);
	if (name) {
		put(out, name);
		return;
	}
	print_number(out, info, range->lo);
	if (range->lo != range->hi) {
		put_char(out, '-');
		print_number(out, info, range->hi);
	}
}

static void print_icmp(FILE *out, const struct ng_name *names, const struct ng_range *range)
{
	unsigned int first = range->lo >> 8, last = range->hi >> 8;
	const char *name = ng_name_of(names, first);

	if (range->lo == range->hi)
		fprintf(out, "%u/%u", first, (unsigned int)(range->lo & 0xff));
	else if (first != last)
		fprintf(out, "%u-%u", first, last);
	else if (name)
		put(out, name);
	else
		fprintf(out, "%u", first);
}

/* Fragment states have no numbers in the language: a range of them is spelt out. */
static void print_fragments(FILE *out, const struct ng_condition *condition)
{
	const char *comma = "";

	if (condition->n_ranges == 1 && condition->ranges[0].lo == NG_FRAGMENT_FIRST &&
	    condition->ranges[0].hi == NG_FRAGMENT_LATER) {
		put(out, "any");
		return;
	}
	for (size_t i = 0; i < condition->n_ranges; i++) {
		for (uint64_t v = condition->ranges[i].lo; v <= condition->ranges[i].hi; v++) {
			fprintf(out, "%s%s", comma, ng_name_of(ng_fragments, v));
			comma = ",";
		}
	}
}

static void print_list(FILE *out, const struct ng_rule *rule, const struct ng_condition *condition)
{
	const struct ng_field_info *info = &ng_fields[condition->field];
	const struct ng_range *first = condition->ranges;
	const struct ng_name *types = ng_icmp_types(ng_rule_condition(rule, NG_FIELD_PROTO));

	if (condition->field == NG_FIELD_VLAN && first->lo == NG_VLAN_NONE) {
		put(out, "none");
		return;
	}
	if (condition->field == NG_FIELD_VLAN && first->lo == info->min && first->hi == info->max) {
		put(out, "any");
		return;
	}
	if (condition->field == NG_FIELD_FRAGMENT) {
		print_fragments(out, condition);
		return;
	}
	for (size_t i = 0; i < condition->n_ranges; i++) {
		if (i)
			put_char(out, ',');
		if (info->kind == NG_VALUE_ICMP)
			print_icmp(out, types, &condition->ranges[i]);
		else
			print_range(out, info, &condition->ranges[i]);
	}
}

static void print_flags_side(FILE *out, uint8_t bits)
{
	const char *comma = "";

	if (!bits)
		put(out, "none");
	for (const struct ng_name *flag = ng_tcp_flags; flag->name; flag++) {
		if (!(bits & flag->value))
			continue;
		fprintf(out, "%s%s", comma, flag->name);
		comma = ",";
	}
}

static void print_address(FILE *out, const struct ng_condition *condition)
{
	const struct ng_prefix *list = condition->prefixes;
	char text[64];

	if (*condition->set) {
		fprintf(out, "@%s", condition->set);
	} else if (condition->n_prefixes == 2 && list[0].family == 4 && !list[0].len &&
		   list[1].family == 6 && !list[1].len) {
		put(out, "any");
	} else if (condition->n_prefixes == 1) {
		put(out, ng_prefix_text(list, text, sizeof(text)));
	} else {
		for (size_t i = 0; i < condition->n_prefixes; i++) {
			put(out, i ? ", " : "{ ");
			put(out, ng_prefix_text(&list[i], text, sizeof(text)));
		}
		put(out, " }");
	}
}

static void print_condition(FILE *out, const struct ng_rule *rule,
			    const struct ng_condition *condition)
{
	const struct ng_field_info *info = &ng_fields[condition->field];
	const struct ng_range *first = condition->ranges;
	bool single = condition->n_ranges == 1 && first->lo == first->hi;

	if (condition->field == NG_FIELD_FAMILY) {
		fprintf(out, "ipv%" PRIu64, first->lo);
		return;
	}
	if (condition->field == NG_FIELD_PROTO && single && !condition->negated &&
	    ng_name_of(info->names, first->lo)) {
		put(out, ng_name_of(info->names, first->lo));
		return;
	}
	put(out, info->keyword);
	if (info->kind == NG_VALUE_NONE)
		return;
	if (info->kind == NG_VALUE_BOOL) {
		put(out, first->lo ? "" : " no");
		return;
	}
	put(out, condition->negated ? " not " : " ");
	if (info->kind == NG_VALUE_ADDRESS) {
		print_address(out, condition);
	} else if (info->kind == NG_VALUE_FLAGS) {
		print_flags_side(out, condition->flags_value);
		put_char(out, '/');
		print_flags_side(out, condition->flags_mask);
	} else {
		print_list(out, rule, condition);
	}
}

int ng_print_rule(FILE *out, const struct ng_rule *rule)
{
	char until[NG_TIME_TEXT], limit[NG_LIMIT_TEXT];

	put(out, verdict_word(rule->verdict));
	if (rule->verdict == NG_LIMIT) {
		put_char(out, ' ');
		put(out, ng_limit_text(&rule->limit, limit));
	}
	if (rule->direction == NG_OUT)
		put(out, " out");
	if (*rule->iface)
		fprintf(out, ng_iface_wants_quotes(rule->iface) ? " on \"%s\"" : " on %s",
			rule->iface);
	for (size_t i = 0; i < rule->n_conditions; i++) {
		put_char(out, ' ');
		print_condition(out, rule, &rule->conditions[i]);
	}
	if (rule->log)
		put(out, " log");
	if (rule->log && rule->log_rate)
		fprintf(out, " %u/s", rule->log_rate);
	if (*rule->label)
		fprintf(out, " label \"%s\"", rule->label);
	if (rule->until)
		fprintf(out, " until %s", ng_time_text(rule->until, until));
	return ferror(out) ? -EIO : 0;
}

char *ng_rule_text(const struct ng_rule *rule)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	bool failed;

	if (!out)
		return NULL;
	failed = ng_print_rule(out, rule) != 0;
	if (fclose(out) || failed) {
		free(text);
		return NULL;
	}
	return text;
}

char *ng_condition_text(const struct ng_rule *rule, const struct ng_condition *condition)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		return NULL;
	print_condition(out, rule, condition);
	if (fclose(out)) {
		free(text);
		return NULL;
	}
	return text;
}

static size_t set_width(const struct ng_set *set)
{
	char text[64];
	size_t width = strlen("set  {  }") + strlen(set->name);

	for (size_t i = 0; i < set->n_prefixes && width <= LINE_WIDTH; i++)
		width += strlen(ng_prefix_text(&set->prefixes[i], text, sizeof(text))) + 2;
	return width;
}

static void print_set(FILE *out, const struct ng_set *set, enum ng_print_sets sets)
{
	bool wide;
	char text[64];

	if (set->path && sets != NG_SETS_INLINE) {
		fprintf(out, "set %s file \"%s\"\n", set->name, set->path);
		return;
	}
	if (sets == NG_SETS_APART) {
		fprintf(out, "set %s {}\n", set->name);
		return;
	}
	wide = set_width(set) > LINE_WIDTH;
	fprintf(out, "set %s {%s", set->name, wide ? "" : " ");
	for (size_t i = 0; i < set->n_prefixes; i++) {
		if (i)
			put(out, wide ? "," : ", ");
		put(out, wide ? "\n\t" : "");
		put(out, ng_prefix_text(&set->prefixes[i], text, sizeof(text)));
	}
	put(out, wide ? "\n}\n" : set->n_prefixes ? " }\n" : "}\n");
}

int ng_print_ruleset(FILE *out, const struct ng_ruleset *ruleset, enum ng_print_sets sets)
{
	fprintf(out, "default %s\n", verdict_word(ruleset->default_verdict[NG_IN]));
	fprintf(out, "default out %s\n", verdict_word(ruleset->default_verdict[NG_OUT]));
	fprintf(out, "default invalid %s\n", verdict_word(ruleset->default_invalid));
	ng_flow_rules_print(out, &ruleset->flows);
	for (size_t i = 0; i < ruleset->n_sets; i++)
		print_set(out, &ruleset->sets[i], sets);
	for (size_t i = 0; i < ruleset->n_rules; i++) {
		ng_print_rule(out, &ruleset->rules[i]);
		put_char(out, '\n');
	}
	return ferror(out) ? -EIO : 0;
}
