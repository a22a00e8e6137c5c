// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "cli/command.h"
#include "cli/context.h"
#include "cli/words.h"
#include "commands/edit.h"
#include "commands/rates_sample.h"
#include "compile/image_read.h"
#include "kernel/attachment/strangers.h"
#include "kernel/maps/window.h"
#include "kernel/state/history.h"
#include "kernel/state/state.h"
#include "kernel/status.h"
#include "report/counts.h"
#include "report/plain.h"
#include "report/table.h"
#include "rules/time.h"

#define TIME_LEN 32

/* All that is read from the kernel, before the first line is printed. */
struct status {
	struct ng_state *state;
	struct ng_hook_info *hooks;
	size_t n_hooks;
	struct ng_stranger *strangers;
	size_t n_strangers;
	struct ng_summary summary;
	void *image;
	struct ng_ruleset *ruleset;
	struct ng_window window;
	struct ng_history_entry *history;
	size_t n_history;
	struct ng_snapshot snapshot; /* with rates, for --rate */
};

static void clear(struct status *status)
{
	ng_snapshot_clear(&status->snapshot);
	ng_ruleset_free(status->ruleset);
	free(status->image);
	free(status->history);
	free(status->hooks);
	free(status->strangers);
	ng_state_close(status->state);
}

static int ask(struct ng_context *ctx, struct status *status)
{
	int ret = ng_open_state(ctx, &status->state);

	if (!ret || ret == -ENOENT)
		/* Without the privilege to find strangers, show the rest. */
		ng_strangers(status->state, &status->strangers, &status->n_strangers, NULL);
	if (ret)
		return ret;
	ng_state_summary(status->state, &status->summary);
	ng_window_read(status->state, &status->window);
	ret = ng_history_list(status->state, &status->history, &status->n_history, &ctx->error);
	if (ret)
		return ret;
	ret = ng_hooks(status->state, &status->hooks, &status->n_hooks, &ctx->error);
	if (ret)
		return ret;
	return ng_image_of(ctx, status->state, &status->image, &status->ruleset);
}

static size_t image_size(const struct status *status)
{
	return ((const struct ng_image_header *)status->image)->size;
}

static uint64_t created(const struct status *status)
{
	return ((const struct ng_image_header *)status->image)->created;
}

/* The ruleset in force in the history; NULL: a killed command has not noted it. */
static const struct ng_history_entry *entry_in_force(const struct status *status)
{
	for (size_t i = 0; i < status->n_history; i++)
		if (status->history[i].in_force)
			return &status->history[i];
	return NULL;
}

/* The rates of a hook; 0 without --rate. */
static void find_rates(const struct status *status, const struct ng_hook_info *hook,
		       struct ng_rate *passed, struct ng_rate *dropped)
{
	__u32 slot = NG_SLOT_TOTALS + 2 * hook->attachment;

	*passed = ng_rate_of(&status->snapshot.rates, slot);
	*dropped = ng_rate_of(&status->snapshot.rates, slot + 1);
}

static void say_totals(struct json_object *entry, const struct status *status,
		       const struct ng_hook_info *hook)
{
	struct json_object *passed = ng_json_object(entry, "passed");
	struct json_object *dropped = ng_json_object(entry, "dropped");
	struct ng_rate passed_rate, dropped_rate;

	ng_json_counter(passed, hook->passed);
	ng_json_counter(dropped, hook->dropped);
	if (!status->snapshot.ruleset)
		return;
	find_rates(status, hook, &passed_rate, &dropped_rate);
	ng_json_rate(passed, passed_rate);
	ng_json_rate(dropped, dropped_rate);
}

static void say_hook(struct json_object *list, const struct status *status,
		     const struct ng_hook_info *hook)
{
	struct json_object *entry = ng_json_object(list, NULL);
	char time[TIME_LEN];

	ng_json_text(entry, "name", hook->iface);
	ng_json_text(entry, "name_now", hook->name_now);
	ng_json_number(entry, "ifindex", hook->ifindex);
	ng_json_text(entry, "hook", ng_hook_name(hook->hook));
	ng_json_text(entry, "mode", ng_way_name(hook->way));
	ng_json_bool(entry, "dispatcher", hook->dispatcher);
	ng_json_bool(entry, "attached", hook->attached);
	ng_json_bool(entry, "up", hook->up);
	ng_json_number(entry, "program_id", hook->program_id);
	ng_json_text(entry, "since", ng_boot_time(hook->loaded, time, sizeof(time)));
	say_totals(entry, status, hook);
	ng_json_text(entry, "netns", hook->netns);
	ng_json_text(entry, "problem", hook->problem);
	ng_json_text(entry, "repair", hook->repair);
}

