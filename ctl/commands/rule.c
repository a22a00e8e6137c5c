// SPDX-License-Identifier: GPL-2.0-only
/* rule add, insert, replace, delete, move. Numbers are those of `netguard rules`. */
#include <errno.h>

#include "base/cleanup.h"
#include "cli/arguments.h"
#include "cli/command.h"
#include "cli/context.h"
#include "commands/edit.h"
#include "report/plain.h"
#include "rules/parse.h"
#include "rules/print.h"

static void say(struct ng_context *ctx, size_t number, const char *text, const char *done)
{
	struct json_object *object;

	if (!ctx->json) {
		ng_print(stdout, "rule %zu %s: %s\n", number, done, text);
		return;
	}
	object = ng_json_new();
	ng_json_text(object, "action", done);
	ng_json_number(object, "index", number);
	ng_json_text(object, "text", text);
	ng_say_json(ctx, object, 0);
}

/* Parse the words from @first on as a rule. */
static int parse(struct ng_context *ctx, const struct ng_edit *edit, int first,
		 struct ng_rule *rule)
{
	__cleanup_free char *text = ng_words_joined(ctx, first);

	return text ? ng_parse_rule(text, edit->ruleset, rule, &ctx->error) : -ENOMEM;
}

/* Publish, then print what was done to @rule. */
static int finish(struct ng_context *ctx, struct ng_edit *edit, size_t number,
		  const struct ng_rule *rule, const char *done)
{
	__cleanup_free char *text = ng_rule_text(rule);
	int ret = text ? ng_edit_publish(ctx, edit) : -ENOMEM;

	if (!ret)
		say(ctx, number, text, done);
	return ret;
}

/* Insert the rule in the words from @first on as @number, or replace that rule. */
static int put(struct ng_context *ctx, struct ng_edit *edit, int first, size_t number, bool replace)
{
	struct ng_rule rule = { 0 };
	int ret;

	ret = parse(ctx, edit, first, &rule);
	if (ret)
		return ret;
	if (replace)
		ng_ruleset_delete(edit->ruleset, number - 1);
	ret = ng_ruleset_insert(edit->ruleset, number - 1, &rule);
	if (!ret)
		ret = finish(ctx, edit, number, &rule, replace ? "replaced" : "added");
	ng_rule_clear(&rule);
	return ret;
}

int ng_command_rule_add(struct ng_context *ctx)
{
	__cleanup_edit struct ng_edit edit = { 0 };
	int ret = ng_edit_begin(ctx, &edit);

	return ret ? ret : put(ctx, &edit, 0, edit.ruleset->n_rules + 1, false);
}

int ng_command_rule_insert(struct ng_context *ctx)
{
	__cleanup_edit struct ng_edit edit = { 0 };
	size_t number;
	int ret;

	ret = ng_edit_begin(ctx, &edit);
	if (!ret)
		ret = ng_word_number(ctx, 0, "rule", edit.ruleset->n_rules + 1, &number);
	return ret ? ret : put(ctx, &edit, 1, number, false);
}

int ng_command_rule_replace(struct ng_context *ctx)
{
	__cleanup_edit struct ng_edit edit = { 0 };
	size_t number;
	int ret;

	ret = ng_edit_begin(ctx, &edit);
	if (!ret)
		ret = ng_word_number(ctx, 0, "rule", edit.ruleset->n_rules, &number);
	return ret ? ret : put(ctx, &edit, 1, number, true);
}

/* Delete a rule from the ruleset; @rule is a copy, to be cleared with ng_rule_clear(). */
static int take(struct ng_context *ctx, struct ng_edit *edit, size_t number, struct ng_rule *rule)
{
	int ret = ng_rule_copy(rule, &edit->ruleset->rules[number - 1]);

	if (ret)
		return ng_fail(&ctx->error, ret, "out of memory");
	ng_ruleset_delete(edit->ruleset, number - 1);
	return 0;
}

int ng_command_rule_delete(struct ng_context *ctx)
{
	__cleanup_edit struct ng_edit edit = { 0 };
	struct ng_rule rule = { 0 };
	size_t number;
	int ret;

	ret = ng_edit_begin(ctx, &edit);
	if (!ret)
		ret = ng_word_number(ctx, 0, "rule", edit.ruleset->n_rules, &number);
	if (!ret)
		ret = take(ctx, &edit, number, &rule);
	if (!ret)
		ret = finish(ctx, &edit, number, &rule, "deleted");
	ng_rule_clear(&rule);
	return ret;
}

int ng_command_rule_move(struct ng_context *ctx)
{
	__cleanup_edit struct ng_edit edit = { 0 };
	struct ng_rule rule = { 0 };
	size_t from, to;
	int ret;

	ret = ng_edit_begin(ctx, &edit);
	if (!ret)
		ret = ng_word_number(ctx, 0, "rule", edit.ruleset->n_rules, &from);
	if (!ret)
		ret = ng_word_number(ctx, 1, "rule", edit.ruleset->n_rules, &to);
	if (!ret)
		ret = take(ctx, &edit, from, &rule);
	if (!ret)
		ret = ng_ruleset_insert(edit.ruleset, to - 1, &rule);
	if (!ret)
		ret = finish(ctx, &edit, to, &rule, "moved");
	ng_rule_clear(&rule);
	return ret;
}
