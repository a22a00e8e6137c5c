// SPDX-License-Identifier: GPL-2.0-only
/* Times and durations as text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "cli/words.h"
#include "rules/time.h"

static void test_duration_reads_and_prints(void **state)
{
	static const struct {
		const char *text;
		uint64_t seconds;
		const char *printed;
	} rows[] = {
		{ "1s", 1, "1s" },
		{ "90s", 90, "1m30s" },
		{ "10m", 600, "10m" },
		{ "2h", 7200, "2h" },
		{ "7d", 604800, "7d" },
		{ "1h30m", 5400, "1h30m" },
		{ "1d2h3m4s", 93784, "1d2h3m4s" },
		{ "0d1s", 1, "1s" },
		{ "36500d", NG_DURATION_MAX, "36500d" },
	};
	char text[NG_TIME_TEXT];
	struct ng_error err;
	uint64_t seconds;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(ng_duration_read(rows[i].text, &seconds, &err), 0);
		assert_int_equal(seconds, rows[i].seconds);
		assert_string_equal(ng_duration_text(seconds, text), rows[i].printed);
	}
}

static void test_duration_refuses(void **state)
{
	static const struct {
		const char *text, *what, *hint;
	} rows[] = {
		{ "", "not a duration", "90s" },
		{ "10", "not a duration", "write a unit: 10s" },
		{ "10x", "not a duration", "1h30m" },
		{ "m", "not a duration", "1h30m" },
		{ "10min", "not a duration", "1h30m" },
		{ "30m1h", "not a duration", "the largest first" },
		{ "1m1m", "not a duration", "the largest first" },
		{ "-5s", "not a duration", NULL },
		{ "1.5h", "not a duration", NULL },
		{ "0s", "a duration of zero", NULL },
		{ "36501d", "longer than 100 years", "does not expire" },
		{ "9999999999d", "longer than 100 years", NULL },
		{ "99999999999s", "not a duration", NULL },
	};
	struct ng_error err;
	uint64_t seconds = 7;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(ng_duration_read(rows[i].text, &seconds, &err), -EINVAL);
		if (!strstr(err.what, rows[i].what) ||
		    (rows[i].hint && !strstr(err.hint, rows[i].hint)))
			fail_msg("%s: '%s; %s'", rows[i].text, err.what, err.hint);
	}
	assert_int_equal(seconds, 7);
}

static void test_time_reads_and_prints(void **state)
{
	static const struct {
		const char *text;
		uint64_t seconds;
	} rows[] = {
		{ "1970-01-01T00:00:01Z", 1 },
		{ "2000-02-29T12:00:00Z", 951825600 },
		{ "2026-12-01T00:00:00Z", 1796083200 },
		{ "2038-01-19T03:14:08Z", 2147483648 },
		{ "9999-12-31T23:59:59Z", 253402300799 },
	};
	char text[NG_TIME_TEXT];
	uint64_t seconds;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(ng_time_read(rows[i].text, &seconds, NULL), 0);
		assert_int_equal(seconds, rows[i].seconds);
		assert_string_equal(ng_time_text(seconds, text), rows[i].text);
	}
}

static void test_time_refuses(void **state)
{
	static const char *const texts[] = {
		"",
		"2026-12-01",
		"2026-12-01 00:00:00Z",
		"2026-12-01T00:00:00",
		"2026-12-01T00:00:00+00:00",
		"2026-12-01T00:00:00.5Z",
		"2026-13-01T00:00:00Z",
		"2026-02-29T00:00:00Z",
		"2026-12-01T24:00:00Z",
		"2026-12-01T00:00:60Z",
		"1970-01-01T00:00:00Z",
		"1969-12-31T23:59:59Z",
		"2026-12-01T00:00:00Zx",
		"+026-12-01T00:00:00Z",
	};
	uint64_t seconds = 7;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (ng_time_read(texts[i], &seconds, NULL) != -EINVAL)
			fail_msg("'%s' is accepted", texts[i]);
	assert_int_equal(seconds, 7);
}

static void test_exact_durations(void **state)
{
	static const struct {
		const char *text;
		uint64_t ns;
	} rows[] = {
		{ "9m55.9s", 595900000000 },
		{ "3h59m48.3s", 14388300000000 },
		{ "0s", 0 },
		{ "350ms", 350000000 },
		{ "1.5us", 1500 },
		{ "1.5\u00b5s", 1500 },
		{ "100ns", 100 },
		{ "1.0000000009s", 1000000000 },
		{ "36500d", NG_DURATION_MAX * 1000000000 },
	};
	static const char *const bad[] = { "",	  "10",	    "1.5h",	 "-2s",		"1.5.5s",
					   ".5s", "5s1m",   "s",	 "1s ",		"1e3s",
					   "+1s", "36501d", "36500d1ns", "99999999999s" };
	struct ng_error err;
	uint64_t ns;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(ng_duration_read_exact(rows[i].text, &ns, &err), 0);
		assert_true(ns == rows[i].ns);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(ng_duration_read_exact(bad[i], &ns, &err), -EINVAL);
}

static void test_epochs(void **state)
{
	static const char *const bad[] = {
		"", "1795000000000", "-1", "1.2.3", "now", "1795000000s", "2026-13-01T00:00:00Z"
	};
	struct ng_error err;
	uint64_t ns;

	(void)state;
	assert_int_equal(ng_epoch_read("1795000000", &ns, &err), 0);
	assert_true(ns == 1795000000000000000);
	assert_int_equal(ng_epoch_read("1795000000.25", &ns, &err), 0);
	assert_true(ns == 1795000000250000000);
	assert_int_equal(ng_epoch_read("1970-01-02T00:00:00Z", &ns, &err), 0);
	assert_true(ns == 86400000000000);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(ng_epoch_read(bad[i], &ns, &err), -EINVAL);
}

static void test_duration_is_cut_off_the_end_of_a_text(void **state)
{
	static const struct {
		const char *text, *left;
		uint64_t seconds;
	} rows[] = {
		{ "192.0.2.1 for 10m", "192.0.2.1", 600 },
		{ "tcp dport 22\tfor  1h \t", "tcp dport 22", 3600 },
		{ "192.0.2.1", "192.0.2.1", 0 },
		{ "tcp dport 22", "tcp dport 22", 0 },
		{ "tcp label \"wait for 10m\"", "tcp label \"wait for 10m\"", 0 },
		{ "  ", "", 0 },
		{ "for 5s", "", 5 },
	};
	char text[64];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t seconds = 0;

		strcpy(text, rows[i].text);
		assert_int_equal(ng_cut_duration(text, &seconds, NULL), 0);
		assert_string_equal(text, rows[i].left);
		assert_int_equal(seconds, rows[i].seconds);
	}
	strcpy(text, "192.0.2.1 for");
	assert_int_equal(ng_cut_duration(text, &(uint64_t){ 0 }, NULL), -EINVAL);
	strcpy(text, "192.0.2.1 for ever");
	assert_int_equal(ng_cut_duration(text, &(uint64_t){ 0 }, NULL), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_duration_reads_and_prints),
		cmocka_unit_test(test_duration_refuses),
		cmocka_unit_test(test_exact_durations),
		cmocka_unit_test(test_epochs),
		cmocka_unit_test(test_time_reads_and_prints),
		cmocka_unit_test(test_time_refuses),
		cmocka_unit_test(test_duration_is_cut_off_the_end_of_a_text),
	};

	return cmocka_run_group_tests_name("rules time", tests, NULL, NULL);
}
