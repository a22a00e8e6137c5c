// SPDX-License-Identifier: GPL-2.0-only
/* Ruleset -> text, and rulesets changed in memory. */
#include "rules/prefix.h"
#include "rules_help.h"

#include "rules/fields.h"

/* Each rule as it may be written, and as it is printed. */
static const struct {
	const char *text, *canonical;
} rules[] = {
	{ "drop", "drop" },
	{ "drop in tcp", "drop tcp" },
	{ "drop out on br-lan.7 udp", "drop out on br-lan.7 udp" },
	{ "drop proto 6", "drop tcp" },
	{ "drop proto 17,6,6", "drop proto tcp,udp" },
	{ "drop proto 7-5", NULL },
	{ "drop proto 5-7", "drop proto 5-7" },
	{ "drop proto 200", "drop proto 200" },
	{ "drop proto not tcp", "drop proto not tcp" },
	{ "drop dport ssh tcp", "drop tcp dport 22" },
	{ "drop dport 443,80,81,1-3,2-5", "drop dport 1-5,80-81,443" },
	{ "drop sport not 0", "drop sport not 0" },
	{ "drop port domain", "drop port 53" },
	{ "drop from any", "drop from any" },
	{ "drop from { ::/0, 0.0.0.0/0 }", "drop from any" },
	{ "drop from 192.0.2.1/32", "drop from 192.0.2.1" },
	{ "drop from 2001:DB8:0:0::/64", "drop from 2001:db8::/64" },
	{ "drop from ::FFFF:192.0.2.1", "drop from ::ffff:192.0.2.1" },
	{ "drop to { 10.0.0.0/8 }", "drop to 10.0.0.0/8" },
	{ "drop to not { 2001:db8::/32, 10.1.0.0/16, 10.0.0.0/8, 10.0.0.0/8 }",
	  "drop to not { 10.0.0.0/8, 10.1.0.0/16, 2001:db8::/32 }" },
	{ "drop from @blocked", "drop from @blocked" },
	{ "drop flags syn/ack,syn", "drop flags syn/syn,ack" },
	{ "drop flags not none/cwr,ece,urg,ack,psh,rst,syn,fin",
	  "drop flags not none/fin,syn,rst,psh,ack,urg,ece,cwr" },
	{ "drop icmp icmp-type 8", "drop icmp icmp-type echo-request" },
	{ "drop icmpv6 icmp-type 1-4,128,129,200", "drop icmpv6 icmp-type 1-4,128-129,200" },
	{ "drop icmp-type echo-request proto 1", "drop icmp icmp-type echo-request" },
	{ "drop icmp-type redirect icmpv6", "drop icmpv6 icmp-type redirect" },
	{ "drop icmp-type 5,137", "drop icmp-type 5,137" },
	{ "drop icmp-type 3/4,3/3,3/3", "drop icmp-type 3/3,3/4" },
	{ "drop icmp-type 3/1,4/0,3", "drop icmp-type 3,3/1,4/0" },
	{ "drop icmp-type 3/0,3", "drop icmp-type 3,3/0" },
	{ "drop icmp-type 8,8/0,8/0", "drop icmp-type 8,8/0" },
	{ "drop icmp-type 5,3-4,4/1,3/0", "drop icmp-type 3-5,3/0,4/1" },
	{ "drop icmp-type 2,4,3/0", "drop icmp-type 2,3/0,4" },
	{ "drop icmp icmp-type redirect/1", "drop icmp icmp-type 5/1" },
	{ "drop vlan 1-4095", "drop vlan any" },
	{ "drop vlan 9,7,8", "drop vlan 7-9" },
	{ "drop vlan none", "drop vlan none" },
	{ "drop length 0-65575", "drop length 0-65575" },
	{ "drop ttl 1", "drop ttl 1" },
	{ "drop dscp 46,0x0a,11", "drop dscp 10-11,ef" },
	{ "drop dscp 46,3", "drop dscp 3,ef" },
	{ "drop flow-label 1048575,0x3,4", "drop flow-label 0x00003-0x00004,0xfffff" },
	{ "drop flow-label not 0", "drop flow-label not 0x00000" },
	{ "drop df", "drop df" },
	{ "drop df no log", "drop df no log" },
	{ "drop ethertype ipv4 df fragment first tcp",
	  "drop tcp fragment first df ethertype ipv4" },
	{ "drop fragment later,first", "drop fragment any" },
	{ "drop fragment first", "drop fragment first" },
	{ "drop fragment first,no", "drop fragment no,first" },
	{ "drop fragment not later", "drop fragment not later" },
	{ "drop ethertype 2054,0x88CC,0x9000-0x9fff", "drop ethertype arp,lldp,0x9000-0x9fff" },
	{ "drop ethertype 4660", "drop ethertype 0x1234" },
	{ "drop ether-from 00:00:5E:00:53:02,00:00:5e:00:53:01",
	  "drop ether-from 00:00:5e:00:53:01-00:00:5e:00:53:02" },
	{ "drop ether-to not ff:ff:ff:ff:ff:ff", "drop ether-to not ff:ff:ff:ff:ff:ff" },
	{ "drop invalid ipv6", "drop ipv6 invalid" },
	{ "count log", "count log" },
	{ "pass log 10/s label \"a \xc3\xa4 #\"", "pass log 10/s label \"a \xc3\xa4 #\"" },
	{ "pass until 2036-02-29T23:59:59Z", "pass until 2036-02-29T23:59:59Z" },
	{ "pass log 1/s label \"until\" until 2036-12-01T00:00:00Z",
	  "pass log 1/s label \"until\" until 2036-12-01T00:00:00Z" },
	{ "drop ttl 5 dscp ef length 60 vlan 5 dport 2 sport 1 to 10.0.0.2 from 10.0.0.1 udp ipv4",
	  "drop ipv4 udp from 10.0.0.1 to 10.0.0.2 sport 1 dport 2 vlan 5 length 60 ttl 5 "
	  "dscp ef" },
};

