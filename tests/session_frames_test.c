// SPDX-License-Identifier: GPL-2.0-only
/* The frames of a session as the real programs read them, and the interfaces they pass. */
#include <string.h>

#include "image_help.h"
#include "session/frames.h"

static const struct ng_session session4 = {
	.flow = { .client = { .addr = { 192, 0, 2, 2 }, .family = 4, .len = 32 },
		  .server = { .addr = { 192, 0, 2, 1 }, .family = 4, .len = 32 },
		  .client_port = 4000,
		  .server_port = 22 },
};

static const struct ng_session session6 = {
	.flow = { .client = { .addr = { 0x20, 1, 0x0d, 0xb8, [15] = 2 }, .family = 6, .len = 128 },
		  .server = { .addr = { 0x20, 1, 0x0d, 0xb8, [15] = 1 }, .family = 6, .len = 128 },
		  .client_port = 4000,
		  .server_port = 22 },
};

static struct ng_passage passage_of(const struct ng_session *session)
{
	return (struct ng_passage){
		.ifindex = 1,
		.own_mac = { 2, 0, 0, 0, 0, 1 },
		.peer_mac = { 2, 0, 0, 0, 0, 2 },
		.neighbour = session->flow.client,
	};
}

/* No frame of one direction is invalid, and those of @part are decided as expected. */
static void assert_decided(struct ng_runner *runner, const struct ng_session *session,
			   const struct ng_passage *passage, enum ng_direction direction,
			   enum ng_session_part part, enum ng_decider decider)
{
	struct ng_session_frame frame;
	struct ng_decision decision;
	size_t n = 0;

	for (size_t i = 0; ng_session_frame(session, passage, i, &frame); i++) {
		if (frame.direction != direction)
			continue;
		assert_true(frame.len <= sizeof(frame.data));
		assert_int_equal(ng_runner_run(runner, frame.data, frame.len, NULL, &decision), 0);
		assert_int_equal(decision.reason, NG_VALID);
		if (frame.part != part)
			continue;
		if (decision.decider != decider)
			fail_msg("frame %zu is decided by %u, rule %u", i, decision.decider,
				 decision.rule);
		n++;
	}
	assert_true(n > 0);
}

static void assert_all_decided(const struct ng_session *session, enum ng_direction direction,
			       const char *text)
{
	struct ng_passage passage = passage_of(session);
	struct ng_runner *runner =
		runner_of(direction == NG_IN ? NG_HOOK_XDP : NG_HOOK_TC_OUT, text);

	assert_decided(runner, session, &passage, direction, NG_PART_CONNECTION, NG_BY_RULE);
	assert_decided(runner, session, &passage, direction, NG_PART_LOGIN, NG_BY_RULE);
	assert_decided(runner, session, &passage, direction, NG_PART_NEIGHBOUR,
		       session->flow.client.family == 4 ? NG_BY_NON_IP : NG_BY_EXEMPT);
	ng_runner_close(runner);
}

static void test_frames_in_ipv4(void **unused)
{
	(void)unused;
	assert_all_decided(
		&session4, NG_IN,
		"default drop\n"
		"pass tcp from 192.0.2.2 to 192.0.2.1 sport 4000 dport 22 length 40-1500 "
		"fragment no vlan none ether-from 02:00:00:00:00:02 "
		"ether-to 02:00:00:00:00:01\n");
}

static void test_frames_in_ipv6(void **unused)
{
	(void)unused;
	assert_all_decided(&session6, NG_IN,
			   "default drop\n"
			   "pass tcp from 2001:db8::2 to 2001:db8::1 sport 4000 dport 22 "
			   "length 60-1500 fragment no ether-from 02:00:00:00:00:02\n");
}

static void test_frames_out_ipv4(void **unused)
{
	(void)unused;
	assert_all_decided(&session4, NG_OUT,
			   "default out drop\n"
			   "pass out tcp from 192.0.2.1 to 192.0.2.2 sport 22 dport 4000 ttl 64 "
			   "ether-from 02:00:00:00:00:01 ether-to 02:00:00:00:00:02\n");
}

static void test_frames_out_ipv6(void **unused)
{
	(void)unused;
	assert_all_decided(&session6, NG_OUT,
			   "default out drop\n"
			   "pass out tcp from 2001:db8::1 to 2001:db8::2 sport 22 dport 4000\n");
}

/* The rule drops exactly the frames with the guess @guess. */
static void assert_guessed(const struct ng_session *session, const char *text, const char *guess)
{
	struct ng_passage passage = passage_of(session);
	struct ng_runner *runner = runner_of(NG_HOOK_XDP, text);
	struct ng_session_frame frame;
	struct ng_decision decision;

	for (size_t i = 0; ng_session_frame(session, &passage, i, &frame); i++) {
		if (frame.direction != NG_IN)
			continue;
		assert_int_equal(ng_runner_run(runner, frame.data, frame.len, NULL, &decision), 0);
		assert_int_equal(decision.drop, frame.guess && !strcmp(frame.guess, guess));
	}
	ng_runner_close(runner);
}

