// SPDX-License-Identifier: GPL-2.0-only
#include "commands/explain/print.h"

#include <string.h>

#include "base/cleanup.h"
#include "cli/context.h"
#include "cli/words.h"
#include "packet/reading.h"
#include "report/counts.h"
#include "report/memory.h"
#include "report/plain.h"
#include "report/table.h"
#include "rules/fields.h"
#include "rules/prefix.h"
#include "rules/print.h"

#define PREFIX_LEN 64
#define PLACE_LEN  512
#define BY_LEN	   16

static const char *effect_words(enum ng_effect effect)
{
	static const char *const words[] = {
		[NG_EFFECT_DECIDES] = "decides",
		[NG_EFFECT_COUNTS] = "counts",
		[NG_EFFECT_LIMITS] = "drops above its rate",
		[NG_EFFECT_NOT_REACHED] = "not reached",
		[NG_EFFECT_INVALID] = "frame is invalid",
	};

	return words[effect];
}

static const char *field_name(enum ng_field field)
{
	return ng_fields[field].keyword ? ng_fields[field].keyword : "family";
}

static const struct ng_rule *rule_of(const struct ng_explained *explained,
				     const struct ng_decision *decision)
{
	if (decision->decider != NG_BY_RULE)
		return NULL;
	return &explained->explainer->ruleset->rules[decision->rule - 1];
}

/* "web.rules:14:9"; empty if the rules are those in force. */
static const char *place_of(const struct ng_explained *explained, size_t index,
			    char text[PLACE_LEN])
{
	*text = '\0';
	if (explained->from_file)
		ng_rule_place(explained->explainer->ruleset, index, text, PLACE_LEN);
	return text;
}

/* ---- for people ------------------------------------------------------------------------ */

static void print_decision(const struct ng_explained *explained, const char *title,
			   const struct ng_decision *decision)
{
	const struct ng_rule *rule = rule_of(explained, decision);
	char place[PLACE_LEN];

	printf("%-12s %s, ", title, decision->drop ? "drop" : "pass");
	if (rule) {
		__cleanup_free char *text = ng_need(ng_rule_text(rule));

		place_of(explained, decision->rule - 1, place);
		ng_print(stdout, "by rule %u%s%s\n%-12s %s\n", decision->rule, *place ? ", " : "",
			 place, "", text);
	} else if (decision->decider == NG_BY_INVALID) {
		printf("an invalid frame (%s), no rule decides\n",
		       ng_reason_name(decision->reason));
	} else {
		puts(ng_decider_words(decision->decider)->reason);
	}
}

static void print_field(struct ng_table *table, const char *name, const char *value, bool assumed)
{
	ng_table_cell(table, "%s", name);
	ng_table_cell(table, "%s%s", value, assumed ? " (assumed)" : "");
}

static void print_fields(const struct ng_explained *explained)
{
	static const struct ng_column columns[] = { { NULL, false }, { NULL, false } };
	__cleanup_table struct ng_table *table = ng_table_new(columns, 2);
	const struct ng_explainer *explainer = explained->explainer;
	const struct ng_rule *reading = explained->reading;
	enum ng_reason reason = explained->answer->trace.decision.reason;
	char frame[64];

	snprintf(frame, sizeof(frame), "%zu bytes%s", explained->len,
		 explained->cut ? ", truncated by the capture and padded with zeros" : "");
	print_field(table, "frame", frame, false);
	print_field(table, "hook", ng_hook_name(explainer->hook), false);
	print_field(table, "on", *explainer->iface ? explainer->iface : "no interface",
		    explained->iface_assumed);
	for (size_t i = 0; i < reading->n_conditions; i++) {
		enum ng_field field = reading->conditions[i].field;
		__cleanup_free char *value =
			ng_need(ng_reading_text(reading, &reading->conditions[i]));

		print_field(table, field_name(field), value, explained->assumed & 1U << field);
	}
	if (reason)
		print_field(table, "invalid", ng_reason_name(reason), false);
	ng_table_print(table, stdout);
}

static void print_sets(const struct ng_explanation *answer)
{
	char prefix[PREFIX_LEN], live[PREFIX_LEN];

	if (answer->n_sets)
		putchar('\n');
	for (size_t i = 0; i < answer->n_sets; i++) {
		const struct ng_membership *found = &answer->sets[i];
		bool by = found->by.family;

		if (by)
			ng_prefix_text(&found->by, prefix, sizeof(prefix));
		if (found->is_live)
			ng_prefix_text(&found->live.prefix, live, sizeof(live));
		ng_print(stdout, "%s is in @%s by %s%s%s%s\n", field_name(found->field), found->set,
			 by ? prefix : "", by && found->is_live ? " and " : "",
			 found->is_live ? "the live entry " : "", found->is_live ? live : "");
	}
}

