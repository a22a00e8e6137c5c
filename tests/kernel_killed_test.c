// SPDX-License-Identifier: GPL-2.0-only
/*
 * Commands killed before every system call that changes anything: the filter continues, the next
 * command recovers, no frame is missing in the counters, and a last detach leaves nothing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <ifaddrs.h>
#include <linux/if_link.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/bpf.h>

#include "kernel/detach.h"
#include "kernel/maps/window.h"
#include "kernel/pins/handle.h"
#include "kernel/state/window_end.h"
#include "kernel_world.h"
#include "../testenv/calls.h"
#include "layout/control.h"

#define LARGE (1 << 20) /* size of an image: more than the capacity of the first programs */

/**
 * struct victim - a command to be killed
 * @mode:   how the interface is attached
 * @no_tcx: by clsact
 * @run:    the command; its errors do not matter here
 */
struct victim {
	enum ng_mode mode;
	bool no_tcx;
	void (*run)(const struct victim *victim);
};

static void attach(const struct victim *victim)
{
	struct ng_image image = world_image(true, 0);
	const char *iface = WORLD_IFACE;
	struct ng_attached result;
	struct ng_state *state;

	if (ng_state_open(NG_ACCESS_CREATE, &state, NULL))
		return;
	state->no_tcx = victim->no_tcx;
	ng_attach(state, &iface, 1, victim->mode, &image, &result, NULL);
	ng_state_close(state);
}

static void detach(const struct victim *victim)
{
	struct ng_state *state;

	(void)victim;
	if (ng_state_open(NG_ACCESS_CHANGE, &state, NULL))
		return;
	ng_detach(state, NULL, 0, NULL);
	ng_state_close(state);
}

static void publish(const struct victim *victim, const struct ng_image *image)
{
	struct ng_state *state;

	if (ng_state_open(NG_ACCESS_CHANGE, &state, NULL))
		return;
	state->no_tcx = victim->no_tcx;
	ng_publish(state, image, NULL);
	ng_state_close(state);
}

static void publish_small(const struct victim *victim)
{
	struct ng_image image = world_image(true, 0);

	publish(victim, &image);
}

static void publish_large(const struct victim *victim)
{
	struct ng_image image = world_image(true, LARGE);

	publish(victim, &image);
}

static void publish_for_out(const struct victim *victim)
{
	struct ng_image image = world_image(true, 0);

	((struct ng_image_header *)image.data)->drop_default[NG_OUT] = 1;
	publish(victim, &image);
}

/* Publish a ruleset that waits to be confirmed for an hour; @created identifies it. */
static void publish_waiting(__u64 created)
{
	struct ng_image image = world_marked_image(true, 0, created);
	struct ng_state *state;

	if (ng_state_open(NG_ACCESS_CHANGE, &state, NULL))
		return;
	ng_window_ask(state, 3600000000000);
	ng_publish(state, &image, NULL);
	ng_state_close(state);
}

static void publish_small_waiting(const struct victim *victim)
{
	(void)victim;
	publish_waiting(2);
}

static void open_only(const struct victim *victim)
{
	struct ng_state *state;

	(void)victim;
	if (!ng_state_open(NG_ACCESS_CHANGE, &state, NULL))
		ng_state_close(state);
}

static void take_back(const struct victim *victim)
{
	struct ng_state *state;
	bool left;

	(void)victim;
	if (ng_state_open(NG_ACCESS_CHANGE, &state, NULL))
		return;
	ng_window_cancel(state, &left, NULL);
	ng_state_close(state);
}

static void swap_images(const struct victim *victim)
{
	struct ng_state *state;

	(void)victim;
	if (ng_state_open(NG_ACCESS_CHANGE, &state, NULL))
		return;
	ng_publish_previous(state, NULL);
	ng_state_close(state);
}

static unsigned int generation(void)
{
	struct ng_state *state = world_open(NG_ACCESS_READ);
	struct ng_summary summary;

	ng_state_summary(state, &summary);
	ng_state_close(state);
	return summary.generation;
}

