// SPDX-License-Identifier: GPL-2.0-only
#include "rules/ruleset.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "net/ip.h"

#define TIMEOUT_USUAL(NAME, WORDS, SECONDS) [NG_FLOW_##NAME] = SECONDS,
static const struct ng_flow_rules flows_usual = {
	.timeouts = { NG_FLOW_STATE_TABLE(TIMEOUT_USUAL) },
	.flows = NG_FLOWS_USUAL,
};

struct ng_ruleset *ng_ruleset_new(void)
{
	struct ng_ruleset *ruleset = calloc(1, sizeof(*ruleset));

	if (!ruleset)
		return NULL;
	ruleset->default_verdict[NG_IN] = NG_PASS;
	ruleset->default_verdict[NG_OUT] = NG_PASS;
	ruleset->default_invalid = NG_DROP;
	ruleset->flows = flows_usual;
	return ruleset;
}

void ng_ruleset_free(struct ng_ruleset *ruleset)
{
	if (!ruleset)
		return;
	for (size_t i = 0; i < ruleset->n_sets; i++) {
		free(ruleset->sets[i].path);
		free(ruleset->sets[i].prefixes);
	}
	for (size_t i = 0; i < ruleset->n_rules; i++)
		ng_rule_clear(&ruleset->rules[i]);
	for (size_t i = 0; i < ruleset->n_files; i++)
		free(ruleset->files[i]);
	free(ruleset->sets);
	free(ruleset->rules);
	free(ruleset->files);
	free(ruleset);
}

void ng_rule_clear(struct ng_rule *rule)
{
	for (size_t i = 0; i < rule->n_conditions; i++) {
		free(rule->conditions[i].ranges);
		free(rule->conditions[i].prefixes);
	}
	free(rule->conditions);
	*rule = (struct ng_rule){ 0 };
}

/* *@copy is NULL if @n is 0. Return: 0 or -ENOMEM. */
static int copy_array(void *copy, const void *from, size_t n, size_t size)
{
	void *memory = NULL;

	if (n) {
		memory = malloc(n * size);
		if (!memory)
			return -ENOMEM;
		memcpy(memory, from, n * size);
	}
	*(void **)copy = memory;
	return 0;
}

static int copy_condition(struct ng_condition *to, const struct ng_condition *from)
{
	struct ng_condition copy = *from;

	if (copy_array(&copy.ranges, from->ranges, from->n_ranges, sizeof(*from->ranges)))
		return -ENOMEM;
	if (copy_array(&copy.prefixes, from->prefixes, from->n_prefixes, sizeof(*from->prefixes))) {
		free(copy.ranges);
		return -ENOMEM;
	}
	*to = copy;
	return 0;
}

int ng_rule_copy(struct ng_rule *to, const struct ng_rule *from)
{
	struct ng_rule copy = *from;

	copy.file = NULL;
	copy.line = copy.column = 0;
	copy.n_conditions = 0;
	copy.conditions = calloc(from->n_conditions + 1, sizeof(*copy.conditions));
	if (!copy.conditions)
		return -ENOMEM;
	while (copy.n_conditions < from->n_conditions) {
		if (copy_condition(&copy.conditions[copy.n_conditions],
				   &from->conditions[copy.n_conditions])) {
			ng_rule_clear(&copy);
			return -ENOMEM;
		}
		copy.n_conditions++;
	}
	*to = copy;
	return 0;
}

int ng_ruleset_insert(struct ng_ruleset *ruleset, size_t at, const struct ng_rule *rule)
{
	struct ng_rule *rules, copy;

	if (at > ruleset->n_rules)
		return -ERANGE;
	if (ng_rule_copy(&copy, rule))
		return -ENOMEM;
	if (ng_array_grow(&ruleset->rules, ruleset->n_rules, sizeof(*rules))) {
		ng_rule_clear(&copy);
		return -ENOMEM;
	}
	rules = ruleset->rules;
	memmove(rules + at + 1, rules + at, (ruleset->n_rules - at) * sizeof(*rules));
	rules[at] = copy;
	ruleset->n_rules++;
	return 0;
}

