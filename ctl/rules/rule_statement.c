// SPDX-License-Identifier: GPL-2.0-only
#include "rules/rule_statement.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/work.h"
#include "rules/check.h"
#include "rules/rule.h"

#define WORK_MASK    1023 /* rules between two reports of progress */
#define HEAP_ROUGHLY 16	  /* overhead of malloc() for each piece */

static size_t bytes_of_rule(const struct ng_rule *rule)
{
	size_t bytes = sizeof(*rule) + HEAP_ROUGHLY;

	for (size_t i = 0; i < rule->n_conditions; i++) {
		const struct ng_condition *c = &rule->conditions[i];

		bytes += sizeof(*c) + c->n_ranges * sizeof(*c->ranges) +
			 c->n_prefixes * sizeof(*c->prefixes) +
			 (c->n_ranges || c->n_prefixes ? HEAP_ROUGHLY : 0);
	}
	return bytes;
}

static int want_set(struct ng_reader *reader, const struct ng_input *source, struct ng_place place,
		    const char *set)
{
	struct ng_wanted_set wanted;

	if (ng_set_is_known(reader, set))
		return 0;
	snprintf(wanted.name, sizeof(wanted.name), "%s", set);
	ng_lexer_fail(&source->lexer, place, &wanted.error, "no set is called '%s'", set);
	ng_hint(&wanted.error, -EINVAL, "declare it: set %s { 192.0.2.0/24 }", set);
	return ng_wanted_set_add(reader, &wanted);
}

static int add_rule(struct ng_reader *reader, const struct ng_rule *rule)
{
	struct ng_ruleset *ruleset = reader->ruleset;

	if (ng_array_grow(&ruleset->rules, ruleset->n_rules, sizeof(*rule)))
		return -ENOMEM;
	ruleset->rules[ruleset->n_rules++] = *rule;
	if (!(ruleset->n_rules & WORK_MASK) && rule->file && !reader->ahead)
		ng_work_at(rule->file, ruleset->n_rules, "rules");
	return 0;
}

static int check_rule(struct ng_reader *reader, struct ng_input *source, const struct ng_rule *rule,
		      const struct ng_rule_places *places, struct ng_error *err)
{
	enum ng_field field;
	int found = ng_rule_check_iface(&source->lexer, rule, places, err);

	if (!found) {
		found = ng_check_rule(rule, &field, err);
		if (!found)
			return 0;
		ng_lexer_place(&source->lexer, places->conditions[field], err);
	}
	if (found != NG_RULE_IDLE && !reader->kept)
		return found;
	ng_messages_add(reader->messages, true, err);
	return 0;
}

static int find_room(struct ng_reader *reader, const struct ng_input *source,
		     const struct ng_rule *rule, struct ng_error *err)
{
	int ret = ng_input_take_room(reader->ruleset, bytes_of_rule(rule), err);

	if (!ret && reader->ruleset->n_rules == NG_RULESET_RULES) {
		ret = ng_fail(err, -E2BIG, "the ruleset is too large: more than %d rules",
			      NG_RULESET_RULES);
		ng_hint(err, ret, "put addresses into sets");
	}
	if (ret)
		ng_lexer_place(&source->lexer, (struct ng_place){ rule->line, rule->column }, err);
	return ret;
}

int ng_rule_statement_read(struct ng_reader *reader, struct ng_input *source, struct ng_error *err)
{
	struct ng_rule_places places;
	struct ng_rule rule;
	int ret;

	ret = ng_rule_read(&source->lexer, &rule, &places, err);
	if (ret)
		return ret;
	rule.file = source->name;
	for (size_t i = 0; i < rule.n_conditions && !ret; i++)
		if (*rule.conditions[i].set)
			ret = want_set(reader, source, places.values[rule.conditions[i].field],
				       rule.conditions[i].set);
	if (!ret && !reader->source)
		ret = check_rule(reader, source, &rule, &places, err);
	if (!ret && ng_check_until(&rule, err)) {
		ng_lexer_place(&source->lexer, (struct ng_place){ rule.line, rule.column }, err);
		ng_messages_add(reader->messages, true, err);
	}
	if (!ret)
		ret = find_room(reader, source, &rule, err);
	if (!ret)
		ret = add_rule(reader, &rule);
	if (ret)
		ng_rule_clear(&rule);
	return ret;
}
