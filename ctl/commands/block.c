// SPDX-License-Identifier: GPL-2.0-only
/* block, unblock, allow, count: what one person wants at once. */
#include <errno.h>
#include <string.h>

#include "cleanup.h"
#include "commands/command.h"
#include "commands/edit.h"
#include "kernel/live.h"
#include "report/counts.h"
#include "rules/print.h"

#define PREFIX_LEN 64

/**
 * struct what - what is to be blocked, allowed, counted
 * @is_address: it is the one address @address
 * @conditions: the same as conditions of a rule
 */
struct what {
	bool is_address;
	struct ng_prefix address;
	char *conditions;
};

static void clear_what(struct what *what)
{
	free(what->conditions);
}

/* No word of the rule language has these characters before its first blank. */
static bool looks_like_address(const char *text)
{
	return !strpbrk(text, " \t\"") && strpbrk(text, ".:/");
}

static int read_what(struct ng_context *ctx, struct what *what)
{
	__cleanup_free char *text = ng_words_joined(ctx, 0);
	char prefix[PREFIX_LEN];
	int ret;

	if (!text)
		return -ENOMEM;
	if (!looks_like_address(text)) {
		what->conditions = text;
		text = NULL;
		return 0;
	}
	ret = ng_parse_prefix(text, &what->address, &ctx->error);
	if (ret)
		return ret;
	what->is_address = what->address.len == (what->address.family == 4 ? 32 : 128);
	ng_prefix_text(&what->address, prefix, sizeof(prefix));
	return asprintf(&what->conditions, "from %s", prefix) < 0 ? -ENOMEM : 0;
}

static int parse_rule(struct ng_context *ctx, const struct ng_ruleset *ruleset,
		      enum ng_verdict verdict, const struct what *what, struct ng_rule *rule)
{
	__cleanup_free char *text = NULL;

	if (asprintf(&text, "%s %s", ng_verdict_name(verdict), what->conditions) < 0)
		return -ENOMEM;
	return ng_parse_rule(text, ruleset, rule, &ctx->error);
}

/* Prints one sentence, or with --json {"action","what","changed"}. */
static void say(struct ng_context *ctx, const char *action, const char *what, bool changed,
		const char *sentence)
{
	struct json_object *object;

	if (!ctx->json) {
		printf("%s: %s\n", what, sentence);
		return;
	}
	object = ng_json_new();
	ng_json_text(object, "action", action);
	ng_json_text(object, "what", what);
	ng_json_bool(object, "changed", changed);
	ng_say_json(ctx, object, 0);
}

/* Is the rule in force already, with nothing before it that could decide otherwise? */
static bool is_first(const struct ng_ruleset *ruleset, long at)
{
	for (long i = 0; i < at; i++)
		if (ruleset->rules[i].verdict != NG_COUNT &&
		    ruleset->rules[i].verdict != ruleset->rules[at].verdict)
			return false;
	return at >= 0;
}

static int put_first(struct ng_context *ctx, struct ng_edit *edit, const struct ng_rule *rule,
		     bool *changed)
{
	long at = ng_ruleset_find(edit->ruleset, rule);
	int ret;

	*changed = !is_first(edit->ruleset, at);
	if (!*changed)
		return 0;
	if (at >= 0)
		ng_ruleset_delete(edit->ruleset, at);
	ret = ng_ruleset_insert(edit->ruleset, 0, rule);
	return ret ? ret : ng_edit_publish(ctx, edit);
}