void ng_ruleset_delete(struct ng_ruleset *ruleset, size_t at)
{
	struct ng_rule *rules = ruleset->rules;

	ng_rule_clear(&rules[at]);
	ruleset->n_rules--;
	memmove(rules + at, rules + at + 1, (ruleset->n_rules - at) * sizeof(*rules));
}

static bool same_array(const void *a, size_t n_a, const void *b, size_t n_b, size_t size)
{
	return n_a == n_b && (!n_a || !memcmp(a, b, n_a * size));
}

static bool same_condition(const struct ng_condition *a, const struct ng_condition *b)
{
	return a->field == b->field && a->negated == b->negated && !strcmp(a->set, b->set) &&
	       a->flags_value == b->flags_value && a->flags_mask == b->flags_mask &&
	       same_array(a->ranges, a->n_ranges, b->ranges, b->n_ranges, sizeof(*a->ranges)) &&
	       same_array(a->prefixes, a->n_prefixes, b->prefixes, b->n_prefixes,
			  sizeof(*a->prefixes));
}

static bool same_limit(const struct ng_rule_limit *a, const struct ng_rule_limit *b)
{
	return a->rate == b->rate && a->unit == b->unit && a->burst == b->burst &&
	       a->per == b->per && a->len4 == b->len4 && a->len6 == b->len6 && a->table == b->table;
}

/* Equal but for `until`? */
static bool same_rule(const struct ng_rule *a, const struct ng_rule *b)
{
	if (a->verdict != b->verdict || a->direction != b->direction ||
	    (a->verdict == NG_LIMIT && !same_limit(&a->limit, &b->limit)) ||
	    strcmp(a->iface, b->iface) != 0 || a->log != b->log ||
	    (a->log && a->log_rate != b->log_rate) || strcmp(a->label, b->label) != 0 ||
	    a->n_conditions != b->n_conditions)
		return false;
	for (size_t i = 0; i < a->n_conditions; i++)
		if (!same_condition(&a->conditions[i], &b->conditions[i]))
			return false;
	return true;
}

long ng_ruleset_find_timed(const struct ng_ruleset *ruleset, const struct ng_rule *rule)
{
	for (size_t i = 0; i < ruleset->n_rules; i++)
		if (same_rule(&ruleset->rules[i], rule))
			return i;
	return -1;
}

const struct ng_set *ng_ruleset_set(const struct ng_ruleset *ruleset, const char *name)
{
	for (size_t i = 0; i < ruleset->n_sets; i++)
		if (!strcmp(ruleset->sets[i].name, name))
			return &ruleset->sets[i];
	return NULL;
}

const struct ng_prefix *ng_set_longest(const struct ng_set *set, const struct ng_prefix *address)
{
	const struct ng_prefix *longest = NULL;

	for (size_t i = 0; set && i < set->n_prefixes; i++)
		if (ng_prefix_holds(&set->prefixes[i], address) &&
		    (!longest || set->prefixes[i].len > longest->len))
			longest = &set->prefixes[i];
	return longest;
}

const struct ng_condition *ng_rule_condition(const struct ng_rule *rule, enum ng_field field)
{
	for (size_t i = 0; i < rule->n_conditions; i++)
		if (rule->conditions[i].field == field)
			return &rule->conditions[i];
	return NULL;
}

bool ng_ruleset_names_set(const struct ng_ruleset *ruleset, const char *name)
{
	for (size_t i = 0; i < ruleset->n_rules; i++) {
		const struct ng_rule *rule = &ruleset->rules[i];

		for (size_t j = 0; j < rule->n_conditions; j++)
			if (!strcmp(rule->conditions[j].set, name))
				return true;
	}
	return false;
}

const char *ng_rule_place(const struct ng_ruleset *ruleset, size_t index, char *text, size_t size)
{
	const struct ng_rule *rule = &ruleset->rules[index];

	if (rule->file)
		snprintf(text, size, "%s:%u:%u", rule->file, rule->line, rule->column);
	else
		snprintf(text, size, "rule %zu", index + 1);
	return text;
}
