// SPDX-License-Identifier: GPL-2.0-only
/*
 * Live entries with owners, as the programs see them and as they are listed. If the writer is
 * killed: kernel_live_killed_test.c.
 */
#include <errno.h>
#include <unistd.h>

#include "base/clock.h"
#include "kernel/live/live_claim.h"
#include "kernel/live/live_owner.h"
#include "kernel/live/live_rebuild.h"
#include "kernel/maps/inner.h"
#include "layout/stable.h"
#include "live_help.h"
#include "random_number.h"

static __u64 since;

static int begin_at(void **unused)
{
	since = ng_live_until(0);
	return begin(unused);
}

static __u64 after(int hours)
{
	return hours ? since + hours * HOUR + HOUR / 2 : NG_LIVE_FOR_GOOD;
}

#define IS_HELD(set, wanted)                                        \
	do {                                                        \
		char now[HELD_TEXT];                                \
                                                                    \
		assert_string_equal(held(set, since, now), wanted); \
	} while (0)

static void test_ones_unban_never_ends_anothers(void **unused)
{
	(void)unused;
	assert_int_equal(claim_until("a", "near", "203.0.113.1", after(2)), NG_LIVE_ADDED);
	assert_int_equal(claim_until("b", "near", "203.0.113.1", after(1)), NG_LIVE_HELD);
	IS_HELD("near", "203.0.113.1 a:2 b:1");
	assert_true(release("a", "near", "203.0.113.1"));
	IS_HELD("near", "203.0.113.1 b:1");
	assert_true(drops_from("203.0.113.1"));
	assert_false(release("a", "near", "203.0.113.1"));
	assert_false(release("nobody", "near", "203.0.113.1"));
	assert_true(drops_from("203.0.113.1"));
	assert_true(release("b", "near", "203.0.113.1"));
	assert_false(drops_from("203.0.113.1"));
	IS_HELD("near", "");
	assert_int_equal(count_of("near"), 0);
}

static void test_two_decisions_keep_the_longer(void **unused)
{
	(void)unused;
	claim_until("a", "near", "203.0.113.1", after(2));
	assert_int_equal(claim_until("a", "near", "203.0.113.1", after(1)), NG_LIVE_UNCHANGED);
	IS_HELD("near", "203.0.113.1 a:2");
	assert_int_equal(claim_until("a", "near", "203.0.113.1", after(0)), NG_LIVE_CHANGED);
	assert_int_equal(claim_until("a", "near", "203.0.113.1", after(9)), NG_LIVE_UNCHANGED);
	IS_HELD("near", "203.0.113.1 a:good");
	claim_until("b", "near", "203.0.113.1", after(3));
	assert_int_equal(claim_until("b", "near", "203.0.113.1", after(2)), NG_LIVE_UNCHANGED);
	IS_HELD("near", "203.0.113.1 a:good b:3");
}

static void test_the_operator_ends_all(void **unused)
{
	(void)unused;
	claim_until("a", "near", "203.0.113.1", after(2));
	claim_until("b", "near", "203.0.113.1", after(0));
	assert_int_equal(add_until("near", "203.0.113.1", after(1)), NG_LIVE_HELD);
	IS_HELD("near", "203.0.113.1 b:good a:2 :1");
	assert_true(delete ("near", "203.0.113.1"));
	assert_false(drops_from("203.0.113.1"));
	IS_HELD("near", "");
	/* Nothing of what they wanted comes back. */
	claim_until("c", "near", "203.0.113.1", after(1));
	IS_HELD("near", "203.0.113.1 c:1");
	claim_until("a", "near", "203.0.113.1", after(3));
	IS_HELD("near", "203.0.113.1 a:3 c:1");
}

/* As before there were owners, an address of the operator gets the time that he says. */
static void test_the_operator_shortens_his_own(void **unused)
{
	(void)unused;
	add_until("near", "203.0.113.1", after(9));
	claim_until("a", "near", "203.0.113.1", after(3));
	assert_int_equal(add_until("near", "203.0.113.1", after(1)), NG_LIVE_CHANGED);
	IS_HELD("near", "203.0.113.1 a:3 :1");
	assert_true(release("a", "near", "203.0.113.1"));
	IS_HELD("near", "203.0.113.1 :1");
	assert_false(release("a", "near", "203.0.113.1"));
}

