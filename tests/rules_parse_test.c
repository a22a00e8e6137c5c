// SPDX-License-Identifier: GPL-2.0-only
/* Text -> ruleset: what is accepted, and the messages for what is refused. */
#include "rules_help.h"

#include <fcntl.h>
#include <unistd.h>

/* ---- one rule --------------------------------------------------------------------------- */

static void test_rule_words_are_named_when_wrong(void **state)
{
	static const struct wrong cases[] = {
		{ "dorp tcp", "t:1:1", "'dorp' is not a statement", "did you mean 'drop'?" },
		{ "deny tcp", "t:1:1", "is not a statement", "did you mean 'drop'?" },
		{ "xyzzy", "t:1:1", "is not a statement", "default, set, include" },
		{ "drop tpc", "t:1:6", "is not a condition", "did you mean 'tcp'?" },
		{ "drop dprt 22", "t:1:6", "'dprt' is not a condition", "did you mean 'dport'?" },
		{ "drop src 1.2.3.4", "t:1:6", "is not a condition", "did you mean 'from'?" },
		{ "drop tcp 22", "t:1:10", "'22' is not a condition", "dport 22" },
		{ "drop not tcp", "t:1:6", "before a value", "proto not tcp" },
		{ "drop tcp in", "t:1:10", "before the conditions", NULL },
		{ "drop tcp tcp", "t:1:10", "is repeated", "list" },
		{ "drop tcp udp", "t:1:10", "is repeated", "list" },
		{ "drop tcp,udp", "t:1:9", "without its keyword", "proto tcp,udp" },
		{ "drop ipv4 ipv6", "t:1:11", "never match", NULL },
		{ "drop label \"a\" tcp", "t:1:16", "end of the rule", "conditions come first" },
		{ "drop label \"a\" log", "t:1:16", "end of the rule", "then log, then label" },
		{ "drop related", "t:1:6", "is not a condition here", "write established" },
		{ "drop established yes", "t:1:18", "only 'no' can be written", "established no" },
		{ "drop out established", "t:1:10", "for incoming packets", "leave it out" },
		{ "drop established invalid", "t:1:18", "never match together", "are valid" },
		{ "drop established sctp", "t:1:6", "never match together", "of tcp, udp" },
		{ "drop established fragment later", "t:1:6", "never match together", NULL },
		{ "drop tcp ct state new", "t:1:10", "is not a condition here",
		  "write established" },
		{ "drop TCP", "t:1:6", "not a condition", "did you mean 'tcp'?" },
		{ "DROP tcp", "t:1:1", "is not a statement", "did you mean 'drop'?" },
		{ "drop tcp until", "t:1:15", "expected a time", NULL },
		{ "drop tcp until tomorrow", "t:1:16", "'tomorrow' is not a time", "RFC 3339" },
		{ "drop tcp until 2030-01-01", "t:1:16", "not a time", "2026-12-01T00:00:00Z" },
		{ "drop tcp until 2030-01-01T00:00:00+01:00", "t:1:16", "not a time", "UTC" },
		{ "drop tcp until 2030-02-30T00:00:00Z", "t:1:16", "there is no time", NULL },
		{ "drop tcp until 1960-01-01T00:00:00Z", "t:1:16", "before 1970", NULL },
		{ "drop until 2030-01-01T00:00:00Z tcp", "t:1:33", "end of the rule",
		  "then label, then until" },
		{ "drop on", "t:1:8", "the name of an interface", NULL },
		{ "drop on a/b", "t:1:9", "no interface can have this name", "15 bytes" },
		{ "drop on 0123456789abcdef", "t:1:9", "no interface can have this name", NULL },
		{ "drop label telnet", "t:1:12", "expected a label", "in quotes" },
		{ "drop label \"\"", "t:1:12", "an empty label", NULL },
		{ "drop label \"0123456789012345678901234567890123456789012345678901234567890123\"",
		  "t:1:12", "longer than 63 bytes", NULL },
		{ "drop log 0/s", "t:1:10", "the range is 1 to 1000000", NULL },
		{ "drop log 10/m", "t:1:10", "not a rate", "log 10/s" },
		{ "drop log 10", "t:1:10", "not a rate", NULL },
	};

	(void)state;
	check_wrong(cases);
}