/* Run the command and kill it before its @nth such call; false: it made fewer calls. */
static bool kill_at(const struct victim *victim, unsigned int nth)
{
	struct __ptrace_syscall_info info;
	unsigned int calls = 0;
	int status;
	pid_t child = fork();

	if (!child) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		victim->run(victim);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSTOPPED(status));
	assert_int_equal(
		ptrace(PTRACE_SETOPTIONS, child, NULL, PTRACE_O_EXITKILL | PTRACE_O_TRACESYSGOOD),
		0);
	for (;;) {
		assert_int_equal(ptrace(PTRACE_SYSCALL, child, NULL, NULL), 0);
		assert_int_equal(waitpid(child, &status, 0), child);
		if (WIFEXITED(status))
			return false;
		assert_true(WIFSTOPPED(status));
		assert_true(ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof(info), &info) > 0);
		if (!calls_change(&info) || ++calls < nth)
			continue;
		kill(child, SIGKILL);
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status));
		return true;
	}
}

/* The state can be changed and detached, and then nothing is left. */
static void assert_usable(const struct victim *victim)
{
	publish_small(victim);
	world_detach_all();
	world_assert_empty();
}

/*
 * The command is killed at each call while the filter runs: frames are dropped and counted, before
 * the next command recovers and after.
 */
static void killed_while_filtering(const struct victim *victim)
{
	unsigned long long frames = 0;
	bool killed = true;

	for (unsigned int nth = 1; killed; nth++) {
		if (!frames)
			attach(victim);
		killed = kill_at(victim, nth);
		assert_true(killed || nth > 1);
		world_send(WORLD_PEER, 2);
		ng_state_close(world_open(NG_ACCESS_CHANGE));
		world_send(WORLD_PEER, 1);
		frames += 3;
		world_await(NG_SLOT_DEFAULT_IN, frames);
		world_await(NG_SLOT_TOTALS + 1, frames);
		assert_int_equal(world_counted(NG_SLOT_TOTALS), 0);
		world_run("test $(ls -d /sys/fs/bpf/netguard/*/gen-* | wc -l) = 1");
		if (generation() == 1)
			continue;
		/* Begin again for the next call. */
		assert_usable(victim);
		frames = 0;
	}
	if (frames)
		assert_usable(victim);
}

static __u64 created_in(const struct ng_state *state, enum ng_image_slot slot)
{
	struct ng_held_image image;
	__u64 created;

	assert_int_equal(ng_image_hold(state, slot, &image, NULL), 0);
	created = ((const struct ng_image_header *)image.data)->created;
	ng_image_release(&image);
	return created;
}

/* Expire the window, as the first program that reads the clock after the deadline does. */
static void expire(void)
{
	struct ng_state *state = world_open(NG_ACCESS_CHANGE);

	assert_true(state->words->window);
	state->words->window = NG_WINDOW_EXPIRED;
	ng_state_close(state);
}

/*
 * A command that rolls back from image 2 to image 1 is killed at each call. All images drop all
 * frames, so none passes. After the deadline image 1 is in force, and no change waits.
 */
static void killed_rolling_back(const struct victim *victim, bool is_over)
{
	struct ng_image image;
	unsigned long long frames = 0;
	struct ng_state *state;
	bool killed = true;

	attach(victim);
	for (unsigned int nth = 1; killed; nth++) {
		image = world_marked_image(true, 0, 1);
		world_publish(&image);
		publish_waiting(2);
		if (is_over)
			expire();
		killed = kill_at(victim, nth);
		assert_true(killed || nth > 1);
		world_send(WORLD_PEER, 2);
		state = world_open(NG_ACCESS_CHANGE);
		world_send(WORLD_PEER, 1);
		frames += 3;
		if (is_over || !killed)
			assert_int_equal(created_in(state, NG_IMAGE_CURRENT), 1);
		if (is_over)
			assert_int_equal(state->words->window, 0);
		ng_window_close(state);
		ng_state_close(state);
		world_await(NG_SLOT_DEFAULT_IN, frames);
		assert_int_equal(world_counted(NG_SLOT_TOTALS), 0);
	}
	assert_usable(victim);
}

