// SPDX-License-Identifier: GPL-2.0-only
/* Records of packets: which are written, what they say, and how many. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/libbpf.h>

#include "image_help.h"
#include "kernel/live_table.h"

#define FRAME	42
#define MINUTE	60000000000ULL
#define RECORDS 8192 /* more than fit */

/**
 * struct world - a program and who reads its records
 * @record: the last one; @n: how many came
 */
struct world {
	struct ng_runner *runner;
	struct ng_control *words;
	struct ring_buffer *ring;
	struct ng_record record;
	int n;
};

static int take(void *to, void *data, size_t size)
{
	struct world *world = to;

	assert_true(size >= sizeof(world->record));
	memcpy(&world->record, data, sizeof(world->record));
	world->n++;
	return 0;
}

static void watch(struct world *world, __u64 word, __u64 rate)
{
	world->words->lease = ng_live_now() + MINUTE;
	world->words->watch = word | rate << NG_WATCH_RATE_SHIFT;
}

static void begin(struct world *world, enum ng_hook hook, const char *text)
{
	memset(world, 0, sizeof(*world));
	world->runner = runner_of(hook, text);
	world->words = ng_runner_state(world->runner)->words;
	world->ring =
		ring_buffer__new(ng_runner_state(world->runner)->now.records, take, world, NULL);
	assert_non_null(world->ring);
	watch(world, NG_WATCH_LOG, 1);
}

static void end(struct world *world)
{
	ring_buffer__free(world->ring);
	ng_runner_close(world->runner);
}

/* @times UDP datagrams from 198.51.100.1 to port @dport. Return: records that came of them. */
static int send(struct world *world, uint16_t dport, int times)
{
	uint8_t frame[FRAME] = {
		[12] = 8, [14] = 0x45, [17] = 28, [22] = 64,	     [23] = 17, [26] = 198,
		51,	  100,	       1,	  [36] = dport >> 8, dport,	[39] = 8
	};
	struct ng_decision decision;
	int before = world->n;

	for (int i = 0; i < times; i++)
		assert_int_equal(ng_runner_run(world->runner, frame, FRAME, NULL, &decision), 0);
	ring_buffer__consume(world->ring);
	return world->n - before;
}

static uint64_t counted(const struct world *world, enum ng_slot slot)
{
	return ng_runner_counter(world->runner, slot).packets;
}

static void test_record_says_what_decided(void **state)
{
	struct world world;

	(void)state;
	begin(&world, NG_HOOK_XDP, "pass udp dport 1\ndrop udp dport 2 log\n");
	assert_int_equal(send(&world, 1, 1), 0);
	assert_int_equal(send(&world, 2, 1), 1);
	assert_int_equal(world.record.rule, 2);
	assert_int_equal(world.record.log, 2);
	assert_int_equal(world.record.drop, 1);
	assert_int_equal(world.record.decider, NG_BY_RULE);
	assert_int_equal(world.record.length, FRAME);
	assert_int_equal(world.record.captured, FRAME);
	assert_int_equal(world.record.data[37], 2);
	end(&world);
}

/* Where the entry alone cannot tell what matches: lists, a time, `count` rules. */
static void test_record_of_any_kind_of_rule(void **state)
{
	static const char *const rules[] = {
		"drop udp dport not 1,5-9 log\n",
		"pass udp ttl 64 from 198.51.100.0/24 log\n",
		"drop udp dport 2 log until 2099-01-01T00:00:00Z\n",
		"count udp log\n",
		"count from not { 192.0.2.1, 198.51.100.7 } log\ncount udp\n",
	};
	struct world world;

	(void)state;
	for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++) {
		begin(&world, NG_HOOK_TC_IN, rules[i]);
		assert_int_equal(send(&world, 2, 1), 1);
		assert_int_equal(world.record.log, 1);
		assert_int_equal(world.record.rule, rules[i][0] == 'c' ? 0 : 1);
		end(&world);
	}
}

static void test_record_without_reader_is_none(void **state)
{
	struct world world;

	(void)state;
	begin(&world, NG_HOOK_XDP, "drop udp log\n");
	world.words->watch = 0;
	assert_int_equal(send(&world, 2, 3), 0);
	assert_int_equal(counted(&world, NG_SLOT_LOG_LIMITED), 0);
	end(&world);
}

static void test_record_of_dead_reader_ends_by_itself(void **state)
{
	struct world world;

	(void)state;
	begin(&world, NG_HOOK_XDP, "drop udp log\n");
	world.words->lease = ng_live_now() - 1;
	assert_int_equal(send(&world, 2, 3), 0);
	assert_int_equal(world.words->watch, 0);
	end(&world);
}

