// SPDX-License-Identifier: GPL-2.0-only
#include "cli/context.h"
#include "cli/options.h"
#include "commands/live_counts.h"
#include "commands/rates_sample.h"

static void print_heading(const struct ng_ruleset *ruleset)
{
	printf("default %s, default out %s, default invalid %s\n",
	       ng_verdict_name(ruleset->default_verdict[NG_IN]),
	       ng_verdict_name(ruleset->default_verdict[NG_OUT]),
	       ng_verdict_name(ruleset->default_invalid));
}

static void show(struct ng_context *ctx, const struct ng_counts *counts)
{
	if (ctx->json) {
		struct json_object *object = ng_json_new();

		ng_counts_json_rules(counts, object);
		ng_counts_json_default(counts, NG_IN, object, "default");
		ng_counts_json_default(counts, NG_OUT, object, "default_out");
		ng_say_json(ctx, object, 0);
		return;
	}
	print_heading(counts->ruleset);
	if (counts->ruleset->n_rules)
		ng_counts_print_rules(counts, stdout);
	else
		puts("no rules");
}

static int show_rates(struct ng_context *ctx)
{
	__cleanup_snapshot struct ng_snapshot snapshot = { 0 };
	double seconds = 0;
	int ret = ng_seconds_option(ctx, "--rate", &seconds);

	if (!ret)
		ret = ng_rates_sample(ctx, seconds, &snapshot);
	if (!ret)
		show(ctx, &snapshot.counts);
	return ret;
}

int ng_command_rules(struct ng_context *ctx)
{
	__cleanup_live_counts struct ng_live_counts live = { 0 };
	int ret;

	if (ng_option(ctx, "--rate"))
		return show_rates(ctx);
	ret = ng_live_counts_read(ctx, &live);
	if (!ret)
		show(ctx, &live.counts);
	return ret;
}
