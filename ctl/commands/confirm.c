// SPDX-License-Identifier: GPL-2.0-only
#include "commands/confirm.h"

#include "base/clock.h"
#include "cli/context.h"
#include "kernel/maps/window.h"
#include "kernel/state/window_end.h"
#include "report/plain.h"
#include "rules/time.h"

void ng_confirm_print(const struct ng_context *ctx)
{
	char text[NG_TIME_TEXT];

	ng_print(stdout, "rolled back in %s unless confirmed: %s confirm\n",
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
