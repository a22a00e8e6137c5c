// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rates in the programs, with times that the test sets: exact, and it never waits. The differential
 * test compares single decisions; this one looks at many packets, on two CPUs, and at tables that
 * are full.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>

#include "image_help.h"

#include "compile/image_read.h"

#define SECOND 1000000000ULL
#define FRAME  64

/**
 * struct limited - a program with a ruleset whose first rule is a `limit`
 * @slot, @over: its counters
 */
struct limited {
	struct ng_runner *runner;
	__u32 slot, over;
};

static struct limited open_limited(enum ng_hook hook, const char *text)
{
	struct ng_image image = image_of(text);
	struct limited limited = { 0 };
	const struct ng_limiter *limiters;
	struct ng_error err;
	size_t n;

	if (ng_runner_open(hook, &image, "eth0", &limited.runner, &err))
		fail_msg("%s", err.what);
	ng_runner_time(limited.runner, 0);
	limiters = ng_image_limiters(image.data, &n);
	assert_true(n > 0);
	limited.slot = limiters[0].slot;
	limited.over = limiters[0].over;
	ng_image_clear(&image);
	return limited;
}

static uint64_t matched(const struct limited *limited)
{
	return ng_runner_counter(limited->runner, limited->slot).packets;
}

static uint64_t over(const struct limited *limited)
{
	return ng_runner_counter(limited->runner, limited->over).packets;
}

static uint64_t admitted(const struct limited *limited)
{
	return matched(limited) - over(limited);
}

/* A UDP datagram of IPv4 from @saddr; FRAME bytes. */
static void make_frame(uint8_t frame[FRAME], uint32_t saddr)
{
	memset(frame, 0, FRAME);
	frame[12] = 0x08;
	memcpy(frame + 14, (uint8_t[]){ 0x45, 0, 0, 50, 0, 0, 0, 0, 64, 17 }, 10);
	for (int i = 0; i < 4; i++)
		frame[26 + i] = saddr >> (24 - 8 * i);
	frame[39] = 30;
}

static void send(const struct limited *limited, uint32_t saddr, __u32 repeat)
{
	uint8_t frame[FRAME];
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = frame, .data_size_in = FRAME,
		    .repeat = repeat);

	make_frame(frame, saddr);
	assert_int_equal(bpf_prog_test_run_opts(ng_runner_fd(limited->runner), &opts), 0);
}

/* Was it within the rate? */
static bool send_one(const struct limited *limited, uint32_t saddr)
{
	uint64_t before = over(limited);

	send(limited, saddr, 1);
	return over(limited) == before;
}

/* ---- exact rates ----------------------------------------------------------------------- */

/**
 * struct rate - a rule, and twice its rate in steps
 * @step: ns between two steps; @packets: in each of them; @steps: how many
 */
struct rate {
	const char *text;
	uint64_t per_second, burst;
	uint64_t step;
	__u32 packets, steps;
};

static const struct rate rates[] = {
	{ "limit 1/s udp", 1, 5, SECOND / 2, 1, 40 },
	{ "limit 3600/h udp", 1, 5, SECOND / 2, 1, 40 },
	{ "limit 100/s udp", 100, 10, SECOND / 100, 2, 1000 },
	{ "limit 10000/s udp", 10000, 1000, SECOND / 100, 200, 1000 },
	{ "limit 1000000/s udp", 1000000, 100000, SECOND / 100, 20000, 1000 },
	{ "limit 1000000/s burst 1000 udp", 1000000, 1000, SECOND / 2000, 1000, 4000 },
	{ "limit 100/s per source udp", 100, 10, SECOND / 100, 2, 1000 },
	{ "limit 7/s per source udp", 7, 5, SECOND / 7, 2, 200 },
	{ "limit 1000000/s per source udp", 1000000, 100000, SECOND / 100, 20000, 1000 },
};
#define RATES (sizeof(rates) / sizeof(*rates))

/* Admitted is a burst, and the rate in the time after it. */
static void check_rate(const struct rate *rate, const struct limited *limited)
{
	double seconds = (double)(rate->steps - 1) * rate->step / SECOND;
	double wanted = rate->burst + seconds * rate->per_second, found = admitted(limited);

	if (found < 0.99 * wanted - 1 || found > 1.01 * wanted + 1)
		fail_msg("%s: %.0f packets admitted, not %.0f", rate->text, found, wanted);
	assert_int_equal(matched(limited), (uint64_t)rate->steps * rate->packets);
}