static void test_some_frames_have_no_df_or_flow_label(void **unused)
{
	(void)unused;
	assert_guessed(&session4, "drop tcp df no\n", "without DF or flow label");
	assert_guessed(&session6, "drop tcp flow-label 0\n", "without DF or flow label");
}

/* Neighbour discovery has the addresses of both sides. */
static void test_neighbours(void **unused)
{
	struct ng_passage passage4 = passage_of(&session4), passage6 = passage_of(&session6);
	struct ng_runner *runner = runner_of(
		NG_HOOK_XDP, "drop ethertype 0x0806 ether-to ff:ff:ff:ff:ff:ff,02:00:00:00:00:01\n"
			     "drop icmpv6 icmp-type 135 from 2001:db8::2 to ff02::1:ff00:1 "
			     "ether-to 33:33:ff:00:00:01\n"
			     "drop icmpv6 icmp-type 136 from 2001:db8::2 to 2001:db8::1 ttl 255\n");

	(void)unused;
	assert_decided(runner, &session4, &passage4, NG_IN, NG_PART_NEIGHBOUR, NG_BY_RULE);
	assert_decided(runner, &session6, &passage6, NG_IN, NG_PART_NEIGHBOUR, NG_BY_RULE);
	ng_runner_close(runner);
}

static void test_tags_of_a_passage(void **unused)
{
	struct ng_runner *runner = runner_of(NG_HOOK_XDP, "drop vlan 7\n");
	struct ng_passage passage = passage_of(&session4);

	(void)unused;
	passage.tags[0] = 7;
	passage.tags[1] = 9;
	passage.n_tags = 2;
	assert_decided(runner, &session4, &passage, NG_IN, NG_PART_CONNECTION, NG_BY_RULE);
	ng_runner_close(runner);
}

/* The loopback interface has no neighbour discovery. */
static void test_no_neighbour(void **unused)
{
	struct ng_passage passage = { .ifindex = 1 };
	struct ng_session_frame frame;

	(void)unused;
	for (size_t i = 0; ng_session_frame(&session4, &passage, i, &frame); i++)
		assert_int_not_equal(frame.part, NG_PART_NEIGHBOUR);
}

/* ---- interfaces ------------------------------------------------------------------------ */

/* 1 eth0, 2 eth1: ports of the bond 3; 4: VLAN 5 on the bond; 5: VLAN 6 in that; 6 is apart. */
static struct ng_link bonded[] = {
	{ .ifindex = 1, .master = 3 },
	{ .ifindex = 2, .master = 3 },
	{ .ifindex = 3 },
	{ .ifindex = 4, .lower = 3, .tag = 5 },
	{ .ifindex = 5, .lower = 4, .tag = 6 },
	{ .ifindex = 6 },
	{ .ifindex = 7, .lower = 5, .tag = 8 },
};
static const struct ng_links bonds = { bonded, sizeof(bonded) / sizeof(*bonded) };

static const struct ng_passage *passage_at(const struct ng_passages *passages, int ifindex)
{
	for (size_t i = 0; i < passages->n; i++)
		if (passages->list[i].ifindex == ifindex)
			return &passages->list[i];
	return NULL;
}

static void test_ports_of_a_bond(void **unused)
{
	struct ng_passages passages = { .list = { { .ifindex = 3 } }, .n = 1 };

	(void)unused;
	ng_passages_add_lower(&passages, &bonds);
	assert_int_equal(passages.n, 3);
	assert_non_null(passage_at(&passages, 1));
	assert_int_equal(passage_at(&passages, 2)->n_tags, 0);
}

static void test_vlan_in_a_vlan(void **unused)
{
	struct ng_passages passages = { .list = { { .ifindex = 5 } }, .n = 1 };
	const struct ng_passage *port;

	(void)unused;
	ng_passages_add_lower(&passages, &bonds);
	assert_int_equal(passages.n, 5);
	assert_int_equal(passage_at(&passages, 4)->tags[0], 6);
	port = passage_at(&passages, 1);
	assert_non_null(port);
	assert_int_equal(port->n_tags, 2);
	assert_int_equal(port->tags[0], 5);
	assert_int_equal(port->tags[1], 6);
}

/* A third tag makes a frame invalid: it is not checked. */
static void test_third_tag_is_not_followed(void **unused)
{
	struct ng_passages passages = { .list = { { .ifindex = 7 } }, .n = 1 };

	(void)unused;
	ng_passages_add_lower(&passages, &bonds);
	assert_non_null(passage_at(&passages, 4));
	assert_null(passage_at(&passages, 3));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_frames_in_ipv4),
		cmocka_unit_test(test_frames_in_ipv6),
		cmocka_unit_test(test_frames_out_ipv4),
		cmocka_unit_test(test_frames_out_ipv6),
		cmocka_unit_test(test_some_frames_have_no_df_or_flow_label),
		cmocka_unit_test(test_neighbours),
		cmocka_unit_test(test_tags_of_a_passage),
		cmocka_unit_test(test_no_neighbour),
		cmocka_unit_test(test_ports_of_a_bond),
		cmocka_unit_test(test_vlan_in_a_vlan),
		cmocka_unit_test(test_third_tag_is_not_followed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
