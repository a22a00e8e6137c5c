// SPDX-License-Identifier: GPL-2.0-only
/*
 * The live table as the programs see it: entries are added, expire and are deleted; the table
 * grows, is full, and is passed from ruleset to ruleset. If its writer is killed:
 * kernel_live_killed_test.c.
 */
#include <errno.h>
#include <linux/capability.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "kernel/live/live_entry.h"
#include "kernel/live/live_rebuild.h"
#include "kernel/live/live_rows.h"
#include "kernel/maps/images.h"
#include "live_help.h"
#include "random_number.h"

/* ---- single changes -------------------------------------------------------------------- */

static void test_add_and_delete_say_what_was_there(void **unused)
{
	(void)unused;
	assert_int_equal(add("blocked", "203.0.113.1"), NG_LIVE_ADDED);
	assert_true(drops_from("203.0.113.1"));
	assert_false(drops_from("203.0.113.2"));
	assert_int_equal(add("blocked", "203.0.113.1"), NG_LIVE_UNCHANGED);
	assert_int_equal(add_until("blocked", "203.0.113.1", ng_live_until(HOUR)), NG_LIVE_CHANGED);
	assert_true(drops_from("203.0.113.1"));
	assert_int_equal(add("blocked", "203.0.113.1"), NG_LIVE_CHANGED);
	assert_true(delete ("blocked", "203.0.113.1"));
	assert_false(drops_from("203.0.113.1"));
	assert_false(delete ("blocked", "203.0.113.1"));
	assert_int_equal(add("blocked", "203.0.113.1"), NG_LIVE_ADDED);
	assert_true(drops_from("203.0.113.1"));
}

static void test_a_set_is_its_prefixes_and_its_live_entries(void **unused)
{
	(void)unused;
	add("near", "203.0.113.1");
	add("far", "203.0.113.2");
	assert_true(drops_from("192.0.2.1"));
	assert_true(drops_from("203.0.113.1"));
	assert_false(drops_from("203.0.113.2"));
	assert_true(drops_to("203.0.113.2"));
	assert_false(drops_to("203.0.113.1"));
	delete ("near", "192.0.2.1");
	assert_true(drops_from("192.0.2.1"));
}

static void test_prefixes_of_every_length(void **unused)
{
	static const char *const addresses[] = { "255.170.85.3", "2aaa:5555::f0f0:1:8001" };

	(void)unused;
	for (int family = 0; family < 2; family++) {
		struct ng_prefix address = prefix(addresses[family]), entry, outside, to;
		unsigned int bits = address.len;

		to = prefix(family ? "2001:db8:ffff::9" : "198.18.0.9");
		for (unsigned int len = 0; len <= bits; len++) {
			entry = address;
			ng_prefix_mask(&entry, len);
			assert_int_equal(ng_live_add(state, "near", &entry, 0, NULL, NULL), 0);
			assert_true(drops(&address, &to));
			outside = address;
			if (len) {
				outside.addr[(len - 1) / 8] ^= 0x80 >> (len - 1) % 8;
				assert_false(drops(&outside, &to));
			}
			assert_int_equal(ng_live_delete(state, "near", &entry, NULL, NULL), 0);
			assert_false(drops(&address, &to));
		}
	}
}

static void test_prefixes_nest(void **unused)
{
	struct ng_live_member member;
	struct ng_prefix address = prefix("10.1.2.3");
	bool there;

	(void)unused;
	add("near", "10.0.0.0/8");
	add_until("near", "10.1.0.0/16", 1); /* expired */
	add("near", "10.1.2.0/24");
	assert_true(drops_from("10.1.2.3"));
	assert_true(drops_from("10.1.9.9"));
	assert_int_equal(ng_live_test(state, "near", &address, &there, &member, NULL), 0);
	assert_true(there);
	assert_int_equal(member.prefix.len, 24);
	delete ("near", "10.0.0.0/8");
	assert_true(drops_from("10.1.2.3"));
	assert_false(drops_from("10.1.9.9"));
	assert_int_equal(add("near", "10.1.0.0/16"), NG_LIVE_ADDED);
	assert_true(drops_from("10.1.9.9"));
}