static void test_rule_prints_canonically_and_reads_back(void **state)
{
	struct ng_rule rule;

	(void)state;
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		char *first, *second;

		if (!rules[i].canonical) {
			assert_int_equal(ng_parse_rule(rules[i].text, NULL, &rule, NULL), -EINVAL);
			continue;
		}
		assert_int_equal(ng_parse_rule(rules[i].text, NULL, &rule, NULL), 0);
		first = ng_rule_text(&rule);
		ng_rule_clear(&rule);
		assert_string_equal(first, rules[i].canonical);
		assert_int_equal(ng_parse_rule(first, NULL, &rule, NULL), 0);
		second = ng_rule_text(&rule);
		ng_rule_clear(&rule);
		assert_string_equal(second, first);
		free(first);
		free(second);
	}
}

static void test_icmp_codes_are_kept_apart_from_types(void **state)
{
	const struct ng_condition *condition;
	char text[8192] = "drop icmp-type 3/0", again[64];
	struct ng_rule rule;
	char *printed;

	(void)state;
	for (int code = 1; code < 256; code++) {
		snprintf(again, sizeof(again), ",3/%d", code);
		strcat(text, again);
	}
	assert_int_equal(ng_parse_rule(text, NULL, &rule, NULL), 0);
	condition = ng_rule_condition(&rule, NG_FIELD_ICMP_TYPE);
	assert_int_equal(condition->n_ranges, 256);
	assert_int_equal(condition->ranges[255].lo, 3 << 8 | 255);
	assert_int_equal(condition->ranges[255].hi, 3 << 8 | 255);
	printed = ng_rule_text(&rule);
	assert_string_equal(printed, text);
	free(printed);
	ng_rule_clear(&rule);
	assert_int_equal(ng_parse_rule("drop icmp-type 3-4", NULL, &rule, NULL), 0);
	condition = ng_rule_condition(&rule, NG_FIELD_ICMP_TYPE);
	assert_int_equal(condition->n_ranges, 1);
	assert_int_equal(condition->ranges[0].lo, 3 << 8);
	assert_int_equal(condition->ranges[0].hi, 4 << 8 | 255);
	ng_rule_clear(&rule);
}

