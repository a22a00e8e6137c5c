// SPDX-License-Identifier: GPL-2.0-only
#include "report/counts.h"

#include "base/cleanup.h"
#include "compile/image_read.h"
#include "report/memory.h"
#include "report/table.h"
#include "rules/print.h"
#include "rules/time.h"

const char *ng_verdict_name(enum ng_verdict verdict)
{
	static const char *const names[] = {
		[NG_PASS] = "pass",
		[NG_DROP] = "drop",
		[NG_COUNT] = "count",
		[NG_LIMIT] = "limit",
	};

	return names[verdict];
}

const char *ng_reason_name(unsigned int reason)
{
	static const char *const names[NG_REASONS] = NG_REASON_NAMES;

	return reason < NG_REASONS ? names[reason] : "unknown";
}

static struct ng_counter slot(const struct ng_counts *counts, __u32 at)
{
	static const struct ng_counter nothing;

	return at < counts->n ? counts->counters[at] : nothing;
}

static __u32 slot_of_rule(const struct ng_counts *counts, size_t index)
{
	size_t n;

	return ng_image_rules(counts->image, &n)[index].slot;
}

/* The counter of packets over the rate of a rule; 0: it has none. */
static __u32 slot_of_over(const struct ng_counts *counts, size_t index)
{
	const struct ng_limiter *limiter;

	if (counts->ruleset->rules[index].verdict != NG_LIMIT)
		return 0;
	limiter = ng_image_limiter(counts->image, slot_of_rule(counts, index));
	return limiter ? limiter->over : 0;
}

static bool any_limit(const struct ng_ruleset *ruleset)
{
	for (size_t i = 0; i < ruleset->n_rules; i++)
		if (ruleset->rules[i].verdict == NG_LIMIT)
			return true;
	return false;
}

/* Packets over the rates of all rules. */
static struct ng_counter over_counter(const struct ng_counts *counts)
{
	struct ng_counter sum = { 0 };

	for (size_t i = 0; i < counts->ruleset->n_rules; i++) {
		__u32 over = slot_of_over(counts, i);

		if (!over)
			continue;
		sum.packets += slot(counts, over).packets;
		sum.bytes += slot(counts, over).bytes;
	}
	return sum;
}

static struct ng_rate over_rate(const struct ng_counts *counts)
{
	struct ng_rate sum = { 0 };

	for (size_t i = 0; i < counts->ruleset->n_rules; i++)
		if (slot_of_over(counts, i))
			sum = ng_rate_sum(sum, ng_rate_of(counts->rates, slot_of_over(counts, i)));
	return sum;
}

/* The counter of a slot, with its rate if that is known. */
static void say_slot(const struct ng_counts *counts, struct json_object *object, __u32 at)
{
	ng_json_counter(object, slot(counts, at));
	if (counts->rates)
		ng_json_rate(object, ng_rate_of(counts->rates, at));
}

static struct ng_rate invalid_rate(const struct ng_counts *counts)
{
	struct ng_rate sum = { 0 };

	for (__u32 reason = 0; reason < NG_REASONS; reason++)
		sum = ng_rate_sum(sum, ng_rate_of(counts->rates, NG_SLOT_INVALID + reason));
	return sum;
}

static struct ng_counter invalid_counter(const struct ng_counts *counts)
{
	struct ng_counter sum = { 0 };

	for (__u32 reason = 0; reason < NG_REASONS; reason++) {
		struct ng_counter counter = slot(counts, NG_SLOT_INVALID + reason);

		sum.packets += counter.packets;
		sum.bytes += counter.bytes;
	}
	return sum;
}

void ng_counts_json_rules(const struct ng_counts *counts, struct json_object *object)
{
	struct json_object *list = ng_json_array(object, "rules");
	char until[NG_TIME_TEXT];

	for (size_t i = 0; i < counts->ruleset->n_rules; i++) {
		const struct ng_rule *rule = &counts->ruleset->rules[i];
		__cleanup_free char *text = ng_need(ng_rule_text(rule));
		struct json_object *entry = ng_json_object(list, NULL);

		ng_json_number(entry, "index", i + 1);
		ng_json_text(entry, "text", text);
		ng_json_text(entry, "verdict", ng_verdict_name(rule->verdict));
		if (rule->until) {
			ng_json_text(entry, "until", ng_time_text(rule->until, until));
			ng_json_bool(entry, "expired", ng_time_now() >= rule->until);
		}
		say_slot(counts, entry, slot_of_rule(counts, i));
		if (slot_of_over(counts, i))
			say_slot(counts, ng_json_object(entry, "over"), slot_of_over(counts, i));
	}
}