static void test_rule_numbers_are_strict(void **state)
{
	static const struct wrong cases[] = {
		{ "drop tcp dport 65536", "t:1:16", "the range is 0 to 65535", NULL },
		{ "drop tcp dport 99999999999999999999999", "t:1:16", "the range is 0 to 65535",
		  NULL },
		{ "drop tcp dport 022", "t:1:16", "leading zeros", "write 22" },
		{ "drop tcp dport 0x16", "t:1:16", "not decimal", NULL },
		{ "drop tcp dport +22", "t:1:16", "'+22' is not a port", NULL },
		{ "drop tcp dport -1", "t:1:16", "its first number is missing", "write 0-1" },
		{ "drop tcp dport 22-", "t:1:16", "its last number is missing", "write 22-65535" },
		{ "drop tcp dport 1-2-3", "t:1:16", "more than one '-'", "FIRST-LAST" },
		{ "drop tcp dport 1--3", "t:1:16", "more than one '-'", NULL },
		{ "drop tcp dport -", "t:1:16", "is not a port", NULL },
		{ "drop icmp-type 3-", "t:1:16", "its last number is missing", "write 3-255" },
		{ "drop vlan -7", "t:1:11", "its first number is missing", "write 1-7" },
		{ "drop tcp dport 22-x", "t:1:16", "is not a number", NULL },
		{ "drop tcp dport 80-22", "t:1:16", "goes backwards", "write 22-80" },
		{ "drop tcp dport 80:90", "t:1:16", "is not a port", "with a dash" },
		{ "drop tcp dport 22,", "t:1:19", "expected a port", NULL },
		{ "drop tcp dport ,22", "t:1:16", "expected a port", NULL },
		{ "drop tcp dport { 22 }", "t:1:16", "only lists of addresses", "80,443" },
		{ "drop tcp dport shh", "t:1:16", "'shh' is not a port", "did you mean 'ssh'?" },
		{ "drop proto 256", "t:1:12", "the range is 0 to 255", NULL },
		{ "drop proto tpc", "t:1:12", "is not a protocol", "did you mean 'tcp'?" },
		{ "drop proto TCP", "t:1:12", "is not a protocol", "did you mean 'tcp'?" },
		{ "drop proto ICMPV6", "t:1:12", "is not a protocol", "did you mean 'icmpv6'?" },
		{ "drop proto ipv4", "t:1:12", "is not a protocol", "proto 4 for IPv4 inside IP" },
		{ "drop proto not ipv6", "t:1:16", "is not a protocol", "write ipv6 alone" },
		{ "drop proto any", "t:1:12", "is not a protocol", "leave proto out" },
		{ "drop ttl 256", "t:1:10", "the range is 0 to 255", NULL },
		{ "drop dscp 64", "t:1:11", "the range is 0 to 63", NULL },
		{ "drop dscp 0x40", "t:1:11", "the range is 0 to 63", NULL },
		{ "drop dscp 0x", "t:1:11", "is not a number", NULL },
		{ "drop flow-label 0x100000", "t:1:17", "the range is 0 to 1048575", NULL },
		{ "drop flowlabel 5", "t:1:6", "is not a condition", "'flow-label'" },
		{ "drop df yes", "t:1:9", "after 'df' only 'no' can", "df no" },
		{ "drop df not", "t:1:9", "after 'df' only 'no' can", "df no" },
		{ "drop not df", "t:1:6", "'not' comes before a value", "df no" },
		{ "drop df df", "t:1:9", "is repeated", "once, alone or with 'no'" },
		{ "drop from ::1 from ::2", "t:1:15", "is repeated", "a list: {" },
		{ "drop length 65576", "t:1:13", "the range is 0 to 65575", NULL },
		{ "drop ethertype 0x10000", "t:1:16", "the range is 0 to 65535", NULL },
		{ "drop ethertype 8x0", "t:1:16", "is not a number", NULL },
		{ "drop vlan 0", "t:1:11", "only a priority", "vlan none" },
		{ "drop vlan 4096", "t:1:11", "the range is 1 to 4095", NULL },
		{ "drop vlan none,5", "t:1:15", "cannot be in a list", NULL },
		{ "drop vlan 5,none", "t:1:13", "cannot be in a list", NULL },
		{ "drop vlan 5,any", "t:1:13", "cannot be in a list", NULL },
		{ "drop vlan not none", "t:1:15", "another way", "vlan any" },
		{ "drop fragment any,no", "t:1:18", "'any' cannot be in a list", "no,first,later" },
		{ "drop fragment no,any", "t:1:18", "cannot be in a list", "no,first,later" },
		{ "drop fragment 1", "t:1:15", "is not no, first, later or any", NULL },
		{ "drop icmp icmp-type 256", "t:1:21", "the range is 0 to 255", NULL },
		{ "drop icmp icmp-type 3/256", "t:1:21", "the range is 0 to 255", NULL },
		{ "drop icmp icmp-type 3-4/0", "t:1:21", "not a range", NULL },
		{ "drop icmp icmp-type packet-too-big", "t:1:21", "not an ICMP type", NULL },
		{ "drop icmp-type echo-request", "t:1:16", "another in ICMPv6", "icmp or icmpv6" },
		{ "drop proto icmp,icmpv6 icmp-type redirect", "t:1:34", "another in ICMPv6",
		  NULL },
		{ "drop icmp-type nonsense tcp", "t:1:16", "not an ICMP type", NULL },
		{ "drop ether-from 00:00:5e:00:53", "t:1:17", "not a MAC address", NULL },
		{ "drop ether-from 00-00-5e-00-53-01", "t:1:17", "not a MAC address", "six pairs" },
		{ "drop ether-to 00:00:00:00:00:02-00:00:00:00:00:01", "t:1:15", "goes backwards",
		  NULL },
	};

	(void)state;
	check_wrong(cases);
}

