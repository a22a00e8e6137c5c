// SPDX-License-Identifier: GPL-2.0-only
/* Prefixes and list files. */
#include "rules_help.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <unistd.h>

#include "rules/address.h"
#include "rules/prefix.h"
#include "rules/prefix_sort.h"
#include "net/ip.h"
#include "rules/set_file.h"
#include "rules/text.h"
#include "base/work.h"

/* Read it as the `file` of a set in a ruleset. */
static int read_list(const char *path, struct ng_set *set, struct ng_error *err)
{
	struct ng_text text;
	int ret = ng_text_read(path, path, &text, err);

	if (ret)
		return ret;
	ret = ng_read_set_text(&text, path, set, NULL, err);
	ng_text_clear(&text);
	return ret;
}

static void expect_prefixes(const struct ng_set *set, const char *const *texts, size_t n)
{
	char text[64];

	assert_int_equal(set->n_prefixes, n);
	for (size_t i = 0; i < n; i++)
		assert_string_equal(ng_prefix_text(&set->prefixes[i], text, sizeof(text)),
				    texts[i]);
}

static void test_set_file_is_sorted_masked_and_counted(void **state)
{
	static const char *const expected[] = { "10.0.0.0/8", "10.0.0.0/16", "192.0.2.1",
						"2001:db8::/32" };
	struct ng_set set = { .name = "kept" };
	struct ng_error err;

	assert_int_equal(read_list(help_write(state, "list",
					      "\xef\xbb\xbf; a remark\r\n"
					      "# another\n"
					      "\n"
					      "  \t \n"
					      "2001:db8::/32 ; SBL1\n"
					      "192.0.2.1\tremark\r\n"
					      "  10.0.0.0/16#x\n"
					      "10.1.2.3/8;y\n"
					      "10.0.0.0/8 \xff\xfe\n"
					      "192.0.2.1/32"),
				   &set, &err),
			 0);
	expect_prefixes(&set, expected, 4);
	assert_int_equal(set.masked, 1);
	assert_int_equal(set.duplicates, 2);
	assert_string_equal(set.name, "kept");
	free(set.prefixes);
}

static void test_set_file_may_be_empty(void **state)
{
	struct ng_set set = { 0 };

	assert_int_equal(read_list(help_write(state, "list", ""), &set, NULL), 0);
	assert_int_equal(set.n_prefixes, 0);
	assert_int_equal(read_list(help_write(state, "list", "; none\n"), &set, NULL), 0);
	assert_int_equal(set.n_prefixes, 0);
	free(set.prefixes);
}

