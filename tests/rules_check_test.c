// SPDX-License-Identifier: GPL-2.0-only
/* Rules that can never match, and rules that another covers. */
#include "rules/check.h"
#include "rules_help.h"

static void test_check_impossible_rule_is_an_error(void **state)
{
	static const char *const cases[][3] = {
		/* text, column, part of the message */
		{ "drop gre dport 80", "10", "'gre' and 'dport 80'" },
		{ "drop icmp sport 80", "11", "'icmp' and 'sport 80'" },
		{ "drop proto gre,esp port 80", "20", "'port 80'" },
		{ "drop proto not tcp,udp,udplite,sctp,dccp dport 80", "42", "'dport 80'" },
		{ "drop udp flags syn/syn", "10", "'udp' and 'flags syn/syn'" },
		{ "drop proto not tcp flags syn/syn", "20", "'flags syn/syn'" },
		{ "drop tcp icmp-type 3", "10", "'tcp' and 'icmp-type 3'" },
		{ "drop icmp-type 3 dport 80", "6", "'dport 80' and 'icmp-type 3'" },
		{ "drop icmp-type 3 flags syn/syn", "6", "'flags syn/syn' and 'icmp-type 3'" },
		{ "drop icmp ipv6", "6", "'ipv6' and 'icmp'" },
		{ "drop icmpv6 ipv4", "6", "'ipv4' and 'icmpv6'" },
		{ "drop icmpv6 from 10.0.0.0/8", "13", "'icmpv6' and 'from 10.0.0.0/8'" },
		{ "drop ipv4 icmp-type 3 from ::/0", "23", "'ipv4' and 'from ::/0'" },
		{ "drop ipv6 from 10.0.0.0/8", "11", "'ipv6' and 'from 10.0.0.0/8'" },
		{ "drop from 10.0.0.0/8 to ::1", "22", "'from 10.0.0.0/8' and 'to ::1'" },
		{ "drop from { 10.0.0.0/8, 11.0.0.0/8 } to ::1", "38", "'to ::1'" },
		{ "drop ipv4 from not 0.0.0.0/0", "11", "'ipv4' and 'from not 0.0.0.0/0'" },
		{ "drop ipv4 from not { 0.0.0.0/1, 128.0.0.0/1 }", "11", "'ipv4' and" },
		{ "drop from not any", "6", "'from not any' never matches" },
		{ "drop from not { ::/1, 8000::/1, 0.0.0.0/0 }", "6", "never matches" },
		{ "drop ethertype arp tcp", "6", "'tcp' and 'ethertype arp'" },
		{ "drop ethertype 0x0806 from any", "6", "'from any' and 'ethertype arp'" },
		{ "drop ethertype ipv6 ipv4", "6", "'ipv4' and 'ethertype ipv6'" },
		{ "drop ethertype not ipv4 from 10.0.0.0/8", "6", "'ethertype not ipv4'" },
		{ "drop ethertype arp length 60", "6", "'length 60'" },
		{ "drop ethertype arp ttl 60", "6", "'ttl 60'" },
		{ "drop ethertype arp dscp ef", "6", "'dscp ef'" },
		{ "drop ethertype arp fragment no", "6", "'fragment no'" },
		{ "drop proto not 0-255", "6", "'proto not 0-255' never matches" },
		{ "drop sport not 0-65535", "6", "never matches" },
		{ "drop ttl not 0-100,101-255", "6", "never matches" },
		{ "drop dscp not 0-63", "6", "never matches" },
		{ "drop flow-label not 0-0xfffff", "6", "never matches" },
		{ "drop ipv4 flow-label 5", "11", "'ipv4' and 'flow-label 0x00005'" },
		{ "drop icmp flow-label 5", "11", "'icmp' and 'flow-label 0x00005'" },
		{ "drop df from 2001:db8::1", "6", "'from 2001:db8::1' and 'df'" },
		{ "drop flow-label 5 df no", "19", "'flow-label 0x00005' and 'df no'" },
		{ "drop vlan not any", "6", "'vlan not any' never matches" },
		{ "drop fragment not no,any", "22", "cannot be in a list" },
		{ "drop fragment not no,first,later", "6", "never matches" },
		{ "drop ethertype not 0-0xffff", "6", "never matches" },
		{ "drop icmp-type not 0-255", "6", "never matches" },
		{ "drop from { 10.0.0.0/8, ::1 } to 10.0.0.1 proto icmpv6", "31",
		  "'icmpv6' and 'to 10.0.0.1'" },
		/* No Ethernet type is below 0x600 or that of a tag. */
		{ "drop ethertype 0x5ff", "6", "'ethertype 0x05ff' never matches" },
		{ "drop ethertype 0-0x5ff", "6", "never matches" },
		{ "drop ethertype 0x8100", "6", "never matches" },
		{ "drop ethertype 0x88a8,0x9100,7", "6", "never matches" },
		{ "drop ethertype not 0x600-0xffff", "6", "never matches" },
		{ "drop invalid ethertype arp", "6", "'ethertype arp' and 'invalid'" },
		{ "drop invalid ethertype not ipv4,ipv6", "6", "'ethertype not ipv4,ipv6' and" },
		/* No packet has such a length. */
		{ "drop length 1-19", "6", "'length 1-19' never matches" },
		{ "drop ipv4 length 1-19", "11", "'length 1-19' never matches" },
		{ "drop ipv4 length 65536-65575", "11", "'ipv4' and 'length 65536-65575'" },
		{ "drop ipv4 length not 0-65535", "11", "'ipv4' and" },
		{ "drop ipv6 length 0-39", "11", "'ipv6' and 'length 0-39'" },
		{ "drop from ::1 length 39", "15", "'from ::1' and 'length 39'" },
		{ "drop icmp length 65536", "11", "'icmp' and 'length 65536'" },
		{ "drop dport 80 length 20-23", "15", "'dport 80' and 'length 20-23'" },
		{ "drop tcp flags syn/syn length 33", "24", "'flags syn/syn' and 'length 33'" },
		{ "drop icmp icmp-type 8/0 length 21", "25", "and 'length 21'" },
		{ "drop ipv6 fragment later length 41-47", "11",
		  "'ipv6', 'length 41-47', 'fragment later' never match together" },
		{ "drop ipv6 proto 44 fragment no", "20",
		  "'ipv6', 'proto 44', 'fragment no' never match together" },
		{ "pass tcp fragment first length 39", "10", "'fragment first' never match" },
		/* One packet has two ports. */
		{ "drop sport 80 port not 80", "15", "'port not 80' never matches together" },
		{ "drop dport not 80 port not 0-79,81-65535", "19", "never matches together" },
		{ "drop sport 1 dport 2 port 3", "22", "'port 3' never matches together" },
		{ "drop icmp-type not 0-255,8/0", "6", "never matches" },
		/* Any two of them can match together, all three cannot. */
		{ "drop proto 1,17 ipv6 icmp-type 3", "22",
		  "'ipv6', 'proto icmp,udp', 'icmp-type 3' never match together" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct reading r = help_read(cases[i][0]);
		char where[32];

		if (!r.ret)
			fail_msg("was accepted: %s", cases[i][0]);
		snprintf(where, sizeof(where), "t:1:%s", cases[i][1]);
		help_expect(&r, 0, where, cases[i][2], NULL);
		help_clear(&r);
	}
}

static void test_check_rule_for_l4_of_later_fragments_is_a_warning(void **state)
{
	static const char *const cases[][3] = {
		{ "drop dport 80 fragment later", "15", "'dport 80' and 'fragment later'" },
		{ "drop flags syn/syn fragment later", "20", "'fragment later'" },
		{ "drop icmp-type 3 fragment later", "18", "'fragment later'" },
		{ "drop icmp-type 3 fragment not no,first", "18", "'fragment not no,first'" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct reading r = help_read(cases[i][0]);
		char where[32];

		assert_int_equal(r.ret, 0);
		assert_true(r.messages.list[0].warning);
		snprintf(where, sizeof(where), "t:1:%s", cases[i][1]);
		help_expect(&r, 0, where, cases[i][2], "later fragments");
		help_clear(&r);
	}
}

static void test_check_possible_rule_is_accepted(void **state)
{
	static const char *const cases[] = {
		"drop flags syn/syn",
		"drop dport 80",
		"drop proto gre,tcp dport 80",
		"drop proto not tcp dport 80",
		"drop proto not icmp icmp-type 3",
		"drop icmp-type 3",
		"drop proto icmp,icmpv6 icmp-type 3",
		"drop proto icmp,icmpv6 ipv6",
		"drop proto not icmp ipv6",
		"drop ipv6 from { 10.0.0.0/8, ::1 }",
		"drop from { 10.0.0.0/8, ::1 } to 10.0.0.1",
		"drop ipv6 from not 10.0.0.0/8",
		"drop ipv4 from not 128.0.0.0/1",
		"drop from not { 0.0.0.0/0, 8000::/1 }",
		"drop ipv6 from @blocked",
		"drop from not @blocked ipv4",
		"drop dport 80 fragment first",
		"drop dport 80 fragment not first",
		"drop tcp fragment later",
		"drop ethertype ipv4,arp tcp",
		"drop ethertype not arp tcp",
		"drop ethertype ipv4 invalid",
		"drop ethertype arp vlan 5 ether-from 00:00:5e:00:53:01",
		"drop length not 0-65575",
		"drop vlan not 5",
		"drop invalid fragment later",
		"drop ttl not 0-254",
		"drop ethertype 0-0x7ff",
		"drop ethertype 0x8100-0x8101",
		"drop ethertype 0x0600",
		"drop invalid ethertype ipv4,arp",
		"drop length 0",
		"drop length 20",
		"drop ipv4 length 0-19",
		"drop ipv6 length 40",
		"drop length 65575",
		"drop dport 80 length 24",
		"drop fragment first length 20-23",
		"pass fragment first length 24",
		"drop sport 80 port not 81",
		"drop sport 80 port 443",
		"drop sport 1 dport 2 port 2",
		"drop ipv6 proto 44",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct reading r = help_read(cases[i]);

		if (r.ret || r.messages.n)
			fail_msg("%s: %s", cases[i], r.messages.list[0].error.what);
		help_clear(&r);
	}
}

/* ---- covered rules ---------------------------------------------------------------------- */

static bool warns(const char *earlier, const char *later)
{
	char text[512], place[32];
	struct reading r;
	bool warned;

	snprintf(text, sizeof(text), "set s { 10.0.0.0/8 }\n%s\n# between\n%s\n", earlier, later);
	r = help_read(text);
	if (r.ret)
		fail_msg("%s: %s", text, r.messages.list[0].error.what);
	warned = r.messages.n == 1;
	if (warned) {
		assert_true(r.messages.list[0].warning);
		snprintf(place, sizeof(place), "t:4:1");
		help_expect(&r, 0, place, "t:2:1", NULL);
	} else {
		assert_int_equal(r.messages.n, 0);
	}
	help_clear(&r);
	return warned;
}

static void test_check_covered_rule_is_a_warning(void **state)
{
	static const char *const cases[][2] = {
		{ "drop", "drop tcp" },
		{ "drop", "pass invalid" },
		{ "drop", "count on eth0 tcp" },
		{ "drop tcp", "drop tcp" },
		{ "drop tcp", "pass tcp dport 22" },
		{ "drop tcp", "drop flags syn/syn" },
		{ "drop tcp", "drop tcp invalid" },
		{ "drop on eth0 tcp", "drop on eth0 tcp dport 1" },
		{ "drop out tcp", "drop out on eth0 tcp" },
		{ "drop proto tcp,udp", "drop udp sport 53" },
		{ "drop proto not icmp", "drop tcp" },
		{ "drop proto not icmp", "drop proto not 1-3" },
		{ "drop ipv4", "drop from 10.0.0.0/8" },
		{ "drop ipv4", "drop icmp" },
		{ "drop from any", "drop ipv6" },
		{ "drop from any", "drop tcp" },
		{ "drop from 0.0.0.0/0", "drop icmp" },
		{ "drop from 10.0.0.0/8", "drop from 10.1.0.0/16 tcp" },
		{ "drop from 10.0.0.0/8", "drop from { 10.1.0.0/16, 10.2.0.0/16 }" },
		{ "drop from { 10.0.0.0/8, ::/0 }", "drop from { 10.1.0.0/16, ::1 }" },
		{ "drop to 2001:db8::/32", "drop to 2001:db8::1 from ::1" },
		{ "drop to 10.0.0.0/8", "drop to 10.0.0.0/8" },
		{ "drop from not 10.0.0.0/8", "drop from 11.0.0.0/8" },
		{ "drop from not 10.0.0.0/8", "drop from ::1" },
		{ "drop from not 10.1.0.0/16", "drop from not 10.0.0.0/8" },
		{ "drop from @s", "drop from @s tcp" },
		{ "drop from not @s", "drop from not @s tcp" },
		{ "drop from @blocked", "drop from @blocked" },
		{ "drop tcp dport 1-100", "drop tcp dport 22,80" },
		{ "drop tcp dport not 22", "drop tcp dport 80" },
		{ "drop tcp dport not 22", "drop tcp dport not 22,80" },
		{ "drop flags syn/syn", "drop flags syn/syn,ack" },
		{ "drop flags none/syn", "drop flags ack/syn,ack" },
		{ "drop flags not syn/syn", "drop flags not syn/syn" },
		{ "drop icmp-type 3", "drop icmp-type 3/4" },
		{ "drop icmp-type 3/4,3/5", "drop icmp-type 3/4" },
		{ "drop vlan any", "drop vlan 5" },
		{ "drop vlan none", "drop vlan none tcp" },
		{ "drop vlan not 5", "drop vlan 6-7" },
		{ "drop fragment no,first", "drop tcp dport 22" },
		{ "drop fragment any", "drop fragment later" },
		{ "drop length 0-100", "drop length 50-60" },
		{ "drop invalid", "drop invalid tcp" },
		{ "pass tcp", "pass tcp dport 22" },
		{ "pass tcp invalid", "drop tcp dport 22 invalid" },
		{ "drop ethertype arp,lldp", "drop ethertype arp" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (!warns(cases[i][0], cases[i][1]))
			fail_msg("no warning: %s / %s", cases[i][0], cases[i][1]);
}

static void test_check_rule_that_still_decides_is_no_warning(void **state)
{
	static const char *const cases[][2] = {
		{ "count tcp", "drop tcp" },
		/* A pass rule without `invalid` matches no invalid frame. */
		{ "pass tcp", "drop tcp" },
		{ "pass tcp", "count tcp" },
		{ "pass tcp", "drop tcp invalid" },
		{ "pass tcp", "pass tcp invalid" },
		{ "drop tcp invalid", "drop tcp" },
		{ "drop out tcp", "drop tcp" },
		{ "drop on eth0 tcp", "drop tcp" },
		{ "drop on eth0 tcp", "drop on eth1 tcp" },
		{ "drop tcp dport 22", "drop tcp" },
		{ "drop tcp dport 22", "drop tcp sport 22" },
		{ "drop port 22", "drop tcp" },
		/* The protocol may be unreadable. */
		{ "drop proto 0-255", "drop ipv4" },
		{ "drop proto not icmpv6", "drop ipv4" },
		{ "drop fragment no,first,later", "drop tcp" },
		{ "drop fragment no", "drop tcp dport 22" },
		{ "drop proto not icmp", "drop proto 0-255" },
		{ "drop icmp", "drop proto icmp,icmpv6" },
		{ "drop ipv4", "drop from { 10.0.0.0/8, ::1 }" },
		{ "drop ipv4", "drop from @s" }, /* sets change */
		{ "drop from 10.0.0.0/8", "drop from @s" },
		{ "drop from @s", "drop from 10.0.0.0/8" },
		{ "drop from @s", "drop to @s" },
		{ "drop from @s", "drop from not @s" },
		{ "drop from any", "drop invalid" },
		{ "drop from any", "drop ethertype ipv4" },
		{ "drop from 10.1.0.0/16", "drop from 10.0.0.0/8" },
		{ "drop from 10.1.0.0/16", "drop to 10.1.0.0/16" },
		{ "drop from 10.0.0.0/8", "drop from { 10.1.0.0/16, ::1 }" },
		{ "drop from { 10.1.0.0/16, 10.2.0.0/16 }", "drop from 10.0.0.0/8" },
		{ "drop from not 10.0.0.0/8", "drop from not 10.1.0.0/16" },
		{ "drop from not 10.1.0.0/16", "drop from 10.0.0.0/8" },
		{ "drop from not 10.0.0.0/8", "drop from 10.1.0.0/16" },
		{ "drop from not 10.0.0.0/8", "drop tcp" },
		{ "drop from 10.0.0.0/8", "drop from not 11.0.0.0/8" },
		{ "drop tcp dport 22,80", "drop tcp dport 22-80" },
		{ "drop tcp dport not 22,80", "drop tcp dport not 22" },
		{ "drop tcp dport 22", "drop tcp dport not 80" },
		{ "drop flags syn/syn,ack", "drop flags syn/syn" },
		{ "drop flags syn/syn", "drop flags ack/ack" },
		{ "drop flags syn/syn", "drop flags ack/syn,ack" },
		{ "drop flags not syn/syn", "drop flags not syn/syn,ack" },
		{ "drop icmp-type 3/4", "drop icmp-type 3" },
		/* A list with a code matches no packet whose code cannot be read. */
		{ "drop icmp-type 3,3/4", "drop icmp-type 3" },
		{ "drop icmp-type 3,11/0", "drop icmp-type 3" },
		{ "drop icmp-type not 3/4", "drop icmp-type 3" },
		{ "drop icmp-type not 3", "drop icmp-type 3" },
		{ "drop vlan not 5", "drop vlan none" },
		{ "drop vlan any", "drop" },
		{ "drop vlan any", "drop vlan none" },
		{ "drop length 0-65575", "drop ipv4" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (warns(cases[i][0], cases[i][1]))
			fail_msg("warned: %s / %s", cases[i][0], cases[i][1]);
}

/* As if it had not been read from a text. */
static void make_new(struct ng_rule *rule)
{
	rule->file = NULL;
	rule->line = 0;
}

static void test_check_expired_rule_is_a_warning(void **state)
{
	struct reading r = help_read("drop tcp until 2020-01-01T00:00:00Z\n"
				     "drop udp until 2120-01-01T00:00:00Z\n");

	(void)state;
	assert_non_null(r.ruleset);
	assert_int_equal(r.messages.n, 1);
	assert_true(r.messages.list[0].warning);
	help_expect(&r, 0, "t:1:1", "expired at 2020-01-01T00:00:00Z", "delete it");
	ng_messages_clear(&r.messages);
	make_new(&r.ruleset->rules[0]);
	ng_check_new_rules(r.ruleset, &r.messages);
	assert_int_equal(r.messages.n, 1);
	help_expect(&r, 0, "rule 1", "expired at 2020-01-01T00:00:00Z", "delete it");
	help_clear(&r);
}

static void test_check_rule_covers_as_long_as_it_lasts(void **state)
{
	(void)state;
	assert_true(warns("drop tcp", "drop tcp dport 1 until 2120-01-01T00:00:00Z"));
	assert_true(warns("drop tcp until 2120-01-01T00:00:00Z",
			  "drop tcp dport 1 until 2120-01-01T00:00:00Z"));
	assert_false(warns("drop tcp until 2120-01-01T00:00:00Z",
			   "drop tcp dport 1 until 2120-01-01T00:00:01Z"));
	assert_false(warns("drop tcp until 2120-01-01T00:00:00Z", "drop tcp dport 1"));
}

static void test_check_cover_is_found_among_many_rules(void **state)
{
	char *text = malloc(64 * 40000), *end = text;
	struct reading r;

	(void)state;
	for (int i = 0; i < 20000; i++)
		end += sprintf(end, "drop from 10.%d.%d.0/24 tcp\n", i / 256, i % 256);
	sprintf(end, "drop from 10.78.31.1 tcp dport 80\ndrop from 10.0.0.1 udp\n");
	r = help_read(text);
	assert_int_equal(r.ret, 0);
	assert_int_equal(r.messages.n, 1);
	help_expect(&r, 0, "t:20001:1", "t:20000:1", NULL);
	help_clear(&r);
	free(text);
}

/* The search ends after so many steps; every rule here would cost a comparison with 256. */
static void test_check_cover_of_many_rules_is_bounded(void **state)
{
	char *text = malloc(64 * 70000), *end = text;
	struct reading r;

	(void)state;
	for (int i = 0; i < 65535; i++)
		end += sprintf(end, "drop udp dport %d length %d\n", i, 40 + i);
	r = help_read(text);
	assert_int_equal(r.ret, 0);
	assert_int_equal(r.ruleset->n_rules, 65535);
	assert_int_equal(r.messages.n, 0);
	help_clear(&r);
	free(text);
}

static void test_check_new_rules_are_named_by_number(void **state)
{
	struct reading r = help_read("set a { ::1 }\ndrop from @a\ndrop tcp dport 1\n");
	struct ng_messages messages = { 0 };
	struct ng_rule rule;

	(void)state;
	assert_int_equal(ng_parse_rule("drop tcp", NULL, &rule, NULL), 0);
	assert_int_equal(ng_ruleset_insert(r.ruleset, 1, &rule), 0);
	ng_rule_clear(&rule);
	ng_check_new_rules(r.ruleset, &messages);
	assert_int_equal(messages.errors, 0);
	assert_int_equal(messages.n, 1);
	assert_string_equal(messages.list[0].error.where, "t:3:1");
	assert_non_null(strstr(messages.list[0].error.what, "rule 2"));
	ng_messages_clear(&messages);

	make_new(&r.ruleset->rules[0]);
	strcpy(r.ruleset->rules[0].conditions[0].set, "b");
	r.ruleset->rules[1].conditions[0].negated = true;
	r.ruleset->rules[1].conditions[0].ranges[0] = (struct ng_range){ 0, 255 };
	ng_check_new_rules(r.ruleset, &messages);
	assert_int_equal(messages.errors, 2);
	assert_string_equal(messages.list[0].error.where, "rule 1");
	assert_non_null(strstr(messages.list[0].error.what, "no set is called 'b'"));
	assert_string_equal(messages.list[1].error.where, "rule 2");
	ng_messages_clear(&messages);
	help_clear(&r);
}

/* Each of two new rules is checked against the other: the second one is warned of once. */
static void test_check_new_rule_covered_by_a_new_rule_is_warned_of_once(void **state)
{
	struct reading r = help_read("drop tcp\ndrop tcp dport 1\ndrop tcp dport 2\n");
	struct ng_messages messages = { 0 };

	(void)state;
	make_new(&r.ruleset->rules[0]);
	make_new(&r.ruleset->rules[1]);
	ng_check_new_rules(r.ruleset, &messages);
	assert_int_equal(messages.n, 2);
	assert_string_equal(messages.list[0].error.where, "t:3:1");
	assert_string_equal(messages.list[1].error.where, "rule 2");
	ng_messages_clear(&messages);
	help_clear(&r);
}

static void test_examples_are_clean(void **state)
{
	static const char *const paths[] = { "docs/examples/host.rules",
					     "docs/examples/reflection-flood.rules",
					     "docs/examples/count-only.rules" };

	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		struct reading r = help_read_file(paths[i]);

		if (r.messages.n)
			fail_msg("%s: %s", r.messages.list[0].error.where,
				 r.messages.list[0].error.what);
		assert_true(r.ruleset->n_rules > 5);
		help_clear(&r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_check_impossible_rule_is_an_error),
		cmocka_unit_test(test_check_rule_for_l4_of_later_fragments_is_a_warning),
		cmocka_unit_test(test_check_possible_rule_is_accepted),
		cmocka_unit_test(test_check_covered_rule_is_a_warning),
		cmocka_unit_test(test_check_expired_rule_is_a_warning),
		cmocka_unit_test(test_check_rule_covers_as_long_as_it_lasts),
		cmocka_unit_test(test_check_rule_that_still_decides_is_no_warning),
		cmocka_unit_test(test_check_cover_is_found_among_many_rules),
		cmocka_unit_test(test_check_cover_of_many_rules_is_bounded),
		cmocka_unit_test(test_check_new_rules_are_named_by_number),
		cmocka_unit_test(test_check_new_rule_covered_by_a_new_rule_is_warned_of_once),
		cmocka_unit_test(test_examples_are_clean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