static void test_rule_flags_need_a_mask(void **state)
{
	static const struct wrong cases[] = {
		{ "drop tcp flags syn", "t:1:16", "without a mask", "syn/syn,ack" },
		{ "drop tcp flags syn,ack", "t:1:20", "without a mask", NULL },
		{ "drop tcp flags syn/ack", "t:1:16", "not in the mask", NULL },
		{ "drop tcp flags syn/none", "t:1:16", "without any flag", NULL },
		{ "drop tcp flags sny/syn", "t:1:16", "not a TCP flag", "did you mean 'syn'?" },
		{ "drop tcp flags xxxxx/syn", "t:1:16", "not a TCP flag", "fin, syn, rst" },
		{ "drop tcp flags none,syn/syn", "t:1:21", "cannot be in a list", NULL },
		{ "drop tcp flags syn/syn/ack", "t:1:16", "second '/'", NULL },
		{ "drop tcp flags syn/", "t:1:16", "not a TCP flag", NULL },
		{ "drop tcp flags", "t:1:15", "expected a TCP flag", NULL },
	};

	(void)state;
	check_wrong(cases);
}

static void test_rule_addresses_are_strict(void **state)
{
	static const struct wrong cases[] = {
		{ "drop from 10.0.0.1/8", "t:1:11", "10.0.0.1/8 has host bits set",
		  "write 10.0.0.0/8" },
		{ "drop from 2001:db8::1/32", "t:1:11", "host bits", "write 2001:db8::/32" },
		{ "drop from ::ffff:10.0.0.0/8", "t:1:11", "host bits", "write 10.0.0.0/8" },
		{ "drop from 192.0.2.192/25", "t:1:11", "host bits", "write 192.0.2.128/25" },
		{ "drop from 10.0.0.0/33", "t:1:11", "33 is more than 32", NULL },
		{ "drop from ::/129", "t:1:11", "129 is more than 128", NULL },
		{ "drop from 10.0.0.0/08", "t:1:11", "not a prefix length", "zeros: /8" },
		{ "drop from 10.0.0.0/00", "t:1:11", "not a prefix length", "zeros: /0" },
		{ "drop from 192.0.2.0/255.255.255.0", "t:1:11", "not a prefix length", ": /24" },
		{ "drop from 0.0.0.0/0.0.0.0", "t:1:11", "not a prefix length", ": /0" },
		{ "drop from 192.0.2.0/0.0.0.255", "t:1:11", "not a prefix length", ": /24" },
		{ "drop from 10.0.0.0/255.0.255.0", "t:1:11", "not a prefix length",
		  "list the addresses" },
		{ "drop from 10.0.0.0/", "t:1:11", "not a prefix length", NULL },
		{ "drop from 10.0.0.0/+8", "t:1:11", "not a prefix length", NULL },
		{ "drop from 10.0.0.01", "t:1:11", "not an address", "leading zeros" },
		{ "drop from 10.0.0", "t:1:11", "not an address", "four numbers" },
		{ "drop from 10.0.0.256", "t:1:11", "not an address", "four numbers" },
		{ "drop from example.org", "t:1:11", "not an address", "not looked up" },
		{ "drop from fe80::1%eth0", "t:1:11", "not an address", "zone" },
		{ "drop from 2001:db8::1::", "t:1:11", "not an address", "2001:db8::1" },
		{ "drop from 12345::", "t:1:11", "not an address", NULL },
		{ "drop from", "t:1:10", "expected an address", NULL },
		{ "drop from 10.0.0.0/8,11.0.0.0/8", "t:1:21", "needs braces", "write {" },
		{ "drop from { }", "t:1:14", "never matches", NULL },
		{ "drop from { @a }", "t:1:13", "cannot contain a set", "a set alone" },
		{ "drop from { any }", "t:1:13", "not an address", NULL },
		{ "drop from { 10.0.0.0/8 11.0.0.0/8 }", "t:1:24", "expected ',' or '}'", NULL },
		{ "drop from @nobody", "t:1:11", "no set is called 'nobody'", "set nobody {" },
		{ "drop from not @nobody", "t:1:15", "no set is called 'nobody'", NULL },
		{ "drop from @", "t:1:11", "not the name of a set", NULL },
		{ "drop from @a!b", "t:1:11", "not the name of a set", "letters, digits" },
	};

	(void)state;
	check_wrong(cases);
}