static void test_entries_expire_by_themselves(void **unused)
{
	__u64 until = ng_live_until(200 * 1000000ULL), asked;

	(void)unused;
	add_until("near", "203.0.113.1", until);
	add_until("near", "203.0.113.2", ng_live_until(HOUR));
	add("near", "203.0.113.3");
	for (asked = ng_clock_now(); drops_from("203.0.113.1"); asked = ng_clock_now())
		assert_true(asked < until + 50 * 1000000ULL);
	assert_true(ng_clock_now() >= until);
	assert_true(drops_from("203.0.113.2"));
	assert_int_equal(count_of("near"), 2);
	assert_false(delete ("near", "203.0.113.1"));
	assert_int_equal(add("near", "203.0.113.1"), NG_LIVE_ADDED);
	assert_true(drops_from("203.0.113.1"));
}

static void test_list_is_sorted(void **unused)
{
	static const char *const sorted[] = { "9.0.0.0/8",   "9.0.0.0/16",    "9.0.0.0",
					      "203.0.113.7", "2001:db8::/32", "2001:db8::1" };
	struct ng_live_member *members;
	size_t n;

	(void)unused;
	for (size_t i = 0; i < 6; i++)
		add("near", sorted[5 - i]);
	add("far", "1.2.3.4");
	assert_int_equal(ng_live_list(state, "near", &members, &n, NULL), 0);
	assert_int_equal(n, 6);
	for (size_t i = 0; i < n; i++) {
		struct ng_prefix wanted = prefix(sorted[i]);

		assert_memory_equal(&members[i].prefix, &wanted, sizeof(wanted));
	}
	free(members);
}

static void test_flush_is_of_one_set(void **unused)
{
	struct ng_live_count *counts;
	size_t n;

	(void)unused;
	add("near", "203.0.113.1");
	add("near", "10.0.0.0/8");
	add_until("near", "203.0.113.3", 1);
	add("far", "203.0.113.1");
	assert_int_equal(ng_live_flush(state, "near", &n, NULL), 0);
	assert_int_equal(n, 2);
	assert_false(drops_from("203.0.113.1"));
	assert_false(drops_from("10.0.0.1"));
	assert_true(drops_to("203.0.113.1"));
	assert_int_equal(ng_live_counts(state, &counts, &n, NULL), 0);
	assert_int_equal(n, 3);
	assert_string_equal(counts[0].set, "blocked");
	assert_int_equal(counts[0].n + counts[1].n + counts[2].n, 1);
	free(counts);
}

static void test_unknown_set(void **unused)
{
	struct ng_prefix entry = prefix("203.0.113.1");
	struct ng_error err;

	(void)unused;
	assert_int_equal(ng_live_add(state, "nowhere", &entry, 0, NULL, &err), -ENOENT);
	assert_non_null(strstr(err.what, "@nowhere"));
}

/* ---- growing --------------------------------------------------------------------------- */

static void test_grows_and_shrinks_and_keeps_all(void **unused)
{
	const uint32_t many = 20000;
	__u64 grown;

	(void)unused;
	add_until("far", "2001:db8::/48", ng_live_until(HOUR));
	for (uint32_t i = 0; i < many; i++) {
		assert_int_equal(add_numbered(i, NULL), 0);
		if (!(i & (i + 1)))
			for (uint32_t j = 0; j <= i; j++)
				assert_true(drops_numbered(j));
	}
	grown = elements();
	assert_true(grown > NG_LIVE_MIN);
	for (uint32_t i = 0; i < 2 * many; i++)
		assert_int_equal(drops_numbered(i), i < many);
	assert_true(drops_to("2001:db8::77"));
	for (uint32_t i = 0; i < many; i += 2) {
		struct ng_prefix entry = numbered(i);

		assert_int_equal(ng_live_delete(state, "near", &entry, NULL, NULL), 0);
	}
	for (uint32_t i = 0; i < many; i++)
		assert_int_equal(drops_numbered(i), i & 1);
	assert_int_equal(count_of("near"), many / 2);
	assert_int_equal(ng_live_flush(state, "near", NULL, NULL), 0);
	assert_int_equal(elements(), NG_LIVE_MIN);
	assert_true(drops_to("2001:db8::77"));
	assert_false(drops_numbered(1));
}

/* A command maps only the part of a large table that its entry needs. */
static void test_one_entry_in_a_large_table(void **unused)
{
	(void)unused;
	for (uint32_t i = 0; i < 50000; i++)
		assert_int_equal(add_numbered(i, NULL), 0);
	for (uint32_t i = 50000; i < 50100; i++) {
		struct ng_prefix entry = numbered(i);
		struct ng_live_table table;
		__u32 row;

		assert_int_equal(ng_live_map(state, true, &table), 0);
		row = ng_live_row_find(&table, "near", NG_IMAGE_CURRENT);
		assert_int_equal(ng_live_reach(&table, row, &entry), 0);
		assert_int_equal(ng_live_put(&table, state->words, row, &entry, 0), 0);
		ng_live_unmap(&table);
		assert_true(drops_numbered(i));
	}
}

