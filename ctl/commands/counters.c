// SPDX-License-Identifier: GPL-2.0-only
#include "cli/context.h"
#include "commands/live_counts.h"
#include "kernel/maps/counters.h"

int ng_command_counters(struct ng_context *ctx)
{
	__cleanup_live_counts struct ng_live_counts live = { 0 };
	int ret = ng_live_counts_read(ctx, &live);

	if (ret)
		return ret;
	if (ctx->json) {
		struct json_object *object = ng_json_new();

		ng_counts_json_rules(&live.counts, object);
		ng_counts_json_default(&live.counts, NG_IN, object, "default");
		ng_counts_json_default(&live.counts, NG_OUT, object, "default_out");
		ng_counts_json_others(&live.counts, object);
		ng_say_json(ctx, object, 0);
		return 0;
	}
	ng_counts_print_others(&live.counts, 1U << NG_IN | 1U << NG_OUT, stdout);
	if (live.ruleset->n_rules) {
		putchar('\n');
		ng_counts_print_rules(&live.counts, stdout);
	}
	return 0;
}

int ng_command_counters_reset(struct ng_context *ctx)
{
	__cleanup_state struct ng_state *state = NULL;
	int ret;

	ret = ng_open_state(ctx, &state);
	if (!ret)
		ret = ng_counters_reset(state, &ctx->error);
	if (ret)
		return ret;
	if (ctx->json)
		ng_say_json(ctx, ng_json_new(), 0);
	else
		puts("counters reset");
	return 0;
}
