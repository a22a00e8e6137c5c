// SPDX-License-Identifier: GPL-2.0-only
/* Changes that wait to be confirmed: what is in force before, at and after the deadline. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "kernel/maps/window.h"
#include "kernel/pins/handle.h"
#include "kernel/state/window_end.h"
#include "kernel/status.h"
#include "kernel_world.h"
#include "layout/control.h"
#include "rules/time.h"

#define SOON (300 * NG_NS_PER_SECOND / 1000)
#define LATE (3600 * NG_NS_PER_SECOND)

static void attach(enum ng_mode mode)
{
	struct ng_image image = world_marked_image(false, 0, 1);

	world_attach(mode, &image);
}

static int publish(const struct ng_image *image, __u64 confirm, struct ng_error *err)
{
	struct ng_state *state = world_open(NG_ACCESS_CHANGE);
	int result;

	ng_window_ask(state, confirm);
	result = ng_publish(state, image, err);
	ng_state_close(state);
	return result;
}

static void must_publish(bool drop, size_t size, __u64 created, __u64 confirm)
{
	struct ng_image image = world_marked_image(drop, size, created);
	struct ng_error err = { 0 };

	if (publish(&image, confirm, &err))
		fail_msg("%s; %s", err.what, err.hint);
}

static __u64 created_in(enum ng_image_slot slot)
{
	struct ng_state *state = world_open(NG_ACCESS_READ);
	struct ng_held_image image;
	struct ng_error err;
	__u64 created;

	assert_int_equal(ng_image_hold(state, slot, &image, &err), 0);
	created = ((const struct ng_image_header *)image.data)->created;
	ng_image_release(&image);
	ng_state_close(state);
	return created;
}

/* The image that a reading command regards as in force. */
static __u64 read_in_force(void)
{
	struct ng_state *state = world_open(NG_ACCESS_READ);
	enum ng_image_slot slot = ng_window_slot(state);

	ng_state_close(state);
	return created_in(slot);
}

static struct ng_window window_now(void)
{
	struct ng_state *state = world_open(NG_ACCESS_READ);
	struct ng_window window;

	ng_window_read(state, &window);
	ng_state_close(state);
	return window;
}

static void sleep_for(__u64 ns)
{
	struct timespec time = { .tv_sec = ns / NG_NS_PER_SECOND,
				 .tv_nsec = ns % NG_NS_PER_SECOND };

	nanosleep(&time, NULL);
}

static void recover(void)
{
	ng_state_close(world_open(NG_ACCESS_CHANGE));
}

static int confirm(struct ng_window *window, struct ng_error *err)
{
	struct ng_state *state = world_open(NG_ACCESS_CHANGE);
	int result = ng_window_confirm(state, window, err);

	ng_state_close(state);
	return result;
}

static void cancel(bool *left)
{
	struct ng_state *state = world_open(NG_ACCESS_CHANGE);
	struct ng_error err;

	assert_int_equal(ng_window_cancel(state, left, &err), 0);
	ng_state_close(state);
}

static bool passes(void)
{
	unsigned int received = world_receive(WORLD_IFACE, WORLD_PEER, 3);

	assert_true(received == 0 || received == 3);
	return received;
}

/* No command opens the state between the publication and the packets after the deadline. */
static void goes_back(enum ng_mode mode)
{
	struct ng_state *state;

	attach(mode);
	must_publish(true, 0, 2, SOON);
	assert_false(passes());
	world_await_deadline();
	assert_true(passes());
	state = world_open(NG_ACCESS_READ);
	assert_int_equal(state->words->window, NG_WINDOW_EXPIRED);
	ng_state_close(state);
	assert_int_equal(read_in_force(), 1);
	recover();
	assert_true(passes());
	assert_int_equal(created_in(NG_IMAGE_CURRENT), 1);
	assert_int_equal(created_in(NG_IMAGE_PREVIOUS), 2);
	assert_int_equal(window_now().kind, NG_WINDOW_NONE);
	assert_true(window_now().expired);
	must_publish(true, 0, 3, 0);
	assert_false(passes());
	assert_false(window_now().expired);
	world_detach_all();
	world_assert_empty();
}

static void test_expired_at_native_xdp_goes_back(void **unused)
{
	(void)unused;
	goes_back(NG_MODE_NATIVE);
}

static void test_expired_at_generic_xdp_goes_back(void **unused)
{
	(void)unused;
	goes_back(NG_MODE_GENERIC);
}

static void test_expired_at_tc_goes_back(void **unused)
{
	(void)unused;
	goes_back(NG_MODE_TC);
}