/* The same addresses are added and deleted: nothing grows. */
static void test_churn_needs_no_more_memory(void **unused)
{
	(void)unused;
	for (uint32_t i = 0; i < 20000; i++) {
		struct ng_prefix entry = numbered(i);

		assert_int_equal(add_numbered(i, NULL), 0);
		assert_int_equal(ng_live_delete(state, "near", &entry, NULL, NULL), 0);
	}
	assert_int_equal(elements(), NG_LIVE_MIN);
	for (uint32_t i = 0; i < 20000; i++) {
		struct ng_prefix entry = numbered(i);

		assert_int_equal(ng_live_add(state, "near", &entry, 1, NULL, NULL), 0);
	}
	assert_int_equal(elements(), NG_LIVE_MIN);
}

static void test_full_says_so_and_loses_nothing(void **unused)
{
	struct ng_prefix first = numbered(0);
	struct ng_error err;
	bool there;

	(void)unused;
	for (uint32_t i = 0; i < NG_LIVE_MAX; i++)
		assert_int_equal(add_numbered(i, NULL), 0);
	for (int tries = 0; tries < 1000; tries++)
		assert_int_equal(add_numbered(NG_LIVE_MAX + tries, &err), -ENOSPC);
	assert_string_equal(err.what, "the live table is full: it holds 1048576 entries");
	assert_true(*err.hint);
	assert_int_equal(count_of("near"), NG_LIVE_MAX);
	for (uint32_t i = 0; i < NG_LIVE_MAX; i += 97)
		assert_true(drops_numbered(i));
	assert_int_equal(add_numbered(5, NULL), 0); /* is in already */
	assert_int_equal(ng_live_delete(state, "near", &first, &there, NULL), 0);
	assert_true(there);
	assert_int_equal(add_numbered(NG_LIVE_MAX, NULL), 0);
	assert_true(drops_numbered(NG_LIVE_MAX));
	assert_int_equal(add_numbered(0, NULL), -ENOSPC);
	/* An entry that has expired makes room for another one. */
	first = numbered(1);
	assert_int_equal(ng_live_add(state, "near", &first, ng_live_until(1000000), NULL, NULL), 0);
	assert_int_equal(add_numbered(0, NULL), -ENOSPC);
	nanosleep(&(struct timespec){ .tv_nsec = 2000000 }, NULL);
	assert_int_equal(add_numbered(0, NULL), 0);
	assert_false(drops_numbered(1));
	assert_true(drops_numbered(0));
	assert_true(drops_numbered(2));
}

/* ---- chosen addresses ------------------------------------------------------------------ */

/* Addresses that differ in a few of their first bits: the @i-th is 2000::bad:1 + i * 0x40::. */
static struct ng_prefix chosen(uint32_t i)
{
	uint32_t first = 0x2000 + i * 0x40;

	return (struct ng_prefix){
		.addr = { first >> 8, first, [13] = 0xad, [12] = 0x0b, [15] = 1 },
		.family = 6,
		.len = 128,
	};
}
#define CHOSEN 896

/* They take as much memory as ordinary ones. */
static void test_chosen_addresses_are_ordinary(void **unused)
{
	struct ng_prefix to = prefix("2001:db8:ffff::9"), from;
	__u64 ordinary;

	(void)unused;
	for (uint32_t i = 0; i < CHOSEN; i++)
		assert_int_equal(add_numbered(i, NULL), 0);
	ordinary = elements();
	assert_int_equal(ng_live_flush(state, "near", NULL, NULL), 0);
	assert_int_equal(elements(), ordinary);
	for (uint32_t i = 0; i < CHOSEN; i++) {
		from = chosen(i);
		assert_int_equal(ng_live_add(state, "near", &from, 0, NULL, NULL), 0);
	}
	assert_int_equal(elements(), ordinary);
	for (uint32_t i = 0; i < CHOSEN; i++) {
		from = chosen(i);
		assert_true(drops(&from, &to));
	}
	assert_int_equal(count_of("near"), CHOSEN);
}