static void test_rule_interface_is_one_name(void **state)
{
	static const struct wrong cases[] = {
		{ "drop on eth* tcp", "t:1:9", "'eth*' is not a single interface", "on \"eth*\"" },
		{ "drop on eth+", "t:1:9", "not a single interface", NULL },
		{ "drop on eth[01]", "t:1:9", "not a single interface", NULL },
		{ "drop on !eth0", "t:1:9", "not a single interface", NULL },
		{ "drop on not eth0", "t:1:9", "'not' is not a single interface", NULL },
		{ "drop on any", "t:1:9", "not a single interface", "without `on`" },
		{ "drop on eth0,eth1", "t:1:13", "one interface, not a list", "a rule for each" },
		{ "drop on { eth0 }", "t:1:9", "expected the name of an interface", NULL },
		{ "drop on \"eth 0\"", "t:1:9", "no interface can have this name", NULL },
		{ "drop on \"\"", "t:1:9", "no interface can have this name", NULL },
		{ "drop on \"0123456789012345\"", "t:1:9", "no interface can have this name",
		  NULL },
		{ "drop on \"..\"", "t:1:9", "no interface can have this name", NULL },
	};
	static const char *const names[] = { "eth*", "all", "a,b", "br-{1}", "eth0+", "\xc3\xa4" };
	struct ng_set_source source = { 0 };
	struct reading r = { 0 };

	(void)state;
	check_wrong(cases);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char text[64], *printed;

		snprintf(text, sizeof(text), "drop on \"%s\" tcp", names[i]);
		r = help_read(text);
		assert_int_equal(r.ret, 0);
		assert_string_equal(r.ruleset->rules[0].iface, names[i]);
		printed = ng_rule_text(&r.ruleset->rules[0]);
		assert_string_equal(printed, text);
		free(printed);
		help_clear(&r);
	}
	r = help_read("drop on \"eth0\"");
	assert_string_equal(r.ruleset->rules[0].iface, "eth0");
	help_clear(&r);
	/* An image's text was accepted before, and must be readable as long as it is in force. */
	r = (struct reading){ 0 };
	assert_int_equal(ng_parse_text("drop on eth* tcp\n", 17, "t", NULL, &source, &r.ruleset,
				       &r.messages),
			 0);
	assert_string_equal(r.ruleset->rules[0].iface, "eth*");
	help_clear(&r);
}

static void test_rule_strange_bytes_are_named(void **state)
{
	static const struct wrong cases[] = {
		{ "drop label \"open", "t:1:12", "not closed", NULL },
		{ "drop label \"a\nb\"", "t:1:12", "not closed", NULL },
		{ "drop label \"a\x1b[2J\"", "t:1:14", "printable UTF-8", NULL },
		{ "drop label \"\xc3(\"", "t:1:13", "printable UTF-8", NULL },
		{ "drop label \"\xc2\x9b"
		  "2J\"",
		  "t:1:13", "printable UTF-8", NULL },
		{ "drop label \"\xc3(\"", "t:1:13", "not the byte 0xC3", NULL },
		{ "drop label \"\xe2\x80\xae\"", "t:1:13", "not U+202E", "delete it" },
		{ "drop label \"a\xe2\x80\xa8\"", "t:1:14", "not U+2028", "delete it" },
		{ "drop label \"a\xef\xbb\xbf\"", "t:1:14", "not U+FEFF", "delete it" },
		{ "drop label \"a\xe2\x80\x8b\"", "t:1:14", "not U+200B", "delete it" },
		{ "drop label \"a\xe2\x81\xa6\"", "t:1:14", "not U+2066", "delete it" },
		{ "drop label \"a\xf3\xa0\x81\x81\"", "t:1:14", "not U+E0041", "delete it" },
		{ "drop label \"a\xef\xbf\xbf\"", "t:1:14", "not U+FFFF", NULL },
		{ "set s file \"\xe2\x80\xae\"", "t:1:13", "not U+202E", NULL },
		{ "include \"\xe2\x80\xae\"", "t:1:10", "not U+202E", NULL },
		{ "drop tcp \xe2\x80\x93 udp", "t:1:10", "not ASCII", "pasted" },
		{ "drop \\ tcp", "t:1:6", "not the last character", NULL },
		{ "drop \\", "t:1:6", "not the last character", NULL },
		{ "drop\rtcp", "t:1:5", "carriage return", NULL },
		{ "drop \x01", "t:1:6", "control character", NULL },
		{ "}", "t:1:1", "expected a statement", NULL },
	};

	(void)state;
	check_wrong(cases);
}

