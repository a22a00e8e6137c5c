// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "cli/options.h"
#include "cli/usage.h"
#include "commands/rates_sample.h"
#include "commands/top/draw.h"
#include "commands/top/keys.h"
#include "commands/top/once.h"
#include "commands/top/screen.h"
#include "rules/time.h"

#define TAKE_PERIOD 0.2 /* seconds between two reads of the sample */

static double now(void)
{
	return (double)ng_clock_read(CLOCK_MONOTONIC) / NG_NS_PER_SECOND;
}

/* Seconds until the next snapshot, or the next read of the sample. */
static double time_left(const struct ng_top *top, double last)
{
	double left = top->paused ? top->interval : last + top->interval - now();

	return top->view == NG_VIEW_SOURCES && left > TAKE_PERIOD ? TAKE_PERIOD : left;
}

static void run(struct ng_top *top)
{
	double last = now();
	int key = 0;

	while (!top->ended && key >= 0) {
		if (!top->paused && now() - last >= top->interval) {
			last = now();
			ng_top_update(top);
		}
		ng_top_take(top);
		ng_draw(top);
		for (key = ng_screen_key(time_left(top, last)); key > 0 && !top->ended;
		     key = ng_screen_key(0))
			ng_top_key(top, key);
	}
}

static int show(struct ng_context *ctx, struct ng_top *top)
{
	int ret = ng_top_update(top);

	if (ret)
		ctx->error = top->error;
	if (!ret)
		ret = ng_screen_begin(&ctx->error);
	if (ret)
		return ret;
	run(top);
	ng_screen_end();
	return 0;
}

static int read_view(struct ng_context *ctx, enum ng_view *view)
{
	if (!ctx->n_words)
		return 0;
	for (*view = 0; *view < NG_VIEWS; (*view)++)
		if (!strcmp(ng_view_name(*view), ctx->words[0]))
			return 0;
	ng_usage(ctx, "unknown view '%s'", ctx->words[0]);
	return ng_hint(&ctx->error, -EINVAL, "rules, interfaces or sources");
}

int ng_command_top(struct ng_context *ctx)
{
	__attribute__((cleanup(ng_top_clear))) struct ng_top top = { .interval = 1 };
	int ret = ng_seconds_option(ctx, "--interval", &top.interval);

	if (!ret)
		ret = read_view(ctx, &top.view);
	if (ret)
		return ret;
	if (ng_option(ctx, "--once"))
		return ng_top_once(ctx, &top, !ctx->n_words);
	if (ctx->json)
		return ng_usage(ctx, "--json requires --once");
	return show(ctx, &top);
}
