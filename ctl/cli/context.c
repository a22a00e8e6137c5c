// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>

#include "base/clock.h"
#include "cli/command.h"
#include "cli/context.h"
#include "cli/options.h"
#include "cli/usage.h"
#include "kernel/maps/window.h"
#include "rules/time.h"

#define CONFIRM_MAX 86400 /* seconds */

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

/* Read the TIME of --confirm into @ctx->confirm. */
static int read_confirm(struct ng_context *ctx)
{
	const char *value = ng_option(ctx, "--confirm");
	struct ng_error error;

	if (!value)
		return 0;
	if (ng_duration_read(value, &ctx->confirm, &error)) {
		ng_usage(ctx, "--confirm: %s", error.what);
		return ng_hint(&ctx->error, -EINVAL, "%s", error.hint);
	}
	if (ctx->confirm > CONFIRM_MAX) {
		ng_usage(ctx, "--confirm: '%s' is too long", value);
		return ng_hint(&ctx->error, -EINVAL, "from 1s to 1d");
	}
	return 0;
}

int ng_open_state(struct ng_context *ctx, struct ng_state **state)
{
	const struct ng_privilege *privilege = ctx->command->privilege;
	unsigned int needs = ctx->command->needs;
	enum ng_access access = NG_ACCESS_READ;
	int ret = read_confirm(ctx);

	if (ret)
		return ret;

	if (needs & NG_NEEDS_LOCK)
		access = needs & NG_NEEDS_STATE ? NG_ACCESS_CHANGE : NG_ACCESS_CREATE;
	ret = ng_state_open(access, state, &ctx->error);
	if (!ret)
		ng_window_ask(*state, ctx->confirm * NG_NS_PER_SECOND);
	/* Capabilities were kept only for recovery, for growth and for the check of the session. */
	if (!ret && privilege && !(needs & NG_NEEDS_GROWTH) && !ctx->sessions.n)
		ret = ng_privilege_drop_spare(&ctx->error);
	return ret;
}
