// SPDX-License-Identifier: GPL-2.0-only
/* `top` without the terminal: the list, the sources, the keys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <curses.h>

#include "commands/top/columns.h"
#include "commands/top/keys.h"

/* ---- the listing ------------------------------------------------------------------------ */

static const struct {
	const char *text;
	double packets, bits;
	uint64_t count;
} known[] = {
	{ "drop tcp dport 23", 10, 5000, 1 },
	{ "pass udp dport 53", 30, 2000, 9 },
	{ "count TCP", 10, 9000, 5 },
	{ "default", 0, 0, 5 },
};
#define KNOWN (sizeof(known) / sizeof(*known))

static int fill(void **state)
{
	static struct ng_listing listing;

	listing = (struct ng_listing){ 0 };
	for (size_t i = 0; i < KNOWN; i++) {
		struct ng_line *line = ng_listing_add(&listing);

		assert_non_null(line);
		*line = (struct ng_line){
			.number = i + 1,
			.text = known[i].text,
			.size = strlen(known[i].text),
			.rate = { known[i].packets, known[i].bits },
			.count = known[i].count,
		};
	}
	*state = &listing;
	return 0;
}

static int empty(void **state)
{
	ng_listing_clear(*state);
	return 0;
}

/* @expected: the numbers of the lines that are shown. */
static void expect_order(struct ng_listing *listing, enum ng_sort sort, bool up, const char *filter,
			 const char *expected)
{
	char order[KNOWN + 1] = "";

	ng_listing_arrange(listing, sort, up, filter);
	for (size_t i = 0; i < listing->n_shown; i++)
		order[i] = '0' + listing->shown[i]->number;
	assert_string_equal(order, expected);
}

static void test_listing_is_sorted(void **state)
{
	expect_order(*state, NG_SORT_PACKETS, false, "", "2134");
	expect_order(*state, NG_SORT_BITS, false, "", "3124");
	expect_order(*state, NG_SORT_COUNT, false, "", "2341");
	expect_order(*state, NG_SORT_ORDER, false, "", "1234");
}

/* Equal lines keep their order, also in reverse. */
static void test_listing_is_reversed(void **state)
{
	expect_order(*state, NG_SORT_PACKETS, true, "", "4132");
	expect_order(*state, NG_SORT_COUNT, true, "", "1342");
	expect_order(*state, NG_SORT_ORDER, true, "", "4321");
}

static void test_listing_is_filtered(void **state)
{
	expect_order(*state, NG_SORT_PACKETS, false, "tcp", "13");
	expect_order(*state, NG_SORT_PACKETS, false, "DPORT 5", "2");
	expect_order(*state, NG_SORT_PACKETS, false, "default", "4");
	expect_order(*state, NG_SORT_PACKETS, false, "default out", "");
}

static void test_listing_grows(void **state)
{
	struct ng_listing *listing = *state;

	for (int i = 0; i < 1000; i++) {
		struct ng_line *line = ng_listing_add(listing);

		assert_non_null(line);
		line->text = "more";
		line->size = 4;
		line->rate.packets = i;
	}
	ng_listing_arrange(listing, NG_SORT_PACKETS, false, "");
	assert_int_equal(listing->n_shown, KNOWN + 1000);
	assert_true(listing->shown[0]->rate.packets == 999);
	assert_true(listing->shown[KNOWN + 999]->rate.packets == 0);
}

/* ---- columns ---------------------------------------------------------------------------- */

static void expect_columns(enum ng_view view, size_t rules, int room, const char *expected)
{
	struct ng_layout layout = ng_layout(view, rules, room);
	char text[256] = "";
	int used = 0;

	for (int i = 0; i < layout.n; i++) {
		bool left;
		const char *title = ng_column_title(layout.columns[i].kind, &left);

		used += layout.columns[i].width + 1;
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s:%d ", title,
			 layout.columns[i].width);
	}
	strcat(text, layout.title);
	assert_string_equal(text, expected);
	assert_true(used <= room);
}