static void print_rules(const struct ng_explained *explained)
{
	static const struct ng_column columns[] = {
		{ "RULE", true }, { "", false }, { "WHERE", false }, { "TEXT", false }
	};
	static const struct ng_column placeless[] = { { "RULE", true },
						      { "", false },
						      { "TEXT", false } };
	const struct ng_explanation *answer = explained->answer;
	__cleanup_table struct ng_table *table =
		explained->from_file ? ng_table_new(columns, 4) : ng_table_new(placeless, 3);
	char place[PLACE_LEN];

	if (!answer->n_rules) {
		puts("\nno rule matches");
		return;
	}
	for (size_t i = 0; i < answer->n_rules; i++) {
		const struct ng_matching *match = &answer->rules[i];
		__cleanup_free char *text =
			ng_need(ng_rule_text(&explained->explainer->ruleset->rules[match->index]));

		ng_table_cell(table, "%zu", match->index + 1);
		ng_table_cell(table, "%s", effect_words(match->effect));
		if (explained->from_file)
			ng_table_cell(table, "%s", place_of(explained, match->index, place));
		ng_table_cell(table, "%s", text);
	}
	puts("\nrules that match:");
	ng_table_print(table, stdout);
}

void ng_explain_print(const struct ng_explained *explained)
{
	const struct ng_explanation *answer = explained->answer;

	print_decision(explained, "verdict", &answer->trace.decision);
	if (answer->has_without)
		print_decision(explained, "without that", &answer->without);
	putchar('\n');
	print_fields(explained);
	print_sets(answer);
	print_rules(explained);
}

/* ---- as JSON --------------------------------------------------------------------------- */

static void say_rule(const struct ng_explained *explained, struct json_object *object, size_t index)
{
	__cleanup_free char *text =
		ng_need(ng_rule_text(&explained->explainer->ruleset->rules[index]));
	char place[PLACE_LEN];

	ng_json_number(object, "index", index + 1);
	ng_json_text(object, "text", text);
	ng_json_text(object, "where", place_of(explained, index, place));
}

static void say_decision(const struct ng_explained *explained, struct json_object *object,
			 const struct ng_decision *decision)
{
	char by[BY_LEN];

	ng_json_text(object, "verdict", decision->drop ? "drop" : "pass");
	ng_json_text(object, "by", ng_decider_text(decision, by, sizeof(by)));
	if (rule_of(explained, decision))
		say_rule(explained, ng_json_object(object, "rule"), decision->rule - 1);
}

static void say_packet(const struct ng_explained *explained, struct json_object *object)
{
	enum ng_reason reason = explained->answer->trace.decision.reason;
	const struct ng_rule *reading = explained->reading;
	struct json_object *fields, *assumed;

	ng_json_text(object, "hook", ng_hook_name(explained->explainer->hook));
	ng_json_text(object, "on", explained->explainer->iface);
	ng_json_number(object, "bytes", explained->len);
	ng_json_bool(object, "cut", explained->cut);
	ng_json_text(object, "invalid", reason ? ng_reason_name(reason) : "");
	fields = ng_json_object(object, "fields");
	assumed = ng_json_array(object, "assumed");
	for (size_t i = 0; i < reading->n_conditions; i++) {
		enum ng_field field = reading->conditions[i].field;
		__cleanup_free char *value =
			ng_need(ng_reading_text(reading, &reading->conditions[i]));

		ng_json_text(fields, field_name(field), value);
		if (explained->assumed & 1U << field)
			ng_json_text(assumed, NULL, field_name(field));
	}
	if (explained->iface_assumed)
		ng_json_text(assumed, NULL, "on");
}

static void say_sets(const struct ng_explanation *answer, struct json_object *list)
{
	char text[PREFIX_LEN];

	for (size_t i = 0; i < answer->n_sets; i++) {
		const struct ng_membership *found = &answer->sets[i];
		struct json_object *entry = ng_json_object(list, NULL);

		ng_json_text(entry, "set", found->set);
		ng_json_text(entry, "field", field_name(found->field));
		if (found->by.family)
			ng_json_text(entry, "prefix",
				     ng_prefix_text(&found->by, text, sizeof(text)));
		if (found->is_live)
			ng_json_text(entry, "live",
				     ng_prefix_text(&found->live.prefix, text, sizeof(text)));
	}
}

static void say_rules(const struct ng_explained *explained, struct json_object *list)
{
	static const char *const effects[] = {
		[NG_EFFECT_DECIDES] = "decides",
		[NG_EFFECT_COUNTS] = "counts",
		[NG_EFFECT_LIMITS] = "limits",
		[NG_EFFECT_NOT_REACHED] = "not_reached",
		[NG_EFFECT_INVALID] = "frame_is_invalid",
	};

	for (size_t i = 0; i < explained->answer->n_rules; i++) {
		const struct ng_matching *match = &explained->answer->rules[i];
		struct json_object *entry = ng_json_object(list, NULL);

		say_rule(explained, entry, match->index);
		ng_json_text(entry, "effect", effects[match->effect]);
	}
}

void ng_explain_say(struct ng_context *ctx, const struct ng_explained *explained)
{
	const struct ng_explanation *answer = explained->answer;
	struct json_object *object = ng_json_new();

	say_decision(explained, object, &answer->trace.decision);
	if (answer->has_without)
		say_decision(explained, ng_json_object(object, "without"), &answer->without);
	say_packet(explained, object);
	say_sets(answer, ng_json_array(object, "sets"));
	say_rules(explained, ng_json_array(object, "rules"));
	ng_say_json(ctx, object, 0);
}
