// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>

#include "cleanup.h"
#include "commands/command.h"
#include "commands/origin.h"
#include "commands/session_check.h"
#include "commands/words.h"
#include "compile/image.h"
#include "kernel/attach.h"
#include "kernel/publish.h"

enum { OPTION_MODE };

static void print_result(const struct ng_attached *result)
{
	printf("%s: %s, %s", result->iface, result->already ? "already attached" : "attached",
	       ng_hook_words(result->hook, result->way));
	if (result->dispatcher)
		fputs(" beside other XDP programs", stdout);
	if (result->egress)
		fputs(", and TC egress for the rules about out", stdout);
	if (*result->fallback)
		printf("; not native XDP: %s", result->fallback);
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

/* What is in force, on interfaces where nothing filters yet. */
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

static int begin_history(struct ng_context *ctx, struct ng_state *state,
			 const struct ng_image *first)
{
	int ret = ng_history_note(ctx, state, first->data);

	ng_history_done(ctx, state);
	return ret;
}

int ng_command_attach(struct ng_context *ctx)
{
	const char *name = ctx->values[OPTION_MODE];
	__cleanup_ruleset struct ng_ruleset *empty = NULL;
	__cleanup_state struct ng_state *state = NULL;
	__cleanup_free struct ng_attached *results = NULL;
	enum ng_mode mode = NG_MODE_AUTO;
	struct ng_image first = { 0 };
	struct ng_summary before;
	size_t n = ctx->n_words;
	int ret;

	if (name && ng_mode_parse(name, &mode))
		return ng_usage(ctx, "unknown mode '%s'", name);
	results = calloc(n, sizeof(*results));
	empty = ng_ruleset_new();
	if (!results || !empty)
		return -ENOMEM;
	ret = ng_image_compile(empty, NULL, 0, &first, &ctx->error);
	if (ret)
		return ret;
	ret = ng_open_state(ctx, &state);
	if (!ret) {
		ng_state_summary(state, &before);
		ret = check_session(ctx, state);
	}
	if (!ret)
		ret = ng_attach(state, (const char *const *)ctx->words, n, mode, &first, results,
				&ctx->error);
	if (!ret && !before.generation)
		ret = begin_history(ctx, state, &first);
	ng_image_clear(&first);
	for (size_t i = 0; !ret && i < n; i++)
		ctx->waits |= ctx->confirm && !results[i].already;
	if (!ret)
		say_all(ctx, results, n);
	return ret;
}