/* Puts the rule `VERDICT WHAT` first; an address that is to pass leaves the live set. */
static int put_rule(struct ng_context *ctx, enum ng_verdict verdict, const struct what *what)
{
	__cleanup_edit struct ng_edit edit = { 0 };
	__cleanup_free char *text = NULL;
	struct ng_rule rule = { 0 };
	bool changed = false, was_blocked = false;
	int ret;

	ret = ng_edit_begin(ctx, &edit);
	if (!ret)
		ret = parse_rule(ctx, edit.ruleset, verdict, what, &rule);
	if (ret)
		return ret;
	text = ng_rule_text(&rule);
	ret = text ? put_first(ctx, &edit, &rule, &changed) : -ENOMEM;
	ng_rule_clear(&rule);
	if (!ret && verdict == NG_PASS && what->is_address)
		ret = ng_live_delete(edit.state, &what->address, &was_blocked, &ctx->error);
	if (ret)
		return ret;
	say(ctx, ctx->command->name, text, changed || was_blocked,
	    was_blocked ? changed ? "is the first rule now, and the address left @blocked"
				  : "was a rule already; the address left @blocked"
	    : changed	? "is the first rule now"
			: "is such a rule already; nothing changed");
	return 0;
}

static int block_address(struct ng_context *ctx, const struct what *what)
{
	__cleanup_state struct ng_state *state = NULL;
	char text[PREFIX_LEN];
	bool there;
	int ret;

	ret = ng_open_state(ctx, &state);
	if (!ret)
		ret = ng_live_add(state, &what->address, &there, &ctx->error);
	if (ret)
		return ret;
	say(ctx, "block", ng_prefix_text(&what->address, text, sizeof(text)), !there,
	    there ? "is in @blocked already; nothing changed" : "blocked, it is in @blocked now");
	return 0;
}

int ng_command_block(struct ng_context *ctx)
{
	__attribute__((cleanup(clear_what))) struct what what = { 0 };
	int ret = read_what(ctx, &what);

	if (ret)
		return ret;
	return what.is_address ? block_address(ctx, &what) : put_rule(ctx, NG_DROP, &what);
}

int ng_command_allow(struct ng_context *ctx)
{
	__attribute__((cleanup(clear_what))) struct what what = { 0 };
	int ret = read_what(ctx, &what);

	return ret ? ret : put_rule(ctx, NG_PASS, &what);
}

int ng_command_count(struct ng_context *ctx)
{
	__attribute__((cleanup(clear_what))) struct what what = { 0 };
	int ret = read_what(ctx, &what);

	return ret ? ret : put_rule(ctx, NG_COUNT, &what);
}

static int delete_rule(struct ng_context *ctx, struct ng_edit *edit, const struct ng_rule *rule,
		       bool *found)
{
	long at = ng_ruleset_find(edit->ruleset, rule);

	*found = at >= 0;
	if (!*found)
		return 0;
	ng_ruleset_delete(edit->ruleset, at);
	return ng_edit_publish(ctx, edit);
}

int ng_command_unblock(struct ng_context *ctx)
{
	__attribute__((cleanup(clear_what))) struct what what = { 0 };
	__cleanup_edit struct ng_edit edit = { 0 };
	__cleanup_free char *text = NULL;
	bool was_rule = false, was_live = false;
	struct ng_rule rule = { 0 };
	int ret;

	ret = read_what(ctx, &what);
	if (!ret)
		ret = ng_edit_begin(ctx, &edit);
	if (!ret)
		ret = parse_rule(ctx, edit.ruleset, NG_DROP, &what, &rule);
	if (ret)
		return ret;
	text = ng_rule_text(&rule);
	ret = text ? delete_rule(ctx, &edit, &rule, &was_rule) : -ENOMEM;
	ng_rule_clear(&rule);
	if (!ret && what.is_address)
		ret = ng_live_delete(edit.state, &what.address, &was_live, &ctx->error);
	if (ret)
		return ret;
	if (!was_rule && !was_live) {
		ng_fail(&ctx->error, -ENOENT, "there is no rule '%s'%s", text,
			what.is_address ? ", and the address is not in @blocked" : "");
		return ng_hint(
			&ctx->error, -ENOENT,
			"netguard rules shows what is in force; a rule may cover more than this");
	}
	say(ctx, "unblock", was_rule ? text : what.conditions + strlen("from "), true,
	    was_rule ? was_live ? "the rule is deleted, and the address left @blocked"
				: "the rule is deleted"
		     : "left @blocked");
	return 0;
}