void ng_counts_json_default(const struct ng_counts *counts, enum ng_direction direction,
			    struct json_object *object, const char *key)
{
	struct json_object *entry = ng_json_object(object, key);

	ng_json_text(entry, "verdict",
		     ng_verdict_name(counts->ruleset->default_verdict[direction]));
	say_slot(counts, entry, NG_SLOT_DEFAULT_IN + direction);
}

void ng_counts_json_others(const struct ng_counts *counts, struct json_object *object)
{
	struct json_object *invalid = ng_json_object(object, "invalid"), *reasons, *over;

	ng_json_counter(invalid, invalid_counter(counts));
	if (counts->rates)
		ng_json_rate(invalid, invalid_rate(counts));
	reasons = ng_json_object(invalid, "reasons");
	for (__u32 reason = 0; reason < NG_REASONS; reason++) {
		struct ng_counter counter = slot(counts, NG_SLOT_INVALID + reason);

		if (counter.packets)
			ng_json_number(reasons, ng_reason_name(reason), counter.packets);
	}
	say_slot(counts, ng_json_object(object, "non_ip"), NG_SLOT_NON_IP);
	say_slot(counts, ng_json_object(object, "exempt"), NG_SLOT_EXEMPT);
	say_slot(counts, ng_json_object(object, "blocked"), NG_SLOT_BLOCKED);
	over = ng_json_object(object, "over");
	ng_json_counter(over, over_counter(counts));
	if (counts->rates)
		ng_json_rate(over, over_rate(counts));
}

enum ng_colour ng_verdict_colour(enum ng_verdict verdict)
{
	static const enum ng_colour colours[] = {
		[NG_PASS] = NG_COLOUR_GREEN,
		[NG_DROP] = NG_COLOUR_RED,
		[NG_COUNT] = NG_COLOUR_NONE,
		[NG_LIMIT] = NG_COLOUR_NONE,
	};

	return colours[verdict];
}

static void add_numbers(struct ng_table *table, FILE *out, struct ng_counter counter)
{
	char text[NG_UNITS_TEXT];

	ng_table_cell(table, "%s", ng_packets_text(out, counter.packets, text));
	ng_table_cell(table, "%s", ng_bytes_text(out, counter.bytes, text));
}

static void add_rate(struct ng_table *table, FILE *out, struct ng_rate rate)
{
	char text[NG_UNITS_TEXT];

	ng_table_cell(table, "%s", ng_rate_text(out, rate.packets, text));
	ng_table_cell(table, "%s", ng_rate_text(out, rate.bits, text));
}

static void add_slot(struct ng_table *table, FILE *out, const struct ng_counts *counts, __u32 at)
{
	add_numbers(table, out, slot(counts, at));
	if (counts->rates)
		add_rate(table, out, ng_rate_of(counts->rates, at));
}

static void add_verdict(struct ng_table *table, enum ng_verdict verdict)
{
	ng_table_cell(table, "%s", ng_verdict_name(verdict));
	ng_table_colour(table, ng_verdict_colour(verdict));
}

/* The table of rules; its columns are those that the rules, or the caller, have values for. */
static struct ng_table *new_rules(bool rates, bool over)
{
	static const struct ng_column plain[] = {
		{ "#", true }, { "PACKETS", true }, { "BYTES", true }, { "RULE", false }
	};
	static const struct ng_column with_rates[] = { { "#", true },	   { "PACKETS", true },
						       { "BYTES", true },  { "PACKETS/S", true },
						       { "BITS/S", true }, { "RULE", false } };
	static const struct ng_column with_over[] = { { "#", true },
						      { "PACKETS", true },
						      { "BYTES", true },
						      { "OVER", true },
						      { "RULE", false } };
	static const struct ng_column with_both[] = { { "#", true },	  { "PACKETS", true },
						      { "BYTES", true },  { "PACKETS/S", true },
						      { "BITS/S", true }, { "OVER", true },
						      { "OVER/S", true }, { "RULE", false } };