static void test_set_file_line_that_is_no_prefix_is_an_error(void **state)
{
	static const char *const cases[][3] = {
		{ "10.0.0.0/8\n  example.org\n", ":2:3", "not an address" },
		{ "10.0.0.0/33\n", ":1:1", "more than 32" },
		{ "10.0.0.0/8\n10.0.0.0/08\n", ":2:1", "not a prefix length" },
		{ "10.0.0.0/8,11.0.0.0/8\n", ":1:12", "a second address" },
		{ "\xe2\x80\x9c"
		  "10.0.0.0/8\n",
		  ":1:1", "not an address" },
		{ "\x1b[2J\n", ":1:1", "not an address" },
		{ "10.0.0.0/8/8\n", ":1:1", "not a prefix length" },
		{ "1111111111111111111111111111111111111111111111111111111111111111111111111\n",
		  ":1:1", "not an address" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *path = help_write(state, "list", cases[i][0]);
		struct ng_set set = { .n_prefixes = 77 };
		struct ng_error err;
		char where[512];

		assert_int_equal(read_list(path, &set, &err), -EINVAL);
		snprintf(where, sizeof(where), "%s%s", path, cases[i][1]);
		assert_string_equal(err.where, where);
		if (!strstr(err.what, cases[i][2]))
			fail_msg("%s: %s", cases[i][0], err.what);
		assert_int_equal(set.n_prefixes, 77);
		/* Control characters of a file are not printed. */
		for (const char *c = err.what; *c && *c != '\xe2'; c++)
			assert_true(*c >= ' ');
	}
}

static void test_set_file_that_is_no_text_is_refused(void **state)
{
	char *line = calloc(1, 1 << 20);
	struct ng_set set = { 0 };
	struct ng_error err;

	memset(line, '1', 1 << 20);
	assert_int_equal(read_list(help_write_bytes(state, "list", line, 1 << 20), &set, &err),
			 -EINVAL);
	assert_non_null(strstr(err.what, "longer than"));
	free(line);
	assert_int_equal(read_list(help_write_bytes(state, "list", "1\0", 2), &set, &err), -EINVAL);
	assert_non_null(strstr(err.what, "NUL"));
	assert_int_equal(read_list(help_path(state, "none"), &set, &err), -ENOENT);
	assert_int_equal(read_list((const char *)*state, &set, &err), -EISDIR);
	assert_int_equal(mkfifo(help_path(state, "fifo"), 0600), 0);
	assert_int_equal(read_list(help_path(state, "fifo"), &set, &err), -EINVAL);
	assert_non_null(strstr(err.what, "not a regular file"));
}

static void test_list_with_an_error_is_that_error_only(void **state)
{
	static const char text[] = "set a file \"bad\"\nset b file \"packed\"\n"
				   "drop from @a\ndrop from @b\ndrop from @c\n";
	char where[512];
	struct reading r;

	help_write(state, "bad", "10.0.0.0/8\nhost.example\n");
	help_write(state, "packed", "\x1f\x8b\x08");
	r = help_read_file(help_write(state, "main", text));
	assert_int_equal(r.ret, -EINVAL);
	assert_int_equal(r.messages.n, 3);
	snprintf(where, sizeof(where), "%s:2:1", help_path(state, "bad"));
	help_expect(&r, 0, where, "'host.example' is not an address", NULL);
	snprintf(where, sizeof(where), "%s:1:1", help_path(state, "packed"));
	help_expect(&r, 1, where, "compressed with gzip", "zcat");
	snprintf(where, sizeof(where), "%s:5:11", help_path(state, "main"));
	help_expect(&r, 2, where, "no set is called 'c'", NULL);
	help_clear(&r);
}

static void test_set_statement_reads_a_file_beside_the_ruleset(void **state)
{
	char where[512];
	struct reading r;
	char *text;

	help_write(state, "list", "10.0.0.1/8\n::1\n10.2.3.4/16\n");
	r = help_read_file(help_write(state, "main", "set a file \"list\"\ndrop from @a\n"));
	assert_int_equal(r.ret, 0);
	assert_int_equal(r.messages.n, 1);
	assert_true(r.messages.list[0].warning);
	snprintf(where, sizeof(where), "%s", help_path(state, "list"));
	help_expect(&r, 0, where,
		    "3 prefixes; 2 with host bits set (first: line 1: 10.0.0.1/8 -> 10.0.0.0/8)",
		    NULL);
	text = help_print(r.ruleset, NG_SETS_BY_FILE);
	assert_non_null(strstr(text, "set a file \"list\"\n"));
	free(text);
	text = help_print(r.ruleset, NG_SETS_INLINE);
	assert_non_null(strstr(text, "set a { 10.0.0.0/8, 10.2.0.0/16, ::1 }\n"));
	free(text);
	help_clear(&r);
}

static void test_set_statement_errors_name_the_file(void **state)
{
	char where[512];
	struct reading r;

	r = help_read_file(help_write(state, "main", "\nset a file \"list\"\n"));
	snprintf(where, sizeof(where), "%s:2:12", help_path(state, "main"));
	help_expect(&r, 0, where, "No such file", NULL);
	help_expect(&r, 0, where, help_path(state, "list"), NULL);
	help_clear(&r);
	help_write(state, "list", "10.0.0.0/8\nx\n");
	r = help_read_file(help_path(state, "main"));
	snprintf(where, sizeof(where), "%s:2:1", help_path(state, "list"));
	help_expect(&r, 0, where, "'x' is not an address", NULL);
	help_clear(&r);
}

/* ---- lists as they are published ------------------------------------------------------- */

struct list_case {
	const char *text;
	const char *prefixes; /* separated by blanks */
	const char *note;     /* in the warning; NULL: none */
};

static const struct list_case lists[] = {
	/* Spamhaus DROP: a comment after each prefix, and before all. */
	{ "; Spamhaus DROP List 2026/11/22 - (c)\n; Last-Modified: x\n1.10.16.0/20 ; SBL256894\n"
	  "2.56.192.0/22;SBL459831\n",
	  "1.10.16.0/20 2.56.192.0/22", NULL },
	/* FireHOL: a netset. */
	{ "#\n# firehol_level1\n#\n# Maintainer : http://example.org/\n\n0.0.0.0/8\n1.2.3.4\n",
	  "0.0.0.0/8 1.2.3.4", NULL },
	/* DShield: start, end and length, with tabs and names of columns. */
	{ "# DShield.org Recommended Block List\n#\nStart\tEnd\tNetmask\tAttacks\tName\n"
	  "192.0.2.0\t192.0.2.255\t24\t9113\tEXAMPLE-NET\tUS\tabuse@example.org\n"
	  "198.51.100.0\t198.51.100.127\t25\t1\n",
	  "192.0.2.0/24 198.51.100.0/25", "2 prefixes; 2 comment lines, 1 line of column names" },
	/* MaxMind: CSV whose first column is the prefix. */
	{ "network,geoname_id,country\r\n1.0.0.0/24,2077456,AU\r\n2001:db8::/32,1,\r\n",
	  "1.0.0.0/24 2001:db8::/32", "2 prefixes; 1 line of column names" },
	/* ipsum: how many lists an address is in. */
	{ "192.0.2.7\t9\n192.0.2.8\t10", "192.0.2.7 192.0.2.8", NULL },
	/* Ranges, with blanks or without, as eMule has them. */
	{ "192.0.2.0-192.0.2.255\n198.51.100.1 - 198.51.100.6 , 100 , Example\n"
	  "203.0.113.4- 203.0.113.4 # one\n203.0.113.8 -203.0.113.9\n",
	  "192.0.2.0/24 198.51.100.1 198.51.100.2/31 198.51.100.4/31 198.51.100.6 203.0.113.4 "
	  "203.0.113.8/31",
	  "7 prefixes; 4 ranges turned into prefixes" },
	{ "0.0.0.0-255.255.255.255\n::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff\n", "0.0.0.0/0 ::/0",
	  "2 prefixes; 2 ranges turned into prefixes" },
	{ "2001:db8::-2001:db8::ffff\n2001:db8:1::1-2001:db8:1::2\n",
	  "2001:db8::/112 2001:db8:1::1 2001:db8:1::2",
	  "3 prefixes; 2 ranges turned into prefixes" },
	{ "255.255.255.254-255.255.255.255\n", "255.255.255.254/31",
	  "1 prefix; 1 range turned into prefixes" },
	/* Comments that look almost like something else. */
	{ "192.0.2.1 - known scanner\n192.0.2.2 - 2026-11-22\n192.0.2.3 12:30:11\n"
	  "192.0.2.4 mail.example.org host-192.0.2.9\n192.0.2.5,443,tcp\n192.0.2.6#192.0.2.7\n"
	  "192.0.2.7,http://192.0.2.8/x.exe,online\n192.0.2.8 ; see 192.0.2.9\n"
	  "192.0.2.9 std::string 2 hits\n",
	  "192.0.2.1 192.0.2.2 192.0.2.3 192.0.2.4 192.0.2.5 192.0.2.6 192.0.2.7 192.0.2.8 "
	  "192.0.2.9",
	  NULL },
	/* All kinds of line ends. */
	{ "\xef\xbb\xbf\r\n \t\r\n192.0.2.1\r\n\n\n192.0.2.2  \r\n#\r\n\t192.0.2.3",
	  "192.0.2.1 192.0.2.2 192.0.2.3", NULL },
	/* Duplicates, also those that come of host bits and ranges. */
	{ "#a\n;b\n10.1.2.3/8\n10.0.0.0/8\n10.0.0.0-10.255.255.255\n192.0.2.1/32\n192.0.2.1\n"
	  "2001:DB8::1/32\n",
	  "10.0.0.0/8 192.0.2.1 2001:db8::/32",
	  "3 prefixes; 2 comment lines, 1 range turned into prefixes, 3 duplicates, 2 with host "
	  "bits "
	  "set (first: line 3: 10.1.2.3/8 -> 10.0.0.0/8)" },
	{ "::ffff:0:0/96\n::ffff:0:0/95\n", "::fffe:0:0/95 ::ffff:0.0.0.0/96",
	  "2 prefixes; 1 with host bits set (first: line 2: ::ffff:0:0/95 -> ::fffe:0:0/95)" },
	{ "", "", "0 prefixes" },
	{ "# nothing today\n", "", "0 prefixes; 1 comment line" },
};

static void expect_joined(const struct ng_set *set, const char *expected, const char *of)
{
	char text[64], joined[1024] = "";

	for (size_t i = 0; i < set->n_prefixes; i++) {
		strcat(joined, i ? " " : "");
		strcat(joined, ng_prefix_text(&set->prefixes[i], text, sizeof(text)));
	}
	if (strcmp(joined, expected) != 0)
		fail_msg("%s: expected '%s', got '%s'", of, expected, joined);
}

static void test_list_of_each_publisher_is_read_and_counted(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		struct ng_text text = { .data = (char *)lists[i].text,
					.len = strlen(lists[i].text) };
		struct ng_list_notes notes;
		struct ng_set set = { 0 };
		struct ng_error err = { 0 };
		bool noteworthy;

		if (ng_read_set_text(&text, "list", &set, &notes, &err))
			fail_msg("%s: %s: %s", lists[i].text, err.where, err.what);
		expect_joined(&set, lists[i].prefixes, lists[i].text);
		noteworthy = ng_list_noteworthy(&notes, "list", &set, &err);
		if (noteworthy != !!lists[i].note ||
		    (noteworthy && strcmp(err.what, lists[i].note) != 0))
			fail_msg("%s: expected the note '%s', got '%s'", lists[i].text,
				 lists[i].note ? lists[i].note : "", noteworthy ? err.what : "");
		free(set.prefixes);
	}
}

