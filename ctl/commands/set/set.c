// SPDX-License-Identifier: GPL-2.0-only
/* set list, set test: the content of the sets in force, live entries included. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "cli/command.h"
#include "cli/context.h"
#include "cli/words.h"
#include "commands/edit.h"
#include "commands/set/name.h"
#include "kernel/live/live_owned.h"
#include "report/plain.h"
#include "report/table.h"
#include "rules/prefix.h"
#include "rules/time.h"

#define PREFIX_LEN 64

static bool is_blocked(const char *name)
{
	return !strcmp(name, NG_BLOCKED);
}

static int read_ruleset(struct ng_context *ctx, struct ng_state **state,
			struct ng_ruleset **ruleset)
{
	__cleanup_free void *image = NULL;
	int ret = ng_open_state(ctx, state);

	return ret ? ret : ng_image_of(ctx, *state, &image, ruleset);
}

/* ---- set list -------------------------------------------------------------------------- */

static size_t live_of(const struct ng_live_count *counts, size_t n, const char *set)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(counts[i].set, set))
			return counts[i].n;
	return 0;
}

/* The owners of entries of a set, with their numbers; in a cell, or in @entry if it is not NULL. */
static void list_owners(struct json_object *entry, struct ng_table *table, const char *name,
			const struct ng_live_owned *owned, size_t n)
{
	struct json_object *list = entry ? ng_json_array(entry, "owners") : NULL, *owner;
	char cell[200] = "";
	size_t len = 0;

	for (size_t i = 0; i < n; i++) {
		if (strcmp(owned[i].set, name) != 0)
			continue;
		if (list) {
			owner = ng_json_object(list, NULL);
			ng_json_text(owner, "name", owned[i].owner);
			ng_json_number(owner, "live", owned[i].n);
		} else if (len < sizeof(cell)) {
			len += snprintf(cell + len, sizeof(cell) - len, "%s%s %zu", len ? ", " : "",
					owned[i].owner, owned[i].n);
		}
	}
	if (!list)
		ng_table_cell(table, "%s", cell);
}

/**
 * struct listing - what is known of all sets
 * @list: for JSON, or NULL
 */
struct listing {
	struct json_object *list;
	struct ng_table *table;
	struct ng_live_count *counts;
	struct ng_live_owned *owned;
	size_t n_counts, n_owned;
};

static void list_set(const struct listing *listing, const char *name, size_t prefixes)
{
	size_t live = live_of(listing->counts, listing->n_counts, name);
	struct json_object *entry = NULL;

	if (listing->list) {
		entry = ng_json_object(listing->list, NULL);
		ng_json_text(entry, "name", name);
		ng_json_number(entry, "prefixes", prefixes);
		ng_json_number(entry, "live", live);
	} else {
		ng_table_cell(listing->table, "@%s", name);
		ng_table_cell(listing->table, "%zu", prefixes);
		ng_table_cell(listing->table, "%zu", live);
	}
	list_owners(entry, listing->table, name, listing->owned, listing->n_owned);
}

static int list_sets(struct ng_context *ctx, const struct ng_state *state,
		     const struct ng_ruleset *ruleset)
{
	static const struct ng_column columns[] = {
		{ "SET", false }, { "PREFIXES", true }, { "LIVE", true }, { "OWNERS", false }
	};
	__cleanup_table struct ng_table *table = ng_table_new(columns, 4);
	struct listing listing = { .table = table };
	struct json_object *object = NULL;
	int ret = ng_live_counts(state, &listing.counts, &listing.n_counts, &ctx->error);

	if (!ret)
		ret = ng_live_owned(state, &listing.owned, &listing.n_owned, &ctx->error);
	if (!ret && ctx->json) {
		object = ng_json_new();
		listing.list = ng_json_array(object, "sets");
	}
	for (size_t i = 0; !ret && i < ruleset->n_sets; i++)
		list_set(&listing, ruleset->sets[i].name, ruleset->sets[i].n_prefixes);
	if (!ret)
		list_set(&listing, NG_BLOCKED, 0);
	free(listing.counts);
	free(listing.owned);
	if (ret)
		return ret;
	if (object)
		ng_say_json(ctx, object, 0);
	else
		ng_table_print(table, stdout);
	return 0;
}