static void test_rates_are_exact_on_one_cpu(void **state)
{
	(void)state;
	for (size_t i = 0; i < RATES; i++) {
		struct limited limited = open_limited(NG_HOOK_TC_IN, rates[i].text);

		for (__u32 step = 0; step < rates[i].steps; step++) {
			ng_runner_time(limited.runner, 7 * SECOND + step * rates[i].step);
			send(&limited, 1, rates[i].packets);
		}
		check_rate(&rates[i], &limited);
		ng_runner_close(limited.runner);
	}
}

/** struct half - one of two threads that send half of the packets of each step; the first sets the
 * time */
struct half {
	const struct limited *limited;
	const struct rate *rate;
	pthread_barrier_t *barrier;
	int cpu;
	bool first;
};

static void *run_half(void *data)
{
	const struct half *half = data;
	cpu_set_t cpu;

	CPU_ZERO(&cpu);
	CPU_SET(half->cpu, &cpu);
	sched_setaffinity(0, sizeof(cpu), &cpu);
	for (__u32 step = 0; step < half->rate->steps; step++) {
		if (half->first)
			ng_runner_time(half->limited->runner, step * half->rate->step);
		pthread_barrier_wait(half->barrier);
		send(half->limited, 1, half->rate->packets / 2);
		pthread_barrier_wait(half->barrier);
	}
	return NULL;
}

static void run_halves(const struct limited *limited, const struct rate *rate, const int cpus[2])
{
	pthread_barrier_t barrier;
	struct half halves[2];
	pthread_t threads[2];

	assert_int_equal(pthread_barrier_init(&barrier, NULL, 2), 0);
	for (int i = 0; i < 2; i++) {
		halves[i] = (struct half){ limited, rate, &barrier, cpus[i], !i };
		assert_int_equal(pthread_create(&threads[i], NULL, run_half, &halves[i]), 0);
	}
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	pthread_barrier_destroy(&barrier);
}

/* The first two CPUs that this process may use; false: there is only one. */
static bool two_cpus(int cpus[2])
{
	cpu_set_t all;
	int n = 0;

	sched_getaffinity(0, sizeof(all), &all);
	for (int cpu = 0; cpu < CPU_SETSIZE && n < 2; cpu++)
		if (CPU_ISSET(cpu, &all))
			cpus[n++] = cpu;
	return n == 2;
}

static void test_rates_are_exact_on_two_cpus(void **state)
{
	int cpus[2];

	(void)state;
	if (!two_cpus(cpus)) {
		print_message("skipped: there is one CPU\n");
		skip();
	}
	for (size_t i = 0; i < RATES; i++) {
		struct limited limited;

		if (rates[i].packets < 2)
			continue;
		limited = open_limited(NG_HOOK_TC_IN, rates[i].text);
		run_halves(&limited, &rates[i], cpus);
		check_rate(&rates[i], &limited);
		ng_runner_close(limited.runner);
	}
}

static void test_bits_are_those_of_the_wire(void **state)
{
	struct limited limited = open_limited(NG_HOOK_XDP, "limit 512kbit burst 640 udp");

	(void)state;
	/* 64 bytes take 1 ms; 10 frames at once. */
	send(&limited, 1, 20);
	assert_int_equal(admitted(&limited), 10);
	for (int ms = 1; ms <= 100; ms++) {
		ng_runner_time(limited.runner, ms * SECOND / 1000);
		send(&limited, 1, 2);
		assert_int_equal(admitted(&limited), 10 + ms);
	}
	ng_runner_close(limited.runner);
}

