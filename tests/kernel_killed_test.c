// SPDX-License-Identifier: GPL-2.0-only
/*
 * Commands killed at every system call that changes anything: the filter goes on filtering, the
 * next command mends what was left, no frame is lost from the counters, and a last detach leaves
 * nothing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ifaddrs.h>
#include <linux/if_link.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel/private.h"
#include "kernel_world.h"
#include "../testenv/calls.h"

#define LARGE (1 << 20) /* of an image: more than the first programs hold */

/**
 * struct victim - a command that is to be killed
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
	image.needs_out = true;
	publish(victim, &image);
}

static unsigned int generation(void)
{
	struct ng_state *state = world_open(NG_ACCESS_READ);
	struct ng_summary summary;

	ng_state_summary(state, &summary);
	ng_state_close(state);
	return summary.generation;
}

/* Run the command and kill it before its @nth such call; false when it made fewer and ended. */
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

/* What there is now can be changed and detached, and then nothing is left. */
static void assert_usable(const struct victim *victim)
{
	publish_small(victim);
	world_detach_all();
	world_assert_empty();
}

/*
 * The command is killed everywhere while the filter is at work: frames are dropped and counted,
 * before the next command mends what was left and after.
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
		/* The next is to go all the way again. */
		assert_usable(victim);
		frames = 0;
	}
	if (frames)
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

/* Frames that the queue between the two interfaces had no room for. */
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
		image = world_image(true, size);
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
		TEST(test_growth_under_load_native),
		TEST(test_growth_under_load_tc),
	};

	return cmocka_run_group_tests_name("kernel killed", tests, NULL, NULL);
}