static void test_longest_rule_fits_into_a_line(void **state)
{
	char *text = malloc(1 << 20), *end = text, *printed;
	struct ng_rule rule;
	struct reading r;

	(void)state;
	end += sprintf(end, "drop tcp");
	for (int side = 0; side < 2; side++) {
		end += sprintf(end, side ? " to { " : " from { ");
		for (int i = 0; i < 1024; i++)
			end += sprintf(end, "%sfedc:ba98:7654:3210:fedc:ba98:%x:8000/113",
				       i ? ", " : "", 0x8000 + i);
		end += sprintf(end, " }");
	}
	for (int field = 0; field < 4; field++) {
		static const char *const words[] = { "sport", "dport", "port", "length" };

		end += sprintf(end, " %s ", words[field]);
		for (int i = 0; i < 1024; i++)
			end += sprintf(end, "%s%d-%d", i ? "," : "", 20000 + 4 * i, 20001 + 4 * i);
	}
	for (int side = 0; side < 2; side++) {
		end += sprintf(end, side ? " ether-to " : " ether-from ");
		for (int i = 0; i < 1024; i++)
			end += sprintf(end, "%sfe:ff:ff:ff:%02x:%02x-fe:ff:ff:ff:%02x:%02x",
				       i ? "," : "", i >> 6, (i << 2) & 0xff, i >> 6,
				       ((i << 2) & 0xff) + 1);
	}
	assert_int_equal(ng_parse_rule(text, NULL, &rule, NULL), 0);
	printed = ng_rule_text(&rule);
	r = help_read(printed);
	assert_int_equal(r.ret, 0);
	help_clear(&r);
	free(printed);
	ng_rule_clear(&rule);
	free(text);
}

static void test_ruleset_prints_defaults_sets_and_rules(void **state)
{
	struct reading r = help_read("pass icmp\nset b { }\ndefault drop\n"
				     "set a { ::1, 10.0.0.0/8, 10.0.0.0/8 }\n"
				     "default invalid pass\ndefault out drop\n");
	char *text = help_print(r.ruleset, NG_SETS_BY_FILE);

	(void)state;
	assert_string_equal(text, "default drop\ndefault out drop\ndefault invalid pass\n"
				  "set b { }\nset a { 10.0.0.0/8, ::1 }\npass icmp\n");
	free(text);
	help_clear(&r);
}

static void test_flow_settings_print_what_is_not_usual(void **state)
{
	static const char *const settings[] = {
		"default timeout tcp syn 1m\n",
		"default timeout tcp established 1d\n",
		"default timeout tcp fin 30s\n",
		"default timeout tcp close 1s\n",
		"default timeout udp 1h30m\n",
		"default timeout udp stream 300d\n",
		"default timeout icmp 1s\n",
		"default flows 250k\n",
		"default flows 2M\n",
		"default flows 1001\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(settings) / sizeof(*settings); i++) {
		struct reading r = help_read(settings[i]);
		char *text = help_print(r.ruleset, NG_SETS_INLINE);
		char expected[128];

		snprintf(expected, sizeof(expected), "%s%s",
			 "default pass\ndefault out pass\ndefault invalid drop\n", settings[i]);
		assert_string_equal(text, expected);
		free(text);
		help_clear(&r);
	}
	struct reading r = help_read("default timeout udp 30s\ndefault flows 100k\n");
	char *text = help_print(r.ruleset, NG_SETS_INLINE);

	assert_null(strstr(text, "timeout"));
	assert_null(strstr(text, "flows"));
	free(text);
	help_clear(&r);
}

static void test_empty_ruleset_prints_what_reads_back(void **state)
{
	struct ng_ruleset *ruleset = ng_ruleset_new();
	char *text = help_print(ruleset, NG_SETS_BY_FILE);
	struct reading r = help_read(text);

	(void)state;
	assert_string_equal(text, "default pass\ndefault out pass\ndefault invalid drop\n");
	assert_int_equal(r.ret, 0);
	help_clear(&r);
	free(text);
	ng_ruleset_free(ruleset);
}

