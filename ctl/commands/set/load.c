// SPDX-License-Identifier: GPL-2.0-only
/* set load: replaces the prefixes of a set in the ruleset in force with those of a list file. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "cli/command.h"
#include "cli/context.h"
#include "commands/edit.h"
#include "commands/set/name.h"
#include "report/busy.h"
#include "rules/prefix_sort.h"
#include "rules/set_file.h"

/* The change of the set, in prefixes. */
struct change {
	size_t before, after, added, removed;
};

static int read_list(struct ng_context *ctx, const char *path, struct ng_set *list)
{
	const char *name = strcmp(path, "-") ? path : "<stdin>";
	struct ng_list_notes notes;
	struct ng_error warning;
	struct ng_text text;
	int ret;

	ng_busy_begin();
	ret = ng_text_read(path, name, &text, &ctx->error);
	if (!ret) {
		ret = ng_read_set_text(&text, name, list, &notes, &ctx->error);
		ng_text_clear(&text);
	}
	ng_busy_end();
	if (!ret && ng_list_noteworthy(&notes, name, list, &warning))
		ng_messages_add(&ctx->messages, true, &warning);
	return ret;
}

static struct ng_set *find_set(struct ng_context *ctx, const struct ng_ruleset *ruleset,
			       const char *name)
{
	for (size_t i = 0; i < ruleset->n_sets; i++)
		if (!strcmp(ruleset->sets[i].name, name))
			return &ruleset->sets[i];
	ng_set_missing(ctx, name);
	return NULL;
}

/* Replace the set's prefixes by the list. The set no longer comes from its file. */
static void replace(struct ng_set *set, struct ng_set *list, struct change *change)
{
	size_t same = ng_prefixes_common(set->prefixes, set->n_prefixes, list->prefixes,
					 list->n_prefixes);

	*change = (struct change){
		.before = set->n_prefixes,
		.after = list->n_prefixes,
		.added = list->n_prefixes - same,
		.removed = set->n_prefixes - same,
	};
	free(set->prefixes);
	free(set->path);
	set->path = NULL;
	set->prefixes = list->prefixes;
	set->n_prefixes = list->n_prefixes;
	list->prefixes = NULL;
}

static void say(struct ng_context *ctx, const char *name, const struct change *change)
{
	bool same = !change->added && !change->removed;
	struct json_object *object;

	if (!ctx->json) {
		printf("@%s: %zu prefix%s, %zu before: %zu added, %zu removed%s\n", name,
		       change->after, change->after == 1 ? "" : "es", change->before, change->added,
		       change->removed, same ? "; nothing changed" : "");
		return;
	}
	object = ng_json_new();
	ng_json_text(object, "name", name);
	ng_json_text(object, "file", ctx->words[1]);
	ng_json_number(object, "prefixes", change->after);
	ng_json_number(object, "before", change->before);
	ng_json_number(object, "added", change->added);
	ng_json_number(object, "removed", change->removed);
	ng_say_json(ctx, object, 0);
}

static int load(struct ng_context *ctx, const char *name, struct ng_set *list)
{
	__cleanup_edit struct ng_edit edit = { .checked = true };
	struct change change;
	struct ng_set *set;
	int ret;

	ret = ng_edit_begin(ctx, &edit);
	if (ret)
		return ret;
	set = find_set(ctx, edit.ruleset, name);
	if (!set)
		return -ENOENT;
	replace(set, list, &change);
	if (change.added || change.removed)
		ret = ng_edit_publish(ctx, &edit);
	if (!ret)
		say(ctx, name, &change);
	return ret;
}

int ng_command_set_load(struct ng_context *ctx)
{
	const char *name = ctx->words[0] + (*ctx->words[0] == '@');
	struct ng_set list = { 0 };
	int ret;

	if (!strcmp(name, NG_BLOCKED)) {
		ng_fail(&ctx->error, -EINVAL,
			"@%s is not declared by a ruleset, and cannot be loaded", name);
		return ng_hint(&ctx->error, -EINVAL, "%s block ADDRESS", ng_netguard());
	}
	/* Read it before taking the lock: large files take a while. */
	ret = read_list(ctx, ctx->words[1], &list);
	if (!ret)
		ret = load(ctx, name, &list);
	free(list.prefixes);
	return ret;
}
