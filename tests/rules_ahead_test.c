// SPDX-License-Identifier: GPL-2.0-only
/* A long text gives the same ruleset and messages whether several threads read it or one. */
#include <sched.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/cleanup.h"
#include "base/threads.h"
#include "rules/parse.h"
#include "rules/print.h"

#define LINES 12000

/* The ruleset and the messages, as text. */
static char *read_text(const char *text, size_t len)
{
	struct ng_messages messages = { 0 };
	struct ng_ruleset *ruleset = NULL;
	char *said = NULL;
	size_t size;
	FILE *out = open_memstream(&said, &size);
	int ret;

	assert_non_null(out);
	ret = ng_parse_text(text, len, "text", NULL, NULL, &ruleset, &messages);
	fprintf(out, "%d, %zu errors, %zu left out\n", ret, messages.errors, messages.left_out);
	for (size_t i = 0; i < messages.n; i++)
		fprintf(out, "%s: %s (%s)\n", messages.list[i].error.where,
			messages.list[i].error.what, messages.list[i].error.hint);
	for (size_t i = 0; ruleset && i < ruleset->n_rules; i++)
		fprintf(out, "%s:%u:%u\n", ruleset->rules[i].file, ruleset->rules[i].line,
			ruleset->rules[i].column);
	if (ruleset) {
		fprintf(out, "%zu bytes\n", ruleset->bytes);
		ng_print_ruleset(out, ruleset, NG_SETS_INLINE);
	}
	fclose(out);
	ng_messages_clear(&messages);
	ng_ruleset_free(ruleset);
	return said;
}

static void read_by_one(const char *text, size_t len, char **said)
{
	cpu_set_t all, one;

	assert_int_equal(sched_getaffinity(0, sizeof(all), &all), 0);
	CPU_ZERO(&one);
	CPU_SET(sched_getcpu(), &one);
	assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
	*said = read_text(text, len);
	assert_int_equal(sched_setaffinity(0, sizeof(all), &all), 0);
}

/* Check a text of rules, with @odd at several places and @last at its end. */
static void check(const char *odd, const char *last)
{
	__cleanup_free char *text = NULL, *one = NULL, *several = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	fputs("set early { 192.0.2.1 }\n", out);
	for (size_t i = 0; i < LINES; i++) {
		fprintf(out, "drop tcp from 10.%zu.%zu.0/24 dport %zu label \"rule number %zu\"\n",
			i / 256 % 256, i % 256, 1 + i % 60000, i);
		if (i % (LINES / 8) == LINES / 16)
			fprintf(out, odd, i);
	}
	fputs(last, out);
	fclose(out);
	several = read_text(text, len);
	read_by_one(text, len, &one);
	assert_string_equal(several, one);
}

static void test_a_long_text_of_rules_is_read_alike(void **state)
{
	(void)state;
	check("", "");
	check("\n# nothing\n\t\n", "# no newline at the end");
	check("count from @early\npass from @late\n", "set late { 192.0.2.2 }\n");
}

static void test_statements_on_several_lines_are_read_alike(void **state)
{
	(void)state;
	check("drop \\\n tcp \\\ndport 5\n", "");
	check("drop from { 192.0.2.%zu,\n 192.0.2.1\n}\n", "");
	check("drop from { 10.0.0.0/8,\n\n\n", "");
	check("drop udp label \"\\\npass tcp\"\n", "");
}

static void test_other_statements_far_from_the_beginning_are_read_alike(void **state)
{
	(void)state;
	check("set x%zu { 192.0.2.1,\n\n192.0.2.2 }\ndrop from @early\n", "default drop\n");
	check("", "default drop\ndefault drop\n");
	check("", "include \"nothing\"\n");
}

static void test_errors_far_from_the_beginning_are_reported_alike(void **state)
{
	(void)state;
	check("drop tcp dport 99999\n", "");
	check("drop from @nowhere\n", "");
	check("drop from @early tcp from\n", "nonsense\n");
	check("drop tcp udp\n", "");
	check("drop tcp dport 5 until 2001-01-01T00:00:00Z\n", "");
	check("drop tcp\r\ndrop udp\n", "");
	check("", "drop tcp dport");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_long_text_of_rules_is_read_alike),
		cmocka_unit_test(test_statements_on_several_lines_are_read_alike),
		cmocka_unit_test(test_other_statements_far_from_the_beginning_are_read_alike),
		cmocka_unit_test(test_errors_far_from_the_beginning_are_reported_alike),
	};

	if (ng_threads(2) < 2) {
		puts("skip - rules_ahead: this needs two processors");
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