/* Each rule has its own limit, for each second. */
static void test_limit_holds_and_the_rest_is_counted(void **state)
{
	struct world world;
	int first, second;

	(void)state;
	begin(&world, NG_HOOK_XDP, "drop udp dport 2 log 5/s\npass udp dport 3 log 7/s\n");
	first = send(&world, 2, 500);
	second = send(&world, 3, 500);
	/* A second may end meanwhile. */
	assert_true(first == 5 || first == 10);
	assert_true(second == 7 || second == 14);
	assert_int_equal(counted(&world, NG_SLOT_LOG_LIMITED), 1000 - first - second);
	usleep(1100000);
	assert_int_equal(send(&world, 2, 1), 1);
	end(&world);
}

static void test_limit_without_number_is_the_usual_one(void **state)
{
	struct world world;
	int n;

	(void)state;
	begin(&world, NG_HOOK_XDP, "drop udp dport 2 log\n");
	n = send(&world, 2, 1000);
	assert_true(n == NG_WATCH_RATE_USUAL || n == 2 * NG_WATCH_RATE_USUAL);
	end(&world);
}

static void test_ring_that_is_full_is_counted(void **state)
{
	struct world world;
	uint8_t frame[FRAME] = { 0 };
	struct ng_decision decision;

	(void)state;
	begin(&world, NG_HOOK_XDP, "default pass\n");
	watch(&world, NG_WATCH_ALL, 1000000);
	for (int i = 0; i < RECORDS; i++)
		assert_int_equal(ng_runner_run(world.runner, frame, FRAME, NULL, &decision), 0);
	ring_buffer__consume(world.ring);
	assert_in_range(world.n, 1000, RECORDS - 1);
	assert_int_equal(world.n + counted(&world, NG_SLOT_LOG_FULL), RECORDS);
	end(&world);
}

static void test_watch_shows_what_is_asked_for(void **state)
{
	static const struct {
		__u64 word;
		int dropped, passed;
	} cases[] = {
		{ NG_WATCH_LOG, 0, 0 },
		{ NG_WATCH_ALL, 1, 1 },
		{ NG_WATCH_DROPPED, 1, 0 },
		{ NG_WATCH_INVALID, 0, 0 },
		{ NG_WATCH_DECIDED | (__u64)NG_SLOT_BLOCKED << NG_WATCH_SLOT_SHIFT, 0, 0 },
		{ NG_WATCH_DECIDED | (__u64)NG_SLOT_RULES << NG_WATCH_SLOT_SHIFT, 1, 0 },
		{ NG_WATCH_DECIDED | (__u64)NG_SLOT_DEFAULT_IN << NG_WATCH_SLOT_SHIFT, 0, 1 },
	};
	struct world world;

	(void)state;
	begin(&world, NG_HOOK_TC_IN, "drop udp dport 2\n");
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		watch(&world, cases[i].word, 1000);
		assert_int_equal(send(&world, 2, 1), cases[i].dropped);
		assert_int_equal(send(&world, 3, 1), cases[i].passed);
	}
	assert_int_equal(world.record.log, 0);
	end(&world);
}

static void test_watch_shows_invalid_frames(void **state)
{
	uint8_t frame[FRAME] = { [12] = 8, [14] = 0x55 };
	struct ng_decision decision;
	struct world world;

	(void)state;
	begin(&world, NG_HOOK_XDP, "default invalid drop\n");
	watch(&world, NG_WATCH_INVALID, 10);
	assert_int_equal(ng_runner_run(world.runner, frame, FRAME, NULL, &decision), 0);
	ring_buffer__consume(world.ring);
	assert_int_equal(world.n, 1);
	assert_int_equal(world.record.decider, NG_BY_INVALID);
	assert_int_equal(world.record.reason, NG_IP_VERSION);
	end(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_record_says_what_decided),
		cmocka_unit_test(test_record_of_any_kind_of_rule),
		cmocka_unit_test(test_record_without_reader_is_none),
		cmocka_unit_test(test_record_of_dead_reader_ends_by_itself),
		cmocka_unit_test(test_limit_holds_and_the_rest_is_counted),
		cmocka_unit_test(test_limit_without_number_is_the_usual_one),
		cmocka_unit_test(test_ring_that_is_full_is_counted),
		cmocka_unit_test(test_watch_shows_what_is_asked_for),
		cmocka_unit_test(test_watch_shows_invalid_frames),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
