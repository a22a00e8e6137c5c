// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/file_replace.h"
#include "cli/command.h"
#include "cli/context.h"
#include "commands/edit.h"
#include "kernel/live/live.h"
#include "report/plain.h"
#include "rules/print.h"

static int write_ruleset(FILE *out, const void *ruleset)
{
	return ng_print_ruleset(out, ruleset, NG_SETS_INLINE);
}

/* Print the text as a member of a JSON object. */
static int say_text(struct ng_context *ctx, const struct ng_ruleset *ruleset)
{
	__cleanup_free char *text = NULL;
	struct json_object *object;
	size_t size;
	FILE *memory = open_memstream(&text, &size);
	int ret;

	if (!memory)
		return -errno;
	ret = ng_print_ruleset(memory, ruleset, NG_SETS_INLINE);
	if (fclose(memory) && !ret)
		ret = -ENOMEM;
	if (ret)
		return ret;
	object = ng_json_new();
	ng_json_text(object, "text", text);
	ng_say_json(ctx, object, 0);
	return 0;
}

/* The number of live entries, which are not part of the ruleset. */
static int count_live(struct ng_context *ctx, const struct ng_state *state, size_t *live)
{
	__cleanup_free struct ng_live_count *counts = NULL;
	size_t n;
	int ret = ng_live_counts(state, &counts, &n, &ctx->error);

	*live = 0;
	for (size_t i = 0; !ret && i < n; i++)
		*live += counts[i].n;
	return ret;
}

static int save(struct ng_context *ctx, const struct ng_ruleset *ruleset, size_t live)
{
	const char *path = ctx->n_words ? ctx->words[0] : "-";
	struct json_object *object;
	int ret;

	if (!strcmp(path, "-")) {
		if (ctx->json)
			return say_text(ctx, ruleset);
		ng_print_ruleset(stdout, ruleset,
				 NG_SETS_INLINE); /* main() checks stdout for errors */
		return 0;
	}
	ret = ng_file_replace(path, write_ruleset, ruleset, &ctx->error);
	if (ret)
		return ret;
	if (ctx->json) {
		object = ng_json_new();
		ng_json_text(object, "file", path);
		ng_json_number(object, "live", live);
		ng_say_json(ctx, object, 0);
		return 0;
	}
	ng_print(stdout, "%s: saved", path);
	if (live)
		printf(", without %zu live entr%s of sets; see `%s set list`", live,
		       live == 1 ? "y" : "ies", ng_netguard());
	putchar('\n');
	return 0;
}

int ng_command_save(struct ng_context *ctx)
{
	__cleanup_ruleset struct ng_ruleset *ruleset = NULL;
	__cleanup_state struct ng_state *state = NULL;
	__cleanup_free void *image = NULL;
	size_t live;
	int ret;

	ret = ng_open_state(ctx, &state);
	if (!ret)
		ret = ng_image_of(ctx, state, &image, &ruleset);
	if (!ret)
		ret = count_live(ctx, state, &live);
	return ret ? ret : save(ctx, ruleset, live);
}