static void test_aggregate_counts_as_its_segments(void **state)
{
	struct limited limited = open_limited(NG_HOOK_TC_IN, "limit 10/s burst 10 udp");
	struct ng_decision decision;
	uint8_t frame[FRAME];

	(void)state;
	make_frame(frame, 1);
	for (int i = 0; i < 3; i++)
		assert_int_equal(ng_runner_run(limited.runner, frame, FRAME,
					       &(struct ng_aggregate){ 4, 8 }, &decision),
				 0);
	assert_int_equal(matched(&limited), 12);
	assert_int_equal(over(&limited), 4);
	assert_int_equal(decision.over, 1);
	assert_int_equal(decision.drop, 1);
	/* One that is larger than the burst needs a full bucket, and is charged for all of it. */
	ng_runner_time(limited.runner, 8 * SECOND / 10 - 1);
	ng_runner_run(limited.runner, frame, FRAME, &(struct ng_aggregate){ 30, 8 }, &decision);
	assert_int_equal(decision.over, 1);
	ng_runner_time(limited.runner, 8 * SECOND / 10);
	ng_runner_run(limited.runner, frame, FRAME, &(struct ng_aggregate){ 30, 8 }, &decision);
	assert_int_equal(decision.over, 0);
	ng_runner_time(limited.runner, 29 * SECOND / 10 - 1);
	ng_runner_run(limited.runner, frame, FRAME, NULL, &decision);
	assert_int_equal(decision.over, 1);
	ng_runner_time(limited.runner, 29 * SECOND / 10);
	ng_runner_run(limited.runner, frame, FRAME, NULL, &decision);
	assert_int_equal(decision.over, 0);
	ng_runner_close(limited.runner);
}

/* ---- one bucket for each source -------------------------------------------------------- */

static void test_each_source_has_a_bucket(void **state)
{
	struct limited limited = open_limited(NG_HOOK_XDP, "limit 1/s burst 3 per source/24 udp");

	(void)state;
	for (uint32_t net = 1; net <= 100; net++)
		for (uint32_t host = 1; host <= 5; host++)
			assert_int_equal(send_one(&limited, net << 8 | host), host <= 3);
	ng_runner_close(limited.runner);
}

#define TABLE 256 /* addresses, in 32 lines */

/*
 * Many more sources than the table has room for, all of them over their rate, and a few that send
 * just below it: none of their packets may be refused, whoever else is in their lines.
 */
static void test_full_table_refuses_nobody_below_the_rate(void **state)
{
	struct limited limited =
		open_limited(NG_HOOK_TC_IN, "limit 10/s burst 5 per source table 256 udp");
	uint64_t refused_others;

	(void)state;
	/* Fill it: each line gets about 40 sources, and keeps the 8 largest debts. */
	for (uint32_t source = 0; source < 5 * TABLE; source++)
		send(&limited, 1U << 24 | source, 20);
	assert_true(over(&limited) >= 5 * TABLE * 15);
	refused_others = over(&limited);
	for (int round = 0; round < 20; round++) {
		/* 100 ms are one packet. */
		ng_runner_time(limited.runner, (round + 1) * (SECOND / 10 + 2000000));
		for (uint32_t source = 0; source < 2 * TABLE; source++)
			send(&limited, 1U << 24 | source, 2);
		refused_others = over(&limited) - refused_others;
		for (uint32_t source = 0; source < 50; source++)
			assert_true(send_one(&limited, 2U << 24 | source));
		assert_true(refused_others > 0); /* the table is in use */
		refused_others = over(&limited);
	}
	ng_runner_close(limited.runner);
}

static void test_rules_do_not_share_buckets(void **state)
{
	struct limited limited = open_limited(
		NG_HOOK_XDP,
		"limit 1/s burst 1 udp from 0.0.0.1\nlimit 1/s burst 1 udp from 0.0.0.2\n"
		"limit 1/s burst 1 per source udp from 0.0.0.3\n"
		"limit 1/s burst 1 per source udp from 0.0.0.4\n"
		"limit 1/s burst 2 per source udp from 0.0.0.4");
	struct ng_decision decision;
	uint8_t frame[FRAME];

	(void)state;
	for (int i = 0; i < 2; i++)
		for (uint32_t source = 1; source <= 4; source++) {
			make_frame(frame, source);
			assert_int_equal(
				ng_runner_run(limited.runner, frame, FRAME, NULL, &decision), 0);
			assert_int_equal(decision.over, i);
			assert_int_equal(decision.rule, i ? source : 0);
		}
	ng_runner_close(limited.runner);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rates_are_exact_on_one_cpu),
		cmocka_unit_test(test_rates_are_exact_on_two_cpus),
		cmocka_unit_test(test_bits_are_those_of_the_wire),
		cmocka_unit_test(test_aggregate_counts_as_its_segments),
		cmocka_unit_test(test_each_source_has_a_bucket),
		cmocka_unit_test(test_full_table_refuses_nobody_below_the_rate),
		cmocka_unit_test(test_rules_do_not_share_buckets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
