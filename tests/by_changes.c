// SPDX-License-Identifier: GPL-2.0-only
#include "by_changes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "compile/change.h"
#include "compile/image_read.h"
#include "random_number.h"
#include "rules/print.h"

/**
 * struct step - from one ruleset to the next
 * @gone, @put: as in struct ng_change, with the rules
 */
struct step {
	size_t gone, put;
	struct ng_rule gone_rule, rule;
};

static void insert_rule(struct ng_ruleset *ruleset, size_t number, const struct ng_rule *rule)
{
	struct ng_rule *at = &ruleset->rules[number - 1];

	memmove(at + 1, at, (ruleset->n_rules++ - (number - 1)) * sizeof(*at));
	*at = *rule;
}

static struct ng_rule remove_rule(struct ng_ruleset *ruleset, size_t number)
{
	struct ng_rule *at = &ruleset->rules[number - 1], rule = *at;

	memmove(at, at + 1, (--ruleset->n_rules - (number - 1)) * sizeof(*at));
	return rule;
}

/* Draw a rule that @all does not have, often wider than one of its rules, so that it hides others.
 */
static struct ng_rule draw_gone(struct random *random, const struct ng_ruleset *all, size_t i)
{
	struct ng_rule rule = all->rules[random_below(random, all->n_rules)];

	if (rule.n_conditions && random_percent(random, 60))
		rule.n_conditions = 1 + random_below(random, rule.n_conditions);
	rule.verdict = random_below(random, 3);
	snprintf(rule.label, sizeof(rule.label), "goes %zu", i);
	return rule;
}

/* Draw a @step that leads to @ruleset, and undo it there. */
static void draw_step(struct random *random, const struct ng_ruleset *all, size_t i,
		      struct ng_ruleset *ruleset, struct step *step)
{
	unsigned int kind = random_below(random, 3);

	*step = (struct step){ 0 };
	if (kind && ruleset->n_rules) {
		step->put = random_percent(random, 30) ? ruleset->n_rules
						       : 1 + random_below(random, ruleset->n_rules);
		step->rule = remove_rule(ruleset, step->put);
	}
	if (kind < 2 && all->n_rules) {
		step->gone = 1 + random_below(random, ruleset->n_rules + 1);
		step->gone_rule = draw_gone(random, all, i);
		insert_rule(ruleset, step->gone, &step->gone_rule);
	}
}

static void go_on(struct ng_ruleset *ruleset, const struct step *step)
{
	if (step->gone)
		remove_rule(ruleset, step->gone);
	if (step->put)
		insert_rule(ruleset, step->put, &step->rule);
}

/* Return: 0, or as of ng_image_change(). */
static int change(const struct step *step, const struct ng_image *before, struct ng_image *image)
{
	size_t size = ng_source_offset(before->size + before->size / 2 + (1 << 20));
	__cleanup_free char *text = step->put ? ng_rule_text(&step->rule) : NULL;
	struct ng_change change = {
		.gone = step->gone,
		.gone_rule = &step->gone_rule,
		.put = step->put,
		.rule = &step->rule,
		.text = text,
	};
	const void *kept[] = { before->data };
	size_t source = ng_image_changed_source(before->data, &change);
	void *room = calloc(1, size + source);
	int failed = room ? ng_image_change(&change, kept, 1, room, size, image) : -ENOMEM;

	if (failed)
		free(room);
	return failed;
}

static __u32 log_rate(const struct ng_image_header *image, size_t rule)
{
	const struct ng_log_limit *limits =
		(const void *)((const char *)image + image->log_limits.offset);

	return image->log_limits.count ? limits[rule].rate : 0;
}

static bool same_rules(const struct ng_image *a, const struct ng_image *b)
{
	const struct ng_image_header *x = a->data, *y = b->data;
	const struct ng_image_source *s = ng_image_source(x), *t = ng_image_source(y);
	size_t n, m;
	const struct ng_image_rule *p = ng_image_rules(a->data, &n);
	const struct ng_image_rule *q = ng_image_rules(b->data, &m);

	if (n != m || s->hides.offset != t->hides.offset ||
	    memcmp(s + 1, t + 1, s->hides.offset - sizeof(*s)) != 0 ||
	    memcmp(x->drop_default, y->drop_default, sizeof(x->drop_default)) ||
	    x->reads_vlan != y->reads_vlan || x->decides_out != y->decides_out ||
	    x->logs_counted != y->logs_counted || x->established != y->established ||
	    x->blocked != y->blocked)
		return false;
	for (size_t i = 0; i < n; i++)
		if (log_rate(x, i) != log_rate(y, i) || p[i].text.offset != q[i].text.offset ||
		    p[i].text.count != q[i].text.count)
			return false;
	return true;
}

static int take_step(struct ng_ruleset *ruleset, const struct step *step, struct by_changes *tally,
		     struct ng_image *image, struct ng_error *err)
{
	struct ng_image next = { 0 }, compiled = { 0 };
	const void *kept[] = { image->data };
	int failed = change(step, image, &next);

	go_on(ruleset, step);
	tally->tried++;
	if (failed == -ENOMEM)
		return failed;
	if (!failed || failed == -EAGAIN) {
		bool left = failed;

		failed = ng_image_compile(ruleset, kept, 1, &compiled, err);
		tally->compiled += left;
		if (!failed && !left && !same_rules(&compiled, &next))
			failed = ng_fail(err, -EIO, "a changed image holds other rules");
		if (!left) {
			ng_image_clear(&compiled);
			compiled = next;
		}
	}
	ng_image_clear(image);
	*image = compiled;
	return failed;
}

int image_by_changes(const struct ng_ruleset *all, uint64_t seed, size_t n,
		     struct by_changes *tally, struct ng_image *image, struct ng_error *err)
{
	__cleanup_free struct step *steps = calloc(n + 1, sizeof(*steps));
	__cleanup_free struct ng_rule *rules = calloc(all->n_rules + n + 1, sizeof(*rules));
	struct ng_ruleset ruleset = *all;
	struct random random = { seed };
	struct ng_image made = { 0 };
	int failed;

	if (!steps || !rules)
		return ng_fail(err, -ENOMEM, "out of memory");
	if (all->n_rules)
		memcpy(rules, all->rules, all->n_rules * sizeof(*rules));
	ruleset.rules = rules;
	for (size_t i = n; i-- > 0;)
		draw_step(&random, all, i, &ruleset, &steps[i]);
	failed = ng_image_compile(&ruleset, NULL, 0, &made, err);
	for (size_t i = 0; i < n && !failed; i++)
		failed = take_step(&ruleset, &steps[i], tally, &made, err);
	if (failed)
		ng_image_clear(&made);
	else
		*image = made;
	return failed;
}