static void test_it_expires_with_the_last(void **unused)
{
	__u64 soon = ng_live_until(100 * 1000000ULL);

	(void)unused;
	claim_until("a", "near", "203.0.113.1", soon);
	claim_until("b", "near", "203.0.113.1", soon + 100 * 1000000ULL);
	claim_until("a", "near", "203.0.113.2", soon);
	claim_until("b", "near", "203.0.113.2", after(1));
	while (ng_clock_now() <= soon)
		;
	assert_true(drops_from("203.0.113.2"));
	assert_false(release("a", "near", "203.0.113.2"));
	while (ng_clock_now() <= soon + 101 * 1000000ULL)
		;
	assert_false(drops_from("203.0.113.1"));
	IS_HELD("near", "203.0.113.2 b:1");
	assert_true(release("b", "near", "203.0.113.2"));
	assert_false(drops_from("203.0.113.2"));
}

static void test_a_set_is_not_anothers(void **unused)
{
	(void)unused;
	claim_until("a", "near", "203.0.113.1", after(2));
	claim_until("b", "near", "203.0.113.1", after(1));
	claim_until("a", "far", "203.0.113.1", after(3));
	assert_true(release("a", "near", "203.0.113.1"));
	IS_HELD("far", "203.0.113.1 a:3");
	assert_int_equal(ng_live_flush(state, "near", NULL, NULL), 0);
	IS_HELD("near", "");
	IS_HELD("far", "203.0.113.1 a:3");
	assert_true(drops_to("203.0.113.1"));
}

static void test_names_are_bounded_and_reused(void **unused)
{
	struct ng_prefix entry = prefix("203.0.113.1");
	enum ng_live_change change;
	struct ng_error err;
	char name[32];

	(void)unused;
	claim_until("exactly-24-bytes-of-name", "near", "203.0.113.2", after(1));
	for (int i = 0; i < NG_LIVE_OWNERS - 2; i++) {
		snprintf(name, sizeof(name), "owner-%d", i);
		claim_until(name, "near", "203.0.113.1", after(1 + i % 7));
	}
	assert_int_equal(count_of("near"), 2);
	assert_int_equal(ng_live_claim(state, "near", &entry, "one-more", 0, &change, &err),
			 -ENOSPC);
	assert_non_null(strstr(err.what, "one-more"));
	assert_true(release("owner-5", "near", "203.0.113.1"));
	assert_int_equal(claim_until("one-more", "near", "203.0.113.2", after(2)), NG_LIVE_CHANGED);
}

/* ---- against a model ------------------------------------------------------------------- */

#define OWNERS	 5
#define PREFIXES 40

/* What each owner wants of each prefix: hours, 0 for good, -1 nothing. The operator is owner 0. */
static int model[PREFIXES][OWNERS];
static const char *const names[OWNERS] = { "", "a", "b", "c", "d" };

static const char *prefix_number(int i, char text[64])
{
	snprintf(text, 64,
		 i % 3 == 2 ? "2001:db8:%x::/48"
		 : i % 3    ? "10.%d.0.0/16"
			    : "10.250.0.%d",
		 i);
	return text;
}

static bool lasts_longer(int hours, int other)
{
	return other < 0 ? hours >= 0 : hours >= 0 && other && (!hours || hours > other);
}

static void change_model(int i, int owner, int hours)
{
	for (int j = 0; hours < 0 && !owner && j < OWNERS; j++)
		model[i][j] = -1;
	if (hours < 0 || !owner || lasts_longer(hours, model[i][owner]))
		model[i][owner] = hours;
}

