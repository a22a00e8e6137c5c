// SPDX-License-Identifier: GPL-2.0-only
/* What the bench makes of figures: promises that are kept or not, and files of earlier runs. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "bench.h"
#include "compare.h"
#include "promises.h"

static struct json_object *rows_of(const char *text)
{
	struct json_object *rows = json_tokener_parse(text);

	assert_non_null(rows);
	return rows;
}

/* What is promised of the last of these rows, a line each. */
static void promised(const char *text, char *said, size_t size)
{
	struct json_object *rows = rows_of(text);
	struct bench_kept kept[BENCH_PROMISES_MAX];
	size_t n = bench_promises(
		rows, json_object_array_get_idx(rows, json_object_array_length(rows) - 1), kept);
	FILE *out = fmemopen(said, size, "w");

	for (size_t i = 0; i < n; i++) {
		bench_promise_print(&kept[i], out);
		fputc('\n', out);
	}
	fputc('\0', out);
	fclose(out);
	json_object_put(rows);
}

#define assert_promised(text, expected)              \
	do {                                         \
		char said[1024];                     \
		promised(text, said, sizeof(said));  \
		assert_string_equal(said, expected); \
	} while (0)

static void test_promise_is_kept_up_to_its_limit(void **state)
{
	(void)state;
	assert_promised("[{\"name\":\"rules-v4-acl-1000\",\"over_parsing_ns\":55}]",
			"<= 55 ns: kept\n");
	assert_promised("[{\"name\":\"rules-v4-acl-1000\",\"over_parsing_ns\":55.1}]",
			"<= 55 ns: MISSED\n");
}

static void test_promise_goal_is_reached_or_not(void **state)
{
	(void)state;
	assert_promised("[{\"name\":\"set-v4-1000000\",\"over_parsing_ns\":60}]",
			"<= 90 ns, goal 60: goal reached\n");
	assert_promised("[{\"name\":\"set-v4-1000000\",\"over_parsing_ns\":61}]",
			"<= 90 ns, goal 60: kept\n");
	assert_promised("[{\"name\":\"set-v4-1000000\",\"over_parsing_ns\":91}]",
			"<= 90 ns, goal 60: MISSED\n");
}

static void test_promises_of_one_row_are_several(void **state)
{
	(void)state;
	assert_promised("[{\"name\":\"apply-rules-100000\",\"ms\":150,\"first_ms\":500}]",
			"<= 200 ms, goal 100: kept\nfirst_ms 500 ms <= 400 ms, goal 200: MISSED\n");
	assert_promised("[{\"name\":\"rules-v4-acl-100000\",\"over_parsing_ns\":90,"
			"\"image_bytes\":26897728}]",
			"<= 180 ns, goal 100: goal reached\n"
			"image_bytes 26.9 MB <= 13.5 MB, goal 10: MISSED\n");
}

static void test_promise_beside_a_peer_is_a_share_of_its_cost(void **state)
{
	(void)state;
	assert_promised("[{\"name\":\"xdp-filter-100000\",\"over_floor_ns\":200},"
			"{\"name\":\"blocked-100000\",\"over_floor_ns\":80}]",
			"0.4 of xdp-filter-100000 <= 0.5: kept\n");
	assert_promised("[{\"name\":\"xdp-filter-100000\",\"over_floor_ns\":200},"
			"{\"name\":\"blocked-100000\",\"over_floor_ns\":120}]",
			"0.6 of xdp-filter-100000 <= 0.5: MISSED\n");
	assert_promised("[{\"name\":\"blocked-100000\",\"over_floor_ns\":120}]", "");
}

static void test_share_without_a_promise_is_stated(void **state)
{
	(void)state;
	assert_promised("[{\"name\":\"bpfilter-10\",\"over_floor_ns\":200},"
			"{\"name\":\"live-xdp-rules-10\",\"over_floor_ns\":50}]",
			"0.25 of bpfilter-10\n");
}

static void test_promise_of_a_pattern_is_about_all_such_rows(void **state)
{
	(void)state;
	assert_promised("[{\"name\":\"prototype-acl1_1000\",\"netguard_ratio\":1.2}]",
			"netguard_ratio 1.2 <= 1.1, goal 1: MISSED\n");
	assert_promised("[{\"name\":\"proto-acl1_1000\",\"netguard_ratio\":1.2}]", "");
}

/* Reads @text as a file of an earlier run: 0 or -errno. */
static int read_earlier(const char *text)
{
	char path[] = "/tmp/ng-bench-report-XXXXXX";
	struct json_object *rows = NULL;
	int fd = mkstemp(path), result;
	struct ng_error err;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	result = bench_compare_read(path, &rows, &err);
	if (result)
		assert_string_equal(err.where, path);
	else
		json_object_put(rows);
	unlink(path);
	return result;
}

static void test_earlier_run_is_read(void **state)
{
	(void)state;
	assert_int_equal(read_earlier("[{\"name\":\"ban\",\"ms\":2}]"), 0);
	assert_int_equal(read_earlier("[{\"name\":\"rules-v4-acl-1\",\"over_floor_ns\":8}]"), 0);
}

static void test_earlier_run_that_is_none_is_refused(void **state)
{
	(void)state;
	assert_int_equal(read_earlier(""), -EINVAL);
	assert_int_equal(read_earlier("[{\"name\":\"ban\",\"ms\":2}"), -EINVAL);
	assert_int_equal(read_earlier("[]"), -EINVAL);
	assert_int_equal(read_earlier("{\"kernel\":\"6.18\"}"), -EINVAL);
	assert_int_equal(read_earlier("[{\"name\":\"ban\",\"ms\":2},7]"), -EINVAL);
	assert_int_equal(read_earlier("[{\"ms\":2}]"), -EINVAL);
	assert_int_equal(read_earlier("[{\"name\":\"ban\"}]"), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_promise_is_kept_up_to_its_limit),
		cmocka_unit_test(test_promise_goal_is_reached_or_not),
		cmocka_unit_test(test_promises_of_one_row_are_several),
		cmocka_unit_test(test_promise_beside_a_peer_is_a_share_of_its_cost),
		cmocka_unit_test(test_share_without_a_promise_is_stated),
		cmocka_unit_test(test_promise_of_a_pattern_is_about_all_such_rows),
		cmocka_unit_test(test_earlier_run_is_read),
		cmocka_unit_test(test_earlier_run_that_is_none_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
