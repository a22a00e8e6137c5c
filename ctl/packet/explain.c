// SPDX-License-Identifier: GPL-2.0-only
#include "packet/explain.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/privilege.h"
#include "compile/image_read.h"
#include "kernel/live/live_mirror.h"
#include "packet/reading.h"
#include "packet/suppose.h"

/**
 * struct inquiry - one frame that is being explained
 * @answer: what is known so far
 */
struct inquiry {
	struct ng_explainer *explainer;
	const void *frame;
	size_t len;
	struct ng_explanation *answer;
	struct ng_error *err;
};

/* ---- running the program --------------------------------------------------------------- */

static int publish(const struct inquiry *inquiry, const struct ng_image *image)
{
	struct ng_explainer *explainer = inquiry->explainer;
	int ret = -E2BIG;

	if (explainer->runner)
		ret = ng_runner_publish(explainer->runner, image);
	if (ret == -E2BIG) {
		ng_runner_close(explainer->runner);
		explainer->runner = NULL;
		return ng_runner_open(explainer->hook, image, explainer->iface, &explainer->runner,
				      inquiry->err);
	}
	if (ret)
		return ng_fail(inquiry->err, ret, "cannot change the ruleset of a test run: %s",
			       strerror(-ret));
	return 0;
}

static int put_in_force(const struct inquiry *inquiry, const struct ng_image *image)
{
	const struct ng_explainer *explainer = inquiry->explainer;
	int ret = publish(inquiry, image);

	if (ret || !explainer->established)
		return ret;
	ret = ng_suppose_established(explainer->runner, inquiry->frame, inquiry->len);
	return ret ? ng_fail(inquiry->err, ret, "cannot note a flow in a test run: %s",
			     strerror(-ret))
		   : 0;
}

static int run(const struct inquiry *inquiry, struct ng_decision *decision)
{
	struct ng_runner *runner = inquiry->explainer->runner;
	int ret = ng_runner_run(runner, inquiry->frame, inquiry->len, NULL, decision);

	if (ret == -ERANGE) {
		ng_fail(inquiry->err, ret,
			"the kernel's test run does not accept this frame of %zu bytes",
			inquiry->len);
		return ng_hint(inquiry->err, ret,
			       "at this hook it accepts up to %zu, and no truncated headers",
			       ng_runner_longest(runner));
	}
	if (ret)
		return ng_fail(inquiry->err, ret, "the kernel's test run failed: %s",
			       strerror(-ret));
	return 0;
}

/* Copies the live entries that contain the frame's addresses. */
static int mirror(const struct inquiry *inquiry, const struct ng_image *image)
{
	const struct ng_explainer *explainer = inquiry->explainer;
	struct ng_state *copy = ng_runner_state(explainer->runner);
	struct ng_prefix address;
	int ret = 0;

	for (enum ng_field field = NG_FIELD_FROM; !ret && field <= NG_FIELD_TO; field++)
		if (ng_reading_address(&inquiry->answer->trace, field, &address))
			ret = ng_live_mirror(explainer->state, copy, image->data, &address,
					     inquiry->err);
	return ret;
}

/* What the ruleset itself decides. The first run finds the addresses to copy live entries for. */
static int ask_image(const struct inquiry *inquiry)
{
	const struct ng_explainer *explainer = inquiry->explainer;
	struct ng_trace *trace = &inquiry->answer->trace;
	__cleanup_free void *copy = ng_image_duplicate(explainer->image);
	struct ng_decision decision;
	struct ng_image image = { .data = copy };
	int ret;

	if (!copy)
		return -ENOMEM;
	image.size = ((struct ng_image_header *)copy)->size;
	image.slots = ng_image_slots(copy);
	ret = put_in_force(inquiry, &image);
	if (!ret)
		ret = run(inquiry, &decision);
	if (ret)
		return ret;
	ng_runner_trace(explainer->runner, trace);
	if (!explainer->state)
		return 0;
	ret = mirror(inquiry, &image);
	if (!ret)
		ret = run(inquiry, &decision);
	if (!ret)
		ng_runner_trace(explainer->runner, trace);
	return ret;
}

/**
 * ask_variant() - what a modified ruleset decides
 * @rules:   the ruleset with other rules; sets and defaults are the same
 * @blocked: `drop from @blocked` stays before them
 * @image:   the caller clears it with ng_image_clear()
 */