static void say_window(struct json_object *object, const struct ng_window *window)
{
	static const char *const kinds[] = {
		[NG_WINDOW_NONE] = "nothing",
		[NG_WINDOW_RULESET] = "ruleset",
		[NG_WINDOW_ATTACH] = "attachment",
	};
	char time[TIME_LEN];

	ng_json_text(object, "waits", window->expired ? "nothing" : kinds[window->kind]);
	ng_json_bool(object, "expired", window->expired);
	ng_json_text(object, "until", ng_boot_time(window->deadline, time, sizeof(time)));
	ng_json_number(object, "left", window->left / NG_NS_PER_SECOND);
}

static void say_rest(struct json_object *object, const struct status *status)
{
	const struct ng_ruleset *ruleset = status->ruleset;
	struct json_object *rules = ng_json_object(object, "ruleset");
	struct json_object *image = ng_json_object(object, "image");
	const struct ng_history_entry *entry = entry_in_force(status);
	char time[TIME_LEN];

	if (entry) {
		ng_json_number(rules, "number", entry->number);
		ng_json_text(rules, "command", entry->head.command);
		ng_json_text(rules, "user", entry->head.user);
	}
	ng_json_number(rules, "rules", ruleset->n_rules);
	ng_json_number(rules, "sets", ruleset->n_sets);
	ng_json_text(rules, "default", ng_verdict_name(ruleset->default_verdict[NG_IN]));
	ng_json_text(rules, "default_out", ng_verdict_name(ruleset->default_verdict[NG_OUT]));
	ng_json_text(rules, "default_invalid", ng_verdict_name(ruleset->default_invalid));
	ng_json_text(rules, "published", ng_real_time(created(status), time, sizeof(time)));
	ng_json_number(image, "size", image_size(status));
	ng_json_number(image, "capacity", status->summary.capacity);
	ng_json_number(image, "slots", ng_image_slots(status->image));
	ng_json_number(image, "slots_capacity", status->summary.slots);
	ng_json_number(object, "generation", status->summary.generation);
	ng_json_number(object, "blocked", status->summary.live);
	if (status->window.kind != NG_WINDOW_NONE || status->window.expired)
		say_window(ng_json_object(object, "window"), &status->window);
}

static void say_strangers(struct json_object *object, const struct status *status)
{
	struct json_object *list = ng_json_array(object, "strangers");

	for (size_t i = 0; i < status->n_strangers; i++) {
		const struct ng_stranger *stranger = &status->strangers[i];
		struct json_object *entry = ng_json_object(list, NULL);

		ng_json_text(entry, "name", stranger->iface);
		ng_json_text(entry, "hook", ng_hook_name(stranger->hook));
		ng_json_text(entry, "mode", ng_way_name(stranger->way));
		ng_json_number(entry, "program_id", stranger->program_id);
	}
}

static void say(struct ng_context *ctx, const struct status *status)
{
	struct json_object *object = ng_json_new();
	struct json_object *list = ng_json_array(object, "interfaces");

	for (size_t i = 0; i < status->n_hooks; i++)
		say_hook(list, status, &status->hooks[i]);
	say_strangers(object, status);
	if (status->ruleset)
		say_rest(object, status);
	ng_say_json(ctx, object, 0);
}

static void print_rates(const struct status *status)
{
	static const struct ng_column columns[] = {
		{ "INTERFACE", false }, { "HOOK", false },    { "PASSED", true },
		{ "DROPPED", true },	{ "PASSED/S", true }, { "DROPPED/S", true },
	};
	__cleanup_table struct ng_table *table = ng_table_new(columns, 6);
	struct ng_rate passed, dropped;
	char text[NG_UNITS_TEXT];

	for (size_t i = 0; i < status->n_hooks; i++) {
		const struct ng_hook_info *hook = &status->hooks[i];

		find_rates(status, hook, &passed, &dropped);
		ng_table_cell(table, "%s", hook->iface);
		ng_table_cell(table, "%s", ng_hook_words(hook->hook, hook->way));
		ng_table_cell(table, "%s", ng_packets_text(stdout, hook->passed.packets, text));
		ng_table_cell(table, "%s", ng_packets_text(stdout, hook->dropped.packets, text));
		ng_table_cell(table, "%s", ng_rate_text(stdout, passed.packets, text));
		ng_table_cell(table, "%s", ng_rate_text(stdout, dropped.packets, text));
	}
	ng_table_print(table, stdout);
}

static void print_hooks(const struct status *status)
{
	static const struct ng_column columns[] = {
		{ "INTERFACE", false }, { "HOOK", false },  { "PROGRAM", true },
		{ "SINCE", false },	{ "PASSED", true }, { "DROPPED", true },
	};
	__cleanup_table struct ng_table *table = ng_table_new(columns, 6);
	char time[TIME_LEN], packets[NG_UNITS_TEXT];

	for (size_t i = 0; i < status->n_hooks; i++) {
		const struct ng_hook_info *hook = &status->hooks[i];

		ng_table_cell(table, "%s", hook->iface);
		if (*hook->problem)
			ng_table_colour(table, NG_COLOUR_BOLD);
		ng_table_cell(table, "%s%s", ng_hook_words(hook->hook, hook->way),
			      hook->dispatcher ? ", shared" : "");
		ng_table_cell(table, "%u", hook->program_id);
		ng_table_cell(table, "%s", ng_boot_time(hook->loaded, time, sizeof(time)));
		ng_table_cell(table, "%s", ng_packets_text(stdout, hook->passed.packets, packets));
		ng_table_cell(table, "%s", ng_packets_text(stdout, hook->dropped.packets, packets));
	}
	ng_table_print(table, stdout);
}

