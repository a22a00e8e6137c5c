// SPDX-License-Identifier: GPL-2.0-only
#include "cli/context.h"
#include "cli/words.h"
#include "commands/rules_file.h"
#include "commands/slow.h"
#include "report/plain.h"

static size_t count_prefixes(const struct ng_ruleset *ruleset)
{
	size_t n = 0;

	for (size_t i = 0; i < ruleset->n_sets; i++)
		n += ruleset->sets[i].n_prefixes;
	return n;
}

static void say(struct ng_context *ctx, const struct ng_ruleset *ruleset,
		const struct ng_image *image)
{
	size_t prefixes = count_prefixes(ruleset);
	struct json_object *object;
	char bound[NG_SLOW_BOUND];

	if (!ctx->json) {
		ng_print(stdout,
			 "%s: ok: %zu rule%s, %zu set%s with %zu prefix%s, image of %zu bytes%s\n",
			 ctx->words[0], ruleset->n_rules, ng_plural(ruleset->n_rules),
			 ruleset->n_sets, ng_plural(ruleset->n_sets), prefixes,
			 prefixes == 1 ? "" : "es", image->size,
			 ng_slow_bound(image, bound, sizeof(bound)));
		return;
	}
	object = ng_json_new();
	ng_json_text(object, "file", ctx->words[0]);
	ng_json_number(object, "rules", ruleset->n_rules);
	ng_json_number(object, "sets", ruleset->n_sets);
	ng_json_number(object, "prefixes", prefixes);
	ng_json_number(object, "size", image->size);
	ng_slow_json(object, ruleset, image);
	ng_say_json(ctx, object, 0);
}

int ng_command_check(struct ng_context *ctx)
{
	__cleanup_ruleset struct ng_ruleset *ruleset = NULL;
	struct ng_image image = { 0 };
	int ret;

	ret = ng_rules_read(ctx, ctx->words[0], false, &ruleset);
	if (!ret)
		ret = ng_rules_compile(ctx, ruleset, true, NULL, 0, NULL, &image);
	if (!ret)
		say(ctx, ruleset, &image);
	ng_image_clear(&image);
	ng_rules_leave(&ruleset);
	return ret;
}
