// SPDX-License-Identifier: GPL-2.0-only
/* Prefixes and list files. */
#include "rules_help.h"

#include <fcntl.h>
#include <unistd.h>

static void expect_prefixes(const struct ng_set *set, const char *const *texts, size_t n)
{
	char text[64];

	assert_int_equal(set->n_prefixes, n);
	for (size_t i = 0; i < n; i++)
		assert_string_equal(ng_prefix_text(&set->prefixes[i], text, sizeof(text)),
				    texts[i]);
}

static void test_set_file_is_sorted_masked_and_counted(void **state)
{
	static const char *const expected[] = { "10.0.0.0/8", "10.0.0.0/16", "192.0.2.1",
						"2001:db8::/32" };
	struct ng_set set = { .name = "kept" };
	struct ng_error err;

	assert_int_equal(ng_read_set_file(help_write(state, "list",
						     "\xef\xbb\xbf; a remark\r\n"
						     "# another\n"
						     "\n"
						     "  \t \n"
						     "2001:db8::/32 ; SBL1\n"
						     "192.0.2.1\tremark\r\n"
						     "  10.0.0.0/16#x\n"
						     "10.1.2.3/8;y\n"
						     "10.0.0.0/8 \xff\xfe\n"
						     "192.0.2.1/32"),
					  &set, &err),
			 0);
	expect_prefixes(&set, expected, 4);
	assert_int_equal(set.masked, 1);
	assert_int_equal(set.duplicates, 2);
	assert_string_equal(set.name, "kept");
	free(set.prefixes);
}

static void test_set_file_may_be_empty(void **state)
{
	struct ng_set set = { 0 };

	assert_int_equal(ng_read_set_file(help_write(state, "list", ""), &set, NULL), 0);
	assert_int_equal(set.n_prefixes, 0);
	assert_int_equal(ng_read_set_file(help_write(state, "list", "; none\n"), &set, NULL), 0);
	assert_int_equal(set.n_prefixes, 0);
	free(set.prefixes);
}

