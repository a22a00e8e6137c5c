// SPDX-License-Identifier: GPL-2.0-only
/* rule add, insert, replace, delete, move. Numbers are those of `netguard rules`. */
#include <errno.h>

#include "base/cleanup.h"
#include "cli/arguments.h"
#include "cli/command.h"
#include "cli/context.h"
#include "commands/edit_rule.h"
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

/* Insert the rule in the words from @first on as @number, or replace that rule. */
static int put(struct ng_context *ctx, struct ng_edit *edit, int first, size_t number, bool replace)
{
	__cleanup_free char *words = ng_words_joined(ctx, first), *text = NULL;
	struct ng_rule rule = { 0 };
	int ret;

	ret = words ? ng_parse_rule(words, edit->sets, &rule, &ctx->error) : -ENOMEM;
	if (ret)
		return ret;
	text = ng_rule_text(&rule);
	ret = text ? ng_edit_change(ctx, edit, replace ? number : 0, number, &rule) : -ENOMEM;
	if (!ret)
		say(ctx, number, text, replace ? "replaced" : "added");
	ng_rule_clear(&rule);
	return ret;
}

int ng_command_rule_add(struct ng_context *ctx)
{
	__cleanup_edit struct ng_edit edit = { 0 };
	int ret = ng_edit_open(ctx, &edit);

	return ret ? ret : put(ctx, &edit, 0, ng_edit_count(&edit) + 1, false);
}

int ng_command_rule_insert(struct ng_context *ctx)
{
	__cleanup_edit struct ng_edit edit = { 0 };
	size_t number;
	int ret;

	ret = ng_edit_open(ctx, &edit);
	if (!ret)
		ret = ng_word_number(ctx, 0, "rule", ng_edit_count(&edit) + 1, &number);
	return ret ? ret : put(ctx, &edit, 1, number, false);
}

int ng_command_rule_replace(struct ng_context *ctx)
{
	__cleanup_edit struct ng_edit edit = { 0 };
	size_t number;
	int ret;

	ret = ng_edit_open(ctx, &edit);
	if (!ret)
		ret = ng_word_number(ctx, 0, "rule", ng_edit_count(&edit), &number);
	return ret ? ret : put(ctx, &edit, 1, number, true);
}

int ng_command_rule_delete(struct ng_context *ctx)
{
	__cleanup_edit struct ng_edit edit = { 0 };
	__cleanup_free char *text = NULL;
	size_t number;
	int ret;

	ret = ng_edit_open(ctx, &edit);
	if (!ret)
		ret = ng_word_number(ctx, 0, "rule", ng_edit_count(&edit), &number);
	if (ret)
		return ret;
	text = ng_edit_text(&edit, number);
	ret = text ? ng_edit_change(ctx, &edit, number, 0, NULL) : -ENOMEM;
	if (!ret)
		say(ctx, number, text, "deleted");
	return ret;
}

int ng_command_rule_move(struct ng_context *ctx)
{
	__cleanup_edit struct ng_edit edit = { 0 };
	__cleanup_free char *text = NULL;
	struct ng_rule rule = { 0 };
	size_t from, to;
	int ret;

	ret = ng_edit_open(ctx, &edit);
	if (!ret)
		ret = ng_word_number(ctx, 0, "rule", ng_edit_count(&edit), &from);
	if (!ret)
		ret = ng_word_number(ctx, 1, "rule", ng_edit_count(&edit), &to);
	if (!ret)
		ret = ng_edit_rule(ctx, &edit, from, &rule);
	if (ret)
		return ret;
	text = ng_rule_text(&rule);
	ret = text ? ng_edit_change(ctx, &edit, from, to, &rule) : -ENOMEM;
	if (!ret)
		say(ctx, to, text, "moved");
	ng_rule_clear(&rule);
	return ret;
}
