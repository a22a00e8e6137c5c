// SPDX-License-Identifier: GPL-2.0-only
/* Records of packets: which ones are written, their content, and how many. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "captures.h"
#include "compile/filter.h"
#include "image_help.h"
#include "base/clock.h"
#include "kernel/pins/handle.h"
#include "layout/control.h"
#include "layout/record.h"

#define FRAME	42
#define MINUTE	60000000000ULL
#define RECORDS 8192 /* more than fit */

/**
 * struct world - a program and a reader of its records
 * @record: the last one; @n: number of records
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
	world->words->lease = ng_clock_now() + MINUTE;
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

/* @times UDP datagrams from 198.51.100.1 to port @dport. Return: the number of their records. */
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

/* Rules that need more than their entry: lists, a time, `count` rules. */
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
	world.words->lease = ng_clock_now() - 1;
	assert_int_equal(send(&world, 2, 3), 0);
	assert_int_equal(world.words->watch, 0);
	end(&world);
}

/* Each rule has its own limit per second. */
static void test_limit_holds_and_the_rest_is_counted(void **state)
{
	struct world world;
	int first, second;

	(void)state;
	begin(&world, NG_HOOK_XDP, "drop udp dport 2 log 5/s\npass udp dport 3 log 7/s\n");
	first = send(&world, 2, 500);
	second = send(&world, 3, 500);
	/* The second may end in between. */
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

static void test_watch_shows_what_is_selected(void **state)
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

/* Each kind of entry, extra and match, and combinations. */
static const char *const conditions[] = {
	"",
	"ipv4",
	"ipv6 invalid",
	"invalid",
	"from 192.0.2.0/24",
	"to { 198.51.100.0/24, 2001:db8::/32, 10.0.0.0/8 }",
	"from not { 192.0.2.1, 198.51.100.7, 2001:db8::1 }",
	"from 192.0.2.0/24 to not 198.51.100.0/24 tcp",
	"from ::/0",
	"tcp",
	"proto not tcp,udp",
	"port 53,80,443",
	"port not 53",
	"tcp dport 1-1023,8080",
	"udp sport not 0-1023,2000-3000,4000,5000,6000,7000-8000,60000",
	"dport 1,3,5,7,9,11,13,15,17,19,22,25,53,80,110,123,143,161,443,853 sport not 7",
	"tcp flags syn/syn,ack",
	"tcp flags not syn/syn,ack",
	"icmp icmp-type 8,3/1",
	"icmpv6 icmp-type not 135",
	"ttl 1-64",
	"dscp not 0",
	"flow-label 0-0x7ffff",
	"flow-label not 0 tcp",
	"df",
	"udp df no",
	"length 0-100 ttl not 64",
	"vlan any",
	"vlan none",
	"vlan not 5",
	"fragment later,first",
	"fragment not no",
	"ethertype arp,0x86dd",
	"ether-to not ff:ff:ff:ff:ff:ff",
	"on eth0 udp",
	"on eth1 udp",
};

static void put_filter(const struct world *world, const struct ng_rule *rule, __u32 directions)
{
	struct ng_buffer filter;
	struct ng_error err;
	__u32 zero = 0;
	__u8 *value = calloc(1, NG_FILTER_SIZE + NG_IMAGE_SLACK);

	if (ng_filter_compile(rule, directions, &filter, &err))
		fail_msg("%s", err.what);
	memcpy(value, filter.data, filter.size);
	assert_int_equal(bpf_map_update_elem(ng_runner_state(world->runner)->now.filter, &zero,
					     value, BPF_ANY),
			 0);
	ng_buffer_clear(&filter);
	free(value);
}

/* Put `drop CONDITIONS` in force, and watch CONDITIONS. */
static void watch_conditions(struct world *world, const char *text)
{
	struct ng_image image;
	char ruleset[512];
	struct ng_error err;
	struct ng_rule rule;

	snprintf(ruleset, sizeof(ruleset), "default invalid pass\ndrop %s\n", text);
	image = image_of(ruleset);
	assert_int_equal(ng_runner_publish(world->runner, &image), 0);
	ng_image_clear(&image);
	if (ng_parse_conditions(text, "test", "drop", NULL, &rule, &err))
		fail_msg("%s: %s", text, err.what);
	put_filter(world, &rule, 1U << NG_IN);
	ng_rule_clear(&rule);
}

/* Return: 1 if the frame is dropped; then it must have been shown. */
static int check_shown(struct world *world, const struct capture_frame *frame, const char *text)
{
	struct ng_decision decision;
	int before = world->n;

	if (ng_runner_run(world->runner, frame->bytes, frame->len, NULL, &decision))
		return 0;
	ring_buffer__consume(world->ring);
	if (world->n - before != decision.drop)
		fail_msg("'%s': a packet of %zu bytes is %s", text, frame->len,
			 decision.drop ? "dropped, not shown" : "shown, not dropped");
	return decision.drop;
}

/* Every @every-th frame of @captures. */
static void check_filters(enum ng_hook hook, const struct captures *captures, size_t every)
{
	size_t n = sizeof(conditions) / sizeof(*conditions), none = 0, number = 0;
	struct world world;

	begin(&world, hook, "default pass\n");
	watch(&world, NG_WATCH_ALL | NG_WATCH_FILTER, 1000000);
	for (size_t i = 0; i < n; i++) {
		int dropped = 0;

		watch_conditions(&world, conditions[i]);
		for (size_t j = 0; j < captures->n; j++)
			for (size_t k = 0; k < captures->list[j].n; k++)
				if (number++ % every == 0)
					dropped += check_shown(&world, &captures->list[j].frames[k],
							       conditions[i]);
		none += !dropped;
	}
	assert_int_equal(counted(&world, NG_SLOT_LOG_LIMITED), 0);
	assert_true(none <= n / 4);
	end(&world);
}

static void test_filter_shows_what_a_rule_would_match(void **state)
{
	struct captures captures;

	(void)state;
	assert_int_equal(captures_read("pcaps", &captures), 0);
	check_filters(NG_HOOK_TC_IN, &captures, 3);
	check_filters(NG_HOOK_XDP, &captures, 11);
	captures_free(&captures);
}

/* The filter works with every selection, and only what it matches uses up the limit. */
static void test_filter_works_with_every_selection(void **state)
{
	static const struct {
		__u64 word;
		int three, four;
	} cases[] = {
		{ NG_WATCH_LOG, 1, 0 },
		{ NG_WATCH_ALL, 1, 0 },
		{ NG_WATCH_DROPPED, 1, 0 },
		{ NG_WATCH_INVALID, 0, 0 },
	};
	struct ng_error err;
	struct ng_rule rule;
	struct world world;

	(void)state;
	begin(&world, NG_HOOK_TC_OUT, "drop out udp log 1000000/s\n");
	assert_int_equal(ng_parse_conditions("out udp dport 3", "test", "drop", NULL, &rule, &err),
			 0);
	put_filter(&world, &rule, 1U << NG_OUT);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		watch(&world, cases[i].word | NG_WATCH_FILTER, 10);
		assert_int_equal(send(&world, 4, 100), cases[i].four);
		assert_int_equal(send(&world, 3, 1), cases[i].three);
	}
	assert_int_equal(counted(&world, NG_SLOT_LOG_LIMITED), 0);
	put_filter(&world, &rule, 1U << NG_IN);
	assert_int_equal(send(&world, 3, 1), 0);
	ng_rule_clear(&rule);
	end(&world);
}

/* Packets that are not selected are not counted as not shown. */
static void test_limit_counts_only_what_is_selected(void **state)
{
	struct world world;
	int shown;

	(void)state;
	begin(&world, NG_HOOK_XDP, "drop udp dport 2\ncount udp dport 3 log 5/s\n");
	watch(&world, NG_WATCH_DROPPED, 5);
	shown = send(&world, 2, 300);
	assert_int_equal(send(&world, 3, 300), 0);
	assert_int_equal(shown + counted(&world, NG_SLOT_LOG_LIMITED), 300);
	watch(&world, NG_WATCH_LOG, 5);
	assert_int_equal(send(&world, 2, 300), 0);
	shown += send(&world, 3, 300);
	assert_int_equal(shown + counted(&world, NG_SLOT_LOG_LIMITED), 600);
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
		cmocka_unit_test(test_watch_shows_what_is_selected),
		cmocka_unit_test(test_watch_shows_invalid_frames),
		cmocka_unit_test(test_filter_shows_what_a_rule_would_match),
		cmocka_unit_test(test_filter_works_with_every_selection),
		cmocka_unit_test(test_limit_counts_only_what_is_selected),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