static void test_expired_is_seen_without_a_packet(void **unused)
{
	(void)unused;
	attach(NG_MODE_NATIVE);
	must_publish(true, 0, 2, SOON);
	assert_int_equal(read_in_force(), 2);
	assert_true(window_now().left > 0 && window_now().left <= SOON);
	world_await_deadline();
	assert_int_equal(read_in_force(), 1);
	assert_true(window_now().expired);
	recover();
	assert_int_equal(created_in(NG_IMAGE_CURRENT), 1);
}

static void test_confirmed_in_time_stays(void **unused)
{
	struct ng_window window;
	struct ng_error err;

	(void)unused;
	attach(NG_MODE_NATIVE);
	must_publish(true, 0, 2, SOON);
	assert_int_equal(confirm(&window, &err), 0);
	assert_int_equal(window.kind, NG_WINDOW_RULESET);
	assert_true(window.left <= SOON);
	sleep_for(SOON);
	assert_false(passes());
	assert_int_equal(confirm(&window, &err), -ENOENT);
	assert_int_equal(created_in(NG_IMAGE_CURRENT), 2);
	assert_int_equal(created_in(NG_IMAGE_PREVIOUS), 1);
}

static void test_confirmed_too_late_is_said(void **unused)
{
	struct ng_window window;
	struct ng_error err;

	(void)unused;
	attach(NG_MODE_NATIVE);
	must_publish(true, 0, 2, SOON);
	world_await_deadline();
	assert_int_equal(confirm(&window, &err), -ETIMEDOUT);
	assert_int_equal(confirm(&window, &err), -ETIMEDOUT);
	assert_true(passes());
	must_publish(false, 0, 3, 0);
	assert_int_equal(confirm(&window, &err), -ENOENT);
}

/* The deadline passes while the command has the state open, with and without packets. */
static void test_confirmed_too_late_under_the_lock_is_said(void **unused)
{
	struct ng_window window;
	struct ng_state *state;
	struct ng_error err;

	(void)unused;
	for (int packets = 0; packets < 2; packets++) {
		attach(NG_MODE_NATIVE);
		must_publish(true, 0, 2, SOON);
		state = world_open(NG_ACCESS_CHANGE);
		world_await_deadline();
		if (packets)
			assert_true(passes());
		assert_int_equal(ng_window_confirm(state, &window, &err), -ETIMEDOUT);
		ng_state_close(state);
		assert_true(passes());
		recover();
		assert_int_equal(created_in(NG_IMAGE_CURRENT), 1);
		world_detach_all();
	}
}

/* The same for a publication: it must not put the rejected image in force. */
static void test_publication_when_time_is_just_over_is_refused(void **unused)
{
	struct ng_image image;
	struct ng_state *state;
	struct ng_error err;

	(void)unused;
	attach(NG_MODE_NATIVE);
	for (int again = 0; again < 2; again++) {
		must_publish(true, 0, 2, SOON);
		state = world_open(NG_ACCESS_CHANGE);
		ng_window_ask(state, again ? LATE : 0);
		world_await_deadline();
		image = world_marked_image(true, 0, 3);
		assert_int_equal(ng_publish(state, &image, &err), -ETIMEDOUT);
		assert_int_equal(ng_publish_previous(state, &err), -ETIMEDOUT);
		assert_true(passes());
		ng_state_close(state);
		recover();
		assert_true(passes());
		assert_int_equal(created_in(NG_IMAGE_CURRENT), 1);
	}
}

static void test_publication_in_a_window_is_refused(void **unused)
{
	struct ng_image image = world_marked_image(false, 0, 3);
	struct ng_prefix prefix = { { 198, 51, 100, 1 }, 4, 32 };
	struct ng_state *state;
	struct ng_error err;

	(void)unused;
	attach(NG_MODE_NATIVE);
	must_publish(true, 0, 2, LATE);
	assert_int_equal(publish(&image, 0, &err), -EBUSY);
	assert_non_null(strstr(err.what, "1h left"));
	assert_false(passes());
	state = world_open(NG_ACCESS_CHANGE);
	assert_int_equal(ng_live_add(state, NG_BLOCKED, &prefix, NG_LIVE_FOR_GOOD, NULL, &err), 0);
	ng_state_close(state);
}

static void test_second_in_a_window_keeps_what_is_gone_back_to(void **unused)
{
	(void)unused;
	attach(NG_MODE_NATIVE);
	must_publish(true, 0, 2, SOON);
	must_publish(true, 0, 3, LATE);
	sleep_for(SOON);
	assert_false(passes());
	assert_int_equal(created_in(NG_IMAGE_CURRENT), 3);
	assert_int_equal(created_in(NG_IMAGE_PREVIOUS), 1);
	must_publish(true, 0, 4, SOON);
	world_await_deadline();
	assert_true(passes());
	recover();
	assert_int_equal(created_in(NG_IMAGE_CURRENT), 1);
	assert_int_equal(created_in(NG_IMAGE_PREVIOUS), 4);
}

