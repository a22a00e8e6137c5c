// SPDX-License-Identifier: GPL-2.0-only
/* The live table if its writer is killed: between any two stores, and around each system call. */
#include <errno.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel/live/live_rebuild.h"
#include "kernel/live/live_rows.h"
#include "live_help.h"

static pid_t start_stopped(void (*run)(void))
{
	int status;
	pid_t child = fork();

	if (!child) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		run();
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSTOPPED(status));
	assert_int_equal(ptrace(PTRACE_SETOPTIONS, child, NULL, PTRACE_O_EXITKILL), 0);
	return child;
}

static void kill_child(pid_t child)
{
	int status;

	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
}

/* Run it, and kill it after its @nth store to the table or to control; false: it made fewer. */
static bool kill_after_store(void (*run)(void), unsigned int nth)
{
	int mapped = ng_live_reach_all(state->table);
	size_t size = state->table->size;
	struct ng_control words = *state->words;
	char *before = malloc(size);
	unsigned int stores = 0;
	pid_t child;
	int status;

	assert_int_equal(mapped, 0);
	assert_non_null(before);
	memcpy(before, state->table->rows, size);
	child = start_stopped(run);
	for (;;) {
		assert_int_equal(ptrace(PTRACE_SINGLESTEP, child, NULL, NULL), 0);
		assert_int_equal(waitpid(child, &status, 0), child);
		if (WIFEXITED(status))
			break;
		if (!memcmp(before, state->table->rows, size) &&
		    !memcmp(&words, state->words, sizeof(words)))
			continue;
		if (++stores == nth) {
			kill_child(child);
			break;
		}
		memcpy(before, state->table->rows, size);
		words = *state->words;
	}
	free(before);
	return stores == nth;
}

static const char *subject;
static bool subject_deletes;
static __u64 subject_until;

static void change_subject(void)
{
	struct ng_prefix entry = prefix(subject);

	if (subject_deletes)
		ng_live_delete(state, "near", &entry, NULL, NULL);
	else
		ng_live_add(state, "near", &entry, subject_until, NULL, NULL);
}

/*
 * Whenever it is killed: entries that stay are members, others are not, and after the next command
 * has done the same, the table is as if nothing had been killed.
 */
static void killed_between_stores(const char *from, bool was_there)
{
	bool killed = true;
	unsigned int nth;
	size_t others;

	add("near", "203.0.113.10");
	add("near", "10.128.0.0/9");
	others = count_of("near") - was_there;
	for (nth = 1; killed; nth++) {
		killed = kill_after_store(change_subject, nth);
		assert_true(drops_from("203.0.113.10"));
		assert_true(drops_from("10.200.0.1"));
		assert_false(drops_from("0.0.0.0"));
		assert_false(drops_from("::"));
		if (was_there && !subject_deletes)
			assert_true(drops_from(from));
		change_subject();
		assert_int_equal(drops_from(from), !subject_deletes);
		assert_int_equal(count_of("near"), others + !subject_deletes);
		/* Back to the state before, for the next store. */
		if (was_there) {
			add_until("near", subject, ng_live_until(HOUR));
			assert_true(drops_from(from));
		} else {
			delete ("near", subject);
			assert_false(drops_from(from));
		}
	}
	assert_true(nth > 2);
}

static void killed_adding(const char *what, const char *from)
{
	subject = what;
	subject_deletes = false;
	subject_until = ng_live_until(2 * HOUR);
	killed_between_stores(from, false);
}

static void test_killed_adding_an_address(void **unused)
{
	(void)unused;
	killed_adding("203.0.113.5", "203.0.113.5");
}

/* To write to a place that was never used, each time another entry is added. */
static void test_killed_adding_where_nothing_was(void **unused)
{
	char text[32];
	bool killed = true;

	(void)unused;
	add("near", "203.0.113.10");
	for (unsigned int nth = 1; killed; nth++) {
		snprintf(text, sizeof(text), "2001:db8::%x", nth);
		subject = text;
		subject_deletes = false;
		subject_until = 0;
		killed = kill_after_store(change_subject, nth);
		assert_true(drops_from("203.0.113.10"));
		assert_false(drops_from("::"));
		change_subject();
		assert_true(drops_from(text));
		assert_int_equal(count_of("near"), nth + 1);
	}
}

static void test_killed_adding_a_prefix(void **unused)
{
	(void)unused;
	killed_adding("2001:db8:7::/48", "2001:db8:7::1");
}

static void test_killed_changing_a_time(void **unused)
{
	(void)unused;
	add_until("near", "203.0.113.5", ng_live_until(HOUR));
	subject = "203.0.113.5";
	subject_deletes = false;
	subject_until = 0;
	killed_between_stores("203.0.113.5", true);
}

static void test_killed_deleting(void **unused)
{
	(void)unused;
	add("near", "203.0.113.5");
	subject = "203.0.113.5";
	subject_deletes = true;
	killed_between_stores("203.0.113.5", true);
}

/* ---- owners ---------------------------------------------------------------------------- */

