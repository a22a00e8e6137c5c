// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "shape.h"
#include "shrink.h"

/* The part of a ruleset that it needs to "fail". */
struct need {
	const struct ng_ruleset *whole;
	size_t rules[2];
	size_t set, prefix;
	size_t tries;
};

static bool holds_rule(const struct ng_ruleset *ruleset, const struct ng_rule *rule)
{
	for (size_t i = 0; i < ruleset->n_rules; i++)
		if (ruleset->rules[i].conditions == rule->conditions)
			return true;
	return false;
}

static bool holds_prefix(const struct ng_set *set, const struct ng_prefix *prefix)
{
	for (size_t i = 0; i < set->n_prefixes; i++)
		if (!memcmp(&set->prefixes[i], prefix, sizeof(*prefix)))
			return true;
	return false;
}

static bool fails(const struct ng_ruleset *ruleset, void *data)
{
	struct need *need = data;
	const struct ng_ruleset *whole = need->whole;

	need->tries++;
	return holds_rule(ruleset, &whole->rules[need->rules[0]]) &&
	       holds_rule(ruleset, &whole->rules[need->rules[1]]) &&
	       holds_prefix(&ruleset->sets[need->set],
			    &whole->sets[need->set].prefixes[need->prefix]);
}

static void test_shrink_leaves_what_is_needed_and_nothing_else(void **state)
{
	struct ng_ruleset *whole, *shrunk;
	struct ng_error err;
	size_t *numbers;
	struct need need = { .rules = { 3, 4711 }, .set = 2, .prefix = 999 };

	(void)state;
	assert_int_equal(
		shape_ruleset(shape_named("large-sets"), SHAPE_IPV4, 1, 10000, &whole, &err), 0);
	need.whole = whole;
	assert_int_equal(shrink_ruleset(whole, fails, &need, &shrunk, &numbers), 0);
	assert_int_equal(shrunk->n_rules, 2);
	assert_int_equal(numbers[0], 4);
	assert_int_equal(numbers[1], 4712);
	for (size_t i = 0; i < shrunk->n_sets; i++)
		assert_int_equal(shrunk->sets[i].n_prefixes, i == need.set);
	assert_true(need.tries < 1000);
	assert_int_equal(whole->n_rules, 10000);
	shrink_free(shrunk, numbers);
	ng_ruleset_free(whole);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shrink_leaves_what_is_needed_and_nothing_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
