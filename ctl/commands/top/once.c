// SPDX-License-Identifier: GPL-2.0-only
#include "commands/top/once.h"

#include <errno.h>
#include <inttypes.h>

#include "base/clock.h"
#include "cli/context.h"
#include "commands/rates_sample.h"
#include "report/table.h"
#include "rules/time.h"

#define TAKE_PERIOD 0.2 /* seconds */

/* ---- tables ----------------------------------------------------------------------------- */

static void add_rate(struct ng_table *table, double rate)
{
	char text[NG_UNITS_TEXT];

	ng_table_cell(table, "%s", ng_rate_text(stdout, rate, text));
}

static void add_common(struct ng_table *table, const struct ng_line *line)
{
	add_rate(table, line->rate.packets);
	add_rate(table, line->rate.bits);
	ng_table_cell(table, "%.1f%%", 100 * line->share);
}

static void add_text(struct ng_table *table, const struct ng_line *line)
{
	ng_table_cell(table, "%s%.*s", line->over ? "over: " : "", (int)line->size, line->text);
	ng_table_colour(table, line->colour);
}

static void print_rules(const struct ng_listing *listing)
{
	static const struct ng_column columns[] = { { "#", true },
						    { "PACKETS/S", true },
						    { "BITS/S", true },
						    { "SHARE", true },
						    { "RULE", false } };
	__cleanup_table struct ng_table *table = ng_table_new(columns, 5);

	for (size_t i = 0; i < listing->n_shown; i++) {
		const struct ng_line *line = listing->shown[i];

		if (line->number)
			ng_table_cell(table, "%" PRIu32, line->number);
		else
			ng_table_cell(table, "%s", "");
		add_common(table, line);
		add_text(table, line);
	}
	ng_table_print(table, stdout);
}

static void print_interfaces(const struct ng_listing *listing)
{
	static const struct ng_column columns[] = { { "PACKETS/S", true },
						    { "BITS/S", true },
						    { "SHARE", true },
						    { "DROPPED/S", true },
						    { "INTERFACE", false } };
	__cleanup_table struct ng_table *table = ng_table_new(columns, 5);

	for (size_t i = 0; i < listing->n_shown; i++) {
		add_common(table, listing->shown[i]);
		add_rate(table, listing->shown[i]->dropped.packets);
		add_text(table, listing->shown[i]);
	}
	ng_table_print(table, stdout);
}

static void print_sources(const struct ng_top *top)
{
	static const struct ng_column columns[] = { { "PACKETS/S", true },
						    { "BITS/S", true },
						    { "SHARE", true },
						    { "SAMPLED", true },
						    { "SOURCE", false } };
	__cleanup_table struct ng_table *table = ng_table_new(columns, 5);
	const struct ng_span span = ng_sources_span(&top->sample.sources);
	const struct ng_listing *listing = &top->listing;

	printf("sampled: %" PRIu64 " of %" PRIu64 " packets dropped\n", span.sampled, span.all);
	for (size_t i = 0; i < listing->n_shown; i++) {
		add_common(table, listing->shown[i]);
		ng_table_cell(table, "%" PRIu64, listing->shown[i]->count);
		add_text(table, listing->shown[i]);
	}
	ng_table_print(table, stdout);
}

static void print(struct ng_top *top, enum ng_view view)
{
	top->view = view;
	ng_top_list(top);
	if (view == NG_VIEW_RULES)
		print_rules(&top->listing);
	else if (view == NG_VIEW_INTERFACES)
		print_interfaces(&top->listing);
	else
		print_sources(top);
}

/* ---- JSON ------------------------------------------------------------------------------- */

static void say_slot(const struct ng_snapshot *snapshot, struct json_object *object, __u32 slot)
{
	ng_json_counter(object, slot < snapshot->counts.n ? snapshot->counters[slot]
							  : (struct ng_counter){ 0 });
	ng_json_rate(object, ng_rate_of(&snapshot->rates, slot));
}

static void say_interfaces(const struct ng_snapshot *snapshot, struct json_object *object)
{
	struct json_object *list = ng_json_array(object, "interfaces");

	for (size_t i = 0; i < snapshot->n_hooks; i++) {
		struct json_object *entry = ng_json_object(list, NULL);

		ng_json_text(entry, "name", snapshot->hooks[i].iface);
		ng_json_text(entry, "hook", ng_hook_name(snapshot->hooks[i].hook));
		say_slot(snapshot, ng_json_object(entry, "passed"), snapshot->hooks[i].slot);
		say_slot(snapshot, ng_json_object(entry, "dropped"), snapshot->hooks[i].slot + 1);
	}
}

static void say_rules(const struct ng_snapshot *snapshot, struct json_object *object)
{
	ng_counts_json_rules(&snapshot->counts, object);
	ng_counts_json_default(&snapshot->counts, NG_IN, object, "default");
	ng_counts_json_default(&snapshot->counts, NG_OUT, object, "default_out");
	ng_counts_json_others(&snapshot->counts, object);
}

static void say_sources(struct ng_top *top, struct json_object *object)
{
	const struct ng_span span = ng_sources_span(&top->sample.sources);
	struct json_object *sample = ng_json_object(object, "sample");
	struct json_object *list = ng_json_array(object, "sources");

	ng_json_decimal(object, "seconds", span.seconds, 3);
	ng_json_number(sample, "packets", span.sampled);
	ng_json_number(sample, "of", span.all);
	ng_top_list(top);
	for (size_t i = 0; i < top->listing.n_shown; i++) {
		const struct ng_line *line = top->listing.shown[i];
		struct json_object *entry = ng_json_object(list, NULL);

		ng_json_text(entry, "source", line->text);
		ng_json_number(entry, "sampled", line->count);
		ng_json_rate(entry, line->rate);
	}
}

static void say(struct ng_context *ctx, struct ng_top *top, bool all)
{
	struct json_object *object = ng_json_new();

	if (top->view == NG_VIEW_SOURCES) {
		say_sources(top, object);
	} else {
		ng_json_decimal(object, "seconds", top->snapshot.rates.seconds, 3);
		if (all || top->view == NG_VIEW_INTERFACES)
			say_interfaces(&top->snapshot, object);
		if (all || top->view == NG_VIEW_RULES)
			say_rules(&top->snapshot, object);
	}
	ng_say_json(ctx, object, 0);
}

/* ---- measuring -------------------------------------------------------------------------- */

static int take_sample(struct ng_context *ctx, struct ng_top *top)
{
	uint64_t begun = ng_snapshot_time(), end = begun + top->interval * NG_NS_PER_SECOND;
	struct ng_sample *sample = &top->sample;

	ng_sample_advance(sample, begun);
	do {
		ng_sample_take(sample);
		if (!*sample->error.what)
			ng_wait(TAKE_PERIOD < top->interval ? TAKE_PERIOD : top->interval);
	} while (!*sample->error.what && ng_snapshot_time() < end);
	ctx->error = sample->error;
	if (*sample->error.what)
		return -EIO;
	ng_sample_take(sample);
	ng_sample_advance(sample, ng_snapshot_time());
	return 0;
}

int ng_top_once(struct ng_context *ctx, struct ng_top *top, bool all)
{
	enum ng_view view = top->view;
	int ret = view == NG_VIEW_SOURCES ? take_sample(ctx, top)
					  : ng_rates_sample(ctx, top->interval, &top->snapshot);

	if (ret)
		return ret;
	if (ctx->json) {
		say(ctx, top, all);
		return 0;
	}
	if (all) {
		print(top, NG_VIEW_INTERFACES);
		putchar('\n');
	}
	print(top, view);
	return 0;
}
