// SPDX-License-Identifier: GPL-2.0-only
/* block, unblock, allow, count: changes that are typed in one go. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "cli/arguments.h"
#include "cli/command.h"
#include "cli/context.h"
#include "cli/options.h"
#include "cli/usage.h"
#include "cli/words.h"
#include "commands/edit_rule.h"
#include "commands/session_check.h"
#include "kernel/live/live_owned.h"
#include "net/ip.h"
#include "report/counts.h"
#include "report/plain.h"
#include "rules/parse.h"
#include "rules/prefix.h"
#include "rules/print.h"
#include "rules/time.h"

#define PREFIX_LEN 64

/**
 * struct what - what is to be blocked, allowed, counted
 * @is_prefix:  the addresses of @prefix
 * @is_address: @prefix is a single address
 * @conditions: what it is, as conditions of a rule
 * @seconds:    for how long; 0: permanently
 */
struct what {
	bool is_prefix, is_address;
	struct ng_prefix prefix;
	char *conditions;
	uint64_t seconds;
};

static void clear_what(struct what *what)
{
	free(what->conditions);
}

/* `for 5s`, `log`, `# a comment`, `in`: none of these selects packets. */
static int fail_no_conditions(struct ng_context *ctx)
{
	ng_usage(ctx, "%s: an address or condition is missing", ctx->command->name);
	return ng_hint(&ctx->error, -EINVAL, "for all packets, write: %s from any",
		       ctx->command->name);
}

/* Refuse "192.0.2.1 192.0.2.2" and "192.0.2.1 tcp", which are not conditions. */
static int check_alone(struct ng_context *ctx, const char *text)
{
	size_t len = strcspn(text, " \t");
	const char *rest = text + len + strspn(text + len, " \t");
	__cleanup_free char *first = strndup(text, len);
	struct ng_prefix prefix;
	struct ng_error unused;

	if (!first)
		return -ENOMEM;
	if (!*rest || ng_parse_prefix(first, &prefix, &unused))
		return 0;
	ng_usage(ctx, "%s: unexpected '%s' after the address %s", ctx->command->name, rest, first);
	return ng_hint(&ctx->error, -EINVAL,
		       "for several addresses write from '{ 192.0.2.1, 192.0.2.2 }', for further "
		       "conditions from %s tcp dport 22",
		       first);
}

/* Words for all packets in other tools. */
static bool means_all(const char *text)
{
	return !strcmp(text, "all") || !strcmp(text, "any") || !strcmp(text, "*");
}

static int read_what(struct ng_context *ctx, bool deletes, struct what *what)
{
	__cleanup_free char *text = ng_words_joined(ctx, 0);
	char prefix[PREFIX_LEN];
	int ret;

	if (!text)
		return -ENOMEM;
	ret = ng_cut_duration(text, &what->seconds, &ctx->error);
	if (!ret)
		ret = check_alone(ctx, text);
	if (!ret && means_all(text))
		ret = fail_no_conditions(ctx);
	if (ret)
		return ret;
	if (!ng_looks_like_prefix(text)) {
		what->conditions = text;
		text = NULL;
		return 0;
	}
	ret = ng_parse_prefix(text, &what->prefix, &ctx->error);
	/* Earlier versions could block such prefixes: they can be unblocked. */
	if (!ret && !deletes)
		ret = ng_prefix_check_mapped(text, text + strlen(text), &what->prefix, &ctx->error);
	if (ret)
		return ret;
	what->is_prefix = true;
	what->is_address = what->prefix.len == (what->prefix.family == 4 ? 32 : 128);
	ng_prefix_text(&what->prefix, prefix, sizeof(prefix));
	return asprintf(&what->conditions, "from %s", prefix) < 0 ? -ENOMEM : 0;
}

static int parse_rule(struct ng_context *ctx, const struct ng_ruleset *ruleset,
		      enum ng_verdict verdict, const struct what *what, struct ng_rule *rule)
{
	int ret = ng_parse_conditions(what->conditions, ctx->command->name,
				      ng_verdict_name(verdict), ruleset, rule, &ctx->error);

	if (ret)
		return ret;
	if (!rule->n_conditions && !*rule->iface)
		ret = fail_no_conditions(ctx);
	if (!ret && rule->until && what->seconds)
		ret = ng_usage(ctx, "`until` and `for` exclude each other");
	if (ret)
		ng_rule_clear(rule);
	if (ret || !what->seconds)
		return ret;
	rule->until = ng_time_now() + what->seconds + 1; /* rounded up to whole seconds */
	return 0;
}

/*
 * Print one sentence, or with --json {"action","what","changed"}, and "until" if @until (seconds
 * since the epoch) is not 0.
 */
static void say(struct ng_context *ctx, const char *action, const char *what, bool changed,
		uint64_t until, const char *sentence)
{
	struct json_object *object;
	char text[NG_TIME_TEXT];

	if (!ctx->json) {
		ng_print(stdout, "%s: %s\n", what, sentence);
		return;
	}
	object = ng_json_new();
	ng_json_text(object, "action", action);
	ng_json_text(object, "what", what);
	ng_json_bool(object, "changed", changed);
	if (until)
		ng_json_text(object, "until", ng_time_text(until, text));
	ng_say_json(ctx, object, 0);
}