static __u64 home_of(const struct ng_live_table *table, uint32_t number)
{
	__u64 hash = ng_live_hash(table->rows[0].key[0], table->rows[0].key[1], 0,
				  100U << 24 | number, ng_live_meta(0, 1, 1));

	return ng_live_home(hash, table->homes);
}

/* With a known key all places of one home can be filled: the table then gets a new key, and does
 * not grow.
 */
static void test_a_full_window_makes_a_new_key(void **unused)
{
	const int places = 2 * NG_LIVE_PROBES;
	uint32_t numbers[2 * NG_LIVE_PROBES + 2];
	struct ng_live_table *table;
	__u64 key;
	int n = 0;

	(void)unused;
	add("near", "203.0.113.1");
	table = state->table;
	assert_int_equal(ng_live_row_find(table, "near", NG_IMAGE_CURRENT), 1);
	key = table->rows[0].key[0];
	for (uint32_t i = 0; n < places + 2; i++)
		if (home_of(table, i) == 7)
			numbers[n++] = i;
	for (int i = 0; i < n; i++) {
		assert_int_equal(add_numbered(numbers[i], NULL), 0);
		if (i < places - 1)
			assert_true(table->rows[0].key[0] == key);
	}
	assert_true(table->rows[0].key[0] != key);
	assert_int_equal(elements(), NG_LIVE_MIN);
	for (int i = 0; i < n; i++)
		assert_true(drops_numbered(numbers[i]));
	assert_true(drops_from("203.0.113.1"));
	assert_int_equal(count_of("near"), n + 1);
}

/* ---- memory ---------------------------------------------------------------------------- */

/* The bytes that the kernel takes for the table's map, as its fdinfo has them. */
static unsigned long memory(void)
{
	char path[64], line[128];
	unsigned long bytes = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", state->table->fd);
	file = fopen(path, "r");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file))
		sscanf(line, "memlock: %lu", &bytes);
	fclose(file);
	assert_true(bytes > 0);
	return bytes;
}

/* 32 bytes for each, and the rows, names and head; the kernel's head of a map is a page. */
static void expect_modest(size_t n)
{
	unsigned long needed = 32 * n + NG_LIVE_BUCKETS * NG_LIVE_ELEMENT;

	if (memory() > 4 * needed + 4096)
		fail_msg("%zu entries take %lu bytes, and need %lu", n, memory(), needed);
}

/* With or without CAP_PERFMON, and CAP_SYS_ADMIN, which includes it. */
static void perfmon(bool with)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct sets[2];

	assert_int_equal(syscall(SYS_capget, &head, sets), 0);
	sets[0].effective = sets[0].permitted & ~(with ? 0 : 1U << CAP_SYS_ADMIN);
	sets[1].effective = sets[1].permitted & ~(with ? 0 : 1U << (CAP_PERFMON - 32));
	assert_int_equal(syscall(SYS_capset, &head, sets), 0);
}

/*
 * For every number of entries the table takes at most four times of that, growing and shrinking.
 * Without CAP_PERFMON, as in `set add`, since the kernel then rounds maps up.
 */
static void test_memory_is_four_times_what_entries_need(void **unused)
{
	const uint32_t many = 70000;

	(void)unused;
	perfmon(false);
	for (uint32_t i = 0; i < many; i++) {
		assert_int_equal(add_numbered(i, NULL), 0);
		expect_modest(i + 1);
	}
	for (uint32_t i = 0; i < many; i++) {
		struct ng_prefix entry = numbered(i);

		assert_int_equal(ng_live_delete(state, "near", &entry, NULL, NULL), 0);
		expect_modest(many - 1 - i);
	}
	perfmon(true);
}

/* ---- rulesets come and go -------------------------------------------------------------- */

static void put_previous(const char *text)
{
	struct ng_image image = image_of(text);
	int fd;

	assert_int_equal(ng_live_bind(state, image.data), 0);
	fd = ng_image_create(&state->now, image.data);
	assert_true(fd >= 0);
	assert_int_equal(ng_image_put(&state->now, NG_IMAGE_PREVIOUS, fd), 0);
	close(fd);
	ng_image_clear(&image);
	assert_int_equal(ng_live_settle(state), 0);
}