static int ask_variant(const struct inquiry *inquiry, const struct ng_ruleset *rules, bool blocked,
		       struct ng_image *image, struct ng_decision *decision)
{
	int ret = ng_image_compile(rules, NULL, 0, image, inquiry->err);

	if (ret)
		return ret;
	if (!blocked)
		((struct ng_image_header *)image->data)->blocked = 0;
	ret = put_in_force(inquiry, image);
	if (!ret && inquiry->explainer->state)
		ret = mirror(inquiry, image);
	return ret ? ret : run(inquiry, decision);
}

/* A shallow copy of a ruleset; the caller frees @borrowed->rules. */
static int borrow_rules(const struct ng_ruleset *ruleset, struct ng_ruleset *borrowed)
{
	*borrowed = *ruleset;
	borrowed->rules = reallocarray(NULL, ruleset->n_rules + 1, sizeof(*ruleset->rules));
	if (!borrowed->rules)
		return -ENOMEM;
	if (ruleset->n_rules)
		memcpy(borrowed->rules, ruleset->rules, ruleset->n_rules * sizeof(*ruleset->rules));
	return 0;
}

/* ---- which rules match ----------------------------------------------------------------- */

static enum ng_effect effect_of(const struct inquiry *inquiry, size_t index)
{
	const struct ng_decision *decision = &inquiry->answer->trace.decision;
	const struct ng_rule *rule = &inquiry->explainer->ruleset->rules[index];

	if (rule->verdict == NG_PASS && decision->reason &&
	    !ng_rule_condition(rule, NG_FIELD_INVALID))
		return NG_EFFECT_INVALID;
	if (decision->decider == NG_BY_BLOCKED)
		return NG_EFFECT_NOT_REACHED;
	if (decision->decider == NG_BY_RULE && decision->rule == index + 1)
		return NG_EFFECT_DECIDES;
	if (decision->decider == NG_BY_RULE && decision->rule <= index)
		return NG_EFFECT_NOT_REACHED;
	return rule->verdict == NG_LIMIT ? NG_EFFECT_LIMITS : NG_EFFECT_COUNTS;
}

static __u64 packets_of(const struct inquiry *inquiry, const struct ng_image *image, size_t index)
{
	size_t n;

	return ng_runner_counter(inquiry->explainer->runner,
				 ng_image_rules(image->data, &n)[index].slot)
		.packets;
}

/*
 * Run the frame once more: the rules whose counters change match it. The array of old counters is
 * reused for the indices of these rules.
 */
static int find_moved(const struct inquiry *inquiry, const struct ng_image *image)
{
	size_t n = inquiry->explainer->ruleset->n_rules, found = 0;
	__cleanup_free __u64 *before = calloc(n + 1, sizeof(*before));
	struct ng_decision decision;
	int ret;

	if (!before)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		before[i] = packets_of(inquiry, image, i);
	ret = run(inquiry, &decision);
	if (ret)
		return ret;
	for (size_t i = 0; i < n; i++)
		if (packets_of(inquiry, image, i) != before[i])
			before[found++] = i;
	inquiry->answer->rules = calloc(found + 1, sizeof(*inquiry->answer->rules));
	if (!inquiry->answer->rules)
		return -ENOMEM;
	for (size_t i = 0; i < found; i++)
		inquiry->answer->rules[i] =
			(struct ng_matching){ before[i], effect_of(inquiry, before[i]) };
	inquiry->answer->n_rules = found;
	return 0;
}

/* A `limit` with `per` matches only what has addresses, so it stays one, with a rate for all. */
static void only_count(struct ng_rule *rule)
{
	if (rule->verdict != NG_LIMIT) {
		rule->verdict = NG_COUNT;
		return;
	}
	rule->limit.unit = NG_LIMIT_SECOND;
	rule->limit.rate = 1000000000;
	rule->limit.burst = rule->limit.rate;
}

