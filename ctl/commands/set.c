// SPDX-License-Identifier: GPL-2.0-only
/* set list, set test: what the sets in force hold, the live set @blocked among them. */
#include <errno.h>
#include <string.h>

#include "cleanup.h"
#include "commands/command.h"
#include "commands/edit.h"
#include "kernel/live.h"
#include "report/table.h"
#include "rules/print.h"

#define PREFIX_LEN 64

static bool is_blocked(const char *name)
{
	return !strcmp(name, NG_BLOCKED);
}

/* A set may be named as rules name it, with '@'. */
static const char *set_name(const char *word)
{
	return *word == '@' ? word + 1 : word;
}

static int no_such_set(struct ng_context *ctx, const char *name)
{
	ng_fail(&ctx->error, -ENOENT, "there is no set @%s in the ruleset in force", name);
	return ng_hint(&ctx->error, -ENOENT, "netguard set list names them");
}

static int read_ruleset(struct ng_context *ctx, struct ng_state **state,
			struct ng_ruleset **ruleset)
{
	__cleanup_free void *image = NULL;
	size_t size;
	int ret = ng_open_state(ctx, state);

	return ret ? ret : ng_image_of(ctx, *state, &image, &size, ruleset);
}

static int list_sets(struct ng_context *ctx, const struct ng_state *state,
		     const struct ng_ruleset *ruleset)
{
	static const struct ng_column columns[] = { { "SET", false }, { "PREFIXES", true } };
	struct ng_summary summary;

	ng_state_summary(state, &summary);
	if (ctx->json) {
		struct json_object *object = ng_json_new(), *entry;
		struct json_object *list = ng_json_array(object, "sets");

		for (size_t i = 0; i < ruleset->n_sets; i++) {
			entry = ng_json_object(list, NULL);
			ng_json_text(entry, "name", ruleset->sets[i].name);
			ng_json_number(entry, "prefixes", ruleset->sets[i].n_prefixes);
		}
		entry = ng_json_object(list, NULL);
		ng_json_text(entry, "name", NG_BLOCKED);
		ng_json_number(entry, "prefixes", summary.live);
		ng_say_json(ctx, object, 0);
	} else {
		__cleanup_table struct ng_table *table = ng_table_new(columns, 2);

		for (size_t i = 0; i < ruleset->n_sets; i++) {
			ng_table_cell(table, "@%s", ruleset->sets[i].name);
			ng_table_cell(table, "%zu", ruleset->sets[i].n_prefixes);
		}
		ng_table_cell(table, "@%s", NG_BLOCKED);
		ng_table_cell(table, "%llu", (unsigned long long)summary.live);
		ng_table_print(table, stdout);
	}
	return 0;
}

static void list_prefixes(struct ng_context *ctx, const char *name,
			  const struct ng_prefix *prefixes, size_t n)
{
	struct json_object *object = ctx->json ? ng_json_new() : NULL, *list = NULL;
	char text[PREFIX_LEN];

	if (object) {
		ng_json_text(object, "name", name);
		list = ng_json_array(object, "prefixes");
	}
	for (size_t i = 0; i < n; i++) {
		ng_prefix_text(&prefixes[i], text, sizeof(text));
		if (object)
			ng_json_text(list, NULL, text);
		else
			puts(text);
	}
	if (object)
		ng_say_json(ctx, object, 0);
}

int ng_command_set_list(struct ng_context *ctx)
{
	const char *name = ctx->n_words ? set_name(ctx->words[0]) : NULL;
	__cleanup_ruleset struct ng_ruleset *ruleset = NULL;
	__cleanup_free struct ng_prefix *live = NULL;
	__cleanup_state struct ng_state *state = NULL;
	const struct ng_set *set;
	size_t n;
	int ret;

	ret = read_ruleset(ctx, &state, &ruleset);
	if (ret)
		return ret;
	if (!name)
		return list_sets(ctx, state, ruleset);
	if (is_blocked(name)) {
		ret = ng_live_list(state, &live, &n, &ctx->error);
		if (!ret)
			list_prefixes(ctx, name, live, n);
		return ret;
	}
	set = ng_ruleset_set(ruleset, name);
	if (!set)
		return no_such_set(ctx, name);
	list_prefixes(ctx, name, set->prefixes, set->n_prefixes);
	return 0;
}

static bool covers(const struct ng_prefix *prefix, const struct ng_prefix *address)
{
	unsigned int bytes = prefix->len / 8, bits = prefix->len % 8;

	if (prefix->family != address->family || memcmp(prefix->addr, address->addr, bytes))
		return false;
	return !bits || !((prefix->addr[bytes] ^ address->addr[bytes]) >> (8 - bits));
}

/* The longest prefix of @set that holds @address, or NULL. */
static const struct ng_prefix *find_longest(const struct ng_set *set,
					    const struct ng_prefix *address)
{
	const struct ng_prefix *longest = NULL;

	for (size_t i = 0; i < set->n_prefixes; i++)
		if (covers(&set->prefixes[i], address) &&
		    (!longest || set->prefixes[i].len > longest->len))
			longest = &set->prefixes[i];
	return longest;
}

/* Returns 0 or 1 as the exit status will be. */
static int say_found(struct ng_context *ctx, const char *name, const char *address,
		     const struct ng_prefix *by)
{
	char text[PREFIX_LEN] = "";

	if (by)
		ng_prefix_text(by, text, sizeof(text));
	if (ctx->json) {
		struct json_object *object = ng_json_new();

		ng_json_text(object, "name", name);
		ng_json_text(object, "address", address);
		ng_json_bool(object, "in", by);
		ng_json_text(object, "prefix", text);
		ng_say_json(ctx, object, 0);
	} else if (by) {
		printf("%s is in @%s by %s\n", address, name, text);
	} else {
		printf("%s is not in @%s\n", address, name);
	}
	return by ? 0 : 1;
}

int ng_command_set_test(struct ng_context *ctx)
{
	const char *name = set_name(ctx->words[0]);
	__cleanup_ruleset struct ng_ruleset *ruleset = NULL;
	__cleanup_state struct ng_state *state = NULL;
	struct ng_prefix address;
	const struct ng_set *set;
	bool there;
	int ret;

	ret = ng_parse_prefix(ctx->words[1], &address, &ctx->error);
	if (!ret && address.len != (address.family == 4 ? 32 : 128))
		ret = ng_fail(&ctx->error, -EINVAL, "'%s' is not a single address", ctx->words[1]);
	if (!ret)
		ret = read_ruleset(ctx, &state, &ruleset);
	if (ret)
		return ret;
	if (is_blocked(name)) {
		ret = ng_live_test(state, &address, &there, &ctx->error);
		return ret ? ret : say_found(ctx, name, ctx->words[1], there ? &address : NULL);
	}
	set = ng_ruleset_set(ruleset, name);
	if (!set)
		return no_such_set(ctx, name);
	return say_found(ctx, name, ctx->words[1], find_longest(set, &address));
}