static void test_entries_stay_as_long_as_their_name(void **unused)
{
	struct ng_prefix entry = prefix("203.0.113.1");

	(void)unused;
	add("near", "203.0.113.1");
	add("blocked", "203.0.113.9");
	/* With other look-ups in another order the rows stay. */
	put_in_force("set other { }\nset near { }\npass to @other\ndrop from @near\n");
	assert_true(drops_from("203.0.113.1"));
	assert_true(drops_from("203.0.113.9"));
	/* No ruleset has @near now. */
	put_in_force("drop to 203.0.113.99\n");
	assert_false(drops_from("203.0.113.1"));
	assert_true(drops_from("203.0.113.9"));
	assert_int_equal(ng_live_add(state, "near", &entry, 0, NULL, NULL), -ENOENT);
	put_in_force("set near { }\ndrop from @near\n");
	assert_false(drops_from("203.0.113.1"));
	assert_int_equal(count_of("near"), 0);
	assert_int_equal(count_of("blocked"), 1);
}

static void test_entries_of_the_previous_ruleset_stay(void **unused)
{
	struct ng_prefix entry = prefix("203.0.113.2");

	(void)unused;
	add("near", "203.0.113.1");
	put_previous(two_sets);
	put_in_force("set other { }\ndrop from @other\n");
	assert_false(drops_from("203.0.113.1"));
	assert_int_equal(ng_live_add(state, "near", &entry, 0, NULL, NULL), -ENOENT);
	put_in_force(two_sets);
	assert_true(drops_from("203.0.113.1"));
	put_in_force("drop udp\n");
	put_previous("drop udp\n");
	put_in_force(two_sets);
	assert_false(drops_from("203.0.113.1"));
}

static void test_sets_that_no_rule_names(void **unused)
{
	(void)unused;
	put_in_force("set idle { }\ndrop tcp\n");
	add("idle", "203.0.113.1");
	put_in_force("set idle { }\ndrop from @idle\n");
	assert_true(drops_from("203.0.113.1"));
}

static void many_sets(char *text, size_t first, size_t n, bool used)
{
	for (size_t i = first; i < first + n; i++)
		text += sprintf(text, "set s%zu { }\n", i);
	for (size_t i = first; used && i < first + n; i++)
		text += sprintf(text, "drop from @s%zu\n", i);
	strcpy(text, "drop tcp\n");
}

/* With any number of names, sets that rules look up have a row. */
static void test_more_sets_than_rows(void **unused)
{
	static char text[64 << 10];
	struct ng_prefix entry = prefix("203.0.113.1");

	(void)unused;
	many_sets(text, 1000, 500, false);
	put_in_force(text);
	assert_int_equal(ng_live_add(state, "s1499", &entry, 0, NULL, NULL), -ENOENT);
	many_sets(text, 0, 63, true);
	put_previous(text);
	many_sets(text, 63, 63, true);
	put_in_force(text);
	many_sets(text, 126, 63, true);
	put_in_force(text);
	add("s126", "203.0.113.1");
	assert_true(drops_from("203.0.113.1"));
	delete ("s126", "203.0.113.1");
	add("s188", "203.0.113.1");
	assert_true(drops_from("203.0.113.1"));
}

/* ---- concurrent readers ---------------------------------------------------------------- */

/* Changes of all kinds, but never of entries that are looked up. */
static void churn(void)
{
	struct random random = (struct random){ 1 };

	for (;;) {
		unsigned int what = random_below(&random, 100);
		struct ng_prefix entry = numbered(random_below(&random, 3000));

		if (what < 50)
			ng_live_add(state, "near", &entry, 0, NULL, NULL);
		else if (what < 60)
			ng_live_add(state, "near", &entry, ng_live_until(1000), NULL, NULL);
		else if (what < 85)
			ng_live_delete(state, "near", &entry, NULL, NULL);
		else if (what < 99) {
			ng_prefix_mask(&entry, 9 + random_below(&random, 24));
			ng_live_add(state, "far", &entry, 0, NULL, NULL);
		} else if (random_percent(&random, 5)) {
			ng_live_flush(state, "far", NULL, NULL);
		} else if (random_percent(&random, 20)) {
			ng_live_rebuild(state, state->table);
		}
	}
}

static void test_readers_see_no_wrong_answer(void **unused)
{
	__u64 stop = ng_live_until(1500 * 1000000ULL);
	unsigned long asked = 0;
	pid_t child;
	int status;

	(void)unused;
	add("near", "203.0.113.10");
	add("near", "2001:db8::10");
	add("near", "203.0.112.0/25");
	child = fork();
	if (!child) {
		map_anew();
		churn();
		_exit(1);
	}
	for (; ng_clock_now() < stop; asked++) {
		bool right = drops_from("203.0.113.10") && drops_from("2001:db8::10") &&
			     drops_from("203.0.112.77") && !drops_from("0.0.0.0") &&
			     !drops_from("::") && !drops_from("203.0.113.11") &&
			     !drops_from("2001:db8::11");

		if (!right) {
			kill(child, SIGKILL);
			waitpid(child, &status, 0);
			fail_msg("a wrong answer after %lu right ones", asked);
		}
	}
	assert_int_equal(waitpid(child, &status, WNOHANG), 0);
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, &status, 0), child);
	map_anew();
	assert_true(asked > 1000);
}

