// SPDX-License-Identifier: GPL-2.0-only
/* The model gives the same results with and without its index; shapes and aimed frames work. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "aimed_frame.h"
#include "model_index.h"
#include "random_domain.h"
#include "random_ruleset.h"
#include "rules/print.h"
#include "shape.h"

#define RULES  300 /* more than one block of the index, and no whole number of them */
#define FRAMES 150

/* Entries of static sets, of @blocked, and of a set that no ruleset has. */
static const struct model_live_entry entries[] = {
	{ "set0", { .addr = { 192, 0, 2, 1 }, .family = 4, .len = 32 }, 0 },
	{ "set0", { .addr = { 198 }, .family = 4, .len = 7 }, 1000 },
	{ "set1", { .addr = { 0x20, 1, 0xd, 0xb8 }, .family = 6, .len = 32 }, 500 },
	{ "set2", { .family = 6, .len = 0 }, 501 },
	{ "blocked", { .addr = { 203, 0, 113, 9 }, .family = 4, .len = 32 }, 0 },
	{ "other", { .family = 4, .len = 0 }, 0 },
};
static const struct model_live live = { entries, sizeof(entries) / sizeof(entries[0]) };

#define NOW 500 /* exactly when one of them expires */

/**
 * struct both - a ruleset with and without its index
 * @matched: rules that counted or decided, over all frames
 */
struct both {
	struct model_rules plain, indexed;
	struct model_index *index;
	struct model_counted counted[2];
	size_t matched;
};

static void begin(struct both *both, const struct ng_ruleset *ruleset)
{
	*both = (struct both){ .plain = { .ruleset = ruleset, .live = &live } };
	assert_int_equal(model_index_new(ruleset, &both->index), 0);
	both->indexed = both->plain;
	both->indexed.index = both->index;
	for (int i = 0; i < 2; i++)
		both->counted[i].list = calloc(ruleset->n_rules + 1, sizeof(size_t));
}

static void end(struct both *both)
{
	for (int i = 0; i < 2; i++)
		free(both->counted[i].list);
	model_index_free(both->index);
}

static void ask(struct both *both, const struct model_frame *frame, const char *what)
{
	struct ng_decision plain, indexed;

	model_decide(&both->plain, frame, &plain, &both->counted[0]);
	model_decide(&both->indexed, frame, &indexed, &both->counted[1]);
	both->matched += both->counted[0].n + (plain.rule != 0);
	if (memcmp(&plain, &indexed, sizeof(plain)))
		fail_msg("%s: rule %u decides, with the index rule %u", what, plain.rule,
			 indexed.rule);
	if (both->counted[0].n != both->counted[1].n ||
	    memcmp(both->counted[0].list, both->counted[1].list,
		   both->counted[0].n * sizeof(size_t)))
		fail_msg("%s: %zu rules count, with the index %zu or others", what,
			 both->counted[0].n, both->counted[1].n);
}

static void ask_everywhere(struct both *both, const struct random_frame *drawn, const char *what)
{
	for (int hook = 0; hook < 3; hook++) {
		struct model_frame frame = {
			.bytes = drawn->bytes,
			.len = drawn->len,
			.direction = hook == 2 ? NG_OUT : NG_IN,
			.iface = domain_iface[hook],
			.segments = hook ? drawn->segments : 0,
			.segment_size = drawn->segment_size,
			.boot = NOW,
			.utc = NOW,
		};

		ask(both, &frame, what);
	}
}

/* Some rules expire before, at and after the time of the frames. */
static void give_ends(struct random *random, struct ng_ruleset *ruleset)
{
	for (size_t i = 0; i < ruleset->n_rules; i++)
		if (random_percent(random, 10))
			ruleset->rules[i].until = NOW - 1 + random_below(random, 3);
}

static size_t ask_frames(struct random *random, const struct ng_ruleset *ruleset, const char *what)
{
	struct random_frame frame;
	struct both both;

	begin(&both, ruleset);
	for (int i = 0; i < FRAMES; i++) {
		if (random_percent(random, 30))
			random_frame(random, NULL, 0, &frame);
		else
			aimed_frame(random, ruleset, random_below(random, ruleset->n_rules),
				    random_percent(random, 60), &frame);
		ask_everywhere(&both, &frame, what);
	}
	end(&both);
	return both.matched;
}