static void test_list_that_is_none_says_what_would_be_right(void **state)
{
	static const char *const cases[][4] = {
		{ "create drop4 hash:net family inet\nadd drop4 10.0.0.0/8\n", "list:1:1",
		  "'create' is not an address", "ipset save" },
		{ "add drop4 10.0.0.0/8\n", "list:1:1", "'add' is not an address", "ipset save" },
		{ "{\"cidr\":\"1.10.16.0/20\"}\n", "list:1:1", "not an address", "JSON" },
		{ "<!DOCTYPE html>\n", "list:1:1", "not an address", "web page" },
		{ "\"192.0.2.1\",\"x\"\n", "list:1:1", "not an address", "without quotes" },
		{ "192.0.2.1\nnetwork,country\n", "list:2:1", "'network' is not an address",
		  "begins with an address" },
		{ "start\tend\nstart\tend\n", "list:2:1", "not an address", "" },
		{ "Some name:192.0.2.0-192.0.2.9\n", "list:1:1", "'Some' is not an address", "" },
		{ "10.0.0.0/8\nx", "list:2:1", "'x' is not an address", "" },
		{ "001.002.003.004\n", "list:1:1", "not an address", "leading zeros" },
		{ "192.0.2.1:443\n", "list:1:1", "not an address", "" },
		{ "192.0.2.\n", "list:1:1", "not an address", "four numbers" },
		{ "192.0.2.0/255.255.255.0\n", "list:1:1", "is not a prefix length", "/24" },
		{ "::ffff:10.0.0.0/8\n", "list:1:1", "written as IPv6", "write 10.0.0.0/8" },
		{ "::ffff:a00:1/8\n", "list:1:1", "written as IPv6", "write 10.0.0.0/8" },
		{ "::ffff:10.0.0.1/96\n", "list:1:1", "written as IPv6", "write 10.0.0.1" },
		{ "::ffff:10.0.0.0/104\n", "list:1:1", "written as IPv6", "write 10.0.0.0/8" },
		{ "::10.0.0.0/8\n", "list:1:1", "written as IPv6", "write 10.0.0.0/8" },
		{ "fe80::1%eth0\n", "list:1:1", "not an address", "leave out the zone" },
		{ "10.0.0.0/8\n::ffff:192.0.2.1\n", "list:2:1", "IPv4 address written as IPv6",
		  "write 192.0.2.1" },
		{ "::ffff:192.0.2.0/120\n", "list:1:1", "written as IPv6", "write 192.0.2.0/24" },
		{ "::1-::ffff:192.0.2.1\n", "list:1:5", "written as IPv6", "write 192.0.2.1" },
		{ "192.0.2.9-192.0.2.1\n", "list:1:1", "goes backwards", "lower address" },
		{ "192.0.2.9 - 192.0.2.1\n", "list:1:1", "goes backwards", "lower address" },
		{ "192.0.2.1-2001:db8::1\n", "list:1:1", "from one family", "" },
		{ "192.0.2.1-192.0.2.x\n", "list:1:11", "'192.0.2.x' is not an address", "" },
		{ "192.0.2.1 - 192.0.2.x\n", "list:1:13", "'192.0.2.x' is not an address", "" },
		{ "192.0.2.1-\n", "list:1:11", "without a last address", "" },
		{ "192.0.2.1-192.0.2.0/24\n", "list:1:11", "not an address", "" },
		{ "192.0.2.0/24-192.0.3.0\n", "list:1:1", "a range of prefixes", "" },
		{ "10.0.0.0 255.0.0.0\n", "list:1:10", "a second address on the line: '255.0.0.0'",
		  "one entry a line" },
		{ "1.0.0.0,1.0.0.255,AU\n", "list:1:9", "a second address", "for a range" },
		{ "192.0.2.0\t192.0.2.255\t25\n", "list:1:11", "a second address", "" },
		{ "192.0.2.1\t192.0.2.2\t24\n", "list:1:11", "a second address", "" },
		{ "192.0.2.1-192.0.2.2 192.0.2.3\n", "list:1:21", "a second address", "" },
		{ "10.0.0.0/8 192.0.2.0/24\n", "list:1:12", "a second address", "" },
		/* The first column of such a line alone means something else. */
		{ "10.0.0.0 to 10.0.0.5\n", "list:1:10", "after the entry: 'to'", "for a range" },
		{ "10.0.0.0/8 except 10.1.0.0/16\n", "list:1:12", "'except'", "one entry a line" },
		{ "10.0.0.0 /8\n", "list:1:10", "after the entry: '/8'", "write 192.0.2.0/24" },
		{ "10.0.0.0\t/8 # private\n", "list:1:10", "after the entry: '/8'", "" },
		{ "10.0.0.0,mask,24\n", "list:1:10", "after the entry: 'mask'", "" },
		{ "10.0.0.1 for 10m\n", "list:1:10", "after the entry: 'for'", "" },
		{ "10.0.0.1 -5\n", "list:1:11", "", "" },
		{ "10.0.0.1 - 5\n", "list:1:12", "after the entry: '5'", "" },
		{ "10.0.0.1 -\n", "list:1:11", "without a last address", "" },
		{ "10.0.0.0/8 !10.1.0.0/16\n", "list:1:13", "a second address", "" },
		{ "10.0.0.0/8 (not 10.1.0.0/16)\n", "list:1:17", "a second address", "" },
		{ "10.0.0.0/8 or so, up to 10.255.0.0.\n", "list:1:25", "a second address", "" },
		{ "10.0.0.0/8,,,\"2001:db8::1\"\n", "list:1:15", "a second address", "" },
		{ "10.0.0.0 netmask=255.0.0.0\n", "list:1:18", "a second address", "" },
		{ "10.0.0.0;10.255.255.255\n", "list:1:10", "a second address", "" },
		{ "10.0.0.0 \xe2\x80\x93 10.0.0.5\n", "list:1:14", "a second address", "" },
		{ "10.0.0.0 \xe2\x80\x93"
		  "10.0.0.5\n",
		  "list:1:13", "a second address", "" },
		{ "192.0.2.1-192.0.2.9 except 192.0.2.5\n", "list:1:21", "'except'", "" },
		{ "192.0.2.0\t192.0.2.255\t24\tx\t192.0.3.0\n", "list:1:28", "second", "" },
		{ "network 10.0.0.0/8\n", "list:1:9", "a second address", "" },
		{ "range 10.0.0.0-10.0.0.5\n10.0.0.9\n", "list:1:7", "a second address", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ng_text text = { .data = (char *)cases[i][0], .len = strlen(cases[i][0]) };
		struct ng_set set = { .n_prefixes = 77 };
		struct ng_error err = { 0 };

		if (!ng_read_set_text(&text, "list", &set, NULL, &err))
			fail_msg("%s: is read", cases[i][0]);
		if (strcmp(err.where, cases[i][1]) != 0 || !strstr(err.what, cases[i][2]) ||
		    !strstr(err.hint, cases[i][3]))
			fail_msg("%s: %s: %s; %s", cases[i][0], err.where, err.what, err.hint);
		assert_int_equal(set.n_prefixes, 77);
	}
}

/* Every range of a few bits, in each family: the prefixes contain exactly it. */
static void test_list_ranges_become_the_fewest_prefixes(void **state)
{
	(void)state;
	for (unsigned int range = 0; range < 2 * 32 * 32; range++) {
		unsigned int from = range / 32 % 32, to = range % 32, held = 0;
		const char *base =
			range < 32 * 32 ? "192.0.2.%u-192.0.2.%u\n" : "2001:db8::%x-2001:db8::%x\n";
		struct ng_set set = { 0 };
		struct ng_text text;
		char line[64];

		if (from > to)
			continue;
		text.len = snprintf(line, sizeof(line), base, from, to);
		text.data = line;
		assert_int_equal(ng_read_set_text(&text, "list", &set, NULL, NULL), 0);
		for (size_t i = 0; i < set.n_prefixes; i++) {
			const struct ng_prefix *prefix = &set.prefixes[i];
			unsigned int last = prefix->family == 4 ? 3 : 15;

			/* In order without gaps, and none could be merged with its neighbour. */
			assert_int_equal(prefix->addr[last], from + held);
			held += 1U << (8 * last + 8 - prefix->len);
			if (i && prefix->len == prefix[-1].len)
				assert_int_equal(
					prefix[-1].addr[last] >> (8 * last + 8 - prefix->len) & 1,
					1);
		}
		assert_int_equal(held, to - from + 1);
		free(set.prefixes);
	}
}

static void test_list_files_that_are_none_are_refused_at_once(void **state)
{
	struct ng_set set = { 0 };
	struct ng_error err;
	char *lines = malloc(4 << 20), *end = lines;

	assert_int_equal(read_list("/dev/zero", &set, &err), -EINVAL);
	assert_non_null(strstr(err.what, "not a regular file"));
	/* A line that is too long after others that are not, over more than one read. */
	for (int i = 0; i < 100000; i++)
		end += sprintf(end, "10.0.0.%d\n", i % 256);
	memset(end, ' ', 1 << 20);
	assert_int_equal(read_list(help_write_bytes(state, "list", lines, end - lines + (1 << 20)),
				   &set, &err),
			 -EINVAL);
	assert_non_null(strstr(err.where, "list:100001:262145"));
	assert_non_null(strstr(err.what, "longer than"));
	/* A NUL byte after many lines. */
	memcpy(end, "10.0.0.1 \0 \n", 12);
	assert_int_equal(
		read_list(help_write_bytes(state, "list", lines, end - lines + 12), &set, &err),
		-EINVAL);
	assert_non_null(strstr(err.where, "list:100001:10"));
	assert_non_null(strstr(err.what, "NUL"));
	/* A comment of that length is too long as well; one of the maximum length is not. */
	memset(lines, '#', NG_LINE_MAX);
	lines[NG_LINE_MAX] = '\n';
	assert_int_equal(
		read_list(help_write_bytes(state, "list", lines, NG_LINE_MAX + 1), &set, &err), 0);
	lines[NG_LINE_MAX] = '#';
	assert_int_equal(
		read_list(help_write_bytes(state, "list", lines, NG_LINE_MAX + 1), &set, &err),
		-EINVAL);
	free(set.prefixes);
	free(lines);
}

/* Lists of few bytes that would become too many prefixes. */
static void test_list_of_too_many_prefixes_is_refused(void **state)
{
	static const char range[] = "::1-ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe\n";
	size_t lines = NG_LIST_PREFIXES_MAX / 254 + 1, len = strlen(range);
	struct ng_text text = { .data = malloc(lines * len), .len = lines * len };
	struct ng_set set = { 0 };
	struct ng_error err;

	(void)state;
	for (size_t i = 0; i < lines; i++)
		memcpy(text.data + i * len, range, len);
	assert_int_equal(ng_read_set_text(&text, "list", &set, NULL, &err), -E2BIG);
	assert_non_null(strstr(err.what, "more than"));
	text.len = 1000 * len;
	assert_int_equal(ng_read_set_text(&text, "list", &set, NULL, &err), 0);
	assert_int_equal(set.n_prefixes, 254);
	free(set.prefixes);
	ng_text_clear(&text);
}

/* ---- addresses and sorting -------------------------------------------------------------- */

/* xorshift64: the same numbers everywhere. */
static uint64_t draw(void)
{
	static uint64_t number = 88172645463325252ULL;

	number ^= number << 13;
	number ^= number >> 7;
	number ^= number << 17;
	return number >> 8;
}

static void test_addresses_are_those_of_inet_pton(void **state)
{
	static const char *const parts[] = { "0", "1",	"9",	"10",	 "255", "256", "01",
					     "f", "ab", "FFFF", "12345", "::",	":",   ":",
					     ":", ".",	".",	".",	 "g",	"" };
	size_t valid[2] = { 0 };

	(void)state;
	for (int i = 0; i < 400000; i++) {
		unsigned int pieces = draw() % 18;
		char text[128] = "";
		struct ng_prefix prefix;
		uint8_t addr[16] = { 0 };
		bool right, taken;

		for (unsigned int j = 0; j < pieces; j++)
			strcat(text, parts[draw() % (sizeof(parts) / sizeof(parts[0]))]);
		if (i % 4 == 0)
			sprintf(text, "%d.%d.%d.%d", (int)(draw() % 300), (int)(draw() % 300),
				(int)(draw() % 256), (int)(draw() % 256));
		right = inet_pton(strchr(text, ':') ? AF_INET6 : AF_INET, text, addr) == 1;
		taken = ng_address_scan(text, text + strlen(text), &prefix) == text + strlen(text);
		if (right != taken || (right && memcmp(addr, prefix.addr, sizeof(addr)) != 0))
			fail_msg("'%s': inet_pton() %d, ng_address_scan() %d", text, right, taken);
		if (right)
			valid[prefix.family == 6]++;
	}
	assert_true(valid[0] > 1000 && valid[1] > 1000);
}

static int compare_plainly(const void *left, const void *right)
{
	const struct ng_prefix *a = left, *b = right;
	int order = a->family - b->family;

	if (!order)
		order = memcmp(a->addr, b->addr, sizeof(a->addr));
	return order ? order : a->len - b->len;
}

static void test_prefixes_are_sorted_and_unique(void **state)
{
	enum { MOST = 3000 };
	struct ng_prefix list[MOST], plain[MOST];

	(void)state;
	for (int round = 0; round < 300; round++) {
		size_t n = draw() % (round % 3 ? 60 : MOST), kept = 0, all = n;
		uint64_t spread = 1 + draw() % 200;

		for (size_t i = 0; i < n; i++) {
			list[i] = (struct ng_prefix){ .family = draw() % 3 ? 4 : 6 };
			/* Lists that differ in the first bytes, in the last ones, or hardly at all.
			 */
			for (size_t j = 0; j < 16; j++)
				list[i].addr[j] = draw() % 4 == round % 4U ? draw() % spread : 0;
			ng_prefix_mask(&list[i], draw() % (list[i].family == 4 ? 33 : 129));
		}
		memcpy(plain, list, sizeof(list));
		if (n)
			qsort(plain, n, sizeof(*plain), compare_plainly);
		for (size_t i = 0; i < n; i++)
			if (!i || compare_plainly(&plain[kept - 1], &plain[i]))
				plain[kept++] = plain[i];
		assert_int_equal(ng_prefixes_sort(list, &n), all - kept);
		assert_int_equal(n, kept);
		assert_memory_equal(list, plain, n * sizeof(*list));
		assert_int_equal(ng_prefixes_common(list, n, plain, n / 2), n / 2);
	}
}

/* ---- set sources ------------------------------------------------------------------------ */

static int give_loopback(void *data, struct ng_set *set, struct ng_error *err)
{
	(void)err;
	assert_string_equal(set->name, "a");
	assert_string_equal(set->path, "some/list");
	set->prefixes = malloc(sizeof(*set->prefixes));
	assert_int_equal(ng_parse_prefix("::1", set->prefixes, NULL), 0);
	set->n_prefixes = 1;
	++*(int *)data;
	return 0;
}

static int give_error(void *data, struct ng_set *set, struct ng_error *err)
{
	(void)data;
	(void)set;
	return ng_fail(err, -ENOENT, "the image has no such set");
}

static void test_set_source_replaces_the_file(void **state)
{
	static const char text[] = "set a file \"some/list\"\ndrop from @a\n";
	int calls = 0;
	struct ng_set_source source = { give_loopback, &calls };
	struct reading r = { 0 };

	(void)state;
	assert_int_equal(
		ng_parse_text(text, strlen(text), "t", NULL, &source, &r.ruleset, &r.messages), 0);
	assert_int_equal(calls, 1);
	assert_int_equal(ng_ruleset_set(r.ruleset, "a")->n_prefixes, 1);
	help_clear(&r);
	source.read = give_error;
	r = (struct reading){ 0 };
	assert_int_equal(
		ng_parse_text(text, strlen(text), "t", NULL, &source, &r.ruleset, &r.messages),
		-EINVAL);
	help_expect(&r, 0, "t:1:12", "the image has no such set", NULL);
	help_clear(&r);
}

/* The progress that reading has reported. */
static void expect_work(const char *unit, uint64_t n)
{
	struct ng_work work = ng_work_now();

	assert_true(*work.where);
	assert_string_equal(work.unit, unit);
	assert_int_equal(work.n, n);
}

static void test_reading_rules_says_how_many(void **state)
{
	char *text = malloc(32 * 3000), *end = text;
	struct reading r;

	(void)state;
	for (int i = 1; i <= 3000; i++)
		end += sprintf(end, "drop tcp dport %d\n", i);
	r = help_read(text);
	assert_int_equal(r.ret, 0);
	expect_work("rules", 2048);
	help_clear(&r);
	free(text);
}

static void test_set_of_many_prefixes_is_read_inline_and_from_a_file(void **state)
{
	char *text = malloc(32 * 100001), *list = malloc(32 * 100001);
	char *end = text + sprintf(text, "set a {\n"), *list_end = list;
	struct ng_set set = { 0 };
	struct reading r;

	for (int i = 0; i < 100000; i++) {
		int a = i % 200, b = i / 200 % 250, c = i / 50000;

		end += sprintf(end, "10.%d.%d.%d,\n", a, b, c);
		list_end += sprintf(list_end, "10.%d.%d.%d/32\n", a, b, c);
	}
	strcpy(end, "}\n");
	assert_int_equal(read_list(help_write(state, "list", list), &set, NULL), 0);
	assert_int_equal(set.n_prefixes, 100000);
	assert_int_equal(set.duplicates, 0);
	expect_work("prefixes", 24 * 4096);
	r = help_read(text);
	assert_int_equal(r.ret, 0);
	assert_int_equal(r.ruleset->sets[0].n_prefixes, 100000);
	assert_memory_equal(r.ruleset->sets[0].prefixes, set.prefixes,
			    100000 * sizeof(*set.prefixes));
	help_clear(&r);
	free(set.prefixes);
	free(text);
	free(list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		help_with_folder(test_set_file_is_sorted_masked_and_counted),
		help_with_folder(test_set_file_may_be_empty),
		help_with_folder(test_set_file_line_that_is_no_prefix_is_an_error),
		help_with_folder(test_set_file_that_is_no_text_is_refused),
		help_with_folder(test_list_with_an_error_is_that_error_only),
		help_with_folder(test_set_statement_reads_a_file_beside_the_ruleset),
		help_with_folder(test_set_statement_errors_name_the_file),
		cmocka_unit_test(test_list_of_each_publisher_is_read_and_counted),
		cmocka_unit_test(test_list_that_is_none_says_what_would_be_right),
		cmocka_unit_test(test_list_ranges_become_the_fewest_prefixes),
		help_with_folder(test_list_files_that_are_none_are_refused_at_once),
		cmocka_unit_test(test_list_of_too_many_prefixes_is_refused),
		cmocka_unit_test(test_addresses_are_those_of_inet_pton),
		cmocka_unit_test(test_prefixes_are_sorted_and_unique),
		cmocka_unit_test(test_set_source_replaces_the_file),
		cmocka_unit_test(test_reading_rules_says_how_many),
		help_with_folder(test_set_of_many_prefixes_is_read_inline_and_from_a_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