/* Two rulesets are swapped; killed in between, one of the two is in force. */
static void killed_while_swapping(const struct victim *victim)
{
	struct ng_image image;
	struct ng_state *state;
	bool killed = true;

	attach(victim);
	for (unsigned int nth = 1; killed; nth++) {
		for (__u64 created = 1; created <= 2; created++) {
			image = world_marked_image(true, 0, created);
			world_publish(&image);
		}
		killed = kill_at(victim, nth);
		assert_true(killed || nth > 1);
		state = world_open(NG_ACCESS_CHANGE);
		assert_in_range(created_in(state, NG_IMAGE_CURRENT), 1, killed ? 2 : 1);
		assert_in_range(created_in(state, NG_IMAGE_PREVIOUS), 1, 2);
		ng_state_close(state);
		assert_int_equal(world_receive(WORLD_IFACE, WORLD_PEER, 2), 0);
	}
	assert_usable(victim);
}

static void attach_on_trial(const struct victim *victim)
{
	struct ng_image image = world_image(true, 0);
	const char *iface = WORLD_IFACE;
	struct ng_attached result;
	struct ng_state *state;

	if (ng_state_open(NG_ACCESS_CREATE, &state, NULL))
		return;
	ng_window_ask(state, 3600000000000);
	ng_attach(state, &iface, 1, victim->mode, &image, &result, NULL);
	ng_state_close(state);
}

/* A trial attachment never becomes permanent, whenever the command is killed. */
static void killed_trial(const struct victim *victim)
{
	struct ng_state *state;
	bool killed = true;

	for (unsigned int nth = 1; killed; nth++) {
		killed = kill_at(victim, nth);
		assert_true(killed || nth > 1);
		if (!ng_state_open(NG_ACCESS_CHANGE, &state, NULL)) {
			assert_true(state->words->window && state->words->trial);
			ng_state_close(state);
			expire();
			assert_int_equal(ng_state_open(NG_ACCESS_CHANGE, &state, NULL), -ENOENT);
			world_assert_empty();
		}
	}
	attach(victim);
	assert_usable(victim);
}

static void killed_while_attaching(const struct victim *victim)
{
	bool killed = true;

	for (unsigned int nth = 1; killed; nth++) {
		if (victim->run == detach)
			attach(victim);
		killed = kill_at(victim, nth);
		assert_true(killed || nth > 1);
		attach(victim);
		assert_usable(victim);
	}
}

static void test_killed_attach(void **unused)
{
	(void)unused;
	killed_while_attaching(&(struct victim){ NG_MODE_NATIVE, false, attach });
}

static void test_killed_attach_tc(void **unused)
{
	(void)unused;
	killed_while_attaching(&(struct victim){ NG_MODE_TC, false, attach });
}

static void test_killed_attach_clsact(void **unused)
{
	(void)unused;
	killed_while_attaching(&(struct victim){ NG_MODE_TC, true, attach });
}

static void test_killed_detach(void **unused)
{
	(void)unused;
	killed_while_attaching(&(struct victim){ NG_MODE_NATIVE, false, detach });
}

static void test_killed_detach_tc(void **unused)
{
	(void)unused;
	killed_while_attaching(&(struct victim){ NG_MODE_TC, false, detach });
}

static void test_killed_publication(void **unused)
{
	(void)unused;
	killed_while_filtering(&(struct victim){ NG_MODE_NATIVE, false, publish_small });
}

static void test_killed_publication_with_egress(void **unused)
{
	(void)unused;
	killed_while_filtering(&(struct victim){ NG_MODE_NATIVE, false, publish_for_out });
}

static void test_killed_growth(void **unused)
{
	(void)unused;
	killed_while_filtering(&(struct victim){ NG_MODE_NATIVE, false, publish_large });
}

static void test_killed_growth_tc(void **unused)
{
	(void)unused;
	killed_while_filtering(&(struct victim){ NG_MODE_TC, false, publish_large });
}

static void test_killed_growth_clsact(void **unused)
{
	(void)unused;
	killed_while_filtering(&(struct victim){ NG_MODE_TC, true, publish_large });
}

