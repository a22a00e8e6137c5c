// SPDX-License-Identifier: GPL-2.0-only
#include "commands/top/lines.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "compile/image_read.h"

#define OTHER_TEXT 64

struct ng_whole ng_lines_whole(const struct ng_snapshot *snapshot)
{
	struct ng_whole whole = { 0 };

	for (size_t i = 0; i < snapshot->n_hooks; i++) {
		whole.passed = ng_rate_sum(whole.passed, ng_snapshot_passed(snapshot, i));
		whole.dropped = ng_rate_sum(whole.dropped, ng_snapshot_dropped(snapshot, i));
	}
	return whole;
}

static double share_of(double part, double whole)
{
	if (whole <= 0)
		return 0;
	return part < whole ? part / whole : 1;
}

/* Add a line for the counter @slot; NULL: no memory. */
static struct ng_line *add(const struct ng_snapshot *snapshot, struct ng_listing *listing,
			   __u32 slot, const char *text, size_t size)
{
	struct ng_line *line = ng_listing_add(listing);

	if (!line)
		return NULL;
	line->text = text;
	line->size = size;
	line->rate = ng_rate_of(&snapshot->rates, slot);
	if (slot < snapshot->counts.n)
		line->count = snapshot->counters[slot].packets;
	if (slot < snapshot->rates.n)
		line->trend[0] = snapshot->rates.trends[slot];
	return line;
}

static int add_other(const struct ng_snapshot *snapshot, struct ng_listing *listing, __u32 slot,
		     const char *text, enum ng_verdict verdict)
{
	struct ng_line *line = add(snapshot, listing, slot, text, strlen(text));

	if (!line)
		return -ENOMEM;
	line->colour = ng_verdict_colour(verdict);
	return 0;
}

/* "default pass", "default out drop", as in a ruleset. */
static int add_default(const struct ng_snapshot *snapshot, struct ng_listing *listing,
		       enum ng_direction direction)
{
	static char texts[NG_DIRECTIONS][OTHER_TEXT];
	enum ng_verdict verdict = snapshot->ruleset->default_verdict[direction];

	snprintf(texts[direction], OTHER_TEXT, "default %s%s", direction == NG_OUT ? "out " : "",
		 ng_verdict_name(verdict));
	return add_other(snapshot, listing, NG_SLOT_DEFAULT_IN + direction, texts[direction],
			 verdict);
}

/* "default invalid drop (ip-length)": a line for each reason that was counted. */
static int add_invalid(const struct ng_snapshot *snapshot, struct ng_listing *listing)
{
	static char texts[NG_REASONS][OTHER_TEXT];
	enum ng_verdict verdict = snapshot->ruleset->default_invalid;
	int ret = 0;

	for (__u32 reason = NG_VALID + 1; !ret && reason < NG_REASONS; reason++) {
		__u32 slot = NG_SLOT_INVALID + reason;

		if (slot >= snapshot->counts.n || !snapshot->counters[slot].packets)
			continue;
		snprintf(texts[reason], OTHER_TEXT, "default invalid %s (%s)",
			 ng_verdict_name(verdict), ng_reason_name(reason));
		ret = add_other(snapshot, listing, slot, texts[reason], verdict);
	}
	return ret;
}

static int add_others(const struct ng_snapshot *snapshot, struct ng_listing *listing)
{
	int ret = add_default(snapshot, listing, NG_IN);

	if (!ret)
		ret = add_default(snapshot, listing, NG_OUT);
	if (!ret)
		ret = add_invalid(snapshot, listing);
	if (!ret)
		ret = add_other(snapshot, listing, NG_SLOT_NON_IP, "non_ip", NG_PASS);
	if (!ret)
		ret = add_other(snapshot, listing, NG_SLOT_EXEMPT, "exempt", NG_PASS);
	if (!ret)
		ret = add_other(snapshot, listing, NG_SLOT_BLOCKED, "blocked", NG_DROP);
	return ret;
}

/* A line for what the rule matched, and one for what was over its rate. */
static int add_rule(const struct ng_snapshot *snapshot, struct ng_listing *listing,
		    const struct ng_image_rule *place, size_t index)
{
	const char *text = ng_image_text(snapshot->image.data, &place->text);
	enum ng_verdict verdict = snapshot->ruleset->rules[index].verdict;
	struct ng_line *line = add(snapshot, listing, place->slot, text, place->text.count);
	const struct ng_limiter *limiter;

	if (!line)
		return -ENOMEM;
	line->number = index + 1;
	line->colour = ng_verdict_colour(verdict);
	limiter = verdict == NG_LIMIT ? ng_image_limiter(snapshot->image.data, place->slot) : NULL;
	if (!limiter)
		return 0;
	line = add(snapshot, listing, limiter->over, text, place->text.count);
	if (!line)
		return -ENOMEM;
	line->number = index + 1;
	line->colour = ng_verdict_colour(NG_DROP);
	line->over = true;
	return 0;
}

int ng_lines_rules(const struct ng_snapshot *snapshot, struct ng_listing *listing)
{
	const struct ng_whole whole = ng_lines_whole(snapshot);
	double packets = whole.passed.packets + whole.dropped.packets;
	const struct ng_image_rule *rules;
	size_t n;
	int ret = 0;

	ng_listing_empty(listing);
	rules = ng_image_rules(snapshot->image.data, &n);
	for (size_t i = 0; i < n && i < snapshot->ruleset->n_rules && !ret; i++)
		ret = add_rule(snapshot, listing, &rules[i], i);
	if (!ret)
		ret = add_others(snapshot, listing);
	for (size_t i = 0; i < listing->n; i++)
		listing->lines[i].share = share_of(listing->lines[i].rate.packets, packets);
	return ret;
}

int ng_lines_hooks(const struct ng_snapshot *snapshot, struct ng_listing *listing)
{
	const struct ng_whole whole = ng_lines_whole(snapshot);
	double packets = whole.passed.packets + whole.dropped.packets;

	ng_listing_empty(listing);
	for (size_t i = 0; i < snapshot->n_hooks; i++) {
		__u32 slot = snapshot->hooks[i].slot;
		const char *name = snapshot->names[i];
		struct ng_line *line = add(snapshot, listing, slot, name, strlen(name));

		if (!line)
			return -ENOMEM;
		line->dropped = ng_snapshot_dropped(snapshot, i);
		line->rate = ng_rate_sum(line->rate, line->dropped);
		line->share = share_of(line->rate.packets, packets);
		if (slot + 1 < snapshot->counts.n)
			line->count += snapshot->counters[slot + 1].packets;
		if (slot + 1 < snapshot->rates.n)
			line->trend[1] = snapshot->rates.trends[slot + 1];
	}
	return 0;
}

int ng_lines_sources(const struct ng_sources *sources, struct ng_listing *listing)
{
	struct ng_rate whole = { 0 };

	ng_listing_empty(listing);
	for (size_t i = 0; sources->table && i < NG_SOURCES_MAX; i++) {
		const struct ng_source *source = &sources->table[i];
		struct ng_line *line;

		if (!*source->text)
			continue;
		line = ng_listing_add(listing);
		if (!line)
			return -ENOMEM;
		line->text = source->text;
		line->size = strlen(source->text);
		line->rate = ng_source_rate(sources, source);
		line->count = source->sampled;
		whole = ng_rate_sum(whole, line->rate);
	}
	for (size_t i = 0; i < listing->n; i++)
		listing->lines[i].share = share_of(listing->lines[i].rate.packets, whole.packets);
	return 0;
}
