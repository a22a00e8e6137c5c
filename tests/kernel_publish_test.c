// SPDX-License-Identifier: GPL-2.0-only
/* Publishing images, counters that are kept meanwhile, egress programs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "base/clock.h"
#include "kernel/detach.h"
#include "compile/image_read.h"
#include "kernel/maps/window.h"
#include "kernel/pins/handle.h"
#include "kernel/status.h"
#include "kernel_world.h"

static struct ng_summary summary(void)
{
	struct ng_state *state = world_open(NG_ACCESS_READ);
	struct ng_summary summary;

	ng_state_summary(state, &summary);
	ng_state_close(state);
	return summary;
}

static void attach_passing(enum ng_mode mode)
{
	struct ng_image image = world_image(false, 0);

	world_attach(mode, &image);
}

static void publish(bool drop, size_t size)
{
	struct ng_image image = world_image(drop, size);

	world_publish(&image);
}

static struct ng_hook_info hook_info(enum ng_hook hook, size_t *n)
{
	struct ng_state *state = world_open(NG_ACCESS_READ);
	struct ng_hook_info *list, found = { 0 };
	struct ng_error err;

	assert_int_equal(ng_hooks(state, &list, n, &err), 0);
	for (size_t i = 0; i < *n; i++)
		if (list[i].hook == hook)
			found = list[i];
	free(list);
	ng_state_close(state);
	return found;
}

static void test_publish_swaps_what_is_in_force(void **unused)
{
	unsigned int id;

	(void)unused;
	attach_passing(NG_MODE_NATIVE);
	id = world_xdp_id(WORLD_IFACE);
	assert_int_equal(world_receive(WORLD_IFACE, WORLD_PEER, 3), 3);
	publish(true, 0);
	assert_int_equal(world_receive(WORLD_IFACE, WORLD_PEER, 3), 0);
	world_await(NG_SLOT_TOTALS + 1, 3);
	publish(false, 0);
	assert_int_equal(world_receive(WORLD_IFACE, WORLD_PEER, 3), 3);
	assert_int_equal(world_xdp_id(WORLD_IFACE), id);
	assert_int_equal(summary().generation, 1);
}

static void assert_image_drops(enum ng_image_slot slot, bool drops)
{
	struct ng_state *state = world_open(NG_ACCESS_READ);
	const struct ng_image_header *header;
	struct ng_held_image image;
	struct ng_error err;

	assert_int_equal(ng_image_hold(state, slot, &image, &err), 0);
	header = image.data;
	assert_int_equal(ng_image_extent(image.data), image.size);
	assert_int_equal(header->drop_default[NG_IN], drops);
	ng_image_release(&image);
	ng_state_close(state);
}

static void test_publish_keeps_the_previous_image(void **unused)
{
	struct ng_held_image image;
	struct ng_state *state;
	struct ng_error err;

	(void)unused;
	attach_passing(NG_MODE_NATIVE);
	state = world_open(NG_ACCESS_READ);
	assert_int_equal(ng_image_hold(state, NG_IMAGE_PREVIOUS, &image, &err), -ENOENT);
	ng_state_close(state);
	publish(true, 5000);
	assert_image_drops(NG_IMAGE_CURRENT, true);
	assert_image_drops(NG_IMAGE_PREVIOUS, false);
}

static void test_publish_begins_fresh_slots_at_zero(void **unused)
{
	struct ng_image image;
	__u32 fresh = NG_SLOT_DEFAULT_IN;

	(void)unused;
	attach_passing(NG_MODE_NATIVE);
	world_send(WORLD_PEER, 4);
	world_await(NG_SLOT_DEFAULT_IN, 4);
	image = world_image(false, 0);
	image.fresh = &fresh;
	image.n_fresh = 1;
	world_publish(&image);
	assert_int_equal(world_counted(NG_SLOT_DEFAULT_IN), 0);
	assert_int_equal(world_counted(NG_SLOT_TOTALS), 4);
}

/* 1 MiB is beyond the capacity of the loaded programs. */
static void growth_carries_all(enum ng_mode mode)
{
	struct ng_summary before, after;
	size_t n;

	attach_passing(mode);
	before = summary();
	world_send(WORLD_PEER, 6);
	world_await(NG_SLOT_DEFAULT_IN, 6);
	publish(true, 1 << 20);
	after = summary();
	assert_int_equal(after.generation, before.generation + 1);
	assert_true(after.capacity >= 1 << 20);
	assert_int_equal(world_counted(NG_SLOT_DEFAULT_IN), 6);
	assert_int_equal(world_counted(NG_SLOT_TOTALS), 6);
	world_send(WORLD_PEER, 3);
	world_await(NG_SLOT_DEFAULT_IN, 9);
	assert_int_equal(world_counted(NG_SLOT_TOTALS), 6);
	world_await(NG_SLOT_TOTALS + 1, 3);
	assert_image_drops(NG_IMAGE_CURRENT, true);
	assert_image_drops(NG_IMAGE_PREVIOUS, false);
	assert_true(hook_info(mode == NG_MODE_TC ? NG_HOOK_TC_IN : NG_HOOK_XDP, &n).attached);
	assert_int_equal(n, 1);
	world_run("test $(ls -d /sys/fs/bpf/netguard/*/gen-* | wc -l) = 1");
	world_detach_all();
	world_assert_empty();
}