static void test_columns_by_room(void **state)
{
	(void)state;
	expect_columns(NG_VIEW_RULES, 9, 200,
		       "#:1 PACKETS/S:9 SHARE:6 BITS/S:8 TREND:60 PACKETS:8 RULE");
	expect_columns(NG_VIEW_RULES, 9, 80, "#:1 PACKETS/S:9 SHARE:6 BITS/S:8 TREND:15 RULE");
	expect_columns(NG_VIEW_RULES, 100000, 80, "#:6 PACKETS/S:9 SHARE:6 BITS/S:8 TREND:12 RULE");
	expect_columns(NG_VIEW_RULES, 9, 60, "#:1 PACKETS/S:9 SHARE:6 BITS/S:8 RULE");
	expect_columns(NG_VIEW_RULES, 9, 40, "#:1 PACKETS/S:9 SHARE:6 RULE");
	expect_columns(NG_VIEW_RULES, 9, 8, "#:1 RULE");
	expect_columns(NG_VIEW_RULES, 9, 0, "RULE");
	expect_columns(NG_VIEW_INTERFACES, 9, 80,
		       "PACKETS/S:9 SHARE:6 BITS/S:8 DROPPED/S:9 TREND:15 INTERFACE");
	expect_columns(NG_VIEW_SOURCES, 9, 80, "PACKETS/S:9 SHARE:6 BITS/S:8 SAMPLED:8 SOURCE");
}

/* ---- sources ---------------------------------------------------------------------------- */

#define ETHERNET "\xff\xff\xff\xff\xff\xff\x02\x02\x02\x02\x02\x02"
#define IPV4(source) \
	"\x08\x00\x45\0\0\x28\0\0\0\0\x40\x06\0\0" source "\xc0\0\x02\x01\0\0\0\0\0\0\0\0"
#define TAGGED "\x81\x00\x00\x05"
#define IPV6                                                                    \
	"\x86\xdd\x60\0\0\0\0\0\x3b\x40 \x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01" \
	" \x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x02"

static void take_bytes(struct ng_sources *sources, const char *frame, size_t size, int times)
{
	struct ng_record record = { .packets = 1, .length = 100, .captured = size };

	assert_true(size <= sizeof(record.data));
	memcpy(record.data, frame, size);
	for (int i = 0; i < times; i++)
		assert_int_equal(ng_sources_take(sources, &record), 0);
}
#define take(sources, frame, times) take_bytes(sources, frame, sizeof(frame) - 1, times)

static const struct ng_source *find(const struct ng_sources *sources, const char *text)
{
	for (size_t i = 0; sources->table && i < NG_SOURCES_MAX; i++)
		if (!strcmp(sources->table[i].text, text))
			return &sources->table[i];
	return NULL;
}

static void expect_packets(const struct ng_sources *sources, const char *text, double packets)
{
	const struct ng_source *source = find(sources, text);

	assert_non_null(source);
	assert_float_equal(ng_source_rate(sources, source).packets, packets, 1e-9);
	assert_float_equal(ng_source_rate(sources, source).bits, packets * 800, 1e-6);
}

static void test_sources_are_read(void **state)
{
	struct ng_sources sources = { 0 };

	(void)state;
	take(&sources, ETHERNET IPV4("\xc6\x33\x64\x07"), 3);
	take(&sources, ETHERNET TAGGED IPV4("\xc6\x33\x64\x07"), 1);
	take(&sources, ETHERNET IPV6, 2);
	take(&sources, ETHERNET "\x08\x06\0\x01", 1);
	take_bytes(&sources, ETHERNET IPV4("\xc6\x33\x64\x07"), 20,
		   1); /* cut inside of the header */
	take_bytes(&sources, ETHERNET, 5, 1);
	assert_int_equal(ng_sources_advance(&sources, 2, 0), 0);
	assert_int_equal(sources.n, 3);
	expect_packets(&sources, "198.51.100.7", 2);
	expect_packets(&sources, "2001:db8::1", 1);
	expect_packets(&sources, "no IP address", 1.5);
	ng_sources_clear(&sources);
}

