// SPDX-License-Identifier: GPL-2.0-only
/* Cases that captures cannot contain: VLAN tags in metadata, aggregates, live entries. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"
#include "rules/parse.h"
#include "rules/messages.h"

/* clang-format off */
#define ETHER 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2

/* 54 bytes: 192.0.2.1 to 198.51.100.2, TCP SYN from port 40000 to 80 */
#define IPV4_TCP								\
	0x45, 0, 0, 40, 0, 1, 0, 0, 64, 6, 0, 0, 192, 0, 2, 1, 198, 51, 100, 2,	\
	0x9c, 0x40, 0, 80, 0, 0, 0, 0, 0, 0, 0, 0, 0x50, 2, 0x20, 0, 0, 0, 0, 0

static const uint8_t plain[] = {ETHER, 8, 0, IPV4_TCP};
static const uint8_t tagged[] = {ETHER, 0x81, 0, 0, 5, 8, 0, IPV4_TCP};
static const uint8_t twice[] = {ETHER, 0x88, 0xa8, 0, 7, 0x81, 0, 0, 5, 8, 0, IPV4_TCP};

/* 70 bytes: an aggregate of TCP with 12 bytes of options, of which 4 bytes of payload are here */
static const uint8_t tcp_options[] = {
	ETHER, 8, 0, 0x45, 0, 0, 56, 0, 1, 0, 0, 64, 6, 0, 0, 192, 0, 2, 1, 198, 51, 100, 2,
	0x9c, 0x40, 0, 80, 0, 0, 0, 0, 0, 0, 0, 0, 0x80, 16, 0x20, 0, 0, 0, 0, 0,
	1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2, 'd', 'a', 't', 'a',
};

/* 66 bytes: UDP over IPv6, 2001:db8::1 to 2001:db8::2, port 40000 to 53 */
static const uint8_t udp6[] = {
	ETHER, 0x86, 0xdd, 0x60, 0, 0, 0, 0, 12, 17, 64,
	0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
	0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2,
	0x9c, 0x40, 0, 53, 0, 12, 0, 0, 'd', 'a', 't', 'a',
};

/* 54 bytes: TCP over IPv4 with DF set */
static const uint8_t tcp_df[] = {
	ETHER, 8, 0, 0x45, 0, 0, 40, 0, 1, 0x40, 0, 64, 6, 0, 0, 192, 0, 2, 1, 198, 51, 100, 2,
	0x9c, 0x40, 0, 80, 0, 0, 0, 0, 0, 0, 0, 0, 0x50, 2, 0x20, 0, 0, 0, 0, 0,
};

/* 66 bytes: as udp6, with traffic class 0xff and flow label 0xabcde */
static const uint8_t udp6_flow[] = {
	ETHER, 0x86, 0xdd, 0x6f, 0xfa, 0xbc, 0xde, 0, 12, 17, 64,
	0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
	0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2,
	0x9c, 0x40, 0, 53, 0, 12, 0, 0, 'd', 'a', 't', 'a',
};

static const uint8_t arp[] = {ETHER, 8, 6, 0, 1, 8, 0, 6, 4, 0, 1, 2, 0, 0, 0, 0, 2, 192, 0, 2, 1,
			      0, 0, 0, 0, 0, 0, 198, 51, 100, 2};
/* clang-format on */

/* 35 bytes: an ICMP message of one byte, 192.0.2.1 to 198.51.100.2; and of two bytes */
static const uint8_t icmp_of_a_byte[] = {
	ETHER, 8, 0, 0x45, 0, 0, 21, 0, 1, 0, 0, 64, 1, 0, 0, 192, 0, 2, 1, 198, 51, 100, 2, 8,
};

static const uint8_t icmp_of_two_bytes[] = {
	ETHER, 8, 0, 0x45, 0, 0, 22, 0, 1, 0, 0, 64, 1, 0, 0, 192, 0, 2, 1, 198, 51, 100, 2, 8, 1,
};

#define FRAME(array) .bytes = (array), .len = sizeof(array)

static const struct model_live_entry banned[] = {
	{ "blocked", { .addr = { 192, 0, 2, 1 }, .family = 4, .len = 32 }, 0 },
};
static const struct model_live bans = { banned, 1 };

struct row {
	const char *description;
	const char *rules;
	struct model_frame frame;
	struct ng_decision expected;
};

