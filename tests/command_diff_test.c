// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "commands/diff_rules.h"
#include "rules/parse.h"

#define TEXT_LEN 4096

/* "a b c" becomes the rules `drop label "a"` and so on. */
static struct ng_ruleset *ruleset_of(const char *labels)
{
	struct ng_ruleset *ruleset = ng_ruleset_new();

	assert_non_null(ruleset);
	while (*labels) {
		char text[64];
		struct ng_rule rule;
		struct ng_error error;

		snprintf(text, sizeof(text), "drop label \"%c\"", *labels++);
		assert_int_equal(ng_parse_rule(text, NULL, &rule, &error), 0);
		assert_int_equal(ng_ruleset_insert(ruleset, ruleset->n_rules, &rule), 0);
		ng_rule_clear(&rule);
	}
	return ruleset;
}

static void note(void *data, bool added, size_t number, const char *text)
{
	const char *label = strchr(text, '"');
	char *notes = data;
	size_t len = strlen(notes);

	assert_non_null(label);
	snprintf(notes + len, TEXT_LEN - len, "%s%c%zu%c", len ? " " : "", added ? '+' : '-',
		 number, label[1]);
}

static void expect(const char *old, const char *new, const char *changes)
{
	struct ng_ruleset *a = ruleset_of(old), *b = ruleset_of(new);
	char notes[TEXT_LEN] = "";

	assert_int_equal(ng_diff_rules(a, b, note, notes), 0);
	assert_string_equal(notes, changes);
	ng_ruleset_free(a);
	ng_ruleset_free(b);
}

static void test_diff_same_rules_are_no_change(void **state)
{
	(void)state;
	expect("", "", "");
	expect("abc", "abc", "");
}

static void test_diff_to_and_from_nothing(void **state)
{
	(void)state;
	expect("", "ab", "+1a +2b");
	expect("ab", "", "-1a -2b");
}

static void test_diff_one_changed_in_the_middle(void **state)
{
	(void)state;
	expect("abc", "axc", "-2b +2x");
	expect("abc", "ac", "-2b");
	expect("ac", "abc", "+2b");
}

static void test_diff_a_moved_rule_is_the_only_change(void **state)
{
	(void)state;
	expect("abcdef", "bcdefa", "-1a +6a");
	expect("abcdef", "fabcde", "+1f -6f");
}

static void test_diff_equal_rules_are_counted(void **state)
{
	(void)state;
	expect("aba", "ab", "-3a");
	expect("aa", "aaa", "+3a");
	expect("aabb", "bbaa", "-1a -2a +3a +4a");
}

/* For any two rulesets: the reported changes turn one into the other. */
static void test_diff_applied_to_old_gives_new(void **state)
{
	static const char *const lists[] = { "",	"a",	  "abcab", "bacba",
					     "cabbage", "xaybzc", "abcdef" };
	size_t n = sizeof(lists) / sizeof(*lists);

	(void)state;
	for (size_t i = 0; i < n * n; i++) {
		struct ng_ruleset *a = ruleset_of(lists[i / n]), *b = ruleset_of(lists[i % n]);
		char notes[TEXT_LEN] = "", made[TEXT_LEN] = "", *left = notes, *change;
		const char *old = lists[i / n];
		size_t at = 0, len = 0;

		assert_int_equal(ng_diff_rules(a, b, note, notes), 0);
		while ((change = strsep(&left, " ")) && *change) {
			size_t number = strtoul(change + 1, NULL, 10);
			char label = change[strlen(change) - 1];

			if (*change == '-') {
				while (at < number - 1)
					made[len++] = old[at++];
				assert_int_equal(old[at++], label);
			} else {
				while (len < number - 1)
					made[len++] = old[at++];
				made[len++] = label;
			}
		}
		strcpy(made + len, old + at);
		assert_string_equal(made, lists[i % n]);
		ng_ruleset_free(a);
		ng_ruleset_free(b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_diff_same_rules_are_no_change),
		cmocka_unit_test(test_diff_to_and_from_nothing),
		cmocka_unit_test(test_diff_one_changed_in_the_middle),
		cmocka_unit_test(test_diff_a_moved_rule_is_the_only_change),
		cmocka_unit_test(test_diff_equal_rules_are_counted),
		cmocka_unit_test(test_diff_applied_to_old_gives_new),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