static void test_growth_in_a_window_takes_both_images_along(void **unused)
{
	struct ng_state *state;

	(void)unused;
	attach(NG_MODE_NATIVE);
	must_publish(true, 1 << 20, 2, LATE);
	assert_false(passes());
	must_publish(true, 3 << 20, 3, SOON);
	state = world_open(NG_ACCESS_READ);
	assert_int_equal(state->now.number, 3);
	ng_state_close(state);
	assert_false(passes());
	world_await_deadline();
	assert_true(passes());
	recover();
	assert_true(passes());
	assert_int_equal(created_in(NG_IMAGE_CURRENT), 1);
	assert_int_equal(created_in(NG_IMAGE_PREVIOUS), 3);
}

static void test_cancelled_goes_back_at_once(void **unused)
{
	bool left;

	(void)unused;
	attach(NG_MODE_NATIVE);
	must_publish(true, 0, 2, LATE);
	cancel(&left);
	assert_true(left);
	assert_true(passes());
	assert_int_equal(created_in(NG_IMAGE_CURRENT), 1);
	assert_false(window_now().expired);
}

static void test_previous_image_changes_places(void **unused)
{
	struct ng_state *state;
	struct ng_error err;

	(void)unused;
	attach(NG_MODE_NATIVE);
	state = world_open(NG_ACCESS_CHANGE);
	assert_int_equal(ng_publish_previous(state, &err), -ENOENT);
	ng_state_close(state);
	must_publish(true, 0, 2, 0);
	for (int i = 0; i < 4; i++) {
		state = world_open(NG_ACCESS_CHANGE);
		assert_int_equal(ng_publish_previous(state, &err), 0);
		ng_state_close(state);
		assert_int_equal(passes(), i % 2 == 0);
		assert_int_equal(created_in(NG_IMAGE_CURRENT), 1 + i % 2);
		assert_int_equal(created_in(NG_IMAGE_PREVIOUS), 2 - i % 2);
	}
	state = world_open(NG_ACCESS_CHANGE);
	ng_window_ask(state, SOON);
	assert_int_equal(ng_publish_previous(state, &err), 0);
	ng_state_close(state);
	assert_true(passes());
	world_await_deadline();
	assert_false(passes());
	assert_int_equal(read_in_force(), 2);
}

static size_t count_hooks(void)
{
	struct ng_state *state = world_open(NG_ACCESS_READ);
	struct ng_hook_info *list;
	struct ng_error err;
	size_t n;

	assert_int_equal(ng_hooks(state, &list, &n, &err), 0);
	free(list);
	ng_state_close(state);
	return n;
}

/* Egress programs stay as long as one of the two images has rules with `out`. */
static void test_egress_stays_while_a_window_runs(void **unused)
{
	struct ng_image image = world_marked_image(false, 0, 2);
	struct ng_window window;
	struct ng_error err;

	(void)unused;
	attach(NG_MODE_NATIVE);
	((struct ng_image_header *)image.data)->drop_default[NG_OUT] = 1;
	assert_int_equal(publish(&image, SOON, &err), 0);
	assert_int_equal(count_hooks(), 2);
	world_await_deadline();
	recover();
	assert_int_equal(count_hooks(), 1);
	image = world_marked_image(false, 0, 2);
	((struct ng_image_header *)image.data)->drop_default[NG_OUT] = 1;
	assert_int_equal(publish(&image, 0, &err), 0);
	must_publish(false, 0, 3, SOON);
	assert_int_equal(count_hooks(), 2);
	world_await_deadline();
	assert_int_equal(world_receive(WORLD_PEER, WORLD_IFACE, 2), 0);
	recover();
	assert_int_equal(count_hooks(), 2);
	must_publish(false, 0, 4, LATE);
	assert_int_equal(count_hooks(), 2);
	assert_int_equal(world_receive(WORLD_PEER, WORLD_IFACE, 2), 2);
	assert_int_equal(confirm(&window, &err), 0);
	assert_int_equal(count_hooks(), 1);
}

static void try_attach(const char *iface, enum ng_mode mode, __u64 within)
{
	struct ng_state *state = world_open(NG_ACCESS_CREATE);
	struct ng_image image = world_marked_image(true, 0, 1);
	struct ng_attached result;
	struct ng_error err = { 0 };

	ng_window_ask(state, within);
	if (ng_attach(state, &iface, 1, mode, &image, &result, &err))
		fail_msg("%s; %s", err.what, err.hint);
	ng_state_close(state);
}