/**
 * struct owned_case - a change of what owners want, which is killed
 * @before: what they want before: owner and hours, 0 for good; up to the first without an owner
 * @who:    the owner who changes his mind; "" the operator, who ends all when he deletes
 * @hours:  of what he wants now; -1: nothing any more
 */
struct owned_case {
	struct {
		const char *who;
		int hours;
	} before[4];
	const char *who;
	int hours;
	const char *what, *from;
};

static const struct owned_case *owned;
static __u64 owned_since;

static __u64 hours_on(int hours)
{
	return hours ? owned_since + hours * HOUR + HOUR / 2 : NG_LIVE_FOR_GOOD;
}

static void want(const char *who, int hours)
{
	if (*who && hours >= 0)
		claim_until(who, "near", owned->what, hours_on(hours));
	else if (*who)
		release(who, "near", owned->what);
	else if (hours >= 0)
		add_until("near", owned->what, hours_on(hours));
	else
		delete ("near", owned->what);
}

static void change_owned(void)
{
	want(owned->who, owned->hours);
}

static void want_before(void)
{
	delete ("near", owned->what);
	for (size_t i = 0; i < 4 && owned->before[i].who; i++)
		want(owned->before[i].who, owned->before[i].hours);
}

/* Killed between any two stores: owners want what they wanted before, or what they want after. */
static void killed_owned(const struct owned_case *one)
{
	char before[HELD_TEXT], after[HELD_TEXT], now[HELD_TEXT];
	bool killed = true, dropped, drops;
	unsigned int nth;

	owned = one;
	want_before();
	held("near", owned_since, before);
	dropped = drops_from(one->from);
	change_owned();
	held("near", owned_since, after);
	drops = drops_from(one->from);
	for (nth = 1; killed; nth++) {
		want_before();
		assert_string_equal(held("near", owned_since, now), before);
		killed = kill_after_store(change_owned, nth);
		held("near", owned_since, now);
		if (strcmp(now, before) != 0)
			assert_string_equal(now, after);
		if (dropped == drops)
			assert_int_equal(drops_from(one->from), drops);
		else if (drops_from(one->from) != dropped)
			assert_string_equal(now, after);
		/* What is left of claims does not come back with another owner. */
		if (dropped && !drops_from(one->from)) {
			want("z", 7);
			held("near", owned_since, now);
			assert_non_null(strstr(now, " z:7"));
			assert_null(strstr(strstr(now, one->what), " a:"));
			assert_null(strstr(strstr(now, one->what), " b:"));
			want("z", -1);
		}
		change_owned();
		assert_string_equal(held("near", owned_since, now), after);
		/* What was left is no obstacle to a larger table either. */
		assert_int_equal(ng_live_rebuild(state, state->table), 0);
		assert_string_equal(held("near", owned_since, now), after);
		assert_int_equal(drops_from(one->from), drops);
	}
}

static void test_killed_changing_owners(void **unused)
{
	static const struct owned_case cases[] = {
		{ { { "a", 3 } }, "b", 2, NULL, NULL },
		{ { { "a", 3 } }, "b", 4, NULL, NULL },
		{ { { "a", 3 }, { "b", 2 } }, "b", 4, NULL, NULL },
		{ { { "a", 3 }, { "b", 2 }, { "c", 1 } }, "a", -1, NULL, NULL },
		{ { { "a", 3 }, { "b", 2 }, { "c", 1 } }, "b", -1, NULL, NULL },
		{ { { "b", 2 }, { "a", 3 }, { "b", 4 } }, "b", -1, NULL, NULL },
		{ { { "", 3 }, { "b", 2 } }, "", 1, NULL, NULL },
		{ { { "", 3 }, { "b", 2 } }, "", 0, NULL, NULL },
		{ { { "", 0 }, { "b", 2 } }, "b", 0, NULL, NULL },
		{ { { "a", 0 }, { "b", 0 } }, "a", -1, NULL, NULL },
		{ { { "a", 3 }, { "b", 2 }, { "", 5 } }, "", -1, NULL, NULL },
		{ { { "a", 3 }, { "b", 2 }, { "b", -1 } }, "a", -1, NULL, NULL },
	};
	static const char *const what[][2] = { { "203.0.113.5", "203.0.113.5" },
					       { "2001:db8:7::/48", "2001:db8:7::1" } };

	(void)unused;
	owned_since = ng_live_until(0);
	for (size_t i = 0; i < 2 * sizeof(cases) / sizeof(*cases); i++) {
		struct owned_case one = cases[i / 2];

		assert_int_equal(ng_live_flush(state, "near", NULL, NULL), 0);
		add("near", "203.0.113.10");
		one.what = what[i % 2][0];
		one.from = what[i % 2][1];
		killed_owned(&one);
	}
	assert_true(drops_from("203.0.113.10"));
}

static void replace_owned(void)
{
	struct ng_live_member members[] = { { prefix("203.0.113.2"), hours_on(2) },
					    { prefix("203.0.113.3"), hours_on(5) },
					    { prefix("203.0.113.4"), 0 } };
	struct ng_live_replaced done;

	ng_live_replace(state, "near", "a", members, 3, &done, NULL);
}

