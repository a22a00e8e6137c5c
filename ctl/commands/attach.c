// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <net/if.h>

#include "base/cleanup.h"
#include "cli/arguments.h"
#include "cli/command.h"
#include "cli/context.h"
#include "cli/options.h"
#include "cli/usage.h"
#include "cli/words.h"
#include "commands/origin.h"
#include "commands/rules_file.h"
#include "commands/session_check.h"
#include "compile/image.h"
#include "kernel/attach.h"
#include "kernel/detach.h"
#include "kernel/publish.h"
#include "kernel/state/state.h"
#include "kernel/status.h"
#include "report/plain.h"

static void print_result(const struct ng_attached *result)
{
	const char *what = result->repaired  ? "attached again"
			   : result->already ? "already attached"
					     : "attached";

	ng_print(stdout, "%s: %s, %s", result->iface, what,
		 ng_hook_words(result->hook, result->way));
	if (result->dispatcher)
		fputs(" beside other XDP programs", stdout);
	if (result->egress)
		ng_print(stdout, ", and %s", ng_egress_words);
	if (*result->fallback)
		ng_print(stdout, "; not native XDP: %s", result->fallback);
	if (*result->was)
		ng_print(stdout, "; rules refer to it by this name now, no longer as %s",
			 result->was);
	if (result->down)
		fputs("; the interface is down", stdout);
	putchar('\n');
}

static void say_result(struct json_object *list, const struct ng_attached *result)
{
	struct json_object *entry = ng_json_object(list, NULL);

	ng_json_text(entry, "name", result->iface);
	ng_json_text(entry, "hook", ng_hook_name(result->hook));
	ng_json_text(entry, "mode", ng_way_name(result->way));
	ng_json_bool(entry, "already", result->already);
	ng_json_bool(entry, "repaired", result->repaired);
	ng_json_text(entry, "was", result->was);
	ng_json_bool(entry, "dispatcher", result->dispatcher);
	ng_json_bool(entry, "egress", result->egress);
	ng_json_bool(entry, "up", !result->down);
	ng_json_text(entry, "fallback", result->fallback);
}

static void say_all(struct ng_context *ctx, const struct ng_attached *results, size_t n)
{
	struct json_object *object, *list;

	if (!ctx->json) {
		for (size_t i = 0; i < n; i++)
			print_result(&results[i]);
		return;
	}
	object = ng_json_new();
	list = ng_json_array(object, "attached");
	for (size_t i = 0; i < n; i++)
		say_result(list, &results[i]);
	ng_say_json(ctx, object, 0);
}

/* With the ruleset in force, for interfaces that are not attached yet. */
static int check_session(struct ng_context *ctx, const struct ng_state *state)
{
	struct ng_session_question question = {
		.state = state,
		.ifaces = (const char *const *)ctx->words,
		.n_ifaces = ctx->n_words,
	};
	struct ng_held_image image = { 0 };
	struct ng_summary summary;
	int ret;

	ng_state_summary(state, &summary);
	if (!summary.generation)
		return 0; /* the first ruleset is the empty one */
	ret = ng_image_hold(state, NG_IMAGE_CURRENT, &image, &ctx->error);
	if (ret)
		return ret;
	question.image = image.data;
	ret = ng_session_check(ctx, &question, NULL);
	ng_image_release(&image);
	return ret;
}

/* A failure is only a warning: the filter is attached. */
static void begin_history(struct ng_context *ctx, struct ng_state *state,
			  const struct ng_image *first)
{
	int failed = ng_history_note(ctx, state, first->data);

	if (failed)
		ng_warn(failed, "the history");
	ng_history_done(ctx, state);
}

/* Compile @ruleset as the next image of @state and publish it; nothing is attached yet. */
static int put_in_force(struct ng_context *ctx, struct ng_state *state,
			const struct ng_ruleset *ruleset)
{
	struct ng_held_image held[NG_IMAGE_SLOTS] = { 0 };
	const void *kept[NG_IMAGE_SLOTS];
	struct ng_image image = { 0 };
	struct ng_error error;
	int ret;

	ret = ng_image_hold(state, NG_IMAGE_CURRENT, &held[NG_IMAGE_CURRENT], &ctx->error);
	if (!ret) {
		ret = ng_image_hold(state, NG_IMAGE_PREVIOUS, &held[NG_IMAGE_PREVIOUS], &error);
		if (ret == -ENOENT) /* there may be none */
			ret = 0;
		else if (ret)
			ctx->error = error;
	}
	for (int slot = 0; slot < NG_IMAGE_SLOTS; slot++)
		kept[slot] = held[slot].data;
	if (!ret)
		ret = ng_rules_compile(ctx, ruleset, true, kept, NG_IMAGE_SLOTS, NULL, &image);
	if (!ret)
		ret = ng_history_note(ctx, state, image.data);
	if (!ret) {
		ret = ng_publish(state, &image, &ctx->error);
		ng_history_done(ctx, state);
	}
	ng_image_clear(&image);
	for (int slot = 0; slot < NG_IMAGE_SLOTS; slot++)
		ng_image_release(&held[slot]);
	return ret;
}