static int put_first(struct ng_context *ctx, struct ng_edit *edit, const struct ng_rule *rule,
		     bool *changed)
{
	bool same, first;
	size_t number;
	int ret = ng_edit_find(edit, rule, &number, &same, &first);

	if (ret)
		return ret;
	*changed = !number || !same || !first;
	return *changed ? ng_edit_change(ctx, edit, number, 1, rule) : 0;
}

/* A rollback would not put the entry back into @blocked. */
static int check_not_blocked(struct ng_context *ctx, const struct ng_state *state,
			     const struct what *what)
{
	struct ng_live_member member;
	bool there;
	int ret = ng_live_test(state, NG_BLOCKED, &what->prefix, &there, &member, &ctx->error);

	if (ret || !there)
		return ret;
	ng_fail(&ctx->error, -EBUSY, "the address is in @blocked, which decides before all rules");
	return ng_hint(&ctx->error, -EBUSY,
		       "%s unblock it first, or allow it without "
		       "--confirm",
		       ng_netguard());
}

/**
 * struct removed - an entry that was removed from @blocked before the rules change, for all owners
 *
 * Putting it back only writes to a map that is already mapped, so it works even if changing the
 * rules fails: both changes are made, or none.
 */
struct removed {
	bool there;
	struct ng_live_holdings held;
};

static void clear_removed(struct removed *removed)
{
	ng_live_holdings_clear(&removed->held);
}
#define __cleanup_removed __attribute__((cleanup(clear_removed)))

static int remove_blocked(struct ng_context *ctx, struct ng_state *state, const struct what *what,
			  struct removed *removed)
{
	int ret = ng_live_holdings(state, NG_BLOCKED, &what->prefix, &removed->held, &ctx->error);

	removed->there = !ret && removed->held.n;
	if (removed->there)
		ret = ng_live_delete(state, NG_BLOCKED, &what->prefix, &removed->there,
				     &ctx->error);
	return ret;
}

static void put_back(struct ng_state *state, const struct removed *removed)
{
	const struct ng_live_holdings *held = &removed->held;
	int failed = 0;

	for (size_t i = 0; removed->there && !failed && i < held->n; i++) {
		const struct ng_live_holding *one = &held->list[i];
		enum ng_live_change change;

		failed = one->owner ? ng_live_claim(state, NG_BLOCKED, &one->prefix,
						    held->owners[one->owner], one->until, &change,
						    NULL)
				    : ng_live_add(state, NG_BLOCKED, &one->prefix, one->until, NULL,
						  NULL);
	}
	if (failed)
		ng_warn(failed, "the address is no longer in @blocked");
}

/* ", also for FEED, FEED" when others than the operator wanted the entry. */
static const char *others_of(const struct removed *removed, char text[200])
{
	size_t len = 0;

	*text = '\0';
	for (size_t i = 0; i < removed->held.n && len < 200; i++)
		if (removed->held.list[i].owner)
			len += snprintf(text + len, 200 - len, "%s%s", len ? ", " : ", also for ",
					ng_live_holder(&removed->held, i));
	return text;
}

/* Put the rule `VERDICT WHAT` first, and remove what is to pass from the live set. */
static int put_rule(struct ng_context *ctx, enum ng_verdict verdict, const struct what *what)
{
	__cleanup_edit struct ng_edit edit = { 0 };
	__cleanup_free char *text = NULL;
	struct ng_rule rule = { 0 };
	__cleanup_removed struct removed removed = { 0 };
	bool changed = false;
	uint64_t until;
	int ret;

	ret = ng_edit_open(ctx, &edit);
	if (!ret && ng_option(ctx, "--confirm") && verdict == NG_PASS && what->is_prefix)
		ret = check_not_blocked(ctx, edit.state, what);
	if (!ret)
		ret = parse_rule(ctx, edit.sets, verdict, what, &rule);
	if (ret)
		return ret;
	text = ng_rule_text(&rule);
	until = rule.until;
	ret = text ? 0 : -ENOMEM;
	if (!ret && verdict == NG_PASS && what->is_prefix)
		ret = remove_blocked(ctx, edit.state, what, &removed);
	if (!ret) {
		ret = put_first(ctx, &edit, &rule, &changed);
		if (ret)
			put_back(edit.state, &removed);
	}
	ng_rule_clear(&rule);
	if (ret)
		return ret;
	say(ctx, ctx->command->name, text, changed || removed.there, until,
	    removed.there ? changed ? "now the first rule; address removed from @blocked"
				    : "the rule exists already; address removed from @blocked"
	    : changed	  ? "now the first rule"
			  : "the rule exists already; nothing changed");
	return 0;
}

/* The text after "for". */
static const char *how_long(const struct what *what, char text[NG_TIME_TEXT])
{
	return what->seconds ? ng_duration_text(what->seconds, text) : "good";
}