static void is_as_in_model(int i)
{
	struct ng_live_holdings holdings;
	struct ng_prefix what, to;
	char text[64];
	size_t n = 0;
	int last = -1;

	what = prefix(prefix_number(i, text));
	assert_int_equal(ng_live_holdings(state, "near", &what, &holdings, NULL), 0);
	for (int owner = 0; owner < OWNERS; owner++) {
		bool found = false;

		n += model[i][owner] >= 0;
		last = lasts_longer(model[i][owner], last) ? model[i][owner] : last;
		for (size_t j = 0; j < holdings.n; j++) {
			if (strcmp(holdings.owners[holdings.list[j].owner], names[owner]) != 0)
				continue;
			found = true;
			assert_int_equal(holdings.list[j].until
						 ? (holdings.list[j].until - since) / HOUR
						 : 0,
					 model[i][owner]);
		}
		assert_int_equal(found, model[i][owner] >= 0);
	}
	assert_int_equal(holdings.n, n);
	if (n)
		assert_int_equal(
			holdings.list[0].until ? (holdings.list[0].until - since) / HOUR : 0, last);
	ng_live_holdings_clear(&holdings);
	what.len = what.family == 4 ? 32 : 128;
	to = prefix(what.family == 4 ? "198.18.0.9" : "2001:db8:ffff::9");
	assert_int_equal(drops(&what, &to), n > 0);
}

static void change_randomly(struct random *random)
{
	int i = random_below(random, PREFIXES), owner = random_below(random, OWNERS);
	int hours = (int)random_below(random, 8) - 2;
	char text[64];

	if (hours < 0)
		hours = -1;
	prefix_number(i, text);
	if (owner && hours < 0)
		assert_int_equal(release(names[owner], "near", text), model[i][owner] >= 0);
	else if (owner)
		claim_until(names[owner], "near", text, after(hours));
	else if (hours < 0)
		delete ("near", text);
	else
		add_until("near", text, after(hours));
	change_model(i, owner, hours);
	is_as_in_model(i);
}

static void test_as_a_model_has_it(void **unused)
{
	struct random random = { 9 };

	(void)unused;
	memset(model, -1, sizeof(model));
	for (int step = 0; step < 4000; step++) {
		change_randomly(&random);
		if (step % 250 == 0)
			assert_int_equal(ng_live_rebuild(state, state->table), 0);
		for (int i = 0; step % 500 == 0 && i < PREFIXES; i++)
			is_as_in_model(i);
	}
}

/* Growing and shrinking keeps who wants what. */
static void test_growing_keeps_owners(void **unused)
{
	const uint32_t many = 5000;
	enum ng_live_change change;
	char now[HELD_TEXT];
	__u64 grown;

	(void)unused;
	claim_until("a", "far", "2001:db8::/48", after(2));
	claim_until("b", "far", "2001:db8::/48", after(0));
	for (uint32_t i = 0; i < many; i++) {
		struct ng_prefix entry = numbered(i);

		assert_int_equal(ng_live_claim(state, "near", &entry, i % 2 ? "a" : "b", after(1),
					       &change, NULL),
				 0);
		assert_int_equal(
			ng_live_claim(state, "near", &entry, "c", after(1 + i % 3), &change, NULL),
			0);
	}
	grown = elements();
	assert_int_equal(count_of("near"), many);
	for (uint32_t i = 0; i < many; i++) {
		struct ng_prefix entry = numbered(i);
		bool there;

		assert_true(drops_numbered(i));
		assert_int_equal(ng_live_release(state, "near", &entry, "c", &there, NULL), 0);
		assert_true(there);
		assert_true(drops_numbered(i));
		assert_int_equal(
			ng_live_release(state, "near", &entry, i % 2 ? "a" : "b", &there, NULL), 0);
		assert_true(there);
		assert_false(drops_numbered(i));
	}
	assert_true(elements() < grown);
	assert_string_equal(held("far", since, now), "2001:db8::/48 b:good a:2");
}

/* ---- replacing ------------------------------------------------------------------------- */