static void test_model_index_changes_no_answer_under_any_shape(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_shapes * SHAPE_FAMILIES; i++) {
		const struct shape *shape = &shapes[i / SHAPE_FAMILIES];
		struct random random = { i };
		struct ng_ruleset *ruleset;
		struct ng_error err;

		assert_int_equal(shape_ruleset(shape, i % SHAPE_FAMILIES, i,
					       shape->large_sets ? 20 : RULES, &ruleset, &err),
				 0);
		give_ends(&random, ruleset);
		if (!ask_frames(&random, ruleset, shape->name))
			fail_msg("%s, %s: no rule matched anything", shape->name,
				 shape_families[i % SHAPE_FAMILIES]);
		ng_ruleset_free(ruleset);
	}
}

static void test_model_index_changes_no_answer_under_small_rulesets(void **state)
{
	size_t matched = 0;

	(void)state;
	for (uint64_t seed = 0; seed < 200; seed++) {
		struct random random = { seed };
		struct ng_ruleset *ruleset;
		struct ng_error err;
		size_t refused = 0;
		char *text;

		assert_int_equal(random_ruleset(&random, &text, &ruleset, &refused, &err), 0);
		if (ruleset->n_rules)
			matched += ask_frames(&random, ruleset, text);
		free(text);
		ng_ruleset_free(ruleset);
	}
	assert_true(matched > 10000);
}

static char *text_of(const struct ng_ruleset *ruleset)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	assert_int_equal(ng_print_ruleset(out, ruleset, NG_SETS_INLINE), 0);
	fclose(out);
	return text;
}

static void test_shape_is_the_same_for_the_same_seed(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_shapes; i++) {
		struct ng_ruleset *rulesets[3];
		struct ng_error err;
		char *texts[3];

		for (int j = 0; j < 3; j++) {
			assert_int_equal(shape_ruleset(&shapes[i], SHAPE_MIXED, j < 2 ? 1 : 2, 33,
						       &rulesets[j], &err),
					 0);
			assert_int_equal(rulesets[j]->n_rules, 33);
			texts[j] = text_of(rulesets[j]);
		}
		assert_string_equal(texts[0], texts[1]);
		assert_string_not_equal(texts[0], texts[2]);
		for (int j = 0; j < 3; j++) {
			free(texts[j]);
			ng_ruleset_free(rulesets[j]);
		}
	}
}

static bool meets(const struct ng_ruleset *ruleset, const struct random_frame *drawn)
{
	struct model_rules rules = { .ruleset = ruleset };
	struct ng_decision decision;
	struct model_frame frame = {
		.bytes = drawn->bytes,
		.len = drawn->len,
		.direction = ruleset->rules[0].direction,
		.iface = ruleset->rules[0].iface,
	};

	model_decide(&rules, &frame, &decision, NULL);
	return decision.rule;
}

/* For rulesets of one rule: a frame aimed inside matches it, one aimed outside does not. */
static void test_aimed_frame_meets_its_rule_and_misses_it_as_asked(void **state)
{
	size_t inside = 0, outside = 0, frames = 0;

	(void)state;
	for (uint64_t seed = 0; seed < 200; seed++)
		for (size_t i = 0; i < n_shapes; i++) {
			struct random random = { seed };
			struct random_frame frame;
			struct ng_ruleset *ruleset;
			struct ng_error err;

			if (shapes[i].sets)
				continue;
			assert_int_equal(
				shape_ruleset(&shapes[i], SHAPE_MIXED, seed, 1, &ruleset, &err), 0);
			ruleset->rules[0].verdict = NG_DROP;
			aimed_frame(&random, ruleset, 0, true, &frame);
			inside += meets(ruleset, &frame);
			if (ruleset->rules[0].n_conditions) {
				aimed_frame(&random, ruleset, 0, false, &frame);
				outside += !meets(ruleset, &frame);
				frames++;
			}
			ng_ruleset_free(ruleset);
		}
	print_message("%zu of %zu frames aimed inside matched, %zu of %zu aimed outside did not\n",
		      inside, 200 * (n_shapes - 4), outside, frames);
	assert_true(inside > frames * 9 / 10);
	assert_true(outside > frames * 3 / 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_model_index_changes_no_answer_under_any_shape),
		cmocka_unit_test(test_model_index_changes_no_answer_under_small_rulesets),
		cmocka_unit_test(test_shape_is_the_same_for_the_same_seed),
		cmocka_unit_test(test_aimed_frame_meets_its_rule_and_misses_it_as_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
