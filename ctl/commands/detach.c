// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>

#include "cleanup.h"
#include "commands/command.h"
#include "kernel/attach.h"

enum { OPTION_ALL };

static bool is_named(const struct ng_context *ctx, const struct ng_hook_info *hook)
{
	for (int i = 0; i < ctx->n_words; i++)
		if (!strcmp(ctx->words[i], hook->iface) || !strcmp(ctx->words[i], hook->name_now))
			return true;
	return !ctx->n_words;
}

/* Hooks of one interface stand side by side; it is named once. */
static void say(struct ng_context *ctx, const struct ng_hook_info *hooks, size_t n)
{
	struct json_object *object = ctx->json ? ng_json_new() : NULL;
	struct json_object *list = object ? ng_json_array(object, "detached") : NULL;
	size_t remaining = 0;

	for (size_t i = 0; i < n; i++) {
		if (i && hooks[i].ifindex == hooks[i - 1].ifindex)
			continue;
		if (!is_named(ctx, &hooks[i]))
			remaining++;
		else if (list)
			ng_json_text(list, NULL, hooks[i].iface);
		else
			printf("%s: detached\n", hooks[i].iface);
	}
	if (object) {
		ng_json_number(object, "remaining", remaining);
		ng_say_json(ctx, object, 0);
	} else if (!remaining) {
		puts("that was the last one: nothing of netguard is left in the kernel here");
	}
}

int ng_command_detach(struct ng_context *ctx)
{
	__cleanup_free struct ng_hook_info *hooks = NULL;
	__cleanup_state struct ng_state *state = NULL;
	size_t n;
	int ret;

	if (!!ctx->n_words == !!ctx->values[OPTION_ALL])
		return ng_usage(ctx, "name interfaces, or say --all");
	ret = ng_open_state(ctx, &state);
	if (!ret)
		ret = ng_hooks(state, &hooks, &n, &ctx->error);
	if (!ret)
		ret = ng_detach(state, (const char *const *)ctx->words, ctx->n_words, &ctx->error);
	if (!ret)
		say(ctx, hooks, n);
	return ret;
}