/* One of ten packets is in the sample. */
static void test_sources_stand_for_what_is_not_sampled(void **state)
{
	struct ng_sources sources = { 0 };

	(void)state;
	take(&sources, ETHERNET IPV4("\xc6\x33\x64\x07"), 75);
	take(&sources, ETHERNET IPV4("\xc6\x33\x64\x09"), 25);
	assert_int_equal(ng_sources_advance(&sources, 1, 900), 0);
	assert_int_equal(ng_sources_span(&sources).sampled, 100);
	assert_int_equal(ng_sources_span(&sources).all, 1000);
	expect_packets(&sources, "198.51.100.7", 750);
	expect_packets(&sources, "198.51.100.9", 250);
	assert_int_equal(find(&sources, "198.51.100.7")->sampled, 75);
	ng_sources_clear(&sources);
}

/* The limit is per second, and here are two intervals in one second. */
static void test_sources_of_intervals_without_a_sample(void **state)
{
	struct ng_sources sources = { 0 };

	(void)state;
	take(&sources, ETHERNET IPV4("\xc6\x33\x64\x07"), 100);
	assert_int_equal(ng_sources_advance(&sources, 0.5, 0), 0);
	assert_int_equal(ng_sources_advance(&sources, 0.5, 100), 0);
	expect_packets(&sources, "198.51.100.7", 200);
	ng_sources_clear(&sources);
}

static void test_sources_are_averages_and_then_forgotten(void **state)
{
	struct ng_sources sources = { 0 };

	(void)state;
	take(&sources, ETHERNET IPV4("\xc6\x33\x64\x07"), 10);
	assert_int_equal(ng_sources_advance(&sources, 1, 0), 0);
	for (int i = 1; i < NG_SOURCES_INTERVALS; i++) {
		expect_packets(&sources, "198.51.100.7", 10.0 / i);
		assert_int_equal(ng_sources_advance(&sources, 1, 0), 0);
	}
	assert_int_equal(sources.n, 1);
	assert_int_equal(ng_sources_advance(&sources, 1, 0), 0);
	assert_int_equal(sources.n, 0);
	assert_null(find(&sources, "198.51.100.7"));
	ng_sources_clear(&sources);
}

