// SPDX-License-Identifier: GPL-2.0-only
/* set add, set delete, set flush: live entries of a set. */
#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "cli/context.h"
#include "cli/usage.h"
#include "commands/edit.h"
#include "commands/session_check.h"
#include "commands/set/change.h"
#include "commands/set/name.h"
#include "commands/set/stream.h"
#include "net/ip.h"
#include "report/plain.h"
#include "rules/prefix.h"
#include "rules/time.h"

#define PREFIX_LEN 64

/* Does the ruleset declare the prefix that is not a live entry? */
static void explain_missing(struct ng_context *ctx, const struct ng_state *state, const char *name,
			    const char *word)
{
	__cleanup_ruleset struct ng_ruleset *ruleset = NULL;
	__cleanup_free void *image = NULL;
	char text[PREFIX_LEN];
	const struct ng_set *set;
	struct ng_prefix prefix;
	struct ng_error error;

	if (ng_parse_prefix(word, &prefix, &error) || ng_image_of(ctx, state, &image, &ruleset))
		return;
	set = ng_ruleset_set(ruleset, name);
	for (size_t i = 0; set && i < set->n_prefixes; i++)
		if (ng_prefix_holds(&set->prefixes[i], &prefix)) {
			ng_fail(&ctx->error, -ENOENT,
				"%s is not a live entry of @%s: the ruleset declares it, by %s",
				word, name, ng_prefix_text(&set->prefixes[i], text, sizeof(text)));
			ng_hint(&ctx->error, -ENOENT,
				"delete it from the ruleset file and apply that");
			return;
		}
}

static void say(struct ng_context *ctx, const struct ng_set_change *change, int ret)
{
	struct json_object *object = ng_json_new();

	ng_json_text(object, "action", change->deletes ? "delete" : "add");
	ng_json_text(object, "set", change->set);
	ng_json_number(object, change->deletes ? "deleted" : "added", change->done);
	if (!change->deletes) {
		ng_json_number(object, "changed", change->changed);
		ng_json_number(object, "unchanged", change->same);
	}
	ng_json_number(object, "failed", change->failed);
	ng_say_json(ctx, object, ret);
}

/* Each word is an entry. A failure is reported, and the others are still done. */
static int change_words(struct ng_context *ctx, struct ng_set_change *change, int n)
{
	__cleanup_state struct ng_state *state = NULL;
	char outcome[NG_SET_OUTCOME];
	int ret = ng_open_state(ctx, &state);

	if (ret)
		return ret;
	for (int i = 1; i < n; i++) {
		__cleanup_free char *text = strdup(ctx->words[i]);

		ret = text ? ng_set_change_one(ctx, state, change, text, outcome) : -ENOMEM;
		if (ret == -ENOMEM)
			return ret;
		if (!ret && !ctx->json)
			ng_print(stdout, "%s: %s\n", ctx->words[i], outcome);
		if (!ret)
			continue;
		if (ret == -ENOENT && change->deletes)
			explain_missing(ctx, state, change->set, ctx->words[i]);
		ng_messages_add(&ctx->messages, false, &ctx->error);
	}
	ret = ctx->messages.errors ? -EINVAL : 0;
	if (ctx->json)
		say(ctx, change, ret);
	return ret;
}

static int change_by_stream(struct ng_context *ctx, struct ng_set_change *change)
{
	int ret = ng_set_change_stream(ctx, change);

	if (ret)
		return ret;
	if (ctx->json)
		say(ctx, change, 0);
	else if (change->deletes)
		printf("@%s: %zu deleted, %zu failed\n", change->set, change->done, change->failed);
	else
		printf("@%s: %zu added, %zu changed, %zu unchanged, %zu failed\n", change->set,
		       change->done, change->changed, change->same, change->failed);
	return change->failed ? 1 : 0;
}

/* Refuse "set add NAME 192.0.2.1 10m" before anything is done. */
static int check_last(struct ng_context *ctx)
{
	const char *last = ctx->words[ctx->n_words - 1];
	struct ng_error unused;
	uint64_t seconds;

	if (ctx->n_words < 3 || ng_duration_read(last, &seconds, &unused))
		return 0;
	return ng_usage(ctx, "'for' is missing before the duration '%s'", last);
}

/* Remove "for TIME" from the end of the words; *@n is the number of those left. */
static int take_duration(struct ng_context *ctx, struct ng_set_change *change, int *n)
{
	int words = ctx->n_words;

	if (words > 1 && !strcmp(ctx->words[words - 1], "for"))
		return ng_usage(ctx, "a duration is missing after 'for', as in for 10m");
	if (words > 2 && !strcmp(ctx->words[words - 2], "for")) {
		int ret = ng_duration_read(ctx->words[words - 1], &change->seconds, &ctx->error);

		if (ret)
			return ret;
		words -= 2;
	} else if (check_last(ctx)) {
		return -EINVAL;
	}
	if (words < 2)
		return ng_usage(ctx, "%s: an address is missing", ctx->command->name);
	*n = words;
	return 0;
}

static int run(struct ng_context *ctx, bool deletes)
{
	struct ng_set_change change = { .set = ng_set_name(ctx->words[0]), .deletes = deletes };
	int n = 0, ret = take_duration(ctx, &change, &n);

	if (!ret && deletes && change.seconds)
		ret = ng_usage(ctx, "'for' is only for set add");
	if (ret)
		return ret;
	if (n == 2 && !strcmp(ctx->words[1], "-"))
		return change_by_stream(ctx, &change);
	return change_words(ctx, &change, n);
}

int ng_command_set_add(struct ng_context *ctx)
{
	return run(ctx, false);
}

int ng_command_set_delete(struct ng_context *ctx)
{
	return run(ctx, true);
}

int ng_command_set_flush(struct ng_context *ctx)
{
	const char *name = ng_set_name(ctx->words[0]);
	__cleanup_state struct ng_state *state = NULL;
	struct json_object *object;
	size_t n;
	int ret = ng_open_state(ctx, &state);

	if (!ret)
		ret = ng_session_check_step(ctx, state, &(struct ng_live_step){ name, NULL, true });
	if (!ret)
		ret = ng_live_flush(state, name, &n, &ctx->error);
	if (ret)
		return ret;
	if (!ctx->json) {
		printf("@%s: %zu live entr%s deleted\n", name, n, n == 1 ? "y" : "ies");
		return 0;
	}
	object = ng_json_new();
	ng_json_text(object, "action", "flush");
	ng_json_text(object, "set", name);
	ng_json_number(object, "deleted", n);
	ng_say_json(ctx, object, 0);
	return 0;
}
