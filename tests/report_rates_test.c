// SPDX-License-Identifier: GPL-2.0-only
/* Rates between snapshots of counters, and their trend as a sparkline. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "report/rates.h"
#include "report/spark.h"

#define SECOND 1000000000ULL
#define SLOTS  4

struct world {
	struct ng_rates rates;
	struct ng_counter counters[SLOTS];
	uint64_t time;
};

static int begin(void **state)
{
	static struct world world;

	world = (struct world){ .time = 5 * SECOND };
	assert_int_equal(ng_rates_room(&world.rates, SLOTS), 0);
	*state = &world;
	return 0;
}

static int end(void **state)
{
	struct world *world = *state;

	ng_rates_clear(&world->rates);
	return 0;
}

/* @ns after the last snapshot. */
static void snapshot(struct world *world, uint64_t ns)
{
	world->time += ns;
	assert_int_equal(ng_rates_update(&world->rates, world->time, world->counters, SLOTS), 0);
}

static double packets(const struct world *world, uint32_t slot)
{
	return ng_rate_of(&world->rates, slot).packets;
}

static void test_rates_need_two_snapshots(void **state)
{
	struct world *world = *state;

	world->counters[1].packets = 1000;
	snapshot(world, 0);
	assert_true(world->rates.seconds == 0);
	assert_true(packets(world, 1) == 0);
}

static void test_rate_is_per_second(void **state)
{
	struct world *world = *state;

	world->counters[1] = (struct ng_counter){ .packets = 1000, .bytes = 64000 };
	snapshot(world, 0);
	world->counters[1] = (struct ng_counter){ .packets = 1050, .bytes = 66500 };
	snapshot(world, 5 * SECOND / 2);
	assert_true(world->rates.seconds == 2.5);
	assert_true(packets(world, 1) == 20);
	assert_true(ng_rate_of(&world->rates, 1).bits == 8000);
	assert_true(packets(world, 0) == 0);
	assert_true(packets(world, SLOTS) == 0);
}

static void test_rate_after_a_reset_is_of_what_was_counted_since(void **state)
{
	struct world *world = *state;

	world->counters[1].packets = 1000;
	snapshot(world, 0);
	world->counters[1].packets = 30;
	snapshot(world, SECOND);
	assert_true(packets(world, 1) == 30);
}

static void own(struct world *world, uint32_t slot, const char *name)
{
	ng_rates_own(&world->rates, slot, name, strlen(name));
}

/* The slot of a deleted rule is given to another one, which counts from 0. */
static void test_rate_of_another_owner_begins_anew(void **state)
{
	struct world *world = *state;

	own(world, 1, "drop udp");
	snapshot(world, 0);
	world->counters[1].packets = 10;
	snapshot(world, SECOND);
	assert_non_null(world->rates.trends[1]);
	world->counters[1].packets = 25;
	own(world, 1, "drop tcp");
	assert_null(world->rates.trends[1]);
	snapshot(world, SECOND);
	assert_true(packets(world, 1) == 25);
}

static void test_rate_of_the_same_owner_goes_on(void **state)
{
	struct world *world = *state;

	own(world, 1, "drop udp");
	world->counters[1].packets = 10;
	snapshot(world, 0);
	own(world, 1, "drop udp");
	world->counters[1].packets = 25;
	snapshot(world, SECOND);
	assert_true(packets(world, 1) == 15);
}

/* A rule of the previous ruleset comes back with its counter. */
static void test_rate_of_a_first_owner_goes_on(void **state)
{
	struct world *world = *state;

	world->counters[1].packets = 1000;
	snapshot(world, 0);
	own(world, 1, "drop udp");
	world->counters[1].packets = 1001;
	snapshot(world, SECOND);
	assert_true(packets(world, 1) == 1);
}

static void test_rates_stay_when_there_are_more(void **state)
{
	struct world *world = *state;

	world->counters[3].packets = 1;
	snapshot(world, 0);
	assert_int_equal(ng_rates_room(&world->rates, 10 * SLOTS), 0);
	world->counters[3].packets = 3;
	snapshot(world, SECOND);
	assert_true(packets(world, 3) == 2);
	assert_true(packets(world, 10 * SLOTS - 1) == 0);
}