/* The longest run of used places, which is the most that a search has to compare. */
static size_t longest_run(const struct ng_sources *sources)
{
	size_t run = 0, longest = 0;

	for (size_t i = 0; i < NG_SOURCES_MAX; i++) {
		run = *sources->table[i].text ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	return longest;
}

/* 2000 addresses that a multiplicative hash without a key would put into the first places. */
static void test_sources_that_were_chosen(void **state)
{
	char frame[] = ETHERNET IPV4("\x0a\0\0\0");
	struct ng_sources sources = { 0 };

	(void)state;
	for (uint32_t i = 0, n = 0; n < 2000; i++) {
		uint64_t low = (i ^ 4) * 0x9e3779b97f4a7c15ULL;

		if (((low ^ (low >> 32) * 0xbf58476d1ce4e5b9ULL) >> 40) % NG_SOURCES_MAX >= 64)
			continue;
		for (int byte = 0; byte < 4; byte++)
			frame[26 + byte] = i >> (8 * byte);
		take(&sources, frame, 1);
		n++;
	}
	assert_int_equal(sources.n, 2000);
	assert_true(longest_run(&sources) < 200);
	ng_sources_clear(&sources);
}

/* A flood of forged addresses fills the table: known ones are still counted, totals are right. */
static void test_sources_without_room(void **state)
{
	char frame[] = ETHERNET IPV4("\x0a\0\0\0");
	struct ng_sources sources = { 0 };

	(void)state;
	take(&sources, ETHERNET IPV4("\xc6\x33\x64\x07"), 1);
	for (int i = 0; i < 2 * NG_SOURCES_MAX; i++) {
		frame[27] = i >> 16;
		frame[28] = i >> 8;
		frame[29] = i;
		take(&sources, frame, 1);
	}
	take(&sources, ETHERNET IPV4("\xc6\x33\x64\x07"), 1);
	assert_true(sources.n < NG_SOURCES_MAX);
	assert_int_equal(ng_sources_advance(&sources, 1, 0), 0);
	assert_int_equal(ng_sources_span(&sources).sampled, 2 * NG_SOURCES_MAX + 2);
	expect_packets(&sources, "198.51.100.7", 2);
	ng_sources_clear(&sources);
}

/* ---- keys ------------------------------------------------------------------------------- */

static void press(struct ng_top *top, const char *keys)
{
	for (; *keys; keys++)
		ng_top_key(top, (unsigned char)*keys);
}

static void test_keys_change_the_interval(void **state)
{
	struct ng_top top = { .interval = 1 };

	(void)state;
	press(&top, "+");
	assert_true(top.interval == 2);
	press(&top, "---");
	assert_true(top.interval == 0.2);
	press(&top, "-");
	assert_true(top.interval == 0.2);
	top.interval = 3; /* of --interval; keys do not select it */
	press(&top, "+");
	assert_true(top.interval == 5);
	press(&top, "++++++");
	assert_true(top.interval == 60);
	ng_top_clear(&top);
}

static void test_keys_go_to_the_filter(void **state)
{
	struct ng_top top = { .interval = 1 };

	(void)state;
	press(&top, "/q1s\xc3\xaf");
	assert_true(top.typing);
	assert_string_equal(top.filter, "q1s\xc3\xaf");
	press(&top, "\b");
	assert_string_equal(top.filter, "q1s");
	press(&top, "\n");
	assert_false(top.typing || top.ended);
	assert_int_equal(top.view, NG_VIEW_RULES);
	press(&top, "/\x15");
	assert_string_equal(top.filter, "");
	press(&top, "\b");
	for (int i = 0; i < 2 * NG_SEARCH_SIZE; i++)
		press(&top, "x");
	assert_int_equal(strlen(top.filter), NG_SEARCH_SIZE - 1);
	press(&top, "\033");
	assert_string_equal(top.filter, "");
	ng_top_clear(&top);
}

static void test_keys_show_views(void **state)
{
	struct ng_top top = { .interval = 1 };

	(void)state;
	press(&top, "2");
	assert_int_equal(top.view, NG_VIEW_INTERFACES);
	press(&top, "\t");
	assert_int_equal(top.view, NG_VIEW_SOURCES);
	press(&top, "\t");
	assert_int_equal(top.view, NG_VIEW_RULES);
	press(&top, "?");
	assert_true(top.help);
	press(&top, "3");
	assert_false(top.help);
	assert_int_equal(top.view, NG_VIEW_RULES);
	press(&top, "p");
	assert_true(top.paused);
	press(&top, "pq");
	assert_true(top.ended && !top.paused);
	ng_top_clear(&top);
}

/* Lines are made from a snapshot. Here there is none, so they are added again after each key. */
static void scroll_to(struct ng_top *top, int key, size_t expected)
{
	top->listing.n_shown = 100;
	ng_top_key(top, key);
	assert_int_equal(top->first, expected);
}

static void test_keys_scroll(void **state)
{
	struct ng_top top = { .interval = 1, .page = 20 };

	(void)state;
	scroll_to(&top, KEY_UP, 0);
	scroll_to(&top, KEY_DOWN, 1);
	scroll_to(&top, KEY_NPAGE, 20);
	scroll_to(&top, KEY_PPAGE, 1);
	scroll_to(&top, KEY_END, 80);
	scroll_to(&top, KEY_DOWN, 80);
	scroll_to(&top, KEY_HOME, 0);
	ng_top_clear(&top);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_listing_is_sorted, fill, empty),
		cmocka_unit_test_setup_teardown(test_listing_is_reversed, fill, empty),
		cmocka_unit_test_setup_teardown(test_listing_is_filtered, fill, empty),
		cmocka_unit_test_setup_teardown(test_listing_grows, fill, empty),
		cmocka_unit_test(test_columns_by_room),
		cmocka_unit_test(test_sources_are_read),
		cmocka_unit_test(test_sources_stand_for_what_is_not_sampled),
		cmocka_unit_test(test_sources_of_intervals_without_a_sample),
		cmocka_unit_test(test_sources_are_averages_and_then_forgotten),
		cmocka_unit_test(test_sources_that_were_chosen),
		cmocka_unit_test(test_sources_without_room),
		cmocka_unit_test(test_keys_change_the_interval),
		cmocka_unit_test(test_keys_go_to_the_filter),
		cmocka_unit_test(test_keys_show_views),
		cmocka_unit_test(test_keys_scroll),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