static void test_set_file_line_that_is_no_prefix_is_an_error(void **state)
{
	static const char *const cases[][3] = {
		{ "10.0.0.0/8\n  example.org\n", ":2:3", "not an address" },
		{ "10.0.0.0/33\n", ":1:1", "more than 32" },
		{ "10.0.0.0/8\n10.0.0.0/08\n", ":2:1", "not a prefix length" },
		{ "10.0.0.0/8\r\n10.0.0.1-10.0.0.9\r\n", ":2:1", "not an address" },
		{ "10.0.0.0/8,11.0.0.0/8\n", ":1:1", "not a prefix length" },
		{ "\xe2\x80\x9c"
		  "10.0.0.0/8\n",
		  ":1:1", "not an address" },
		{ "\x1b[2J\n", ":1:1", "not an address" },
		{ "10.0.0.0/8/8\n", ":1:1", "not a prefix length" },
		{ "1111111111111111111111111111111111111111111111111111111111111111111111111\n",
		  ":1:1", "not an address" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *path = help_write(state, "list", cases[i][0]);
		struct ng_set set = { .n_prefixes = 77 };
		struct ng_error err;
		char where[512];

		assert_int_equal(ng_read_set_file(path, &set, &err), -EINVAL);
		snprintf(where, sizeof(where), "%s%s", path, cases[i][1]);
		assert_string_equal(err.where, where);
		if (!strstr(err.what, cases[i][2]))
			fail_msg("%s: %s", cases[i][0], err.what);
		assert_int_equal(set.n_prefixes, 77);
		/* What a stranger's file holds is not shown raw. */
		for (const char *c = err.what; *c && *c != '\xe2'; c++)
			assert_true(*c >= ' ');
	}
}

static void test_set_file_that_is_no_text_is_refused(void **state)
{
	char *line = calloc(1, 1 << 20);
	struct ng_set set = { 0 };
	struct ng_error err;

	memset(line, '1', 1 << 20);
	assert_int_equal(
		ng_read_set_file(help_write_bytes(state, "list", line, 1 << 20), &set, &err),
		-EINVAL);
	assert_non_null(strstr(err.what, "longer than"));
	free(line);
	assert_int_equal(ng_read_set_file(help_write_bytes(state, "list", "1\0", 2), &set, &err),
			 -EINVAL);
	assert_non_null(strstr(err.what, "NUL"));
	assert_int_equal(ng_read_set_file(help_path(state, "none"), &set, &err), -ENOENT);
	assert_int_equal(ng_read_set_file((const char *)*state, &set, &err), -EISDIR);
	assert_int_equal(mkfifo(help_path(state, "fifo"), 0600), 0);
	assert_int_equal(ng_read_set_file(help_path(state, "fifo"), &set, &err), -EINVAL);
	assert_non_null(strstr(err.what, "not a regular file"));
}

static void test_set_statement_reads_a_file_beside_the_ruleset(void **state)
{
	char where[512];
	struct reading r;
	char *text;

	help_write(state, "list", "10.0.0.1/8\n::1\n10.2.3.4/16\n");
	r = help_read_file(help_write(state, "main", "set a file \"list\"\ndrop from @a\n"));
	assert_int_equal(r.ret, 0);
	assert_int_equal(r.messages.n, 1);
	assert_true(r.messages.list[0].warning);
	snprintf(where, sizeof(where), "%s:1:12", help_path(state, "main"));
	help_expect(&r, 0, where, "2 of the prefixes in \"list\" have host bits set", NULL);
	text = help_print(r.ruleset, NG_SETS_BY_FILE);
	assert_non_null(strstr(text, "set a file \"list\"\n"));
	free(text);
	text = help_print(r.ruleset, NG_SETS_INLINE);
	assert_non_null(strstr(text, "set a { 10.0.0.0/8, 10.2.0.0/16, ::1 }\n"));
	free(text);
	help_clear(&r);
}

static void test_set_statement_errors_name_the_file(void **state)
{
	char where[512];
	struct reading r;

	r = help_read_file(help_write(state, "main", "\nset a file \"list\"\n"));
	snprintf(where, sizeof(where), "%s:2:12", help_path(state, "main"));
	help_expect(&r, 0, where, "No such file", NULL);
	help_expect(&r, 0, where, help_path(state, "list"), NULL);
	help_clear(&r);
	help_write(state, "list", "10.0.0.0/8\nx\n");
	r = help_read_file(help_path(state, "main"));
	snprintf(where, sizeof(where), "%s:2:1", help_path(state, "list"));
	help_expect(&r, 0, where, "'x' is not an address", NULL);
	help_clear(&r);
}

/* ---- sets from elsewhere ---------------------------------------------------------------- */

static int give_loopback(void *data, struct ng_set *set, struct ng_error *err)
{
	(void)err;
	assert_string_equal(set->name, "a");
	assert_string_equal(set->path, "some/list");
	set->prefixes = malloc(sizeof(*set->prefixes));
	assert_int_equal(ng_parse_prefix("::1", set->prefixes, NULL), 0);
	set->n_prefixes = 1;
	++*(int *)data;
	return 0;
}

static int give_error(void *data, struct ng_set *set, struct ng_error *err)
{
	(void)data;
	(void)set;
	return ng_fail(err, -ENOENT, "the image has no such set");
}

static void test_set_source_replaces_the_file(void **state)
{
	static const char text[] = "set a file \"some/list\"\ndrop from @a\n";
	int calls = 0;
	struct ng_set_source source = { give_loopback, &calls };
	struct reading r = { 0 };

	(void)state;
	assert_int_equal(
		ng_parse_text(text, strlen(text), "t", NULL, &source, &r.ruleset, &r.messages), 0);
	assert_int_equal(calls, 1);
	assert_int_equal(ng_ruleset_set(r.ruleset, "a")->n_prefixes, 1);
	help_clear(&r);
	source.read = give_error;
	r = (struct reading){ 0 };
	assert_int_equal(
		ng_parse_text(text, strlen(text), "t", NULL, &source, &r.ruleset, &r.messages),
		-EINVAL);
	help_expect(&r, 0, "t:1:12", "the image has no such set", NULL);
	help_clear(&r);
}

static void test_set_of_many_prefixes_is_read_inline_and_from_a_file(void **state)
{
	char *text = malloc(32 * 100001), *list = malloc(32 * 100001);
	char *end = text + sprintf(text, "set a {\n"), *list_end = list;
	struct ng_set set = { 0 };
	struct reading r;

	for (int i = 0; i < 100000; i++) {
		int a = i % 200, b = i / 200 % 250, c = i / 50000;

		end += sprintf(end, "10.%d.%d.%d,\n", a, b, c);
		list_end += sprintf(list_end, "10.%d.%d.%d/32\n", a, b, c);
	}
	strcpy(end, "}\n");
	assert_int_equal(ng_read_set_file(help_write(state, "list", list), &set, NULL), 0);
	assert_int_equal(set.n_prefixes, 100000);
	assert_int_equal(set.duplicates, 0);
	r = help_read(text);
	assert_int_equal(r.ret, 0);
	assert_int_equal(r.ruleset->sets[0].n_prefixes, 100000);
	assert_memory_equal(r.ruleset->sets[0].prefixes, set.prefixes,
			    100000 * sizeof(*set.prefixes));
	help_clear(&r);
	free(set.prefixes);
	free(text);
	free(list);
}

#define with_folder(test) \
	cmocka_unit_test_setup_teardown(test, help_make_folder, help_remove_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_folder(test_set_file_is_sorted_masked_and_counted),
		with_folder(test_set_file_may_be_empty),
		with_folder(test_set_file_line_that_is_no_prefix_is_an_error),
		with_folder(test_set_file_that_is_no_text_is_refused),
		with_folder(test_set_statement_reads_a_file_beside_the_ruleset),
		with_folder(test_set_statement_errors_name_the_file),
		cmocka_unit_test(test_set_source_replaces_the_file),
		with_folder(test_set_of_many_prefixes_is_read_inline_and_from_a_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