/* A mistake in a declaration is one error, without another for each rule that uses the set. */
static void test_name_is_declared_whatever_is_wrong_with_its_contents(void **state)
{
	static const char *const cases[] = {
		"set a { 10.0.0.1/8 }\n",
		"set a { 10.0.0.0/8\n",
		"set a file \"none.txt\"\n",
		"set a\n",
		"set a = { }\n",
		"set @a { 10.0.0.0/8 }\n",
		"sett a { 10.0.0.0/8 }\n",
		"table a {\n10.0.0.0/8\n}\n",
		"ipset a file \"x\"\n",
		"include \"none.rules\"\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[256];
		struct reading r;

		snprintf(text, sizeof(text), "%sdrop from @a\ndrop to not @a\n", cases[i]);
		r = help_read(text);
		if (r.messages.n != 1 || !r.messages.list[0].error.what[0])
			fail_msg("%s: %zu messages, the last: %s", text, r.messages.n,
				 r.messages.list[r.messages.n - 1].error.what);
		help_clear(&r);
	}
	/* Another name is still unknown. */
	struct reading r = help_read("set a { 10.0.0.1/8 }\ndrop from @b\n");

	assert_int_equal(r.messages.n, 2);
	help_expect(&r, 1, "t:2:11", "no set is called 'b'", NULL);
	help_clear(&r);
}

/* ---- statements ------------------------------------------------------------------------- */

static void test_statement_errors_name_their_place(void **state)
{
	static const struct wrong cases[] = {
		{ "default pass\ndefault drop", "t:2:1", "'default' is repeated", NULL },
		{ "default out pass\ndefault out pass", "t:2:1", "first at t:1", NULL },
		{ "default timeout", "t:1:16", "what the timeout is for", "udp stream" },
		{ "default timeout tcp 30s", "t:1:17", "what the timeout is for", "tcp syn" },
		{ "default timeout udp", "t:1:20", "expected a time", NULL },
		{ "default timeout udp 30", "t:1:21", "not a duration", "write a unit: 30s" },
		{ "default timeout udp 400d", "t:1:21", "longer than a year", NULL },
		{ "default timeout udp 1m\ndefault timeout udp 2m", "t:2:1", "first at t:1", NULL },
		{ "default flows", "t:1:14", "expected a number of flows", NULL },
		{ "default flows 999", "t:1:15", "not a number of flows", "from 1k to 4M" },
		{ "default flows 5M", "t:1:15", "not a number of flows", NULL },
		{ "default flows 100K", "t:1:15", "not a number of flows", NULL },
		{ "default flows 2k\ndefault flows 2k", "t:2:1", "first at t:1", NULL },
		{ "default invalid pass\ndefault invalid pass", "t:2:1", "first at t:1", NULL },
		{ "default count", "t:1:9", "expected pass, drop, out, invalid, timeout or flows",
		  NULL },
		{ "default in pass", "t:1:9", "expected", "for incoming packets" },
		{ "default pass drop", "t:1:14", "the end of the line", NULL },
		{ "set a { 10.0.0.0/8 }\nset a { 11.0.0.0/8 }", "t:2:5", "before, at t:1", NULL },
		{ "set blocked { }", "t:1:5", "always exists", NULL },
		{ "set @a { }", "t:1:5", "without '@'", "write set a" },
		{ "set a.b { }", "t:1:5", "not the name of a set", NULL },
		{ "set abcdefghijabcdefghijabcdefghijab { }", "t:1:5", "longer than 31", NULL },
		{ "set a", "t:1:6", "expected '{' or file", NULL },
		{ "set a { 10.0.0.1/8 }", "t:1:9", "host bits", "write 10.0.0.0/8" },
		{ "set a { 10.0.0.0/8,, }", "t:1:20", "expected an address", NULL },
		{ "set a file list.txt", "t:1:12", "in quotes", "write \"list.txt\"" },
		{ "set a file \"\"", "t:1:12", "name is empty", NULL },
		{ "set a file \"x\"", "t:1:12", "no files can be named here", NULL },
		{ "include \"x\"", "t:1:9", "no files can be named here", NULL },
		{ "", "t:1:1", "no statement", "default pass" },
		{ "\n# nothing\n", "t:1:1", "no statement", NULL },
	};

	(void)state;
	check_wrong(cases);
}

static void test_set_brace_left_open_is_named_and_reading_goes_on(void **state)
{
	struct reading r = help_read("set a {\n\t10.0.0.0/8,\ndrop tcp dport 1-x\ndrop udp\n");

	(void)state;
	assert_int_equal(r.messages.errors, 2);
	help_expect(&r, 0, "t:1:7", "never closed", NULL);
	help_expect(&r, 1, "t:3:16", "is not a number", NULL);
	help_clear(&r);
	r = help_read("set a { 10.0.0.0/8");
	help_expect(&r, 0, "t:1:7", "never closed", NULL);
	help_clear(&r);
}