static int block_live(struct ng_context *ctx, const struct what *what)
{
	__cleanup_state struct ng_state *state = NULL;
	const struct ng_live_step step = { .set = NG_BLOCKED, .prefix = &what->prefix };
	char prefix[PREFIX_LEN], time[NG_TIME_TEXT], sentence[96];
	__u64 until = NG_LIVE_FOR_GOOD;
	enum ng_live_change change;
	int ret;

	ret = ng_open_state(ctx, &state);
	if (!ret && !ctx->sessions.n)
		ret = ng_privilege_drop_spare(&ctx->error); /* no rules are changed */
	if (!ret)
		ret = ng_session_check_step(ctx, state, &step);
	if (!ret && what->seconds)
		until = ng_live_until(what->seconds * NG_NS_PER_SECOND);
	if (!ret)
		ret = ng_live_add(state, NG_BLOCKED, &what->prefix, until, &change, &ctx->error);
	if (ret)
		return ret;
	if (change == NG_LIVE_UNCHANGED)
		strcpy(sentence, "already in @blocked; nothing changed");
	else if (change == NG_LIVE_CHANGED)
		snprintf(sentence, sizeof(sentence), "already in @blocked; from now for %s",
			 how_long(what, time));
	else if (change == NG_LIVE_HELD)
		strcpy(sentence, "already in @blocked, where another owner wants it for longer");
	else if (what->seconds)
		snprintf(sentence, sizeof(sentence), "blocked for %s, added to @blocked",
			 how_long(what, time));
	else
		strcpy(sentence, "blocked, added to @blocked");
	say(ctx, "block", ng_prefix_text(&what->prefix, prefix, sizeof(prefix)),
	    change != NG_LIVE_UNCHANGED, what->seconds ? ng_time_now() + what->seconds : 0,
	    sentence);
	return 0;
}

int ng_command_block(struct ng_context *ctx)
{
	__attribute__((cleanup(clear_what))) struct what what = { 0 };
	int ret = read_what(ctx, false, &what);

	if (ret)
		return ret;
	/* A live entry is not part of the ruleset, so it could not be rolled back. */
	if ((what.is_address || (what.is_prefix && what.seconds)) && !ng_option(ctx, "--confirm"))
		return block_live(ctx, &what);
	return put_rule(ctx, NG_DROP, &what);
}

int ng_command_allow(struct ng_context *ctx)
{
	__attribute__((cleanup(clear_what))) struct what what = { 0 };
	int ret = read_what(ctx, false, &what);

	return ret ? ret : put_rule(ctx, NG_PASS, &what);
}

int ng_command_count(struct ng_context *ctx)
{
	__attribute__((cleanup(clear_what))) struct what what = { 0 };
	int ret = read_what(ctx, false, &what);

	return ret ? ret : put_rule(ctx, NG_COUNT, &what);
}

static int delete_rule(struct ng_context *ctx, struct ng_edit *edit, const struct ng_rule *rule,
		       bool *found)
{
	bool same, first;
	size_t number;
	int ret = ng_edit_find(edit, rule, &number, &same, &first);

	*found = !ret && number;
	return *found ? ng_edit_change(ctx, edit, number, 0, NULL) : ret;
}

int ng_command_unblock(struct ng_context *ctx)
{
	__attribute__((cleanup(clear_what))) struct what what = { 0 };
	__cleanup_edit struct ng_edit edit = { 0 };
	__cleanup_free char *text = NULL;
	__cleanup_removed struct removed removed = { 0 };
	char others[200], sentence[300];
	bool was_rule = false;
	struct ng_rule rule = { 0 };
	int ret;

	ret = read_what(ctx, true, &what);
	if (!ret && what.seconds)
		ret = ng_usage(ctx, "`for` is only for block");
	if (!ret)
		ret = ng_edit_open(ctx, &edit);
	if (!ret)
		ret = parse_rule(ctx, edit.sets, NG_DROP, &what, &rule);
	if (ret)
		return ret;
	text = ng_rule_text(&rule);
	ret = text ? 0 : -ENOMEM;
	if (!ret && what.is_prefix)
		ret = remove_blocked(ctx, edit.state, &what, &removed);
	if (!ret) {
		ret = delete_rule(ctx, &edit, &rule, &was_rule);
		if (ret)
			put_back(edit.state, &removed);
	}
	ng_rule_clear(&rule);
	if (ret)
		return ret;
	/* No error: a tool that unblocks by a timer, as fail2ban, may find that the block has
	 * expired. */
	snprintf(sentence, sizeof(sentence), "%s%s",
		 was_rule && removed.there ? "rule deleted; address removed from @blocked"
		 : was_rule		   ? "rule deleted"
		 : removed.there	   ? "unblocked"
		 : what.is_prefix ? "not blocked: not in @blocked, and no rule drops exactly this"
				  : "not blocked: no such rule; nothing changed",
		 others_of(&removed, others));
	say(ctx, "unblock", was_rule || !what.is_prefix ? text : what.conditions + strlen("from "),
	    was_rule || removed.there, 0, sentence);
	return 0;
}
