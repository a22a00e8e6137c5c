// SPDX-License-Identifier: GPL-2.0-only
/* rollback: puts a ruleset of the history in force again. */
#include <errno.h>

#include "base/cleanup.h"
#include "cli/arguments.h"
#include "cli/command.h"
#include "cli/context.h"
#include "cli/options.h"
#include "cli/usage.h"
#include "cli/words.h"
#include "commands/edit.h"
#include "commands/origin.h"
#include "commands/session_check.h"
#include "compile/image_read.h"
#include "kernel/maps/window.h"
#include "kernel/state/history.h"
#include "kernel/state/window_end.h"
#include "layout/history.h"
#include "report/table.h"
#include "rules/time.h"

#define TIME_LEN 32

/* ---- the list ------------------------------------------------------------------------------ */

static const char *what_became(const struct ng_history_entry *entry)
{
	if (entry->in_force)
		return "in force";
	if (entry->head.unconfirmed)
		return "not confirmed";
	return entry->previous ? "previous" : entry->head.size ? "" : "text not kept";
}

static void print_list(const struct ng_history_entry *list, size_t n)
{
	static const struct ng_column columns[] = {
		{ "NUMBER", true }, { "PUT IN FORCE", false }, { "RULES", true }, { "SETS", true },
		{ "", false },	    { "BY", false },
	};
	__cleanup_table struct ng_table *table = ng_table_new(columns, 6);
	char time[TIME_LEN];

	for (size_t i = 0; i < n; i++) {
		const struct ng_history_head *head = &list[i].head;

		ng_table_cell(table, "%u", list[i].number);
		ng_table_cell(table, "%s", ng_real_time(head->created, time, sizeof(time)));
		ng_table_cell(table, "%u", head->rules);
		ng_table_cell(table, "%u", head->sets);
		ng_table_cell(table, "%s", what_became(&list[i]));
		ng_table_cell(table, "%s (%s)", head->command, head->user);
	}
	ng_table_print(table, stdout);
}

static void say_list(struct ng_context *ctx, const struct ng_history_entry *list, size_t n)
{
	struct json_object *object = ng_json_new(), *array = ng_json_array(object, "rulesets");
	char time[TIME_LEN];

	for (size_t i = 0; i < n; i++) {
		const struct ng_history_head *head = &list[i].head;
		struct json_object *entry = ng_json_object(array, NULL);

		ng_json_number(entry, "number", list[i].number);
		ng_json_text(entry, "published", ng_real_time(head->created, time, sizeof(time)));
		ng_json_number(entry, "rules", head->rules);
		ng_json_number(entry, "sets", head->sets);
		ng_json_bool(entry, "in_force", list[i].in_force);
		ng_json_bool(entry, "previous", list[i].previous);
		ng_json_bool(entry, "unconfirmed", head->unconfirmed);
		ng_json_bool(entry, "kept", head->size);
		ng_json_text(entry, "command", head->command);
		ng_json_text(entry, "user", head->user);
	}
	ng_say_json(ctx, object, 0);
}

/* Unlike the rest of the command, this only reads and takes no lock. */
static int list(struct ng_context *ctx)
{
	__cleanup_free struct ng_history_entry *entries = NULL;
	__cleanup_state struct ng_state *state = NULL;
	size_t n;
	int ret = ng_state_open(NG_ACCESS_READ, &state, &ctx->error);

	if (!ret)
		ret = ng_history_list(state, &entries, &n, &ctx->error);
	if (ret)
		return ret;
	if (ctx->json)
		say_list(ctx, entries, n);
	else
		print_list(entries, n);
	return 0;
}

/* ---- going back ---------------------------------------------------------------------------- */

static void say(struct ng_context *ctx, const struct ng_history_entry *entry, const char *how)
{
	struct json_object *object;

	if (!ctx->json) {
		printf("ruleset %u: %s: %u rule%s, %u set%s\n", entry->number, how,
		       entry->head.rules, ng_plural(entry->head.rules), entry->head.sets,
		       ng_plural(entry->head.sets));
		return;
	}
	object = ng_json_new();
	ng_json_number(object, "number", entry->number);
	ng_json_number(object, "rules", entry->head.rules);
	ng_json_number(object, "sets", entry->head.sets);
	ng_say_json(ctx, object, 0);
}

static void say_attachments(struct ng_context *ctx, bool left)
{
	if (ctx->json)
		ng_say_json(ctx, ng_json_new(), 0);
	else
		printf("the unconfirmed attachment is detached%s\n",
		       left ? "" : "; netguard is no longer attached");
}

static int find(struct ng_context *ctx, const struct ng_state *state, size_t number,
		struct ng_history_entry *entry)
{
	__cleanup_free struct ng_history_entry *entries = NULL;
	size_t n;
	int ret = ng_history_list(state, &entries, &n, &ctx->error);

	if (ret)
		return ret;
	for (size_t i = 0; i < n; i++)
		if (entries[i].number == number) {
			*entry = entries[i];
			return 0;
		}
	ng_fail(&ctx->error, -ENOENT, "there is no ruleset %zu in the history", number);
	return ng_hint(&ctx->error, -ENOENT, "%s rollback --list lists them", ng_netguard());
}