static void test_errors_beyond_twenty_are_counted(void **state)
{
	char text[1024] = "";
	struct reading r;

	(void)state;
	for (int i = 0; i < 25; i++)
		strcat(text, "drop nonsense\n");
	r = help_read(text);
	assert_int_equal(r.messages.n, NG_MESSAGES_MAX);
	assert_int_equal(r.messages.errors, 25);
	assert_int_equal(r.messages.left_out, 5);
	help_expect(&r, 19, "t:20:6", "nonsense", NULL);
	help_clear(&r);
}

static void test_reading_ends_when_nothing_is_right(void **state)
{
	char *text = malloc(5000 * 8 + 1), *end = text;
	struct reading r;

	(void)state;
	for (int i = 0; i < 5000; i++)
		end += sprintf(end, "drop x\n");
	r = help_read(text);
	assert_int_equal(r.messages.errors, NG_ERRORS_MAX);
	help_clear(&r);
	free(text);
}

static void test_failure_leaves_the_output_alone(void **state)
{
	struct ng_ruleset *before = ng_ruleset_new(), *ruleset = before;
	struct ng_messages messages = { 0 };

	(void)state;
	assert_int_equal(ng_parse_text("drop x", 6, "t", NULL, NULL, &ruleset, &messages), -EINVAL);
	assert_ptr_equal(ruleset, before);
	assert_int_equal(ng_parse_file("/nonexistent", &ruleset, &messages), -EINVAL);
	assert_ptr_equal(ruleset, before);
	assert_int_equal(messages.errors, 2);
	/* Earlier errors do not make a valid text invalid. */
	ng_ruleset_free(before);
	assert_int_equal(ng_parse_text("drop tcp", 8, "t", NULL, NULL, &ruleset, &messages), 0);
	assert_int_equal(messages.errors, 2);
	ng_ruleset_free(ruleset);
	ng_messages_clear(&messages);
}

static void test_lines_end_in_many_ways(void **state)
{
	static const char *const texts[] = {
		"drop tcp dport 22\n",
		"drop tcp dport 22",
		"drop tcp dport 22\r\n",
		"\xef\xbb\xbf"
		"drop tcp dport 22\n",
		"\n\n  drop\ttcp   dport 22   # \x80 remark \\\n",
		"drop tcp \\\n dport 22\n",
		"drop tcp \\\r\n dport 22\r\n",
		"drop tcp dport 22#x",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct reading r = help_read(texts[i]);
		char *text;

		if (r.ret || r.ruleset->n_rules != 1)
			fail_msg("refused: %s", texts[i]);
		text = ng_rule_text(r.ruleset->rules);
		assert_string_equal(text, "drop tcp dport 22");
		free(text);
		help_clear(&r);
	}
}

static void test_columns_are_bytes_behind_the_byte_order_mark(void **state)
{
	struct reading r = help_read("\xef\xbb\xbf\tdrop x\n");

	(void)state;
	help_expect(&r, 0, "t:1:7", "'x'", NULL);
	help_clear(&r);
	r = help_read("set a { 10.0.0.0/8,\r\n  11.0.0.0/8,\r\n 1.2.3 }\r\n");
	help_expect(&r, 0, "t:3:2", "1.2.3", NULL);
	help_clear(&r);
	r = help_read("drop tcp \\\n  sport x\n");
	help_expect(&r, 0, "t:2:9", "'x'", NULL);
	help_clear(&r);
}

static void test_list_in_a_rule_has_a_limit(void **state)
{
	char *text = malloc(32 * 2000), *end = text;
	struct reading r;

	(void)state;
	end += sprintf(end, "drop tcp dport 1");
	for (int i = 1; i < 1024; i++)
		end += sprintf(end, ",%d", 1 + 2 * i);
	r = help_read(text);
	assert_int_equal(r.ret, 0);
	help_clear(&r);
	strcpy(end, ",9999");
	r = help_read(text);
	assert_int_equal(r.ret, -EINVAL);
	assert_non_null(strstr(r.messages.list[0].error.what, "more than 1024"));
	help_clear(&r);
	end = text + sprintf(text, "drop from { 10.0.0.0");
	for (int i = 1; i < 1025; i++)
		end += sprintf(end, ", 10.0.%d.%d", i / 256, i % 256);
	strcpy(end, " }");
	r = help_read(text);
	help_expect(&r, 0, "t:1:11", "more than 1024 prefixes", "set NAME");
	help_clear(&r);
	free(text);
}

/* ---- a rule from the command line ------------------------------------------------------- */

static void test_typed_rule_is_read(void **state)
{
	struct reading r = help_read("set a { 10.0.0.0/8 }");
	struct ng_rule rule;
	struct ng_error err;
	char *text;

	(void)state;
	assert_int_equal(ng_parse_rule("drop from @a dport 22 tcp", r.ruleset, &rule, &err), 0);
	text = ng_rule_text(&rule);
	assert_string_equal(text, "drop tcp from @a dport 22");
	assert_null(rule.file);
	free(text);
	ng_rule_clear(&rule);
	assert_int_equal(ng_parse_rule("drop from @blocked", NULL, &rule, &err), 0);
	ng_rule_clear(&rule);
	help_clear(&r);
}