/* What is before and after is there all the time, and nothing of others changes. */
static void test_killed_replacing(void **unused)
{
	char now[HELD_TEXT];
	bool killed = true;

	(void)unused;
	owned_since = ng_live_until(0);
	for (unsigned int nth = 1; killed; nth++) {
		assert_int_equal(ng_live_flush(state, "near", NULL, NULL), 0);
		claim_until("a", "near", "203.0.113.1", hours_on(9));
		claim_until("a", "near", "203.0.113.2", hours_on(9));
		claim_until("a", "near", "203.0.113.3", hours_on(1));
		claim_until("b", "near", "203.0.113.1", hours_on(4));
		claim_until("b", "near", "203.0.113.3", hours_on(3));
		killed = kill_after_store(replace_owned, nth);
		for (int i = 1; i <= 3; i++) {
			snprintf(now, sizeof(now), "203.0.113.%d", i);
			assert_true(drops_from(now));
		}
		held("near", owned_since, now);
		assert_non_null(strstr(now, "203.0.113.1 a:9 b:4\n")
					?: strstr(now, "203.0.113.1 b:4\n"));
		assert_non_null(strstr(now, "203.0.113.3 b:3 a:1")
					?: strstr(now, "203.0.113.3 a:5 b:3"));
		replace_owned();
		assert_string_equal(held("near", owned_since, now),
				    "203.0.113.1 b:4\n203.0.113.2 a:2\n203.0.113.3 a:5 b:3\n"
				    "203.0.113.4 a:good");
	}
}

/* ---- publishing, growing --------------------------------------------------------------- */

static struct ng_image without_near;

static void publish_without_near(void)
{
	ng_runner_publish(runner, &without_near);
}

/* The next command that takes the lock recovers from a killed publication. */
static void test_killed_publishing(void **unused)
{
	bool killed = true;

	(void)unused;
	without_near = image_of("set new { }\ndrop from @new\n");
	for (unsigned int nth = 1; killed; nth++) {
		put_in_force(two_sets);
		add("near", "203.0.113.5");
		add("blocked", "203.0.113.6");
		killed = kill_after_store(publish_without_near, nth);
		assert_true(drops_from("203.0.113.6"));
		assert_int_equal(ng_live_recover(state), 0);
		assert_true(drops_from("203.0.113.6"));
		/* One of the two rulesets is in force, with its entries or without them. */
		if (!ng_live_flush(state, "new", NULL, NULL)) {
			assert_false(drops_from("203.0.113.5"));
			/*
			 * Nothing is pinned here, so the image's source ended with the process,
			 * and the image may need any row until it is not even the previous one.
			 */
			publish_without_near();
			publish_without_near();
			assert_int_equal(ng_live_flush(state, "near", NULL, NULL), -ENOENT);
		} else {
			assert_true(drops_from("203.0.113.5"));
		}
		put_in_force("drop udp from 203.0.113.99\n");
		put_in_force("set new { }\nset near { }\ndrop from @new\ndrop from @near\n");
		assert_false(drops_from("203.0.113.5"));
		assert_int_equal(count_of("near"), 0);
	}
	ng_image_clear(&without_near);
}

static void grow(void)
{
	ng_live_rebuild(state, state->table);
}

/* Killed before and after each system call that replaces the table. */
static void test_killed_growing(void **unused)
{
	const uint32_t many = 200;
	bool killed = true, replaced = false;
	unsigned int nth;

	(void)unused;
	for (nth = 1; killed; nth++) {
		unsigned int calls = 0;
		int status;
		pid_t child;
		__u64 key;

		assert_int_equal(ng_live_flush(state, "near", NULL, NULL), 0);
		assert_int_equal(ng_live_rebuild(state, state->table), 0);
		key = state->table->rows[0].key[0];
		for (uint32_t i = 0; i < many; i++)
			assert_int_equal(add_numbered(i, NULL), 0);
		assert_int_equal(elements(), NG_LIVE_MIN);
		child = start_stopped(grow);
		for (killed = false; !killed;) {
			assert_int_equal(ptrace(PTRACE_SYSCALL, child, NULL, NULL), 0);
			assert_int_equal(waitpid(child, &status, 0), child);
			if (WIFEXITED(status))
				break;
			killed = ++calls == nth;
			if (killed)
				kill_child(child);
		}
		map_anew();
		for (uint32_t i = 0; i < many; i++)
			assert_true(drops_numbered(i));
		assert_false(drops_numbered(many));
		assert_int_equal(add_numbered(many, NULL), 0);
		assert_true(drops_numbered(many));
		assert_int_equal(count_of("near"), many + 1);
		replaced |= state->table->rows[0].key[0] != key;
	}
	assert_true(replaced);
	assert_true(nth > 10);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(test_killed_adding_an_address), TEST(test_killed_adding_where_nothing_was),
		TEST(test_killed_adding_a_prefix),   TEST(test_killed_changing_a_time),
		TEST(test_killed_deleting),	     TEST(test_killed_publishing),
		TEST(test_killed_growing),	     TEST(test_killed_changing_owners),
		TEST(test_killed_replacing),
	};

	return cmocka_run_group_tests_name("kernel live killed", tests, NULL, NULL);
}
