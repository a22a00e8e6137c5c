// SPDX-License-Identifier: GPL-2.0-only
/* Rules with a rate: how they are read and printed, and what they are compiled to. */
#include "rules_help.h"

#include "compile/limiter.h"
#include "rules/limit.h"
#include "rules/rule.h"

static void test_wrong_rates_are_named(void **state)
{
	static const struct wrong cases[] = {
		{ "limit tcp", "t:1:7", "'tcp' is not a rate", "10/s, 600/m, 100/h" },
		{ "limit", "t:1:6", "expected a rate", "10mbit" },
		{ "limit 100 tcp", "t:1:7", "'100' is not a rate", "10/s" },
		{ "limit 100/d", "t:1:7", "'100/d' is not a rate", "600/m" },
		{ "limit 10mbps", "t:1:7", "'10mbps' is not a rate", "10mbit" },
		{ "limit 0/s", "t:1:7", "a rate of 0", "write drop" },
		{ "limit 0mbit", "t:1:7", "a rate of 0", "write drop" },
		{ "limit 010/s", "t:1:7", "leading zeros", "write 10" },
		{ "limit 1000000001/s", "t:1:7", "not a rate: the range is", NULL },
		{ "limit 1001gbit", "t:1:7", "not a rate: the range is 1 to 1000", NULL },
		{ "limit 999bit", "t:1:7", "a packet every few seconds", "1kbit" },
		{ "limit 10/s burst tcp", "t:1:18", "expected a number of packets", NULL },
		{ "limit 10/s burst 0", "t:1:18", "not a burst", "packets, as burst 20" },
		{ "limit 1mbit burst 64kb", "t:1:19", "not a number", "bytes, as burst 15000" },
		{ "limit 1/h burst 721", "t:1:17", "more than 30 days", "smaller burst" },
		{ "limit 1/s burst 2 burst 3", "t:1:19", "burst is repeated", NULL },
		{ "limit 1/s per host", "t:1:15", "expected source or destination", NULL },
		{ "limit 1/s per sources", "t:1:15", "expected source or destination",
		  "did you mean 'source'" },
		{ "limit 1/s per source/33", "t:1:15", "range is 1 to 32", "per source/24,56" },
		{ "limit 1/s per source/0", "t:1:15", "range is 1 to 32", NULL },
		{ "limit 1/s per source/24,129", "t:1:25", "range is 1 to 128", NULL },
		{ "limit 1/s per source/24,tcp", "t:1:25", "expected a prefix length", NULL },
		{ "limit 1/s table 1M tcp", "t:1:11", "a table is for `per`", "per source" },
		{ "limit 1/s per source table 1G", "t:1:28", "not a size of a table", "1M" },
		{ "limit 1/s per source table 17M", "t:1:28", "range is 1 to 16", NULL },
		{ "limit 1/s tcp burst 5", "t:1:15", "'burst' is not a condition", NULL },
	};

	(void)state;
	check_wrong(cases);
}

/* Each rule as it may be written, and as it is printed. */
static const struct {
	const char *text, *canonical;
} rules[] = {
	{ "limit 10/s", "limit 10/s" },
	{ "limit 1/h in tcp", "limit 1/h tcp" },
	{ "limit 60/m out on eth0 udp", "limit 60/m out on eth0 udp" },
	{ "limit 10mbit", "limit 10mbit" },
	{ "limit 1000kbit", "limit 1mbit" },
	{ "limit 1500kbit", "limit 1500kbit" },
	{ "limit 1234567bit", "limit 1234567bit" },
	{ "limit 1000gbit", "limit 1000gbit" },
	{ "limit 5/s burst 20 tcp", "limit 5/s burst 20 tcp" },
	{ "limit 5/s per source", "limit 5/s per source" },
	{ "limit 5/s per source/32,64", "limit 5/s per source" },
	{ "limit 5/s per source/24", "limit 5/s per source/24" },
	{ "limit 5/s per destination/32,56", "limit 5/s per destination/32,56" },
	{ "limit 5/s table 1024k per source/8,48 burst 7 in on eth0 label \"a\"",
	  "limit 5/s burst 7 per source/8,48 table 1M on eth0 label \"a\"" },
	{ "limit 5/s per source table 1", "limit 5/s per source table 8" },
	{ "limit 5/s per source table 5000", "limit 5/s per source table 5000" },
	{ "limit 5/s per source table 64k log until 2036-12-01T00:00:00Z",
	  "limit 5/s per source table 64k log until 2036-12-01T00:00:00Z" },
};

static void test_limit_prints_canonically_and_reads_back(void **state)
{
	struct ng_rule rule;

	(void)state;
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		char *text = strdup(rules[i].text);

		for (int round = 0; round < 2; round++) {
			assert_int_equal(ng_parse_rule(text, NULL, &rule, NULL), 0);
			free(text);
			text = ng_rule_text(&rule);
			ng_rule_clear(&rule);
			assert_string_equal(text, rules[i].canonical);
		}
		free(text);
	}
}

