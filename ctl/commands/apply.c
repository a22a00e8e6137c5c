// SPDX-License-Identifier: GPL-2.0-only
#include "cli/context.h"
#include "cli/words.h"
#include "commands/edit.h"
#include "commands/rules_file.h"
#include "commands/slow.h"
#include "report/plain.h"

static void say(struct ng_context *ctx, const struct ng_edit *edit)
{
	const struct ng_ruleset *ruleset = edit->ruleset;
	struct json_object *object;
	bool egress = ng_publish_added_egress(edit->state);
	char bound[NG_SLOW_BOUND];

	if (!ctx->json) {
		ng_print(stdout, "%s: in force: %zu rule%s, %zu set%s, %zu bytes%s\n",
			 ctx->words[0], ruleset->n_rules, ng_plural(ruleset->n_rules),
			 ruleset->n_sets, ng_plural(ruleset->n_sets), edit->image.size,
			 ng_slow_bound(&edit->image, bound, sizeof(bound)));
		if (egress)
			ng_print(stdout, "attached %s\n", ng_egress_words);
		return;
	}
	object = ng_json_new();
	ng_json_text(object, "file", ctx->words[0]);
	ng_json_number(object, "rules", ruleset->n_rules);
	ng_json_number(object, "sets", ruleset->n_sets);
	ng_json_number(object, "size", edit->image.size);
	ng_json_number(object, "worst_ns", edit->image.worst);
	ng_json_bool(object, "egress", egress);
	ng_say_json(ctx, object, 0);
}

int ng_command_apply(struct ng_context *ctx)
{
	__cleanup_edit struct ng_edit edit = { 0 };
	struct ng_ruleset *ruleset;
	int ret;

	/* Read it before taking the lock: large set files take a while. */
	ret = ng_rules_read(ctx, ctx->words[0], false, &ruleset);
	if (!ret)
		ret = ng_edit_replace(ctx, &edit, ruleset);
	edit.search = true;
	if (!ret)
		ret = ng_edit_publish(ctx, &edit);
	if (!ret)
		say(ctx, &edit);
	return ret;
}
