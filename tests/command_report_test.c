// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "report/json.h"
#include "report/table.h"
#include "rules/names.h"

static void expect_text(const char *bytes, const char *text)
{
	struct json_object *object = ng_json_new(), *value;

	ng_json_text(object, "text", bytes);
	assert_true(json_object_object_get_ex(object, "text", &value));
	assert_string_equal(json_object_get_string(value), text);
	json_object_put(object);
}

static void test_json_utf8_is_kept(void **state)
{
	(void)state;
	expect_text("a\x7f", "a\x7f");
	expect_text("\xc2\x80 \xdf\xbf", "\xc2\x80 \xdf\xbf");
	expect_text("\xe0\xa0\x80 \xed\x9f\xbf \xef\xbf\xbf",
		    "\xe0\xa0\x80 \xed\x9f\xbf \xef\xbf\xbf");
	expect_text("\xf0\x90\x80\x80 \xf4\x8f\xbf\xbf", "\xf0\x90\x80\x80 \xf4\x8f\xbf\xbf");
}

#define U "\xef\xbf\xbd"

static void test_json_other_bytes_are_replaced(void **state)
{
	(void)state;
	expect_text("a\xff"
		    "b",
		    "a" U "b");
	expect_text("\xc0\x80", U U);		  /* too long */
	expect_text("\xe0\x9f\xbf", U U U);	  /* too long */
	expect_text("\xed\xa0\x80", U U U);	  /* a surrogate */
	expect_text("\xf4\x90\x80\x80", U U U U); /* above U+10FFFF */
	expect_text("\xe2\x82", U U);		  /* cut off */
	expect_text("\x80 \xc3(", U " " U "(");
}

static void expect_table(struct ng_table *table, const char *expected)
{
	char *text = NULL;
	size_t size;
	FILE *file = tmpfile();

	assert_non_null(file);
	ng_table_print(table, file);
	size = ftell(file);
	rewind(file);
	text = calloc(1, size + 1);
	assert_non_null(text);
	assert_int_equal(fread(text, 1, size, file), size);
	assert_string_equal(text, expected);
	free(text);
	fclose(file);
	ng_table_free(table);
}

static void test_table_columns_are_aligned(void **state)
{
	static const struct ng_column columns[] = { { "NAME", false },
						    { "N", true },
						    { "TEXT", false } };
	struct ng_table *table = ng_table_new(columns, 3);

	(void)state;
	ng_table_cell(table, "a");
	ng_table_cell(table, "%d", 1234);
	ng_table_cell(table, "x");
	ng_table_cell(table, "longer");
	ng_table_cell(table, "%d", 5);
	ng_table_cell(table, "y z");
	expect_table(table, "NAME       N  TEXT\n"
			    "a       1234  x\n"
			    "longer     5  y z\n");
}

static void test_table_width_is_in_characters(void **state)
{
	static const struct ng_column columns[] = { { NULL, false }, { NULL, false } };
	struct ng_table *table = ng_table_new(columns, 2);

	(void)state;
	ng_table_cell(table, "\xc3\xa4\xc3\xb6");
	ng_table_cell(table, "1");
	ng_table_cell(table, "abc");
	ng_table_cell(table, "2");
	expect_table(table, "\xc3\xa4\xc3\xb6   1\nabc  2\n");
}

static const char *guess(const char *word)
{
	static const char *const names[] = { "attach", "detach", "rule add", "rule move" };
	struct ng_guess guess = { 0 };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		ng_guess_word(&guess, word, names[i]);
	return guess.best;
}

static void test_guess_is_a_likely_misspelling(void **state)
{
	(void)state;
	assert_string_equal(guess("atach"), "attach");
	assert_string_equal(guess("detahc"), "detach");
	assert_string_equal(guess("rule mov"), "rule move");
	assert_null(guess("status"));
	assert_null(guess("x"));
	assert_null(guess(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_json_utf8_is_kept),
		cmocka_unit_test(test_json_other_bytes_are_replaced),
		cmocka_unit_test(test_table_columns_are_aligned),
		cmocka_unit_test(test_table_width_is_in_characters),
		cmocka_unit_test(test_guess_is_a_likely_misspelling),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
