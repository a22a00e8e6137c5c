// SPDX-License-Identifier: GPL-2.0-only
#include "commands/confirm.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "kernel/state/history.h"
#include "kernel/state/window.h"
#include "rules/time.h"

#define CONFIRM	    "--confirm"
#define CONFIRM_MAX 86400 /* seconds; who needs longer wants `until` or another day */

static const char *value_of(const struct ng_context *ctx)
{
	for (size_t i = 0; i < NG_OPTIONS_MAX && ctx->command->options[i].name; i++)
		if (!strcmp(ctx->command->options[i].name, CONFIRM))
			return ctx->values[i];
	return NULL;
}

bool ng_confirm_given(const struct ng_context *ctx)
{
	return value_of(ctx);
}

int ng_confirm_read(struct ng_context *ctx)
{
	const char *value = value_of(ctx);
	struct ng_error error;

	if (!value)
		return 0;
	if (ng_duration_read(value, &ctx->confirm, &error)) {
		ng_usage(ctx, CONFIRM ": %s", error.what);
		return ng_hint(&ctx->error, -EINVAL, "%s", error.hint);
	}
	if (ctx->confirm > CONFIRM_MAX) {
		ng_usage(ctx, CONFIRM ": '%s' is too long", value);
		return ng_hint(&ctx->error, -EINVAL, "from 1s to 1d");
	}
	return 0;
}

void ng_confirm_print(const struct ng_context *ctx)
{
	char text[NG_TIME_TEXT];

	ng_print(stdout, "taken back in %s unless you say: %s confirm\n",
		 ng_duration_text(ctx->confirm, text), ng_netguard());
}

static void say(struct ng_context *ctx, const struct ng_window *window)
{
	const char *what = window->kind == NG_WINDOW_ATTACH ? "attachment" : "ruleset";
	struct json_object *object;

	if (!ctx->json) {
		printf("confirmed: the %s stays\n", what);
		return;
	}
	object = ng_json_new();
	ng_json_text(object, "confirmed", what);
	ng_json_number(object, "left", window->left / NG_NS_PER_SECOND);
	ng_say_json(ctx, object, 0);
}

int ng_command_confirm(struct ng_context *ctx)
{
	__cleanup_state struct ng_state *state = NULL;
	struct ng_window window;
	int ret = ng_open_state(ctx, &state);

	if (!ret)
		ret = ng_window_confirm(state, &window, &ctx->error);
	if (!ret)
		say(ctx, &window);
	return ret;
}