static void test_replace_is_of_one_owner(void **unused)
{
	struct ng_live_member members[] = { { prefix("203.0.113.4"), after(1) },
					    { prefix("203.0.113.2"), after(1) },
					    { prefix("203.0.113.4"), after(6) },
					    { prefix("203.0.113.3"), after(4) } };
	struct ng_live_replaced done;
	size_t n = 4;

	(void)unused;
	claim_until("a", "near", "203.0.113.1", after(2));
	claim_until("a", "near", "203.0.113.2", after(5));
	claim_until("a", "near", "203.0.113.3", after(4));
	claim_until("a", "far", "203.0.113.3", after(4));
	claim_until("b", "near", "203.0.113.1", after(1));
	add_until("near", "203.0.113.5", after(0));
	ng_live_sort(members, &n);
	assert_int_equal(n, 3);
	assert_int_equal(ng_live_replace(state, "near", "a", members, n, &done, NULL), 0);
	assert_int_equal(done.added, 1);
	assert_int_equal(done.changed, 1);
	assert_int_equal(done.unchanged, 1);
	assert_int_equal(done.deleted, 1);
	IS_HELD("near", "203.0.113.1 b:1\n203.0.113.2 a:1\n203.0.113.3 a:4\n203.0.113.4 a:6\n"
			"203.0.113.5 :good");
	IS_HELD("far", "203.0.113.3 a:4");
	assert_int_equal(ng_live_replace(state, "near", "a", NULL, 0, &done, NULL), 0);
	assert_int_equal(done.deleted, 3);
	IS_HELD("near", "203.0.113.1 b:1\n203.0.113.5 :good");
}

static void test_counts_by_owner(void **unused)
{
	struct ng_live_owned *owned;
	size_t n;

	(void)unused;
	claim_until("b", "near", "203.0.113.1", after(2));
	claim_until("b", "near", "203.0.113.2", after(2));
	claim_until("a", "near", "203.0.113.1", after(1));
	claim_until("a", "blocked", "203.0.113.1", after(1));
	add("near", "203.0.113.1");
	assert_int_equal(ng_live_owned(state, &owned, &n, NULL), 0);
	assert_int_equal(n, 3);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(owned[i].n, 1 + (owned[i].owner[0] == 'b'));
	assert_string_equal(owned[0].set, "blocked");
	free(owned);
}

/* In layouts before there were owners all bits of an end are time. */
static void test_upgrade_from_a_layout_without_owners(void **unused)
{
	struct ng_prefix entry = prefix("203.0.113.7");
	const struct ng_live_entry *carried;
	char now[HELD_TEXT];
	int live;
	__u32 row;

	(void)unused;
	add("near", "203.0.113.1");
	row = 1;
	assert_int_equal(ng_live_reach(state->table, row, &entry), 0);
	assert_int_equal(ng_live_put(state->table, state->words, row, &entry, after(2) | 0xff), 0);
	assert_string_equal(held("near", since, now), "203.0.113.1 :good\n203.0.113.7 :2");
	state->words->version = NG_LAYOUT_OWNERS - 1;
	live = ng_live_carry(state);
	assert_true(live >= 0);
	state->words->version = NG_LAYOUT_VERSION;
	ng_inner_release(state->now.live);
	close(state->now.live);
	state->now.live = live;
	map_anew();
	assert_string_equal(held("near", since, now), "203.0.113.1 :good\n203.0.113.7 :2");
	assert_int_equal(claim_until("a", "near", "203.0.113.7", after(1)), NG_LIVE_HELD);
	carried = ng_live_find(state->table, row, &entry);
	assert_non_null(carried);
	assert_int_equal(carried->until & NG_LIVE_OWNER, 0);
	assert_string_equal(held("near", since, now), "203.0.113.1 :good\n203.0.113.7 :2 a:1");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin_at, end)
	const struct CMUnitTest tests[] = {
		TEST(test_ones_unban_never_ends_anothers),
		TEST(test_two_decisions_keep_the_longer),
		TEST(test_the_operator_ends_all),
		TEST(test_the_operator_shortens_his_own),
		TEST(test_it_expires_with_the_last),
		TEST(test_a_set_is_not_anothers),
		TEST(test_names_are_bounded_and_reused),
		TEST(test_as_a_model_has_it),
		TEST(test_growing_keeps_owners),
		TEST(test_replace_is_of_one_owner),
		TEST(test_counts_by_owner),
		TEST(test_upgrade_from_a_layout_without_owners),
	};

	return cmocka_run_group_tests_name("kernel live owned", tests, NULL, NULL);
}