/* Rounded up, so that it is never 0. */
static uint64_t seconds_left(__u64 until)
{
	return (ng_live_remaining(until) + NG_NS_PER_SECOND - 1) / NG_NS_PER_SECOND;
}

/* The members "for_good", "left" and "until" of @object. */
static void say_left(struct json_object *object, __u64 until)
{
	char time[NG_TIME_TEXT];

	ng_json_bool(object, "for_good", !until);
	if (!until)
		return;
	ng_json_number(object, "left", seconds_left(until));
	ng_json_text(object, "until", ng_boot_time(until, time, sizeof(time)));
}

/* An entry and all of its @owners, from @first of the list on. */
static void say_entry(struct json_object *members, const struct ng_live_holdings *live,
		      size_t first, size_t owners)
{
	struct json_object *entry = ng_json_object(members, NULL), *list, *owner;
	char text[PREFIX_LEN];

	ng_json_text(entry, "prefix",
		     ng_prefix_text(&live->list[first].prefix, text, sizeof(text)));
	say_left(entry, live->list[first].until);
	list = ng_json_array(entry, "owners");
	for (size_t i = first; i < first + owners; i++) {
		owner = ng_json_object(list, NULL);
		ng_json_text(owner, "name", ng_live_holder(live, i));
		say_left(owner, live->list[i].until);
	}
}

static void say_members(struct ng_context *ctx, const char *name, const struct ng_set *set,
			const struct ng_live_holdings *live)
{
	struct json_object *object = ng_json_new(), *list, *members;
	char text[PREFIX_LEN];

	ng_json_text(object, "name", name);
	list = ng_json_array(object, "prefixes");
	for (size_t i = 0; set && i < set->n_prefixes; i++)
		ng_json_text(list, NULL, ng_prefix_text(&set->prefixes[i], text, sizeof(text)));
	members = ng_json_array(object, "live");
	for (size_t i = 0, owners; i < live->n; i += owners) {
		owners = ng_live_holders(live, i);
		/* A set without declared prefixes: list its live entries in "prefixes". */
		if (!set)
			ng_json_text(list, NULL,
				     ng_prefix_text(&live->list[i].prefix, text, sizeof(text)));
		say_entry(members, live, i, owners);
	}
	ng_say_json(ctx, object, 0);
}

/* As a comment, unless only the operator wants the entry. The first one's time is the entry's. */
static void print_owners(const struct ng_live_holdings *live, size_t first, size_t owners,
			 bool commented)
{
	char time[NG_TIME_TEXT];

	if (owners == 1 && !live->list[first].owner)
		return;
	for (size_t i = first; i < first + owners; i++) {
		__u64 until = live->list[i].until;

		fputs(i > first ? ", " : commented ? ", by " : " # by ", stdout);
		fputs(ng_live_holder(live, i), stdout);
		if (i > first)
			printf(" for %s",
			       until ? ng_duration_text(seconds_left(until), time) : "good");
	}
}

/* Lines that `set add NAME -` reads. */
static void print_members(const struct ng_set *set, const struct ng_live_holdings *live)
{
	char text[PREFIX_LEN], time[NG_TIME_TEXT];

	for (size_t i = 0; set && i < set->n_prefixes; i++)
		puts(ng_prefix_text(&set->prefixes[i], text, sizeof(text)));
	for (size_t i = 0, owners; i < live->n; i += owners) {
		owners = ng_live_holders(live, i);
		fputs(ng_prefix_text(&live->list[i].prefix, text, sizeof(text)), stdout);
		if (live->list[i].until)
			printf(" for %s",
			       ng_duration_text(seconds_left(live->list[i].until), time));
		if (set)
			fputs(" # live", stdout);
		print_owners(live, i, owners, set);
		putchar('\n');
	}
}