static void check(const struct row *row, const struct model_live *live)
{
	struct model_frame frame = row->frame;
	struct ng_messages messages = { 0 };
	struct ng_ruleset *ruleset = NULL;
	struct ng_decision decision;

	if (!frame.iface)
		frame.iface = "";
	assert_int_equal(ng_parse_text(row->rules, strlen(row->rules), "test", NULL, NULL, &ruleset,
				       &messages),
			 0);
	model_decide(&(struct model_rules){ .ruleset = ruleset, .live = live }, &frame, &decision,
		     NULL);
	ng_messages_clear(&messages);
	ng_ruleset_free(ruleset);
	if (memcmp(&decision, &row->expected, sizeof(decision)))
		fail_msg("%s: %s by %u, reason %u, rule %u, %llu packets %llu bytes",
			 row->description, decision.drop ? "drop" : "pass", decision.decider,
			 decision.reason, decision.rule, decision.packets, decision.bytes);
}

static void check_all(const struct row *rows, size_t n, const struct model_live *live)
{
	for (size_t i = 0; i < n; i++)
		check(&rows[i], live);
}

#define CHECK_ALL(rows, live) check_all(rows, sizeof(rows) / sizeof((rows)[0]), live)

static void test_model_fields_of_one_family(void **state)
{
	static const struct ng_decision by_rule = {
		.drop = 1, .decider = NG_BY_RULE, .rule = 1, .packets = 1
	};
	static const struct ng_decision by_default = { .decider = NG_BY_DEFAULT, .packets = 1 };
	static const struct {
		const char *rules;
		bool tcp, df, udp6, flow; /* which frames it matches */
	} cases[] = {
		{ "drop df\n", false, true, false, false },
		{ "drop df no\n", true, false, false, false },
		{ "drop flow-label 0xabcde\n", false, false, false, true },
		{ "drop flow-label 0\n", false, false, true, false },
		{ "drop flow-label not 0\n", false, false, false, true },
		{ "drop flow-label 0xabcdf-0xfffff\n", false, false, false, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct {
			struct model_frame frame;
			bool matches;
		} frames[] = {
			{ { FRAME(tcp_options) }, cases[i].tcp },
			{ { FRAME(tcp_df) }, cases[i].df },
			{ { FRAME(udp6) }, cases[i].udp6 },
			{ { FRAME(udp6_flow) }, cases[i].flow },
		};

		for (size_t j = 0; j < sizeof(frames) / sizeof(frames[0]); j++) {
			struct row row = { cases[i].rules, cases[i].rules, frames[j].frame,
					   frames[j].matches ? by_rule : by_default };

			row.expected.bytes = row.frame.len;
			check(&row, NULL);
		}
	}
}

/* A list with a code anywhere requires a readable code. */
static void test_model_list_with_a_code_needs_one(void **state)
{
	static const struct ng_decision matches = {
		.drop = 1, .decider = NG_BY_RULE, .rule = 1, .packets = 1
	};
	static const struct ng_decision passes = { .decider = NG_BY_DEFAULT, .packets = 1 };
	static const struct {
		const char *rules;
		bool one, two; /* does it match a message of so many bytes? */
	} cases[] = {
		{ "drop icmp-type 8\n", true, true },
		{ "drop icmp-type 8,8/0\n", false, true },
		{ "drop icmp-type 8/0,8\n", false, true },
		{ "drop icmp-type 0-255,8/0\n", false, true },
		{ "drop icmp-type 0,8,3/1\n", false, true },
		{ "drop icmp-type 8/0\n", false, false },
		{ "drop icmp-type not 3\n", true, true },
		{ "drop icmp-type not 3,3/0\n", false, true },
		{ "drop icmp-type not 8,8/0\n", false, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct row rows[] = {
			{ cases[i].rules,
			  cases[i].rules,
			  { FRAME(icmp_of_a_byte) },
			  cases[i].one ? matches : passes },
			{ cases[i].rules,
			  cases[i].rules,
			  { FRAME(icmp_of_two_bytes) },
			  cases[i].two ? matches : passes },
		};

		rows[0].expected.bytes = sizeof(icmp_of_a_byte);
		rows[1].expected.bytes = sizeof(icmp_of_two_bytes);
		CHECK_ALL(rows, NULL);
	}
}

static void test_model_tag_in_metadata_is_the_outer_one(void **state)
{
	static const struct row rows[] = {
		{
			"a tag in metadata names the VLAN and was 4 bytes on the wire",
			"drop vlan 9\n",
			{ FRAME(plain), .tagged = true, .tag_tci = 0xe009 },
			{ .drop = 1, .decider = NG_BY_RULE, .rule = 1, .packets = 1, .bytes = 58 },
		},
		{
			"it comes before the tag in the frame",
			"drop vlan 5\ndrop vlan 9\n",
			{ FRAME(tagged), .tagged = true, .tag_tci = 9 },
			{ .drop = 1, .decider = NG_BY_RULE, .rule = 2, .packets = 1, .bytes = 62 },
		},
		{
			"id 0 in metadata is a priority",
			"drop vlan 5\n",
			{ FRAME(tagged), .tagged = true, .tag_tci = 0x6000 },
			{ .drop = 1, .decider = NG_BY_RULE, .rule = 1, .packets = 1, .bytes = 62 },
		},
		{
			"with two tags in the frame it is one too many",
			"drop ipv4\n",
			{ FRAME(twice), .tagged = true, .tag_tci = 9 },
			{ .drop = 1,
			  .decider = NG_BY_INVALID,
			  .reason = NG_VLAN_DEPTH,
			  .packets = 1,
			  .bytes = 66 },
		},
	};

	(void)state;
	CHECK_ALL(rows, NULL);
}

static void test_model_aggregate_counts_as_its_segments(void **state)
{
	static const struct row rows[] = {
		{
			"TCP with options: 66 bytes of headers in each, 52 of them IP and TCP",
			"drop length 152\n",
			{ FRAME(tcp_options), .segments = 3, .segment_size = 100 },
			{ .drop = 1,
			  .decider = NG_BY_RULE,
			  .rule = 1,
			  .packets = 3,
			  .bytes = 70 + 2 * 66 },
		},
		{
			"UDP: 62 bytes of headers in each",
			"drop length 148\n",
			{ FRAME(udp6), .segments = 2, .segment_size = 100 },
			{ .drop = 1,
			  .decider = NG_BY_RULE,
			  .rule = 1,
			  .packets = 2,
			  .bytes = 66 + 62 },
		},
		{
			"a tag in metadata was in each",
			"drop vlan none\n",
			{ FRAME(udp6), .segments = 2, .segment_size = 100, .tagged = true,
			  .tag_tci = 5 },
			{ .decider = NG_BY_DEFAULT, .packets = 2, .bytes = 70 + 66 },
		},
		{
			"one segment is a single packet with the length of its header",
			"drop length 52\n",
			{ FRAME(udp6), .segments = 1, .segment_size = 100 },
			{ .drop = 1, .decider = NG_BY_RULE, .rule = 1, .packets = 1, .bytes = 66 },
		},
	};

	(void)state;
	CHECK_ALL(rows, NULL);
}

static void test_model_blocked_comes_before_the_rules(void **state)
{
	static const struct row rows[] = {
		{
			"a banned source",
			"pass from 192.0.2.1\n",
			{ FRAME(plain) },
			{ .drop = 1, .decider = NG_BY_BLOCKED, .packets = 1, .bytes = 54 },
		},
		{
			"a ban is about what comes in",
			"pass out from 192.0.2.1\n",
			{ FRAME(plain), .direction = NG_OUT },
			{ .decider = NG_BY_RULE, .rule = 1, .packets = 1, .bytes = 54 },
		},
		{
			"a ruleset that names the set says where bans stand",
			"pass tcp dport 80\ndrop from @blocked\n",
			{ FRAME(plain) },
			{ .decider = NG_BY_RULE, .rule = 1, .packets = 1, .bytes = 54 },
		},
		{
			"and its rule decides like any other",
			"drop from @blocked\n",
			{ FRAME(plain) },
			{ .drop = 1, .decider = NG_BY_RULE, .rule = 1, .packets = 1, .bytes = 54 },
		},
		{
			"ARP has no source",
			"default drop\n",
			{ FRAME(arp) },
			{ .decider = NG_BY_NON_IP, .packets = 1, .bytes = 42 },
		},
		{
			"another source",
			"default drop\n",
			{ FRAME(udp6) },
			{ .drop = 1, .decider = NG_BY_DEFAULT, .packets = 1, .bytes = 66 },
		},
	};

	(void)state;
	CHECK_ALL(rows, &bans);
}

/* Live entries of a set that the ruleset has, and of one that it does not have. */
static const struct model_live_entry added[] = {
	{ "a", { .addr = { 192, 0, 2 }, .family = 4, .len = 25 }, 1000 },
	{ "b", { .addr = { 198, 51, 100, 2 }, .family = 4, .len = 32 }, 0 },
	{ "c", { .family = 4, .len = 0 }, 0 },
	{ "blocked", { .addr = { 192, 0, 2, 0 }, .family = 4, .len = 24 }, 500 },
};
static const struct model_live live_entries = { added, 4 };

static void test_model_live_entries_are_in_their_sets_until_they_expire(void **state)
{
	static const struct row rows[] = {
		{
			"an address in a live prefix, before it ends",
			"set a { 10.0.0.0/8 }\ndrop from @a\n",
			{ FRAME(plain), .boot = 999 },
			{ .drop = 1, .decider = NG_BY_RULE, .rule = 1, .packets = 1, .bytes = 54 },
		},
		{
			"at its end it is no entry",
			"set a { 10.0.0.0/8 }\ndrop from @a\n",
			{ FRAME(plain), .boot = 1000 },
			{ .decider = NG_BY_DEFAULT, .packets = 1, .bytes = 54 },
		},
		{
			"but what the ruleset lists goes on",
			"set a { 192.0.2.1 }\ndrop from @a\n",
			{ FRAME(plain), .boot = 1000 },
			{ .drop = 1, .decider = NG_BY_RULE, .rule = 1, .packets = 1, .bytes = 54 },
		},
		{
			"an entry of another set, without end, on the other side",
			"set a { 10.0.0.0/8 }\nset b { 10.0.0.0/8 }\n"
			"drop from @b\ndrop to @a\ndrop to @b\n",
			{ FRAME(plain), .boot = 999 },
			{ .drop = 1, .decider = NG_BY_RULE, .rule = 3, .packets = 1, .bytes = 54 },
		},
		{
			"a negated set",
			"set a { 10.0.0.0/8 }\npass from not @a\n",
			{ FRAME(plain), .boot = 999 },
			{ .decider = NG_BY_DEFAULT, .packets = 1, .bytes = 54 },
		},
		{
			"a ban of a prefix, before it ends",
			"pass ipv4\n",
			{ FRAME(plain), .boot = 499 },
			{ .drop = 1, .decider = NG_BY_BLOCKED, .packets = 1, .bytes = 54 },
		},
		{
			"and at its end",
			"pass ipv4\n",
			{ FRAME(plain), .boot = 500 },
			{ .decider = NG_BY_RULE, .rule = 1, .packets = 1, .bytes = 54 },
		},
	};

	(void)state;
	CHECK_ALL(rows, &live_entries);
}

static void test_model_rule_expires_at_its_time(void **state)
{
	struct ng_rule rules[] = { { .verdict = NG_DROP, .until = 1000 }, { .verdict = NG_DROP } };
	struct ng_ruleset ruleset = { .rules = rules, .n_rules = 2 };
	struct model_frame frame = { FRAME(plain), .iface = "", .utc = 999 };
	struct ng_decision decision;

	(void)state;
	model_decide(&(struct model_rules){ .ruleset = &ruleset }, &frame, &decision, NULL);
	assert_int_equal(decision.rule, 1);
	frame.utc = 1000;
	model_decide(&(struct model_rules){ .ruleset = &ruleset }, &frame, &decision, NULL);
	assert_int_equal(decision.rule, 2);
}

static void test_model_direction_and_interface_must_match(void **state)
{
	static const struct row rows[] = {
		{
			"another direction",
			"drop out tcp\n",
			{ FRAME(plain) },
			{ .decider = NG_BY_DEFAULT, .packets = 1, .bytes = 54 },
		},
		{
			"the interface",
			"drop on eth1 tcp\n",
			{ FRAME(plain), .iface = "eth1" },
			{ .drop = 1, .decider = NG_BY_RULE, .rule = 1, .packets = 1, .bytes = 54 },
		},
		{
			"an interface whose name begins alike",
			"drop on eth1 tcp\n",
			{ FRAME(plain), .iface = "eth10" },
			{ .decider = NG_BY_DEFAULT, .packets = 1, .bytes = 54 },
		},
		{
			"each direction has its default",
			"default drop\n",
			{ FRAME(plain), .direction = NG_OUT },
			{ .decider = NG_BY_DEFAULT, .packets = 1, .bytes = 54 },
		},
	};

	(void)state;
	CHECK_ALL(rows, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_model_fields_of_one_family),
		cmocka_unit_test(test_model_list_with_a_code_needs_one),
		cmocka_unit_test(test_model_tag_in_metadata_is_the_outer_one),
		cmocka_unit_test(test_model_aggregate_counts_as_its_segments),
		cmocka_unit_test(test_model_blocked_comes_before_the_rules),
		cmocka_unit_test(test_model_live_entries_are_in_their_sets_until_they_expire),
		cmocka_unit_test(test_model_rule_expires_at_its_time),
		cmocka_unit_test(test_model_direction_and_interface_must_match),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
