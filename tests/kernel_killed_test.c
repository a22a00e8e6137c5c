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

#include <signal.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel/private.h"
#include "kernel_world.h"

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

static bool changes_something(unsigned long long call)
{
	switch (call) {
	case SYS_bpf:
	case SYS_mkdirat:
	case SYS_unlinkat:
#ifdef SYS_mkdir /* newer architectures have only those above */
	case SYS_mkdir:
	case SYS_rmdir:
	case SYS_unlink:
#endif
	case SYS_sendto:
	case SYS_sendmsg:
		return true;
	default:
		return false;
	}
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
		if (info.op != PTRACE_SYSCALL_INFO_ENTRY || !changes_something(info.entry.nr) ||
		    ++calls < nth)
			continue;
		kill(child, SIGKILL);
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status));
		return true;
	}
}

/* Whatever there is now can be attached again, changed and detached, and then nothing is left. */
static void assert_usable(const struct victim *victim)
{
	struct ng_state *state;
	struct ng_error err;

	attach(victim);
	publish_small(victim);
	state = world_open(NG_ACCESS_CHANGE);
	assert_int_equal(ng_detach(state, NULL, 0, &err), 0);
	ng_state_close(state);
	world_assert_empty();
}

/* The command is killed everywhere while the filter is at work: frames are dropped and counted. */
static void killed_while_filtering(const struct victim *victim)
{
	bool killed = true;

	for (unsigned int nth = 1; killed; nth++) {
		attach(victim);
		world_send(WORLD_PEER, 1);
		world_await(NG_SLOT_DEFAULT_IN, 1);
		killed = kill_at(victim, nth);
		assert_true(killed || nth > 1);
		world_send(WORLD_PEER, 2);
		/* Mends. */
		ng_state_close(world_open(NG_ACCESS_CHANGE));
		world_await(NG_SLOT_DEFAULT_IN, 3);
		world_await(NG_SLOT_TOTALS + 1, 3);
		assert_int_equal(world_counted(NG_SLOT_TOTALS), 0);
		world_run("test $(ls -d /sys/fs/bpf/netguard/*/gen-* | wc -l) = 1");
		assert_usable(victim);
	}
}

static void killed_while_attaching(const struct victim *victim)
{
	bool killed = true;

	for (unsigned int nth = 1; killed; nth++) {
		if (victim->run == detach)
			attach(victim);
		killed = kill_at(victim, nth);
		assert_true(killed || nth > 1);
		assert_usable(victim);
	}
}

static void test_killed_attach(void **unused)
{
	(void)unused;
	killed_while_attaching(&(struct victim){NG_MODE_NATIVE, false, attach});
}

static void test_killed_attach_tc(void **unused)
{
	(void)unused;
	killed_while_attaching(&(struct victim){NG_MODE_TC, false, attach});
}

static void test_killed_attach_clsact(void **unused)
{
	(void)unused;
	killed_while_attaching(&(struct victim){NG_MODE_TC, true, attach});
}

static void test_killed_detach(void **unused)
{
	(void)unused;
	killed_while_attaching(&(struct victim){NG_MODE_NATIVE, false, detach});
}

static void test_killed_detach_tc(void **unused)
{
	(void)unused;
	killed_while_attaching(&(struct victim){NG_MODE_TC, false, detach});
}

static void test_killed_publication(void **unused)
{
	(void)unused;
	killed_while_filtering(&(struct victim){NG_MODE_NATIVE, false, publish_small});
}

static void test_killed_publication_with_egress(void **unused)
{
	(void)unused;
	killed_while_filtering(&(struct victim){NG_MODE_NATIVE, false, publish_for_out});
}

static void test_killed_growth(void **unused)
{
	(void)unused;
	killed_while_filtering(&(struct victim){NG_MODE_NATIVE, false, publish_large});
}

static void test_killed_growth_tc(void **unused)
{
	(void)unused;
	killed_while_filtering(&(struct victim){NG_MODE_TC, false, publish_large});
}

static void test_killed_growth_clsact(void **unused)
{
	(void)unused;
	killed_while_filtering(&(struct victim){NG_MODE_TC, true, publish_large});
}

/* Frames keep coming while programs are replaced; each is dropped and counted once. */
static void growth_under_load(enum ng_mode mode)
{
	const unsigned int frames = 30000;
	struct ng_image image = world_image(true, 0);
	int status;
	pid_t sender;

	world_attach(mode, &image);
	sender = fork();
	if (!sender) {
		world_send(WORLD_PEER, frames);
		_exit(0);
	}
	for (size_t size = 100000; size < 4000000; size *= 3) {
		image = world_image(true, size);
		world_publish(&image);
		image = world_image(true, 0);
		world_publish(&image);
	}
	assert_int_equal(waitpid(sender, &status, 0), sender);
	assert_int_equal(status, 0);
	world_await(NG_SLOT_TOTALS + 1, frames);
	assert_int_equal(world_counted(NG_SLOT_TOTALS), 0);
	assert_int_equal(world_counted(NG_SLOT_DEFAULT_IN), frames);
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