static void test_wide_set_prints_on_several_lines(void **state)
{
	struct reading r = help_read("set a { 10.0.0.0/24, 10.0.1.0/24, 10.0.2.0/24, 10.0.3.0/24,\n"
				     "10.0.4.0/24, 10.0.5.0/24, 10.0.6.0/24, 10.0.7.0/24 }\n");
	char *text = help_print(r.ruleset, NG_SETS_BY_FILE), *again;

	(void)state;
	assert_non_null(strstr(text, "set a {\n\t10.0.0.0/24,\n\t10.0.1.0/24,\n"));
	assert_non_null(strstr(text, "\t10.0.7.0/24\n}\n"));
	help_clear(&r);
	r = help_read(text);
	again = help_print(r.ruleset, NG_SETS_BY_FILE);
	assert_string_equal(again, text);
	help_clear(&r);
	free(text);
	free(again);
}

static void test_prefix_text_leaves_out_a_full_length(void **state)
{
	static const char *const texts[][2] = {
		{ "192.0.2.1/32", "192.0.2.1" },
		{ "::1/128", "::1" },
		{ "::/0", "::/0" },
		{ "0.0.0.0/0", "0.0.0.0/0" },
		{ "10.0.0.0/8", "10.0.0.0/8" },
		{ "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe/127",
		  "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe/127" },
	};
	struct ng_prefix prefix;
	char text[50];

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		assert_int_equal(ng_parse_prefix(texts[i][0], &prefix, NULL), 0);
		assert_string_equal(ng_prefix_text(&prefix, text, sizeof(text)), texts[i][1]);
	}
}

/* ---- rulesets in memory ----------------------------------------------------------------- */

static void test_ruleset_inserts_finds_and_deletes(void **state)
{
	struct reading r = help_read("set a { 10.0.0.0/8 }\ndrop tcp dport 1,3\ndrop from @a\n"
				     "drop to { 10.0.0.0/8, ::1 } log label \"x\"\n");
	struct ng_ruleset *ruleset = r.ruleset;
	struct ng_rule rule;

	(void)state;
	for (long i = 0; i < 3; i++)
		assert_int_equal(ng_ruleset_find_timed(ruleset, &ruleset->rules[i]), i);
	assert_int_equal(ng_parse_rule("drop tcp dport 3,1", NULL, &rule, NULL), 0);
	assert_int_equal(ng_ruleset_find_timed(ruleset, &rule), 0);
	assert_int_equal(ng_ruleset_insert(ruleset, 4, &rule), -ERANGE);
	assert_int_equal(ng_ruleset_insert(ruleset, 3, &rule), 0);
	ng_rule_clear(&rule);
	ng_ruleset_delete(ruleset, 0);
	assert_int_equal(ruleset->n_rules, 3);
	assert_int_equal(ng_ruleset_find_timed(ruleset, &ruleset->rules[2]), 2);
	assert_int_equal(ng_ruleset_insert(ruleset, 0, &ruleset->rules[1]), 0);
	assert_null(ruleset->rules[0].file);
	assert_string_equal(ruleset->rules[0].label, "x");
	assert_int_equal(ng_ruleset_find_timed(ruleset, &ruleset->rules[2]), 0);
	help_clear(&r);
}

static void test_ruleset_find_tells_rules_apart(void **state)
{
	static const char *const others[] = {
		"pass tcp from 10.0.0.0/8 dport 1 flags syn/syn log 5/s label \"a\"",
		"drop out tcp from 10.0.0.0/8 dport 1 flags syn/syn log 5/s label \"a\"",
		"drop on x tcp from 10.0.0.0/8 dport 1 flags syn/syn log 5/s label \"a\"",
		"drop tcp from 10.0.0.0/9 dport 1 flags syn/syn log 5/s label \"a\"",
		"drop tcp from not 10.0.0.0/8 dport 1 flags syn/syn log 5/s label \"a\"",
		"drop tcp from @blocked dport 1 flags syn/syn log 5/s label \"a\"",
		"drop tcp from 10.0.0.0/8 dport 2 flags syn/syn log 5/s label \"a\"",
		"drop tcp from 10.0.0.0/8 dport 1 flags ack/ack log 5/s label \"a\"",
		"drop tcp from 10.0.0.0/8 dport 1 flags syn/syn,ack log 5/s label \"a\"",
		"drop tcp from 10.0.0.0/8 dport 1 flags syn/syn log 6/s label \"a\"",
		"drop tcp from 10.0.0.0/8 dport 1 flags syn/syn label \"a\"",
		"drop tcp from 10.0.0.0/8 dport 1 flags syn/syn log 5/s label \"b\"",
		"drop tcp from 10.0.0.0/8 dport 1 log 5/s label \"a\"",
	};
	struct reading r = help_read("drop tcp from 10.0.0.0/8 dport 1 flags syn/syn log 5/s "
				     "label \"a\"");
	struct ng_rule rule;

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		assert_int_equal(ng_parse_rule(others[i], NULL, &rule, NULL), 0);
		assert_int_equal(ng_ruleset_find_timed(r.ruleset, &rule), -1);
		ng_rule_clear(&rule);
	}
	help_clear(&r);
}