static void test_growth_at_native_xdp_carries_counters(void **unused)
{
	(void)unused;
	growth_carries_all(NG_MODE_NATIVE);
}

static void test_growth_at_generic_xdp_carries_counters(void **unused)
{
	(void)unused;
	growth_carries_all(NG_MODE_GENERIC);
}

static void test_growth_at_tc_carries_counters(void **unused)
{
	(void)unused;
	growth_carries_all(NG_MODE_TC);
}

static void test_growth_at_clsact_carries_counters(void **unused)
{
	struct ng_state *state = world_open(NG_ACCESS_CREATE);
	struct ng_image image = world_image(false, 0);
	const char *iface = WORLD_IFACE;
	struct ng_attached result;
	struct ng_error err;

	(void)unused;
	state->no_tcx = true;
	assert_int_equal(ng_attach(state, &iface, 1, NG_MODE_TC, &image, &result, &err), 0);
	ng_state_close(state);
	assert_int_equal(result.way, NG_WAY_CLSACT);
	world_send(WORLD_PEER, 6);
	world_await(NG_SLOT_DEFAULT_IN, 6);
	publish(true, 1 << 20);
	assert_int_equal(summary().generation, 2);
	world_send(WORLD_PEER, 2);
	world_await(NG_SLOT_DEFAULT_IN, 8);
	world_await(NG_SLOT_TOTALS + 1, 2);
	world_detach_all();
	world_assert_empty();
}

static void test_growth_for_more_slots(void **unused)
{
	struct ng_image image;

	(void)unused;
	attach_passing(NG_MODE_NATIVE);
	assert_int_equal(summary().slots, NG_SLOTS_MIN);
	image = world_image(false, 0);
	image.slots = NG_SLOTS_MIN + 1;
	world_publish(&image);
	assert_true(summary().slots > NG_SLOTS_MIN);
	world_send(WORLD_PEER, 1);
	world_await(NG_SLOT_DEFAULT_IN, 1);
}

static void test_growth_again_and_again(void **unused)
{
	(void)unused;
	attach_passing(NG_MODE_NATIVE);
	for (unsigned int i = 1; i <= 3; i++) {
		publish(i % 2, 100000 << 2 * (i - 1));
		assert_int_equal(summary().generation, 1 + i);
		world_send(WORLD_PEER, 1);
		world_await(NG_SLOT_DEFAULT_IN, i);
	}
}

static void test_publish_of_an_image_too_large_changes_nothing(void **unused)
{
	struct ng_image image = world_image(true, 0);
	struct ng_state *state;
	struct ng_error err;

	(void)unused;
	attach_passing(NG_MODE_NATIVE);
	image.size = NG_IMAGE_MAX + 8UL;
	state = world_open(NG_ACCESS_CHANGE);
	assert_int_equal(ng_publish(state, &image, &err), -E2BIG);
	ng_state_close(state);
	assert_image_drops(NG_IMAGE_CURRENT, false);
	assert_int_equal(summary().generation, 1);
}

/* The image is larger than the generation allows: the kernel refuses it for the current slot. */
static void publish_fails(bool drop, __u64 confirm)
{
	struct ng_image image = world_image(drop, 0);
	struct ng_state *state = world_open(NG_ACCESS_CHANGE);
	struct ng_error err;

	state->now.capacity *= 2;
	ng_window_ask(state, confirm);
	assert_int_equal(ng_publish(state, &image, &err), -EINVAL);
	assert_string_equal(err.what, "cannot put the ruleset in force: Invalid argument");
	ng_state_close(state);
}