static void print_problems(const struct status *status)
{
	for (size_t i = 0; i < status->n_hooks; i++) {
		const struct ng_hook_info *hook = &status->hooks[i];

		if (!*hook->problem)
			continue;
		ng_colour_start(stdout, NG_COLOUR_BOLD);
		ng_print(stdout, "%s: %s: %s%s%s", hook->iface,
			 ng_hook_words(hook->hook, hook->way), hook->problem,
			 *hook->repair ? "; " : "", hook->repair);
		ng_colour_end(stdout, NG_COLOUR_BOLD);
		putchar('\n');
	}
}

static void print_strangers(const struct status *status)
{
	for (size_t i = 0; i < status->n_strangers; i++) {
		const struct ng_stranger *stranger = &status->strangers[i];

		ng_print(stdout,
			 "%s: %s: program %u of a netguard of another network namespace filters "
			 "here; %s detach %s\n",
			 stranger->iface, ng_hook_words(stranger->hook, stranger->way),
			 stranger->program_id, ng_netguard(), stranger->iface);
	}
}

static void print_window(const struct status *status)
{
	const struct ng_window *window = &status->window;
	char time[TIME_LEN], left[NG_TIME_TEXT];

	ng_boot_time(window->deadline, time, sizeof(time));
	if (window->expired)
		printf("the last change was not confirmed in time and was rolled back at %s\n",
		       time);
	else if (window->kind != NG_WINDOW_NONE)
		printf("%s, and is rolled back in %s: %s confirm, or %s rollback\n",
		       window->kind == NG_WINDOW_ATTACH ? "an attachment waits to be confirmed"
							: "the ruleset waits to be confirmed",
		       ng_duration_text(window->left / NG_NS_PER_SECOND + 1, left), ng_netguard(),
		       ng_netguard());
}

static void print_rest(const struct status *status)
{
	const struct ng_ruleset *ruleset = status->ruleset;
	const struct ng_summary *summary = &status->summary;
	const struct ng_history_entry *entry = entry_in_force(status);
	char time[TIME_LEN];

	printf("\nruleset: %zu rule%s, %zu set%s, default %s, default out %s, default invalid %s\n",
	       ruleset->n_rules, ng_plural(ruleset->n_rules), ruleset->n_sets,
	       ng_plural(ruleset->n_sets), ng_verdict_name(ruleset->default_verdict[NG_IN]),
	       ng_verdict_name(ruleset->default_verdict[NG_OUT]),
	       ng_verdict_name(ruleset->default_invalid));
	if (entry)
		ng_print(stdout, "in force: ruleset %u, by %s (%s)\n", entry->number,
			 entry->head.command, entry->head.user);
	printf("image: %zu of %" PRIu64 " bytes, %u of %u counters, published %s\n",
	       image_size(status), (uint64_t)summary->capacity, ng_image_slots(status->image),
	       summary->slots, ng_real_time(created(status), time, sizeof(time)));
	printf("blocked: %" PRIu64 " address%s\n", (uint64_t)summary->live,
	       summary->live == 1 ? "" : "es");
}

/* Is there a hook that has lost its program? */
static bool is_open(const struct status *status)
{
	for (size_t i = 0; i < status->n_hooks; i++)
		if (!status->hooks[i].attached)
			return true;
	return false;
}

int ng_command_status(struct ng_context *ctx)
{
	__attribute__((cleanup(clear))) struct status status = { 0 };
	double seconds = 0;
	int ret = ng_seconds_option(ctx, "--rate", &seconds);

	if (ret)
		return ret;
	/* If nothing is attached, this returns at once. */
	if (seconds > 0)
		ret = ng_rates_sample(ctx, seconds, &status.snapshot);
	if (!ret || ret == -ENOENT)
		ret = ask(ctx, &status);

	/* Not being attached is a result, not a failure. */
	if (ret == -ENOENT && !status.state)
		memset(&ctx->error, 0, sizeof(ctx->error));
	else if (ret)
		return ret;
	if (ctx->json) {
		say(ctx, &status);
	} else if (!status.state) {
		puts("not attached to any interface here");
		print_strangers(&status);
	} else {
		if (status.snapshot.ruleset)
			print_rates(&status);
		else
			print_hooks(&status);
		print_problems(&status);
		print_strangers(&status);
		print_rest(&status);
		print_window(&status);
	}
	return is_open(&status);
}