static void test_trend_has_no_more_than_it_holds(void **state)
{
	struct world *world = *state;

	snapshot(world, 0);
	for (int i = 1; i <= NG_TREND_INTERVALS + 5; i++) {
		world->counters[1].packets += i;
		snapshot(world, SECOND);
	}
	assert_int_equal(world->rates.intervals, NG_TREND_INTERVALS + 6);
	for (int i = 6; i <= NG_TREND_INTERVALS + 5; i++)
		assert_true(world->rates.trends[1]->packets[i % NG_TREND_INTERVALS] == i);
	assert_null(world->rates.trends[0]);
}

/* ---- sparklines ------------------------------------------------------------------------- */

static void expect_spark(const struct ng_trend *trend, uint64_t intervals, size_t width, bool utf8,
			 const char *expected)
{
	char text[NG_SPARK_TEXT];

	assert_string_equal(ng_spark(trend, intervals, width, utf8, text), expected);
}

#define BLANKS_52 "                                                    "

static void test_spark_of_all_heights(void **state)
{
	struct ng_trend trend = { .packets = { 1, 2, 3, 4, 5, 6, 7, 8 } };

	(void)state;
	expect_spark(&trend, 8, 60, true, BLANKS_52 "▁▂▃▄▅▆▇█");
	expect_spark(&trend, 8, 60, false, BLANKS_52 ".,:-=+*#");
}

static void test_spark_of_little_is_not_of_nothing(void **state)
{
	struct ng_trend trend = { .packets = { 0, 0, 0, 0, 0.1, 1000, 0, 500 } };

	(void)state;
	expect_spark(&trend, 8, 60, false, BLANKS_52 "    .# -");
}

static void test_spark_of_nothing_is_blank(void **state)
{
	struct ng_trend trend = { 0 };

	(void)state;
	expect_spark(&trend, 8, 10, false, "          ");
	expect_spark(&trend, 0, 10, false, "          ");
	expect_spark(&trend, 8, 0, false, "");
}

/* Columns of six intervals: with the next interval the earlier columns do not change. */
static void test_spark_of_columns_for_several_intervals(void **state)
{
	struct ng_trend trend = { .packets = { [0] = 8, [7] = 4, [12] = 1 } };

	(void)state;
	expect_spark(&trend, 13, 10, false, "       #-.");
	expect_spark(&trend, 14, 10, false, "       #-.");
	expect_spark(&trend, 18, 10, false, "       #-.");
	expect_spark(&trend, 19, 10, false, "      #-. ");
}

/* Intervals older than the trend were overwritten, and must not be shown twice. */
static void test_spark_of_a_trend_that_wrapped_around(void **state)
{
	struct ng_trend trend = { .packets = { [0] = 8 } };

	(void)state;
	expect_spark(&trend, NG_TREND_INTERVALS + 1, 60, false,
		     "                                                           #");
	expect_spark(&trend, 2 * NG_TREND_INTERVALS, 60, false,
		     "#                                                           ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_rates_need_two_snapshots, begin, end),
		cmocka_unit_test_setup_teardown(test_rate_is_per_second, begin, end),
		cmocka_unit_test_setup_teardown(
			test_rate_after_a_reset_is_of_what_was_counted_since, begin, end),
		cmocka_unit_test_setup_teardown(test_rate_of_another_owner_begins_anew, begin, end),
		cmocka_unit_test_setup_teardown(test_rate_of_the_same_owner_goes_on, begin, end),
		cmocka_unit_test_setup_teardown(test_rate_of_a_first_owner_goes_on, begin, end),
		cmocka_unit_test_setup_teardown(test_rates_stay_when_there_are_more, begin, end),
		cmocka_unit_test_setup_teardown(test_trend_has_no_more_than_it_holds, begin, end),
		cmocka_unit_test(test_spark_of_all_heights),
		cmocka_unit_test(test_spark_of_little_is_not_of_nothing),
		cmocka_unit_test(test_spark_of_nothing_is_blank),
		cmocka_unit_test(test_spark_of_columns_for_several_intervals),
		cmocka_unit_test(test_spark_of_a_trend_that_wrapped_around),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