static void test_typed_rule_errors_say_the_column(void **state)
{
	static const struct wrong cases[] = {
		{ "", "rule:1:1", "expected pass, drop, count or limit", NULL },
		{ "default pass", "rule:1:1", "expected pass, drop, count or limit", NULL },
		{ "drop tcp dport x", "rule:1:16", "'x' is not a port", NULL },
		{ "drop from @a", "rule:1:11", "no set is called 'a'", NULL },
		{ "drop gre dport 1", "rule:1:10", "never match together", NULL },
		{ "drop tcp\ndrop udp", "rule:1:9", "on one line", NULL },
	};
	struct ng_rule rule = { .line = 77 };
	struct ng_error err;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(ng_parse_rule(cases[i].text, NULL, &rule, &err), -EINVAL);
		assert_string_equal(err.where, cases[i].where);
		assert_non_null(strstr(err.what, cases[i].what));
		assert_int_equal(rule.line, 77);
	}
}

/* ---- files ------------------------------------------------------------------------------ */

static void expect_file(const char *path, const char *place, const char *what)
{
	struct reading r = help_read_file(path);
	char where[512];

	snprintf(where, sizeof(where), "%s%s", path, place);
	assert_int_equal(r.ret, -EINVAL);
	help_expect(&r, 0, where, what, NULL);
	assert_int_equal(r.messages.errors, 1);
	help_clear(&r);
}

static void test_file_that_is_no_text_is_refused(void **state)
{
	char *line = malloc(8 << 20);
	int fd;

	memset(line, 'x', 8 << 20);
	expect_file(help_write_bytes(state, "long", line, 8 << 20), ":1:262145",
		    "longer than 256 KiB");
	free(line);
	expect_file(help_write_bytes(state, "nul", "drop tcp\ndrop\0udp\n", 18), ":2:5", "NUL");
	expect_file(help_write_bytes(state, "utf16le",
				     "\xff\xfe"
				     "d\0r\0",
				     6),
		    ":1:1", "UTF-16");
	expect_file(help_write_bytes(state, "gz", "\x1f\x8b\x08\0\0", 5), ":1:1", "gzip");
	expect_file(help_write_bytes(state, "zst", "\x28\xb5\x2f\xfd\x24", 5), ":1:1", "zstd");
	expect_file(help_write_bytes(state, "xz", "\xfd\x37zXZ\0", 6), ":1:1", "with xz");
	expect_file(help_write_bytes(state, "bz2", "BZh91AY&SY", 10), ":1:1", "bzip2");
	expect_file(help_write_bytes(state, "zip", "PK\x03\x04\x14", 5), ":1:1", "ZIP");
	expect_file(help_write_bytes(state, "utf16be", "\xfe\xff\0d\0r", 6), ":1:1", "UTF-16");
	expect_file(help_write_bytes(state, "utf16", "d\0r\0o\0p\0", 8), ":1:2", "NUL");
	expect_file(help_write(state, "empty", ""), ":1:1", "no statement");
	expect_file((const char *)*state, "", "is a directory");
	expect_file(help_path(state, "missing"), "", "No such file");
	expect_file("/dev/null", "", "not a regular file");
	assert_int_equal(mkfifo(help_path(state, "fifo"), 0600), 0);
	expect_file(help_path(state, "fifo"), "", "not a regular file");
	fd = open(help_path(state, "huge"), O_CREAT | O_WRONLY, 0600);
	assert_int_equal(ftruncate(fd, 10LL << 30), 0);
	close(fd);
	expect_file(help_path(state, "huge"), "", "larger than 256 MiB");
}

static void test_include_is_relative_to_the_includer(void **state)
{
	struct reading r;
	char *text;

	assert_int_equal(mkdir(help_path(state, "sub"), 0700), 0);
	help_write(state, "sub/a.rules", "include \"b.rules\"\nset s file \"s.txt\"\n");
	help_write(state, "sub/b.rules", "drop tcp from @s\n");
	help_write(state, "sub/s.txt", "192.0.2.1\n");
	r = help_read_file(
		help_write(state, "main.rules", "drop udp\ninclude \"sub/a.rules\"\npass icmp\n"));
	assert_int_equal(r.ret, 0);
	text = help_print(r.ruleset, NG_SETS_BY_FILE);
	assert_string_equal(text, "default pass\ndefault out pass\ndefault invalid drop\n"
				  "set s file \"sub/s.txt\"\n"
				  "drop udp\ndrop tcp from @s\npass icmp\n");
	free(text);
	assert_string_equal(r.ruleset->rules[1].file, help_path(state, "sub/b.rules"));
	assert_int_equal(r.ruleset->rules[2].line, 3);
	help_clear(&r);
}