static void test_killed_publication_that_waits(void **unused)
{
	(void)unused;
	killed_while_filtering(&(struct victim){ NG_MODE_NATIVE, false, publish_small_waiting });
}

static void test_killed_recovery_of_a_window(void **unused)
{
	(void)unused;
	killed_rolling_back(&(struct victim){ NG_MODE_NATIVE, false, open_only }, true);
}

static void test_killed_rollback(void **unused)
{
	(void)unused;
	killed_rolling_back(&(struct victim){ NG_MODE_NATIVE, false, take_back }, false);
}

static void test_killed_swap(void **unused)
{
	(void)unused;
	killed_while_swapping(&(struct victim){ NG_MODE_NATIVE, false, swap_images });
}

static void test_killed_trial(void **unused)
{
	(void)unused;
	killed_trial(&(struct victim){ NG_MODE_NATIVE, false, attach_on_trial });
}

/* Frames lost because the queue between the two interfaces was full. */
static unsigned int lost_on_the_way(void)
{
	const struct rtnl_link_stats *stats;
	unsigned int lost = 0;
	struct ifaddrs *list;

	assert_int_equal(getifaddrs(&list), 0);
	for (const struct ifaddrs *at = list; at; at = at->ifa_next) {
		stats = at->ifa_data;
		if (at->ifa_addr && at->ifa_addr->sa_family == AF_PACKET &&
		    !strcmp(at->ifa_name, WORLD_PEER))
			lost = stats->tx_dropped;
	}
	freeifaddrs(list);
	return lost;
}

struct sender {
	unsigned int sent;
	bool stop;
};

/* Frames keep coming while programs are replaced; each is dropped and counted once. */
static void growth_under_load(enum ng_mode mode)
{
	struct ng_image image = world_image(true, 0);
	struct sender *sender = mmap(NULL, sizeof(*sender), PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	unsigned int sent;
	int status;
	pid_t child;

	assert_ptr_not_equal(sender, MAP_FAILED);
	world_attach(mode, &image);
	child = fork();
	if (!child) {
		while (!__atomic_load_n(&sender->stop, __ATOMIC_ACQUIRE)) {
			world_send(WORLD_PEER, 100);
			__atomic_add_fetch(&sender->sent, 100, __ATOMIC_RELEASE);
		}
		_exit(0);
	}
	for (size_t size = 100000; size < 4000000; size *= 3) {
		image = world_image(true, 0);
		world_publish(&image);
		image = world_image(true, 0);
		world_publish(&image);
	}
	__atomic_store_n(&sender->stop, true, __ATOMIC_RELEASE);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	sent = sender->sent - lost_on_the_way();
	assert_true(sent > 0);
	world_await(NG_SLOT_TOTALS + 1, sent);
	assert_int_equal(world_counted(NG_SLOT_TOTALS), 0);
	assert_int_equal(world_counted(NG_SLOT_DEFAULT_IN), sent);
	munmap(sender, sizeof(*sender));
}

static void test_growth_under_load_native(void **unused)
{
	(void)unused;
	growth_under_load(NG_MODE_NATIVE);
}

static void test_growth_under_load_tc(void **unused)
{
	(void)unused;
	growth_under_load(NG_MODE_TC);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, world_enter)
	const struct CMUnitTest tests[] = {
		TEST(test_killed_attach),
		TEST(test_killed_attach_tc),
		TEST(test_killed_attach_clsact),
		TEST(test_killed_detach),
		TEST(test_killed_detach_tc),
		TEST(test_killed_publication),
		TEST(test_killed_publication_with_egress),
		TEST(test_killed_growth),
		TEST(test_killed_growth_tc),
		TEST(test_killed_growth_clsact),
		TEST(test_killed_publication_that_waits),
		TEST(test_killed_recovery_of_a_window),
		TEST(test_killed_rollback),
		TEST(test_killed_swap),
		TEST(test_killed_trial),
		TEST(test_growth_under_load_native),
		TEST(test_growth_under_load_tc),
	};

	return cmocka_run_group_tests_name("kernel killed", tests, NULL, NULL);
}
