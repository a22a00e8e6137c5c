// SPDX-License-Identifier: GPL-2.0-only
/* The programs on frames from memory, with large rulesets and sets. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "image_help.h"

#define RULES	 2500
#define PREFIXES 100000
#define FRAME	 62

/* A UDP datagram of IPv4 from @saddr or of IPv6 from 2001:db8::@saddr, to port @dport. */
static size_t make_frame(uint8_t frame[FRAME], int family, uint32_t saddr, uint16_t dport)
{
	uint8_t *ip = frame + 14, *udp;

	memset(frame, 0, FRAME);
	frame[12] = family == 4 ? 0x08 : 0x86;
	frame[13] = family == 4 ? 0x00 : 0xdd;
	if (family == 4) {
		memcpy(ip, (uint8_t[]){ 0x45, 0, 0, 28, 0, 0, 0, 0, 64, 17 }, 10);
		udp = ip + 20;
	} else {
		memcpy(ip, (uint8_t[]){ 0x60, 0, 0, 0, 0, 8, 17, 64, 0x20, 0x01, 0x0d, 0xb8 }, 12);
		udp = ip + 40;
	}
	for (int i = 0; i < 4; i++)
		ip[(family == 4 ? 12 : 20) + i] = saddr >> (24 - 8 * i);
	udp[2] = dport >> 8;
	udp[3] = dport;
	udp[5] = 8;
	return udp + 8 - frame;
}

static struct ng_decision decide(struct ng_runner *runner, int family, uint32_t saddr,
				 uint16_t dport)
{
	struct ng_decision decision;
	uint8_t frame[FRAME];
	size_t len = make_frame(frame, family, saddr, dport);

	assert_int_equal(ng_runner_run(runner, frame, len, NULL, &decision), 0);
	return decision;
}

static void test_runner_finds_each_of_thousands_of_rules(void **state)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	(void)state;
	for (int i = 1; i <= RULES; i++)
		fprintf(out, "%s %sudp dport %d\n", i % 2 ? "drop" : "pass", i % 3 ? "" : "ipv6 ",
			i);
	fclose(out);
	for (enum ng_hook hook = NG_HOOK_XDP; hook <= NG_HOOK_TC_IN; hook++) {
		struct ng_runner *runner = runner_of(hook, text);

		for (int i = 1; i <= RULES + 1; i++) {
			struct ng_decision v6 = decide(runner, 6, 1, i);
			struct ng_decision v4 = decide(runner, 4, 1, i);

			assert_int_equal(v6.rule, i <= RULES ? i : 0);
			assert_int_equal(v6.drop, i <= RULES && i % 2);
			assert_int_equal(v4.rule, i <= RULES && i % 3 ? i : 0);
		}
		ng_runner_close(runner);
	}
	free(text);
}

/* Every second /24, and IPv6 addresses that are not adjacent: beside each hit is a miss. */
static void test_runner_finds_each_of_100000_prefixes(void **state)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	struct ng_runner *runner;

	(void)state;
	fprintf(out, "set big {\n");
	for (uint32_t i = 0; i < PREFIXES; i++) {
		uint32_t net = 0x0a000000 + i * 512;

		fprintf(out, "%u.%u.%u.0/24,\n", net >> 24, net >> 16 & 255, net >> 8 & 255);
		fprintf(out, "2001:db8::%x:%x%s\n", net >> 16, net & 0xffff,
			i + 1 < PREFIXES ? "," : "");
	}
	fprintf(out, "}\ndrop from @big\n");
	fclose(out);
	runner = runner_of(NG_HOOK_XDP, text);
	for (uint32_t i = 0; i < PREFIXES; i += 7) {
		uint32_t net = 0x0a000000 + i * 512;

		assert_true(decide(runner, 4, net, 1).drop);
		assert_true(decide(runner, 4, net + 255, 1).drop);
		assert_false(decide(runner, 4, net + 256, 1).drop);
		assert_false(decide(runner, 4, net - 1, 1).drop);
		assert_true(decide(runner, 6, net, 1).drop);
		assert_false(decide(runner, 6, net + 1, 1).drop);
	}
	assert_false(decide(runner, 4, 0, 1).drop);
	assert_false(decide(runner, 4, 0xffffffff, 1).drop);
	ng_runner_close(runner);
	free(text);
}

static void test_runner_publishes_another_ruleset(void **state)
{
	struct ng_runner *runner = runner_of(NG_HOOK_XDP, "drop udp dport 7\n");
	struct ng_image image = image_of("drop udp dport 9\n");

	(void)state;
	assert_true(decide(runner, 4, 1, 7).drop);
	assert_int_equal(ng_runner_publish(runner, &image), 0);
	assert_false(decide(runner, 4, 1, 7).drop);
	assert_true(decide(runner, 4, 1, 9).drop);
	ng_image_clear(&image);
	ng_runner_close(runner);
}

static void test_runner_refuses_frames_no_test_run_accepts(void **state)
{
	struct ng_runner *runner = runner_of(NG_HOOK_XDP, "default pass\n");
	size_t longest = ng_runner_longest(runner);
	uint8_t *frame = calloc(1, longest + 1);
	struct ng_decision decision;

	(void)state;
	assert_int_equal(ng_runner_run(runner, frame, longest, NULL, &decision), 0);
	assert_int_equal(decision.bytes, longest);
	assert_int_equal(ng_runner_run(runner, frame, longest + 1, NULL, &decision), -ERANGE);
	assert_int_equal(ng_runner_run(runner, frame, 13, NULL, &decision), -ERANGE);
	free(frame);
	ng_runner_close(runner);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_runner_finds_each_of_thousands_of_rules),
		cmocka_unit_test(test_runner_finds_each_of_100000_prefixes),
		cmocka_unit_test(test_runner_publishes_another_ruleset),
		cmocka_unit_test(test_runner_refuses_frames_no_test_run_accepts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
