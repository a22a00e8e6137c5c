// SPDX-License-Identifier: GPL-2.0-only
#include "cli/command.h"
#include "commands/confirm.h"
#include "kernel/state/window.h"
#include "rules/time.h"

static void add_messages(struct json_object *object, const struct ng_messages *messages,
			 bool warnings, const char *key)
{
	struct json_object *list = ng_json_array(object, key);

	for (size_t i = 0; i < messages->n; i++)
		if (messages->list[i].warning == warnings)
			ng_json_error(list, NULL, &messages->list[i].error);
}

const struct ng_error *ng_first_error(const struct ng_context *ctx)
{
	for (size_t i = 0; i < ctx->messages.n; i++)
		if (!ctx->messages.list[i].warning)
			return &ctx->messages.list[i].error;
	return &ctx->error;
}

void ng_say_json(struct ng_context *ctx, struct json_object *object, int ret)
{
	if (ctx->waits)
		ng_json_number(object, "confirm_within", ctx->confirm);
	if (ret < 0)
		ng_json_error(object, "error", ng_first_error(ctx));
	if (ret < 0 && ctx->messages.errors)
		add_messages(object, &ctx->messages, false, "errors");
	if (ctx->messages.n)
		add_messages(object, &ctx->messages, true, "warnings");
	ng_json_print(stdout, object);
	ctx->said = true;
}

int ng_open_state(struct ng_context *ctx, struct ng_state **state)
{
	const struct ng_privilege *privilege = ctx->command->privilege;
	unsigned int needs = ctx->command->needs;
	enum ng_access access = NG_ACCESS_READ;
	int ret = ng_confirm_read(ctx);

	if (ret)
		return ret;

	if (needs & NG_NEEDS_LOCK)
		access = needs & NG_NEEDS_STATE ? NG_ACCESS_CHANGE : NG_ACCESS_CREATE;
	ret = ng_state_open(access, state, &ctx->error);
	if (!ret)
		ng_window_ask(*state, ctx->confirm * NG_NS_PER_SECOND);
	/* To mend what a killed command left, and to ask about a session, is all it might be for.
	 */
	if (!ret && privilege && !(needs & NG_NEEDS_GROWTH) && !ctx->sessions.n)
		ret = ng_privilege_forget(&ctx->error);
	return ret;
}