static void test_publication_that_fails_restores_the_previous_image(void **unused)
{
	(void)unused;
	attach_passing(NG_MODE_NATIVE);
	publish(true, 0);
	publish_fails(true, 0);
	assert_image_drops(NG_IMAGE_CURRENT, true);
	assert_image_drops(NG_IMAGE_PREVIOUS, false);
	publish_fails(true, 3600 * NG_NS_PER_SECOND);
	assert_image_drops(NG_IMAGE_CURRENT, true);
	assert_image_drops(NG_IMAGE_PREVIOUS, false);
	assert_int_equal(world_receive(WORLD_IFACE, WORLD_PEER, 3), 0);
}

/* A process that pins @fd at @path as soon as its folder exists. */
static pid_t pin_when_possible(int fd, const char *path)
{
	pid_t child = fork();

	if (child)
		return child;
	while (bpf_obj_pin(fd, path) && errno == ENOENT)
		usleep(500);
	_exit(0);
}

/* A pin blocks that of the second interface's new program. */
static void test_growth_that_fails_half_way_is_undone(void **unused)
{
	const char *ifaces[] = { WORLD_IFACE, WORLD_PEER };
	struct ng_image image = world_image(true, 0);
	struct ng_attached result[2];
	char path[NG_PIN_PATH];
	struct ng_state *state;
	struct ng_error err;
	unsigned int id;
	pid_t child;
	size_t n;

	(void)unused;
	state = world_open(NG_ACCESS_CREATE);
	assert_int_equal(ng_attach(state, ifaces, 2, NG_MODE_NATIVE, &image, result, &err), 0);
	id = hook_info(NG_HOOK_XDP, &n).program_id;
	ng_pin_path(state, path, "gen-2/%u-xdp", if_nametoindex(WORLD_IFACE));
	child = pin_when_possible(state->now.live, path);
	image = world_image(false, 1 << 20);
	assert_int_equal(ng_publish(state, &image, &err), -EEXIST);
	assert_int_equal(waitpid(child, NULL, 0), child);
	/* It is not a program of ours, so nothing is removed until the user has removed it. */
	assert_int_equal(unlink(path), 0);
	ng_state_close(state);
	ng_state_close(world_open(NG_ACCESS_CHANGE));
	assert_int_equal(hook_info(NG_HOOK_XDP, &n).program_id, id);
	assert_true(hook_info(NG_HOOK_XDP, &n).attached);
	assert_int_equal(summary().generation, 1);
	assert_image_drops(NG_IMAGE_CURRENT, true);
	world_send(WORLD_PEER, 2);
	world_send(WORLD_IFACE, 3);
	world_await(NG_SLOT_DEFAULT_IN, 5);
	world_run("test $(ls -d /sys/fs/bpf/netguard/*/gen-* | wc -l) = 1");
	publish(true, 1 << 20);
	assert_int_equal(summary().generation, 2);
	world_detach_all();
	world_assert_empty();
}

static struct ng_image image_for_out(void)
{
	struct ng_image image = world_image(false, 0);
	struct ng_image_header *header = image.data;

	header->drop_default[NG_OUT] = 1;
	return image;
}

static void test_egress_comes_and_goes_with_the_ruleset(void **unused)
{
	struct ng_image image;
	size_t n;

	(void)unused;
	attach_passing(NG_MODE_NATIVE);
	hook_info(NG_HOOK_TC_OUT, &n);
	assert_int_equal(n, 1);
	image = image_for_out();
	world_publish(&image);
	assert_true(hook_info(NG_HOOK_TC_OUT, &n).attached);
	assert_int_equal(n, 2);
	world_send(WORLD_IFACE, 2);
	world_await(NG_SLOT_DEFAULT_OUT, 2);
	publish(false, 0);
	hook_info(NG_HOOK_TC_OUT, &n);
	assert_int_equal(n, 1);
	world_detach_all();
	world_assert_empty();
}

static void test_egress_is_attached_to_who_comes_later(void **unused)
{
	struct ng_image image = image_for_out();
	struct ng_state *state;
	const char *peer = WORLD_PEER;
	struct ng_attached result;
	struct ng_error err;
	size_t n;

	(void)unused;
	world_attach(NG_MODE_NATIVE, &image);
	hook_info(NG_HOOK_TC_OUT, &n);
	assert_int_equal(n, 2);
	state = world_open(NG_ACCESS_CREATE);
	assert_int_equal(ng_attach(state, &peer, 1, NG_MODE_TC, &image, &result, &err), 0);
	ng_state_close(state);
	assert_true(result.egress);
	hook_info(NG_HOOK_TC_OUT, &n);
	assert_int_equal(n, 4);
	world_detach_all();
	world_assert_empty();
}

