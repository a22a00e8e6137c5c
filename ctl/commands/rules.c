// SPDX-License-Identifier: GPL-2.0-only
#include "commands/live_counts.h"

static void print_heading(const struct ng_ruleset *ruleset)
{
	printf("default %s, default out %s, default invalid %s\n",
	       ng_verdict_name(ruleset->default_verdict[NG_IN]),
	       ng_verdict_name(ruleset->default_verdict[NG_OUT]),
	       ng_verdict_name(ruleset->default_invalid));
}

int ng_command_rules(struct ng_context *ctx)
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
		ng_say_json(ctx, object, 0);
		return 0;
	}
	print_heading(live.ruleset);
	if (live.ruleset->n_rules)
		ng_counts_print_rules(&live.counts, stdout);
	else
		puts("no rules");
	return 0;
}
