// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <inttypes.h>

#include "cli/context.h"
#include "cli/words.h"
#include "commands/edit.h"

static void say(struct ng_context *ctx, size_t rules, uint64_t blocked)
{
	struct json_object *object;

	if (!ctx->json) {
		printf("%zu rule%s deleted, all valid packets pass\n", rules, ng_plural(rules));
		if (blocked)
			printf("%" PRIu64 " address%s blocked: %s set list blocked\n", blocked,
			       blocked == 1 ? " stays" : "es stay", ng_netguard());
		return;
	}
	object = ng_json_new();
	ng_json_number(object, "deleted", rules);
	ng_json_number(object, "blocked", blocked);
	ng_say_json(ctx, object, 0);
}

int ng_command_flush(struct ng_context *ctx)
{
	__cleanup_edit struct ng_edit edit = { 0 };
	struct ng_ruleset *empty;
	struct ng_summary summary;
	size_t rules;
	int ret;

	ret = ng_edit_begin(ctx, &edit);
	if (ret)
		return ret;
	empty = ng_ruleset_new();
	if (!empty)
		return -ENOMEM;
	rules = edit.ruleset->n_rules;
	ng_ruleset_free(edit.ruleset);
	edit.ruleset = empty;
	ret = ng_edit_publish(ctx, &edit);
	if (ret)
		return ret;
	ng_state_summary(edit.state, &summary);
	say(ctx, rules, summary.live);
	return 0;
}