/* --rules is for the first attach only: it must not replace a ruleset that is in force. */
static int must_be_first(struct ng_context *ctx, const struct ng_state *state)
{
	__cleanup_free struct ng_hook_info *hooks = NULL;
	size_t n;
	int ret = ng_hooks(state, &hooks, &n, &ctx->error);

	if (ret || !n)
		return ret;
	ng_fail(&ctx->error, -EEXIST,
		"--rules: netguard is attached already, and a ruleset is in force");
	return ng_hint(&ctx->error, -EEXIST, "%s apply %s, then attach without --rules",
		       ng_netguard(), ng_option(ctx, "--rules"));
}

/* All or nothing: @ruleset is in force before the first interface is attached. */
static int attach_with(struct ng_context *ctx, struct ng_state *state, enum ng_mode mode,
		       const struct ng_image *first, const struct ng_ruleset *ruleset,
		       struct ng_attached *results)
{
	const char *const *names = (const char *const *)ctx->words;
	int ret = ng_attach(state, names, 0, mode, first, results, &ctx->error), failed;

	if (!ret)
		ret = must_be_first(ctx, state);
	if (ret)
		return ret;
	ret = put_in_force(ctx, state, ruleset);
	if (!ret)
		ret = check_session(ctx, state);
	if (!ret)
		ret = ng_attach(state, names, ctx->n_words, mode, first, results, &ctx->error);
	if (ret && (failed = ng_detach(state, NULL, 0, NULL)))
		ng_warn(failed, "what was attached");
	return ret;
}

static int attach(struct ng_context *ctx, struct ng_state *state, enum ng_mode mode,
		  const struct ng_image *first, struct ng_attached *results)
{
	struct ng_summary before;
	int ret = check_session(ctx, state);

	ng_state_summary(state, &before);
	if (!ret)
		ret = ng_attach(state, (const char *const *)ctx->words, ctx->n_words, mode, first,
				results, &ctx->error);
	if (!ret && !before.generation)
		begin_history(ctx, state, first);
	return ret;
}

/* An interface may have several names, see ip-link(8) `property add`. */
static int check_distinct(struct ng_context *ctx)
{
	int ret = ng_words_distinct(ctx);

	for (int i = 1; !ret && i < ctx->n_words; i++) {
		unsigned int index = if_nametoindex(ctx->words[i]);

		for (int j = 0; index && !ret && j < i; j++)
			if (if_nametoindex(ctx->words[j]) == index)
				ret = ng_usage(ctx, "%s: '%s' and '%s' are the same interface",
					       ctx->command->name, ctx->words[j], ctx->words[i]);
	}
	return ret;
}

int ng_command_attach(struct ng_context *ctx)
{
	const char *name = ng_option(ctx, "--mode"), *path = ng_option(ctx, "--rules");
	__cleanup_ruleset struct ng_ruleset *empty = NULL, *rules = NULL;
	__cleanup_state struct ng_state *state = NULL;
	__cleanup_free struct ng_attached *results = NULL;
	enum ng_mode mode = NG_MODE_AUTO;
	struct ng_image first = { 0 };
	size_t n = ctx->n_words;
	int ret;

	if (name && ng_mode_parse(name, &mode))
		return ng_usage(ctx, "unknown mode '%s'", name);
	if (path && ng_option(ctx, "--confirm"))
		return ng_usage(
			ctx, "--rules and --confirm: attach first, then `apply %s --confirm TIME`",
			path);
	ret = check_distinct(ctx);
	if (ret)
		return ret;
	results = calloc(n, sizeof(*results));
	empty = ng_ruleset_new();
	if (!results || !empty)
		return -ENOMEM;
	/* Read it before taking the lock: large set files take a while. */
	ret = path ? ng_rules_read(ctx, path, false, &rules) : 0;
	if (!ret)
		ret = ng_image_compile(empty, NULL, 0, &first, &ctx->error);
	if (ret)
		return ret;
	ret = ng_open_state(ctx, &state);
	if (!ret && rules)
		ret = attach_with(ctx, state, mode, &first, rules, results);
	else if (!ret)
		ret = attach(ctx, state, mode, &first, results);
	ng_image_clear(&first);
	for (size_t i = 0; !ret && i < n; i++)
		ctx->waits |= ctx->confirm && !results[i].already;
	if (!ret)
		say_all(ctx, results, n);
	return ret;
}