static int find_rules(const struct inquiry *inquiry)
{
	struct ng_ruleset counting;
	struct ng_image image = { 0 };
	struct ng_decision decision;
	int ret = borrow_rules(inquiry->explainer->ruleset, &counting);

	if (ret)
		return ret;
	for (size_t i = 0; i < counting.n_rules; i++)
		only_count(&counting.rules[i]);
	ret = ask_variant(inquiry, &counting, false, &image, &decision);
	if (!ret)
		ret = find_moved(inquiry, &image);
	ng_image_clear(&image);
	free(counting.rules);
	return ret;
}

/* ---- what would decide ----------------------------------------------------------------- */

static int find_without(const struct inquiry *inquiry)
{
	struct ng_explanation *answer = inquiry->answer;
	const struct ng_decision *decision = &answer->trace.decision;
	bool by_rule = decision->decider == NG_BY_RULE;
	size_t index = by_rule ? decision->rule - 1 : 0;
	struct ng_ruleset others;
	struct ng_image image = { 0 };
	int ret;

	if (!by_rule && decision->decider != NG_BY_BLOCKED)
		return 0;
	ret = borrow_rules(inquiry->explainer->ruleset, &others);
	if (ret)
		return ret;
	if (by_rule)
		memmove(&others.rules[index], &others.rules[index + 1],
			(--others.n_rules - index) * sizeof(*others.rules));
	ret = ask_variant(inquiry, &others, by_rule, &image, &answer->without);
	ng_image_clear(&image);
	free(others.rules);
	if (!ret && by_rule && answer->without.decider == NG_BY_RULE &&
	    answer->without.rule >= decision->rule)
		answer->without.rule++;
	answer->has_without = !ret;
	return ret;
}

/* ---- sets ------------------------------------------------------------------------------ */

static int ask_live(const struct inquiry *inquiry, const struct ng_prefix *address,
		    struct ng_membership *found)
{
	const struct ng_state *state = inquiry->explainer->state;
	int ret;

	found->is_live = false;
	if (!state)
		return 0;
	ret = ng_live_test(state, found->set, address, &found->is_live, &found->live, inquiry->err);
	return ret == -ENOENT ? 0 : ret;
}

/* @set: NULL: @blocked, which the ruleset does not declare */
static int look_up(const struct inquiry *inquiry, const struct ng_set *set, enum ng_field field)
{
	struct ng_explanation *answer = inquiry->answer;
	struct ng_membership found = { .set = set ? set->name : NG_BLOCKED, .field = field };
	const struct ng_prefix *by;
	struct ng_prefix address;
	int ret;

	if (!ng_reading_address(&answer->trace, field, &address))
		return 0;
	by = ng_set_longest(set, &address);
	if (by)
		found.by = *by;
	ret = ask_live(inquiry, &address, &found);
	if (!ret && (by || found.is_live))
		answer->sets[answer->n_sets++] = found;
	return ret;
}

static int find_sets(const struct inquiry *inquiry)
{
	const struct ng_ruleset *ruleset = inquiry->explainer->ruleset;
	bool declared = ng_ruleset_set(ruleset, NG_BLOCKED);
	int ret = 0;

	inquiry->answer->sets = calloc(2 * (ruleset->n_sets + 1), sizeof(*inquiry->answer->sets));
	if (!inquiry->answer->sets)
		return -ENOMEM;
	for (enum ng_field field = NG_FIELD_FROM; !ret && field <= NG_FIELD_TO; field++) {
		for (size_t i = 0; !ret && i < ruleset->n_sets; i++)
			ret = look_up(inquiry, &ruleset->sets[i], field);
		if (!ret && !declared)
			ret = look_up(inquiry, NULL, field);
	}
	return ret;
}

int ng_explain(struct ng_explainer *explainer, const void *frame, size_t len,
	       struct ng_explanation *explanation, struct ng_error *err)
{
	struct ng_explanation answer = { 0 };
	struct inquiry inquiry = { explainer, frame, len, &answer, err };
	int ret;
	NG_RAISED;

	ret = ask_image(&inquiry);
	if (!ret)
		ret = find_sets(&inquiry);
	if (!ret)
		ret = find_without(&inquiry);
	if (!ret)
		ret = find_rules(&inquiry);
	if (ret)
		ng_explanation_clear(&answer);
	else
		*explanation = answer;
	return ret;
}

void ng_explanation_clear(struct ng_explanation *explanation)
{
	free(explanation->rules);
	free(explanation->sets);
	*explanation = (struct ng_explanation){ 0 };
}