/* Zeroed if there is none: a command killed during the first attach has written none. */
static int find_previous(struct ng_context *ctx, const struct ng_state *state,
			 struct ng_history_entry *entry)
{
	__cleanup_free struct ng_history_entry *entries = NULL;
	size_t n;
	int ret = ng_history_list(state, &entries, &n, &ctx->error);

	*entry = (struct ng_history_entry){ 0 };
	for (size_t i = 0; !ret && i < n; i++)
		if (entries[i].previous)
			*entry = entries[i];
	return ret;
}

/* Roll back the change that waits to be confirmed. */
static int cancel(struct ng_context *ctx, struct ng_state *state, enum ng_window_kind kind)
{
	struct ng_history_entry entry;
	bool left;
	int ret;

	if (ng_option(ctx, "--confirm"))
		return ng_usage(
			ctx,
			"a change waits to be confirmed: rollback without --confirm rolls it back");
	ret = find_previous(ctx, state, &entry);
	if (!ret)
		ret = ng_window_cancel(state, &left, &ctx->error);
	if (ret)
		return ret;
	if (kind == NG_WINDOW_ATTACH)
		say_attachments(ctx, left);
	else
		say(ctx, &entry, "in force again, the unconfirmed change is rolled back");
	return 0;
}

static int refuse_unconfirmed(struct ng_context *ctx, const struct ng_history_entry *entries,
			      size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!entries[i].previous || !entries[i].head.unconfirmed)
			continue;
		ng_fail(&ctx->error, -EPERM,
			"the previous ruleset, %u, was not confirmed and was rolled back",
			entries[i].number);
		return ng_hint(&ctx->error, -EPERM, "%s rollback %u puts it in force anyway",
			       ng_netguard(), entries[i].number);
	}
	return 0;
}

static int check_session(struct ng_context *ctx, const struct ng_state *state)
{
	struct ng_held_image previous = { 0 }, current = { 0 };
	int ret = ng_image_hold(state, NG_IMAGE_PREVIOUS, &previous, &ctx->error);

	if (!ret)
		ret = ng_image_hold(state, NG_IMAGE_CURRENT, &current, &ctx->error);
	if (!ret)
		ret = ng_session_check(ctx,
				       &(struct ng_session_question){ .state = state,
								      .image = previous.data,
								      .before = current.data },
				       NULL);
	ng_image_release(&previous);
	ng_image_release(&current);
	return ret;
}

/* All that may fail comes before the publication. */
static int swap(struct ng_context *ctx, struct ng_state *state)
{
	struct ng_history_entry entry;
	int ret = find_previous(ctx, state, &entry);

	if (!ret)
		ret = check_session(ctx, state);
	if (!ret)
		ret = ng_publish_previous(state, &ctx->error);
	if (ret)
		return ret;
	ng_history_done(ctx, state);
	ctx->waits = ctx->confirm;
	say(ctx, &entry, "in force again, with its counters");
	return 0;
}

static int to_previous(struct ng_context *ctx)
{
	__cleanup_free struct ng_history_entry *entries = NULL;
	__cleanup_state struct ng_state *state = NULL;
	struct ng_window window;
	size_t n;
	int ret = ng_open_state(ctx, &state);

	if (ret)
		return ret;
	ng_window_read(state, &window);
	if (window.kind != NG_WINDOW_NONE)
		return cancel(ctx, state, window.kind);
	ret = ng_history_list(state, &entries, &n, &ctx->error);
	if (!ret)
		ret = refuse_unconfirmed(ctx, entries, n);
	return ret ? ret : swap(ctx, state);
}

/* Compile the text that the history has of @entry again. */
static int recompile(struct ng_context *ctx, const struct ng_history_entry *entry,
		     const void *source)
{
	__cleanup_edit struct ng_edit edit = { 0 };
	struct ng_ruleset *ruleset;
	int ret = ng_image_ruleset(source, &ruleset, &ctx->error);

	if (!ret)
		ret = ng_edit_replace(ctx, &edit, ruleset);
	if (!ret)
		ret = ng_edit_publish(ctx, &edit);
	if (!ret)
		say(ctx, entry, "in force again");
	return ret;
}

static int to_number(struct ng_context *ctx)
{
	struct ng_state *state = NULL;
	__cleanup_free void *source = NULL;
	struct ng_history_entry entry;
	size_t number;
	int ret = ng_word_number(ctx, 0, "ruleset", UINT32_MAX, &number);

	if (ret == -ERANGE)
		ng_hint(&ctx->error, ret, "%s rollback --list lists them", ng_netguard());
	if (!ret)
		ret = ng_open_state(ctx, &state);
	if (!ret)
		ret = find(ctx, state, number, &entry);
	if (!ret && entry.in_force)
		say(ctx, &entry, "is in force; nothing changed");
	else if (!ret && entry.previous)
		ret = swap(ctx, state);
	else if (!ret)
		ret = ng_history_source(state, number, &source, &ctx->error);
	ng_state_close(state);
	return ret || !source ? ret : recompile(ctx, &entry, source);
}

int ng_command_rollback(struct ng_context *ctx)
{
	if (ng_option(ctx, "--list") && ctx->quiet)
		return ng_usage(ctx, "--list and -q exclude each other");
	if (ng_option(ctx, "--list"))
		return ctx->n_words || ng_option(ctx, "--confirm")
			       ? ng_usage(ctx, "--list excludes N and --confirm")
			       : list(ctx);
	return ctx->n_words ? to_number(ctx) : to_previous(ctx);
}
