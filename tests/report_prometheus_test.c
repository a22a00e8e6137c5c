// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "report/prometheus.h"

static char *written;
static size_t size;

static struct ng_prometheus begin(void)
{
	return (struct ng_prometheus){ .out = open_memstream(&written, &size), .family = "it" };
}

static void expect(struct ng_prometheus *text, const char *expected)
{
	fclose(text->out);
	assert_string_equal(written, expected);
	free(written);
}

static void test_families_have_help_and_type_once(void **state)
{
	struct ng_prometheus text = begin();

	(void)state;
	ng_prometheus_counter(&text, "some_total", "What it is.");
	ng_prometheus_sample(&text, 0, NULL);
	ng_prometheus_sample(&text, UINT64_MAX, "a", "b", NULL);
	ng_prometheus_gauge(&text, "now_seconds", "When.");
	ng_prometheus_seconds(&text, 1000000001, "a", "b", "c", "", NULL);
	expect(&text, "# HELP some_total What it is.\n# TYPE some_total counter\n"
		      "some_total 0\nsome_total{a=\"b\"} 18446744073709551615\n"
		      "# HELP now_seconds When.\n# TYPE now_seconds gauge\n"
		      "now_seconds{a=\"b\",c=\"\"} 1.000000001\n");
}

static void test_values_of_labels_are_escaped(void **state)
{
	struct ng_prometheus text = begin();

	(void)state;
	ng_prometheus_sample(&text, 1, "a", "\"q\" \\n b\\ {x=\"1\"}\n# TYPE", NULL);
	expect(&text, "it{a=\"\\\"q\\\" \\\\n b\\\\ {x=\\\"1\\\"}\\n# TYPE\"} 1\n");
}

static void test_values_of_labels_are_utf8(void **state)
{
	struct ng_prometheus text = begin();

	(void)state;
	ng_prometheus_sample(&text, 1, "a", "\xc3\xa4 \xff\xc3 \xe2\x82", NULL);
	expect(&text, "it{a=\"\xc3\xa4 \xef\xbf\xbd\xef\xbf\xbd \xef\xbf\xbd\xef\xbf\xbd\"} 1\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_families_have_help_and_type_once),
		cmocka_unit_test(test_values_of_labels_are_escaped),
		cmocka_unit_test(test_values_of_labels_are_utf8),
	};

	return cmocka_run_group_tests_name("prometheus", tests, NULL, NULL);
}