static void test_include_errors_name_the_chain(void **state)
{
	char where[512], main_text[600];
	struct reading r;

	help_write(state, "a.rules", "# one\n  include \"none.rules\"\n");
	r = help_read_file(help_write(state, "main.rules", "include \"a.rules\"\n"));
	snprintf(where, sizeof(where), "%s:2:11", help_path(state, "a.rules"));
	help_expect(&r, 0, where, "No such file", "main.rules > ");
	help_expect(&r, 0, where, "none.rules", "/none.rules");
	help_clear(&r);

	help_write(state, "a.rules", "include \"main.rules\"\n");
	r = help_read_file(help_path(state, "main.rules"));
	snprintf(where, sizeof(where), "%s:1:9", help_path(state, "a.rules"));
	help_expect(&r, 0, where, "it includes this file itself", "main.rules");
	assert_int_equal(r.messages.errors, 1);
	help_clear(&r);

	help_write(state, "a.rules", "");
	snprintf(main_text, sizeof(main_text), "include \"%s\"\ndrop tcp\n",
		 help_path(state, "a.rules"));
	r = help_read_file(help_write(state, "main.rules", main_text));
	snprintf(where, sizeof(where), "%s:1:9", help_path(state, "main.rules"));
	help_expect(&r, 0, where, "it is empty", NULL);
	help_clear(&r);

	help_write(state, "a.rules", "drop x\n");
	r = help_read_file(help_path(state, "main.rules"));
	snprintf(where, sizeof(where), "%s:1:6", help_path(state, "a.rules"));
	help_expect(&r, 0, where, "'x' is not a condition", NULL);
	help_clear(&r);
}

static void test_include_depth_and_count_have_limits(void **state)
{
	char name[32], text[64];
	struct reading r;

	for (int i = 1; i <= 17; i++) {
		snprintf(name, sizeof(name), "%d", i);
		if (i < 16)
			snprintf(text, sizeof(text), "include \"%d\"\n", i + 1);
		else
			snprintf(text, sizeof(text), "drop tcp\n");
		help_write(state, name, text);
	}
	r = help_read_file(help_path(state, "1"));
	assert_int_equal(r.ret, 0);
	help_clear(&r);
	help_write(state, "16", "include \"17\"\n");
	r = help_read_file(help_path(state, "1"));
	assert_int_equal(r.messages.errors, 1);
	assert_non_null(strstr(r.messages.list[0].error.what, "at most 16 files deep"));
	assert_non_null(strstr(r.messages.list[0].error.where, "/16:1:9"));
	help_clear(&r);
	/* Each file includes the next one twice: 32768 files without the limit. */
	for (int i = 1; i <= 15; i++) {
		snprintf(name, sizeof(name), "%d", i);
		snprintf(text, sizeof(text), "include \"%d\"\ninclude \"%d\"\n", i + 1, i + 1);
		help_write(state, name, text);
	}
	help_write(state, "16", "count tcp\n");
	r = help_read_file(help_path(state, "1"));
	assert_true(r.messages.errors > 0);
	assert_non_null(strstr(r.messages.list[0].error.what, "1024 files"));
	help_clear(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rule_words_are_named_when_wrong),
		cmocka_unit_test(test_rule_numbers_are_strict),
		cmocka_unit_test(test_rule_flags_need_a_mask),
		cmocka_unit_test(test_rule_addresses_are_strict),
		cmocka_unit_test(test_rule_interface_is_one_name),
		cmocka_unit_test(test_rule_strange_bytes_are_named),
		cmocka_unit_test(test_name_is_declared_whatever_is_wrong_with_its_contents),
		cmocka_unit_test(test_statement_errors_name_their_place),
		cmocka_unit_test(test_set_brace_left_open_is_named_and_reading_goes_on),
		cmocka_unit_test(test_errors_beyond_twenty_are_counted),
		cmocka_unit_test(test_reading_ends_when_nothing_is_right),
		cmocka_unit_test(test_failure_leaves_the_output_alone),
		cmocka_unit_test(test_lines_end_in_many_ways),
		cmocka_unit_test(test_columns_are_bytes_behind_the_byte_order_mark),
		cmocka_unit_test(test_list_in_a_rule_has_a_limit),
		cmocka_unit_test(test_typed_rule_is_read),
		cmocka_unit_test(test_typed_rule_errors_say_the_column),
		help_with_folder(test_file_that_is_no_text_is_refused),
		help_with_folder(test_include_is_relative_to_the_includer),
		help_with_folder(test_include_errors_name_the_chain),
		help_with_folder(test_include_depth_and_count_have_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