	if (over)
		return rates ? ng_table_new(with_both, 8) : ng_table_new(with_over, 5);
	return rates ? ng_table_new(with_rates, 6) : ng_table_new(plain, 4);
}

/* Packets over the rate of a rule: nothing for one that has no rate. */
static void add_over(struct ng_table *table, FILE *out, const struct ng_counts *counts,
		     size_t index)
{
	__u32 over = slot_of_over(counts, index);
	char text[NG_UNITS_TEXT] = "";

	if (over)
		ng_packets_text(out, slot(counts, over).packets, text);
	ng_table_cell(table, "%s", text);
	if (!counts->rates)
		return;
	if (over)
		ng_rate_text(out, ng_rate_of(counts->rates, over).packets, text);
	ng_table_cell(table, "%s", text);
}

void ng_counts_print_rules(const struct ng_counts *counts, FILE *out)
{
	bool limits = any_limit(counts->ruleset);
	__cleanup_table struct ng_table *table = new_rules(counts->rates, limits);

	for (size_t i = 0; i < counts->ruleset->n_rules; i++) {
		const struct ng_rule *rule = &counts->ruleset->rules[i];
		__cleanup_free char *text = ng_need(ng_rule_text(rule));
		bool expired = rule->until && ng_time_now() >= rule->until;

		ng_table_cell(table, "%zu", i + 1);
		add_slot(table, out, counts, slot_of_rule(counts, i));
		if (limits)
			add_over(table, out, counts, i);
		ng_table_cell(table, "%s%s", expired ? "expired: " : "", text);
		if (!expired)
			ng_table_colour(table, ng_verdict_colour(rule->verdict));
	}
	ng_table_print(table, out);
}

void ng_counts_print_others(const struct ng_counts *counts, unsigned int directions, FILE *out)
{
	static const struct ng_column columns[] = { { "DECIDED BY", false }, { "VERDICT", false },
						    { "PACKETS", true },     { "BYTES", true },
						    { "PACKETS/S", true },   { "BITS/S", true } };
	static const char *const defaults[] = { "default", "default out" };
	const struct ng_ruleset *ruleset = counts->ruleset;
	__cleanup_table struct ng_table *table = ng_table_new(columns, counts->rates ? 6 : 4);

	for (int direction = 0; direction < NG_DIRECTIONS; direction++) {
		if (!(directions & (1U << direction)))
			continue;
		ng_table_cell(table, "%s", defaults[direction]);
		add_verdict(table, ruleset->default_verdict[direction]);
		add_slot(table, out, counts, NG_SLOT_DEFAULT_IN + direction);
	}
	ng_table_cell(table, "invalid");
	add_verdict(table, ruleset->default_invalid);
	add_numbers(table, out, invalid_counter(counts));
	if (counts->rates)
		add_rate(table, out, invalid_rate(counts));
	for (__u32 reason = 0; reason < NG_REASONS; reason++) {
		if (!slot(counts, NG_SLOT_INVALID + reason).packets)
			continue;
		ng_table_cell(table, "  %s", ng_reason_name(reason));
		ng_table_cell(table, "%s", "");
		add_slot(table, out, counts, NG_SLOT_INVALID + reason);
	}
	ng_table_cell(table, "non_ip");
	add_verdict(table, NG_PASS);
	add_slot(table, out, counts, NG_SLOT_NON_IP);
	ng_table_cell(table, "exempt");
	add_verdict(table, NG_PASS);
	add_slot(table, out, counts, NG_SLOT_EXEMPT);
	ng_table_cell(table, "blocked");
	add_verdict(table, NG_DROP);
	add_slot(table, out, counts, NG_SLOT_BLOCKED);
	if (any_limit(ruleset)) {
		ng_table_cell(table, "over");
		add_verdict(table, NG_DROP);
		add_numbers(table, out, over_counter(counts));
		if (counts->rates)
			add_rate(table, out, over_rate(counts));
	}
	ng_table_print(table, out);
}
