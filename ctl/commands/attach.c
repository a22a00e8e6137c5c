// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>

#include "cleanup.h"
#include "commands/command.h"
#include "commands/words.h"
#include "kernel/attach.h"

enum { OPTION_MODE };

static void print_result(const struct ng_attached *result)
{
	const char *what = result->mended    ? "attached again"
			   : result->already ? "already attached"
					     : "attached";

	printf("%s: %s, %s", result->iface, what, ng_hook_words(result->hook, result->way));
	if (result->dispatcher)
		fputs(" beside other XDP programs", stdout);
	if (result->egress)
		fputs(", and TC egress for the rules about out", stdout);
	if (*result->fallback)
		printf("; not native XDP: %s", result->fallback);
	if (*result->was)
		printf("; rules know it by this name now, no longer as %s", result->was);
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
	ng_json_bool(entry, "mended", result->mended);
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

int ng_command_attach(struct ng_context *ctx)
{
	const char *name = ctx->values[OPTION_MODE];
	__cleanup_ruleset struct ng_ruleset *empty = NULL;
	__cleanup_state struct ng_state *state = NULL;
	__cleanup_free struct ng_attached *results = NULL;
	enum ng_mode mode = NG_MODE_AUTO;
	struct ng_image first = { 0 };
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
	if (!ret)
		ret = ng_attach(state, (const char *const *)ctx->words, n, mode, &first, results,
				&ctx->error);
	ng_image_clear(&first);
	if (!ret)
		say_all(ctx, results, n);
	return ret;
}
