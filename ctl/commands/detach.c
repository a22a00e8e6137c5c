// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "cli/arguments.h"
#include "cli/command.h"
#include "cli/context.h"
#include "cli/options.h"
#include "cli/usage.h"
#include "kernel/attachment/strangers.h"
#include "kernel/detach.h"
#include "kernel/status.h"
#include "report/plain.h"

/*
 * What is attached before anything is detached.
 * @strangers: on interfaces that were named; --all detaches only what this namespace has attached
 */
struct found {
	struct ng_hook_info *hooks;
	size_t n_hooks;
	struct ng_stranger *strangers;
	size_t n_strangers;
};

static void clear(struct found *found)
{
	free(found->hooks);
	free(found->strangers);
}

static bool is_word(const struct ng_context *ctx, const char *name)
{
	for (int i = 0; i < ctx->n_words; i++)
		if (!strcmp(ctx->words[i], name))
			return true;
	return false;
}

static bool is_named(const struct ng_context *ctx, const struct ng_hook_info *hook)
{
	return !ctx->n_words || is_word(ctx, hook->iface) || is_word(ctx, hook->name_now);
}

static bool has_stranger(const struct found *found, const char *name)
{
	for (size_t i = 0; i < found->n_strangers; i++)
		if (!strcmp(found->strangers[i].iface, name))
			return true;
	return false;
}

static bool has_hook(const struct found *found, const char *name)
{
	for (size_t i = 0; i < found->n_hooks; i++)
		if (!strcmp(found->hooks[i].iface, name) || !strcmp(found->hooks[i].name_now, name))
			return true;
	return false;
}

static void say_name(struct json_object *list, const char *name, const char *what)
{
	if (list)
		ng_json_text(list, NULL, name);
	else
		ng_print(stdout, "%s: %s\n", name, what);
}

/* Hooks of one interface are adjacent in the list; it is named once. */
static void say(struct ng_context *ctx, const struct found *found)
{
	struct json_object *object = ctx->json ? ng_json_new() : NULL;
	struct json_object *list = object ? ng_json_array(object, "detached") : NULL;
	size_t remaining = 0;

	for (size_t i = 0; i < found->n_hooks; i++) {
		const struct ng_hook_info *hook = &found->hooks[i];

		if (i && hook->ifindex == hook[-1].ifindex)
			continue;
		if (is_named(ctx, hook))
			say_name(list, hook->iface, "detached");
		else
			remaining++;
	}
	for (size_t i = 0; i < found->n_strangers; i++) {
		const char *name = found->strangers[i].iface;

		if (!has_hook(found, name) &&
		    (!i || strcmp(name, found->strangers[i - 1].iface) != 0))
			say_name(list, name, "detached the program of another network namespace");
	}
	if (object) {
		ng_json_number(object, "remaining", remaining);
		ng_say_json(ctx, object, 0);
	} else if (found->n_hooks && !remaining) {
		puts("that was the last one: netguard is removed from the kernel here");
	} else if (!ctx->n_words) {
		puts("netguard is not attached here: nothing to detach");
	}
}

static int look(struct ng_context *ctx, const struct ng_state *state, struct found *found)
{
	struct ng_stranger *strangers = NULL;
	size_t n, kept = 0;
	int ret = 0;

	if (state)
		ret = ng_hooks(state, &found->hooks, &found->n_hooks, &ctx->error);
	if (!ret)
		ret = ng_strangers(state, &strangers, &n, &ctx->error);
	if (ret)
		return ret;
	for (size_t i = 0; i < n; i++)
		if (is_word(ctx, strangers[i].iface))
			strangers[kept++] = strangers[i];
	found->strangers = strangers;
	found->n_strangers = kept;
	return 0;
}

/* Detach all words but strangers; ng_detach() reports the ones it does not know. */
static int detach_own(struct ng_context *ctx, struct ng_state *state, const struct found *found)
{
	__cleanup_free const char **names = calloc(ctx->n_words + 1, sizeof(*names));
	size_t n = 0;

	if (!names)
		return -ENOMEM;
	for (int i = 0; i < ctx->n_words; i++)
		if (has_hook(found, ctx->words[i]) || !has_stranger(found, ctx->words[i]))
			names[n++] = ctx->words[i];
	/* Only strangers were named, or --all was given and nothing is attached. */
	if (!n && (ctx->n_words || !state))
		return 0;
	/* Without a state, @ctx->error says so. */
	return state ? ng_detach(state, names, n, &ctx->error) : -ENOENT;
}

static int detach_strangers(struct ng_context *ctx, const struct found *found)
{
	int ret = 0;

	for (size_t i = 0; !ret && i < found->n_strangers; i++)
		ret = ng_stranger_remove(&found->strangers[i], &ctx->error);
	return ret;
}

int ng_command_detach(struct ng_context *ctx)
{
	__attribute__((cleanup(clear))) struct found found = { 0 };
	__cleanup_state struct ng_state *state = NULL;
	int ret;

	if (!!ctx->n_words == !!ng_option(ctx, "--all"))
		return ng_usage(ctx, "give interfaces or --all");
	ret = ng_words_distinct(ctx);
	if (ret)
		return ret;
	ret = ng_open_state(ctx, &state);
	if (!ret || ret == -ENOENT) {
		int failed = look(ctx, state, &found);

		ret = failed ? failed : detach_own(ctx, state, &found);
	}
	if (!ret)
		ret = detach_strangers(ctx, &found);
	if (!ret)
		say(ctx, &found);
	return ret;
}