/* ---- many changes, compared with a list ------------------------------------------------ */

#define LISTED 400

struct listed {
	struct ng_prefix prefix;
	__u64 until; /* 1: expired */
};

static struct listed listed[LISTED];
static size_t n_listed;

static struct listed *find_listed(const struct ng_prefix *entry)
{
	for (size_t i = 0; i < n_listed; i++)
		if (!memcmp(&listed[i].prefix, entry, sizeof(*entry)))
			return &listed[i];
	return NULL;
}

static struct ng_prefix some_prefix(struct random *random)
{
	struct ng_prefix entry = { .family = random_percent(random, 50) ? 4 : 6 };
	unsigned int bits = entry.family == 4 ? 32 : 128;

	entry.addr[0] = 100;
	entry.addr[bits / 16] = random_below(random, 4) << 6;
	entry.addr[bits / 8 - 1] = random_below(random, 6);
	entry.len = bits;
	if (random_percent(random, 40))
		ng_prefix_mask(&entry, 6 + random_below(random, bits - 5));
	return entry;
}

static void change_both(struct random *random)
{
	struct ng_prefix entry = some_prefix(random);
	struct listed *at = find_listed(&entry);
	__u64 until = random_percent(random, 30)   ? 1
		      : random_percent(random, 50) ? 0
						   : ng_live_until(HOUR);

	if (random_percent(random, 40)) {
		bool there;

		assert_int_equal(ng_live_delete(state, "near", &entry, &there, NULL), 0);
		assert_int_equal(there, at && at->until != 1);
		if (at)
			*at = listed[--n_listed];
		return;
	}
	assert_int_equal(ng_live_add(state, "near", &entry, until, NULL, NULL), 0);
	if (!at && n_listed < LISTED)
		at = &listed[n_listed++];
	assert_non_null(at);
	*at = (struct listed){ entry, until };
}

static void compare_both(struct random *random)
{
	struct ng_prefix address = some_prefix(random), to;
	bool wanted = false;

	address.len = address.family == 4 ? 32 : 128;
	to = prefix(address.family == 4 ? "198.18.0.9" : "2001:db8:ffff::9");
	for (size_t i = 0; i < n_listed; i++)
		wanted |= listed[i].until != 1 && ng_prefix_holds(&listed[i].prefix, &address);
	assert_int_equal(drops(&address, &to), wanted);
}

static void test_random_changes_against_a_list(void **unused)
{
	struct random random = (struct random){ 7 };

	(void)unused;
	for (int i = 0; i < 30000; i++) {
		/* The list is full: start again. */
		if (n_listed == LISTED) {
			assert_int_equal(ng_live_flush(state, "near", NULL, NULL), 0);
			n_listed = 0;
		}
		change_both(&random);
		compare_both(&random);
		compare_both(&random);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(test_add_and_delete_say_what_was_there),
		TEST(test_a_set_is_its_prefixes_and_its_live_entries),
		TEST(test_prefixes_of_every_length),
		TEST(test_prefixes_nest),
		TEST(test_entries_expire_by_themselves),
		TEST(test_list_is_sorted),
		TEST(test_flush_is_of_one_set),
		TEST(test_unknown_set),
		TEST(test_grows_and_shrinks_and_keeps_all),
		TEST(test_one_entry_in_a_large_table),
		TEST(test_churn_needs_no_more_memory),
		TEST(test_full_says_so_and_loses_nothing),
		TEST(test_chosen_addresses_are_ordinary),
		TEST(test_a_full_window_makes_a_new_key),
		TEST(test_entries_stay_as_long_as_their_name),
		TEST(test_entries_of_the_previous_ruleset_stay),
		TEST(test_sets_that_no_rule_names),
		TEST(test_more_sets_than_rows),
		TEST(test_readers_see_no_wrong_answer),
		TEST(test_random_changes_against_a_list),
		TEST(test_memory_is_four_times_what_entries_need),
	};

	return cmocka_run_group_tests_name("kernel live", tests, NULL, NULL);
}