static void test_interface_is_found_behind_the_rate(void **state)
{
	static const struct {
		const char *text, *iface;
	} cases[] = {
		{ "limit 5/s on eth0", "eth0" },
		{ "limit 5/s burst 7 per source/8,48 table 1M out on eth1 tcp", "eth1" },
		{ "limit 5/s label \"a on eth0\"", NULL },
		{ "limit 5/s per source tcp", NULL },
	};
	char iface[NG_IFNAME_LEN];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *text = cases[i].text;

		assert_int_equal(ng_text_iface(text, strlen(text), iface), cases[i].iface != NULL);
		if (cases[i].iface)
			assert_string_equal(iface, cases[i].iface);
	}
}

static struct ng_rule_limit limit_of(const char *text)
{
	struct ng_rule rule;
	struct ng_rule_limit limit;

	assert_int_equal(ng_parse_rule(text, NULL, &rule, NULL), 0);
	limit = rule.limit;
	ng_rule_clear(&rule);
	return limit;
}

static void test_burst_is_a_tenth_of_a_second_or_five_packets(void **state)
{
	static const struct {
		const char *text;
		uint64_t burst;
	} cases[] = {
		{ "limit 1/s", 5 },	    { "limit 50/s", 5 },
		{ "limit 70/s", 7 },	    { "limit 1000000/s", 100000 },
		{ "limit 6000/m", 10 },	    { "limit 1/h", 5 },
		{ "limit 1mbit", 12500 },   { "limit 100kbit", 5 * 1514 },
		{ "limit 1/s burst 9", 9 }, { "limit 1gbit burst 1", 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ng_rule_limit limit = limit_of(cases[i].text);

		assert_int_equal(ng_limit_burst(&limit), cases[i].burst);
	}
}

/* The cost of a packet, or of 1000 bytes, in ns, from the numbers that programs use. */
static double cost_ns(const struct ng_limiter *limiter)
{
	uint64_t units = limiter->flags & NG_LIMIT_BYTES ? 1000 : 1;
	uint64_t steps =
		(units * limiter->cost + (1ULL << limiter->cost_shift >> 1)) >> limiter->cost_shift;

	return (double)steps * (1ULL << limiter->down) / (1ULL << limiter->up);
}

/* The same from the text. */
static double wanted_ns(const struct ng_rule_limit *limit)
{
	double seconds = limit->unit == NG_LIMIT_HOUR	  ? 3600
			 : limit->unit == NG_LIMIT_MINUTE ? 60
							  : 1;

	if (limit->unit == NG_LIMIT_BITS)
		return 8e12 / limit->rate;
	return seconds * 1e9 / limit->rate;
}

static void check_cost(const char *text)
{
	struct ng_rule_limit limit = limit_of(text);
	struct ng_limiter limiter = ng_limiter_of(&limit);
	double cost = cost_ns(&limiter), wanted = wanted_ns(&limit);

	if (cost < 0.995 * wanted || cost > 1.005 * wanted)
		fail_msg("%s: a packet, or 1000 bytes, costs %f ns, not %f", text, cost, wanted);
	/* Numbers do not overflow, and those of a table fit into its words. */
	assert_true(limiter.cost < 1ULL << 43);
	assert_true(limiter.burst <= limiter.longest && limiter.longest < 1ULL << 63);
	if (limiter.lines)
		assert_true(limiter.longest <= NG_LIMIT_TIME / 2 &&
			    limiter.burst < NG_LIMIT_TIME / 4);
}

static void test_costs_are_exact(void **state)
{
	static const char *const rates[] = {
		"1/h",	   "7/h",	"100/h",     "1/m",	    "59/m",   "1/s",
		"3/s",	   "7/s",	"10/s",	     "100/s",	    "999/s",  "10000/s",
		"65537/s", "1000000/s", "7777777/s", "100000000/s", "1kbit",  "64kbit",
		"1mbit",   "10mbit",	"333mbit",   "1gbit",	    "10gbit", "100gbit",
	};
	char text[128];

	(void)state;
	for (size_t i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
		snprintf(text, sizeof(text), "limit %s", rates[i]);
		check_cost(text);
		snprintf(text, sizeof(text), "limit %s per source", rates[i]);
		check_cost(text);
		snprintf(text, sizeof(text), "limit %s burst %u", rates[i], i < 3 ? 500 : 1 << 15);
		check_cost(text);
	}
}

static void test_short_bursts_need_the_precise_clock(void **state)
{
	static const struct {
		const char *text;
		bool precise;
	} cases[] = {
		{ "limit 1/s", false },
		{ "limit 1000/s burst 19", true },
		{ "limit 1000/s burst 20", false },
		{ "limit 1000000/s", false },
		{ "limit 1000000/s burst 100", true },
		{ "limit 8mbit burst 19999", true },
		{ "limit 8mbit burst 20000", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ng_rule_limit limit = limit_of(cases[i].text);
		struct ng_limiter limiter = ng_limiter_of(&limit);

		assert_int_equal((limiter.flags & NG_LIMIT_PRECISE) != 0, cases[i].precise);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wrong_rates_are_named),
		cmocka_unit_test(test_limit_prints_canonically_and_reads_back),
		cmocka_unit_test(test_interface_is_found_behind_the_rate),
		cmocka_unit_test(test_burst_is_a_tenth_of_a_second_or_five_packets),
		cmocka_unit_test(test_costs_are_exact),
		cmocka_unit_test(test_short_bursts_need_the_precise_clock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