/* The old ingress qdisc has no egress side, but accepts filters for it. */
static void test_egress_that_cannot_be_attached_refuses_the_ruleset(void **unused)
{
	struct ng_image image = world_image(false, 0);
	const char *iface = WORLD_IFACE;
	struct ng_attached result;
	struct ng_state *state;
	struct ng_error err;
	size_t n;

	(void)unused;
	world_run("tc qdisc add dev " WORLD_IFACE " ingress");
	state = world_open(NG_ACCESS_CREATE);
	state->no_tcx = true;
	assert_int_equal(ng_attach(state, &iface, 1, NG_MODE_TC, &image, &result, &err), 0);
	image = image_for_out();
	assert_int_equal(ng_publish(state, &image, &err), -EBUSY);
	assert_non_null(strstr(err.what, "ingress qdisc"));
	ng_state_close(state);
	hook_info(NG_HOOK_TC_OUT, &n);
	assert_int_equal(n, 1);
	world_send(WORLD_PEER, 2);
	world_await(NG_SLOT_DEFAULT_IN, 2);
	world_detach_all();
	world_run("test -z \"$(tc filter show dev " WORLD_IFACE " ingress)\"");
	world_run("tc qdisc show dev " WORLD_IFACE " | grep -q ingress");
}

static void test_counters_reset_reports_zero_and_counts_on(void **unused)
{
	struct ng_state *state;
	struct ng_error err;

	(void)unused;
	attach_passing(NG_MODE_NATIVE);
	world_send(WORLD_PEER, 5);
	world_await(NG_SLOT_DEFAULT_IN, 5);
	state = world_open(NG_ACCESS_CHANGE);
	assert_int_equal(ng_counters_reset(state, &err), 0);
	ng_state_close(state);
	assert_int_equal(world_counted(NG_SLOT_DEFAULT_IN), 0);
	assert_int_equal(world_counted(NG_SLOT_TOTALS), 0);
	world_send(WORLD_PEER, 2);
	world_await(NG_SLOT_DEFAULT_IN, 2);
}

static void test_counters_of_a_new_attachment_begin_at_zero(void **unused)
{
	const char *ifaces[] = { WORLD_IFACE, WORLD_PEER };
	struct ng_image image = world_image(false, 0);
	struct ng_attached result[2];
	struct ng_state *state;
	struct ng_error err;
	size_t n;

	(void)unused;
	state = world_open(NG_ACCESS_CREATE);
	assert_int_equal(ng_attach(state, ifaces, 2, NG_MODE_TC, &image, result, &err), 0);
	world_send(WORLD_PEER, 5);
	world_await(NG_SLOT_TOTALS, 5);
	assert_int_equal(ng_detach(state, ifaces, 1, &err), 0);
	assert_int_equal(ng_attach(state, ifaces, 1, NG_MODE_NATIVE, &image, result, &err), 0);
	ng_state_close(state);
	assert_int_equal(hook_info(NG_HOOK_XDP, &n).attachment, 0);
	assert_int_equal(hook_info(NG_HOOK_XDP, &n).passed.packets, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, world_enter)
	const struct CMUnitTest tests[] = {
		TEST(test_publish_swaps_what_is_in_force),
		TEST(test_publish_keeps_the_previous_image),
		TEST(test_publish_begins_fresh_slots_at_zero),
		TEST(test_growth_at_native_xdp_carries_counters),
		TEST(test_growth_at_generic_xdp_carries_counters),
		TEST(test_growth_at_tc_carries_counters),
		TEST(test_growth_at_clsact_carries_counters),
		TEST(test_growth_for_more_slots),
		TEST(test_growth_again_and_again),
		TEST(test_publish_of_an_image_too_large_changes_nothing),
		TEST(test_publication_that_fails_restores_the_previous_image),
		TEST(test_growth_that_fails_half_way_is_undone),
		TEST(test_egress_that_cannot_be_attached_refuses_the_ruleset),
		TEST(test_egress_comes_and_goes_with_the_ruleset),
		TEST(test_egress_is_attached_to_who_comes_later),
		TEST(test_counters_reset_reports_zero_and_counts_on),
		TEST(test_counters_of_a_new_attachment_begin_at_zero),
	};

	return cmocka_run_group_tests_name("kernel publish", tests, NULL, NULL);
}