int ng_command_set_list(struct ng_context *ctx)
{
	const char *name = ctx->n_words ? ng_set_name(ctx->words[0]) : NULL;
	__cleanup_ruleset struct ng_ruleset *ruleset = NULL;
	__cleanup_state struct ng_state *state = NULL;
	struct ng_live_holdings live = { 0 };
	const struct ng_set *set;
	int ret;

	ret = read_ruleset(ctx, &state, &ruleset);
	if (ret)
		return ret;
	if (!name)
		return list_sets(ctx, state, ruleset);
	set = ng_ruleset_set(ruleset, name);
	if (!set && !is_blocked(name))
		return ng_set_missing(ctx, name);
	ret = ng_live_holdings(state, name, NULL, &live, &ctx->error);
	if (ret && ret != -ENOENT)
		return ret;
	if (ctx->json)
		say_members(ctx, name, set, &live);
	else
		print_members(set, &live);
	ng_live_holdings_clear(&live);
	return 0;
}

/* ---- set test -------------------------------------------------------------------------- */

/**
 * struct answer - why an address is in a set: by a prefix of the ruleset, by a live entry, by both
 */
struct answer {
	const struct ng_prefix *by;
	bool is_live;
	struct ng_live_member live;
};

static void say_answer(struct ng_context *ctx, const char *name, const char *address,
		       const struct answer *answer)
{
	struct json_object *object = ng_json_new(), *live;
	char text[PREFIX_LEN] = "";

	if (answer->by || answer->is_live)
		ng_prefix_text(answer->by ? answer->by : &answer->live.prefix, text, sizeof(text));
	ng_json_text(object, "name", name);
	ng_json_text(object, "address", address);
	ng_json_bool(object, "in", answer->by || answer->is_live);
	ng_json_text(object, "prefix", text);
	if (answer->is_live) {
		live = ng_json_object(object, "live");
		ng_json_text(live, "prefix",
			     ng_prefix_text(&answer->live.prefix, text, sizeof(text)));
		say_left(live, answer->live.until);
	}
	ng_say_json(ctx, object, 0);
}

static void print_answer(const char *name, const char *address, const struct answer *answer)
{
	char text[PREFIX_LEN], time[NG_TIME_TEXT];

	if (!answer->by && !answer->is_live)
		ng_print(stdout, "%s is not in @%s\n", address, name);
	if (answer->by)
		ng_print(stdout, "%s is in @%s by %s\n", address, name,
			 ng_prefix_text(answer->by, text, sizeof(text)));
	if (!answer->is_live)
		return;
	ng_prefix_text(&answer->live.prefix, text, sizeof(text));
	if (answer->live.until)
		printf("%s is in @%s by %s, live for another %s\n", address, name, text,
		       ng_duration_text(seconds_left(answer->live.until), time));
	else
		printf("%s is in @%s by %s, live for good\n", address, name, text);
}

int ng_command_set_test(struct ng_context *ctx)
{
	const char *name = ng_set_name(ctx->words[0]);
	__cleanup_ruleset struct ng_ruleset *ruleset = NULL;
	__cleanup_state struct ng_state *state = NULL;
	struct answer answer = { 0 };
	struct ng_prefix address;
	const struct ng_set *set;
	int ret;

	ret = ng_parse_prefix(ctx->words[1], &address, &ctx->error);
	if (!ret && address.len != (address.family == 4 ? 32 : 128))
		ret = ng_fail(&ctx->error, -EINVAL, "'%s' is not a single address", ctx->words[1]);
	if (!ret)
		ret = read_ruleset(ctx, &state, &ruleset);
	if (ret)
		return ret;
	set = ng_ruleset_set(ruleset, name);
	if (!set && !is_blocked(name))
		return ng_set_missing(ctx, name);
	answer.by = ng_set_longest(set, &address);
	ret = ng_live_test(state, name, &address, &answer.is_live, &answer.live, &ctx->error);
	if (ret && ret != -ENOENT)
		return ret;
	if (ctx->json)
		say_answer(ctx, name, ctx->words[1], &answer);
	else
		print_answer(name, ctx->words[1], &answer);
	return answer.by || answer.is_live ? 0 : 1;
}