static void test_ruleset_says_which_sets_it_names(void **state)
{
	static const struct {
		const char *text;
		bool blocked;
	} cases[] = {
		{ "drop tcp", false },
		{ "pass from @blocked", true },
		{ "set a { }\npass to not @a", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct reading r = help_read(cases[i].text);

		assert_int_equal(ng_ruleset_names_set(r.ruleset, NG_BLOCKED), cases[i].blocked);
		help_clear(&r);
	}
}

static void test_names_are_unambiguous(void **state)
{
	static const struct ng_name *const tables[] = { ng_services,	ng_protocols,
							ng_icmp4_types, ng_icmp6_types,
							ng_ethertypes,	ng_dscps };

	(void)state;
	for (size_t t = 0; t < sizeof(tables) / sizeof(tables[0]); t++) {
		for (const struct ng_name *row = tables[t]; row->name; row++) {
			/* A name that begins with a digit would be read as a number. */
			assert_true(row->name[0] >= 'a' && row->name[0] <= 'z');
			assert_ptr_equal(ng_name_find(tables[t], row->name), row);
			assert_string_equal(ng_name_of(tables[t], row->value), row->name);
		}
	}
	for (const struct ng_name *row = ng_protocols; row->name; row++)
		for (size_t i = 0; i < NG_FIELDS; i++)
			assert_true(!ng_fields[i].keyword ||
				    strcmp(ng_fields[i].keyword, row->name) != 0);
}

/* Each keyword is in the table of docs/rules.md, in the order of printing. */
static void test_every_condition_is_documented(void **state)
{
	FILE *in = fopen("docs/rules.md", "r");
	char line[512], text[64];
	size_t field = 0;

	(void)state;
	assert_non_null(in);
	while (field < NG_FIELDS && fgets(line, sizeof(line), in)) {
		if (line[0] != '|')
			continue;
		/* One line may be about two. */
		while (field < NG_FIELDS) {
			const char *keyword = ng_fields[field].keyword;

			snprintf(text, sizeof(text), "`%s", keyword ? keyword : "ipv4");
			if (ng_fields[field].kind != NG_VALUE_ADDRESS && !strstr(line, text))
				break;
			field++;
		}
	}
	fclose(in);
	if (field < NG_FIELDS)
		fail_msg("docs/rules.md has no `%s` where it is printed", ng_fields[field].keyword);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rule_prints_canonically_and_reads_back),
		cmocka_unit_test(test_icmp_codes_are_kept_apart_from_types),
		cmocka_unit_test(test_longest_rule_fits_into_a_line),
		cmocka_unit_test(test_ruleset_prints_defaults_sets_and_rules),
		cmocka_unit_test(test_flow_settings_print_what_is_not_usual),
		cmocka_unit_test(test_empty_ruleset_prints_what_reads_back),
		cmocka_unit_test(test_wide_set_prints_on_several_lines),
		cmocka_unit_test(test_prefix_text_leaves_out_a_full_length),
		cmocka_unit_test(test_ruleset_inserts_finds_and_deletes),
		cmocka_unit_test(test_ruleset_find_tells_rules_apart),
		cmocka_unit_test(test_ruleset_says_which_sets_it_names),
		cmocka_unit_test(test_names_are_unambiguous),
		cmocka_unit_test(test_every_condition_is_documented),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