static void first_attach_on_trial(enum ng_mode mode)
{
	struct ng_state *state;
	struct ng_error err;

	try_attach(WORLD_IFACE, mode, SOON);
	assert_false(passes());
	world_await_deadline();
	assert_true(passes());
	assert_true(window_now().expired);
	assert_int_equal(ng_state_open(NG_ACCESS_CHANGE, &state, &err), -ENOENT);
	world_assert_empty();
}

static void test_first_attach_on_trial_native(void **unused)
{
	(void)unused;
	first_attach_on_trial(NG_MODE_NATIVE);
}

static void test_first_attach_on_trial_tc(void **unused)
{
	(void)unused;
	first_attach_on_trial(NG_MODE_TC);
}

/* Of two hooks only the trial one stops filtering; both rulesets stay as they are. */
static void test_second_attach_on_trial(void **unused)
{
	bool left;

	(void)unused;
	attach(NG_MODE_NATIVE);
	must_publish(true, 0, 2, 0);
	try_attach(WORLD_PEER, NG_MODE_TC, SOON);
	assert_int_equal(window_now().kind, NG_WINDOW_ATTACH);
	assert_int_equal(world_receive(WORLD_PEER, WORLD_IFACE, 2), 0);
	world_await_deadline();
	assert_int_equal(world_receive(WORLD_PEER, WORLD_IFACE, 2), 2);
	assert_false(passes());
	assert_int_equal(read_in_force(), 2);
	recover();
	assert_int_equal(count_hooks(), 1);
	assert_false(passes());
	assert_int_equal(created_in(NG_IMAGE_PREVIOUS), 1);

	try_attach(WORLD_PEER, NG_MODE_TC, LATE);
	cancel(&left);
	assert_true(left);
	assert_int_equal(count_hooks(), 1);
}

/* A confirmed trial is not affected by a later one. */
static void test_trial_confirmed_is_permanent(void **unused)
{
	struct ng_image image = world_marked_image(true, 0, 2);
	struct ng_window window;
	struct ng_error err;

	(void)unused;
	try_attach(WORLD_IFACE, NG_MODE_NATIVE, LATE);
	assert_int_equal(publish(&image, 0, &err), -EBUSY);
	assert_int_equal(publish(&image, SOON, &err), -EBUSY);
	assert_int_equal(confirm(&window, &err), 0);
	assert_int_equal(window.kind, NG_WINDOW_ATTACH);
	try_attach(WORLD_PEER, NG_MODE_TC, SOON);
	world_await_deadline();
	assert_int_equal(world_receive(WORLD_PEER, WORLD_IFACE, 2), 2);
	assert_false(passes());
	recover();
	assert_int_equal(count_hooks(), 1);
	must_publish(false, 1 << 20, 2, SOON);
	assert_true(passes());
	world_await_deadline();
	assert_false(passes());
}

static void test_trial_of_what_is_attached_waits_for_nothing(void **unused)
{
	(void)unused;
	attach(NG_MODE_NATIVE);
	try_attach(WORLD_IFACE, NG_MODE_NATIVE, LATE);
	assert_int_equal(window_now().kind, NG_WINDOW_NONE);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, world_enter)
	const struct CMUnitTest tests[] = {
		TEST(test_expired_at_native_xdp_goes_back),
		TEST(test_expired_at_generic_xdp_goes_back),
		TEST(test_expired_at_tc_goes_back),
		TEST(test_expired_is_seen_without_a_packet),
		TEST(test_confirmed_in_time_stays),
		TEST(test_confirmed_too_late_is_said),
		TEST(test_confirmed_too_late_under_the_lock_is_said),
		TEST(test_publication_when_time_is_just_over_is_refused),
		TEST(test_publication_in_a_window_is_refused),
		TEST(test_second_in_a_window_keeps_what_is_gone_back_to),
		TEST(test_growth_in_a_window_takes_both_images_along),
		TEST(test_cancelled_goes_back_at_once),
		TEST(test_previous_image_changes_places),
		TEST(test_egress_stays_while_a_window_runs),
		TEST(test_first_attach_on_trial_native),
		TEST(test_first_attach_on_trial_tc),
		TEST(test_second_attach_on_trial),
		TEST(test_trial_confirmed_is_permanent),
		TEST(test_trial_of_what_is_attached_waits_for_nothing),
	};

	return cmocka_run_group_tests_name("kernel window", tests, NULL, NULL);
}
