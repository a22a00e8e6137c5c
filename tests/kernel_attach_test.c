// SPDX-License-Identifier: GPL-2.0-only
/* Attaching and detaching; on failure nothing changes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/if_link.h>

#include "kernel/detach.h"
#include "kernel/pins/handle.h"
#include "kernel/programs/programs.h"
#include "kernel/status.h"
#include "kernel_world.h"

static int attach(struct ng_state *state, const char *iface, enum ng_mode mode,
		  struct ng_attached *result, struct ng_error *err)
{
	struct ng_image image = world_image(false, 0);

	return ng_attach(state, &iface, 1, mode, &image, result, err);
}

/* Open the state, attach and close it, as a command does. */
static int attach_once(const char *iface, enum ng_mode mode, struct ng_attached *result,
		       struct ng_error *err)
{
	struct ng_state *state = world_open(NG_ACCESS_CREATE);
	int failed = attach(state, iface, mode, result, err);

	ng_state_close(state);
	return failed;
}

static struct ng_hook_info *hooks(size_t *n)
{
	struct ng_state *state = world_open(NG_ACCESS_READ);
	struct ng_hook_info *list;
	struct ng_error err;

	assert_int_equal(ng_hooks(state, &list, n, &err), 0);
	ng_state_close(state);
	return list;
}

static void assert_one_hook(enum ng_hook hook, enum ng_way way)
{
	size_t n;
	struct ng_hook_info *list = hooks(&n);

	assert_int_equal(n, 1);
	assert_int_equal(list->hook, hook);
	assert_int_equal(list->way, way);
	assert_true(list->attached);
	assert_string_equal(list->iface, WORLD_IFACE);
	assert_string_equal(list->name_now, WORLD_IFACE);
	assert_string_equal(list->problem, "");
	assert_true(list->program_id > 0);
	free(list);
}

static void attached_frames_are_counted(enum ng_mode mode, enum ng_hook hook, enum ng_way way)
{
	struct ng_image image = world_image(false, 0);

	world_attach(mode, &image);
	assert_one_hook(hook, way);
	world_send(WORLD_PEER, 5);
	world_await(NG_SLOT_DEFAULT_IN, 5);
	world_await(NG_SLOT_TOTALS, 5);
	world_detach_all();
	world_assert_empty();
}

static void test_attach_native_counts_and_leaves_nothing(void **unused)
{
	(void)unused;
	attached_frames_are_counted(NG_MODE_NATIVE, NG_HOOK_XDP, NG_WAY_NATIVE);
}

static void test_attach_generic_counts_and_leaves_nothing(void **unused)
{
	(void)unused;
	attached_frames_are_counted(NG_MODE_GENERIC, NG_HOOK_XDP, NG_WAY_GENERIC);
}

static void test_attach_auto_is_native_on_veth(void **unused)
{
	(void)unused;
	attached_frames_are_counted(NG_MODE_AUTO, NG_HOOK_XDP, NG_WAY_NATIVE);
}

static bool has_tcx(void)
{
	__u32 ids[8], n = 8;

	return !bpf_prog_query(if_nametoindex(WORLD_IFACE), (enum bpf_attach_type)46, 0, NULL, ids,
			       &n);
}

static void test_state_of_another_layout_is_left_alone(void **unused)
{
	struct ng_image image = world_image(false, 0);
	struct ng_state *state, *other;
	struct ng_error err;

	(void)unused;
	world_attach(NG_MODE_NATIVE, &image);
	state = world_open(NG_ACCESS_CHANGE);
	state->words->version++;
	ng_state_close(state);
	for (enum ng_access access = NG_ACCESS_READ; access <= NG_ACCESS_CREATE; access++)
		assert_int_equal(ng_state_open(access, &other, &err), -EPROTO);
	assert_non_null(strstr(err.hint, "that version"));
	assert_true(world_xdp_id(WORLD_IFACE) > 0);
	world_run("test -e /sys/fs/bpf/netguard/*/control");
}

static void test_attach_tc_counts_and_leaves_nothing(void **unused)
{
	(void)unused;
	attached_frames_are_counted(NG_MODE_TC, NG_HOOK_TC_IN,
				    has_tcx() ? NG_WAY_TCX : NG_WAY_CLSACT);
}

static int attach_clsact(struct ng_error *err)
{
	struct ng_state *state = world_open(NG_ACCESS_CREATE);
	struct ng_attached result;
	int failed;

	state->no_tcx = true;
	failed = attach(state, WORLD_IFACE, NG_MODE_TC, &result, err);
	ng_state_close(state);
	return failed;
}

static void test_attach_clsact_counts_and_leaves_nothing(void **unused)
{
	struct ng_error err;

	(void)unused;
	assert_int_equal(attach_clsact(&err), 0);
	assert_one_hook(NG_HOOK_TC_IN, NG_WAY_CLSACT);
	world_send(WORLD_PEER, 3);
	world_await(NG_SLOT_DEFAULT_IN, 3);
	world_detach_all();
	world_assert_empty();
}

static void test_attach_clsact_after_the_qdisc_was_deleted_counts_on(void **unused)
{
	struct ng_hook_info *list;
	struct ng_error err;
	size_t n;

	(void)unused;
	assert_int_equal(attach_clsact(&err), 0);
	world_send(WORLD_PEER, 3);
	world_await(NG_SLOT_TOTALS, 3);
	world_run("tc qdisc del dev " WORLD_IFACE " clsact");
	list = hooks(&n);
	assert_int_equal(n, 1);
	assert_false(list->attached);
	assert_non_null(strstr(list->problem, "was removed"));
	assert_string_equal(list->repair, "netguard attach " WORLD_IFACE);
	free(list);
	assert_int_equal(attach_clsact(&err), 0);
	assert_one_hook(NG_HOOK_TC_IN, NG_WAY_CLSACT);
	world_send(WORLD_PEER, 2);
	world_await(NG_SLOT_TOTALS, 5);
	world_detach_all();
	world_assert_empty();
}

static void test_attach_clsact_leaves_the_qdisc_of_others(void **unused)
{
	struct ng_error err;

	(void)unused;
	world_run("tc qdisc add dev " WORLD_IFACE " clsact");
	assert_int_equal(attach_clsact(&err), 0);
	world_detach_all();
	world_run("tc qdisc show dev " WORLD_IFACE " | grep -q clsact");
}

static void attach_foreign_filter(void)
{
	struct bpf_insn pass[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = 0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	int fd = bpf_prog_load(BPF_PROG_TYPE_SCHED_CLS, "foreign", "GPL", pass, 2, NULL);
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = if_nametoindex(WORLD_IFACE),
		    .attach_point = BPF_TC_EGRESS);
	LIBBPF_OPTS(bpf_tc_opts, opts, .prog_fd = fd, .priority = 7);

	assert_true(fd >= 0);
	assert_int_equal(bpf_tc_attach(&hook, &opts), 0);
	close(fd);
}

static void test_attach_clsact_leaves_the_filters_of_others(void **unused)
{
	struct ng_error err;

	(void)unused;
	assert_int_equal(attach_clsact(&err), 0);
	attach_foreign_filter();
	world_detach_all();
	world_run("tc filter show dev " WORLD_IFACE " egress | grep -q foreign");
}

static void test_attach_twice_says_already(void **unused)
{
	struct ng_attached result;
	struct ng_error err;
	unsigned int id;

	(void)unused;
	assert_int_equal(attach_once(WORLD_IFACE, NG_MODE_NATIVE, &result, &err), 0);
	assert_false(result.already);
	id = world_xdp_id(WORLD_IFACE);
	assert_int_equal(attach_once(WORLD_IFACE, NG_MODE_AUTO, &result, &err), 0);
	assert_true(result.already);
	assert_int_equal(result.hook, NG_HOOK_XDP);
	assert_int_equal(world_xdp_id(WORLD_IFACE), id);
}

static void test_attach_in_another_mode_is_refused(void **unused)
{
	struct ng_attached result;
	struct ng_error err;

	(void)unused;
	assert_int_equal(attach_once(WORLD_IFACE, NG_MODE_NATIVE, &result, &err), 0);
	assert_int_equal(attach_once(WORLD_IFACE, NG_MODE_TC, &result, &err), -EBUSY);
	assert_string_equal(err.where, WORLD_IFACE);
	assert_non_null(strstr(err.hint, "detach"));
	assert_one_hook(NG_HOOK_XDP, NG_WAY_NATIVE);
}

static void test_attach_missing_interface_is_an_error_and_leaves_nothing(void **unused)
{
	struct ng_attached result;
	struct ng_error err;

	(void)unused;
	assert_int_equal(attach_once("nowhere0", NG_MODE_AUTO, &result, &err), -ENODEV);
	assert_string_equal(err.where, "nowhere0");
	world_assert_empty();
}

/* Attach a program of other software, which passes everything; returns its id. */
static unsigned int attach_foreign(const char *iface)
{
	struct bpf_insn pass[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = XDP_PASS },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	int fd = bpf_prog_load(BPF_PROG_TYPE_XDP, "foreign", "GPL", pass, 2, NULL);

	assert_true(fd >= 0);
	assert_int_equal(bpf_xdp_attach(if_nametoindex(iface), fd, XDP_FLAGS_DRV_MODE, NULL), 0);
	close(fd);
	return world_xdp_id(iface);
}

static void test_attach_is_all_or_nothing(void **unused)
{
	const char *ifaces[] = { WORLD_IFACE, WORLD_PEER };
	struct ng_image image = world_image(false, 0);
	struct ng_state *state = world_open(NG_ACCESS_CREATE);
	struct ng_attached result[2];
	struct ng_error err;
	unsigned int id;

	(void)unused;
	id = attach_foreign(WORLD_PEER);
	assert_int_equal(ng_attach(state, ifaces, 2, NG_MODE_NATIVE, &image, result, &err), -EBUSY);
	assert_string_equal(err.where, WORLD_PEER);
	ng_state_close(state);
	world_assert_empty();
	assert_int_equal(world_xdp_id(WORLD_PEER), id);
}

static void foreign_program_stays(enum ng_mode mode)
{
	struct ng_attached result;
	struct ng_error err;
	unsigned int id = attach_foreign(WORLD_IFACE);
	char number[16];

	assert_int_equal(attach_once(WORLD_IFACE, mode, &result, &err), -EBUSY);
	snprintf(number, sizeof(number), "%u", id);
	assert_non_null(strstr(err.what, number));
	assert_non_null(strstr(err.what, "foreign"));
	assert_int_equal(world_xdp_id(WORLD_IFACE), id);
	assert_int_equal(access("/sys/fs/bpf/netguard", F_OK), -1);
}

static void test_attach_native_leaves_a_foreign_program(void **unused)
{
	(void)unused;
	foreign_program_stays(NG_MODE_NATIVE);
}

static void test_attach_auto_leaves_a_foreign_program(void **unused)
{
	(void)unused;
	foreign_program_stays(NG_MODE_AUTO);
}

static void test_attach_tc_works_beside_a_foreign_program(void **unused)
{
	struct ng_attached result;
	struct ng_error err;
	unsigned int id = attach_foreign(WORLD_IFACE);

	(void)unused;
	assert_int_equal(attach_once(WORLD_IFACE, NG_MODE_TC, &result, &err), 0);
	assert_int_equal(world_xdp_id(WORLD_IFACE), id);
}

static void test_attach_native_without_driver_support_is_said(void **unused)
{
	struct ng_attached result;
	struct ng_error err;

	(void)unused;
	assert_int_equal(attach_once("lo", NG_MODE_NATIVE, &result, &err), -EOPNOTSUPP);
	assert_non_null(strstr(err.what, "no XDP support"));
	assert_non_null(strstr(err.hint, "--mode tc"));
	world_assert_empty();
}

static void test_attach_auto_without_driver_support_is_tc(void **unused)
{
	struct ng_attached result;
	struct ng_error err;

	(void)unused;
	assert_int_equal(attach_once("lo", NG_MODE_AUTO, &result, &err), 0);
	assert_int_equal(result.hook, NG_HOOK_TC_IN);
	assert_non_null(strstr(result.fallback, "no XDP support"));
	world_detach_all();
	world_assert_empty();
}

static void test_attach_without_ethernet_header_is_refused(void **unused)
{
	struct ng_attached result;
	struct ng_error err;

	(void)unused;
	world_run("modprobe -q tun; ip tuntap add dev ngtun mode tun");
	assert_int_equal(attach_once("ngtun", NG_MODE_AUTO, &result, &err), -EOPNOTSUPP);
	assert_non_null(strstr(err.what, "Ethernet"));
	assert_int_equal(attach_once("ngtun", NG_MODE_GENERIC, &result, &err), -EOPNOTSUPP);
	world_assert_empty();
}

static void test_attach_to_an_interface_that_is_down_says_so(void **unused)
{
	struct ng_attached result;
	struct ng_error err;

	(void)unused;
	world_run("ip link set " WORLD_IFACE " down");
	assert_int_equal(attach_once(WORLD_IFACE, NG_MODE_NATIVE, &result, &err), 0);
	assert_true(result.down);
}

/* Read-only data that claims larger images than the maps can hold. */
static void test_program_that_the_verifier_refuses_is_told_in_its_words(void **unused)
{
	struct ng_image image = world_image(false, 0);
	struct ng_program program;
	struct ng_config config;
	struct ng_state *state;
	struct ng_error err;

	(void)unused;
	world_attach(NG_MODE_NATIVE, &image);
	state = world_open(NG_ACCESS_READ);
	config = ng_config_for(&state->now, NG_HOOK_XDP, WORLD_IFACE, 0);
	config.image_mask = config.image_mask << 1 | 8;
	assert_int_equal(ng_program_open(state, &state->now, NG_HOOK_XDP, &config, &program, &err),
			 0);
	assert_true(ng_program_load(&program, &err) < 0);
	ng_program_close(&program);
	ng_state_close(state);
	assert_non_null(strstr(err.what, "outside of the allowed memory range"));
}

static void test_attach_without_bpffs_names_the_mount(void **unused)
{
	struct ng_state *state;
	struct ng_error err;
	int result;

	(void)unused;
	/* Neither here nor in a process that netguard looks at. */
	assert_int_equal(mount("none", "/sys/fs/bpf", "tmpfs", 0, NULL), 0);
	assert_int_equal(mount("none", "/proc", "tmpfs", 0, NULL), 0);
	result = ng_state_open(NG_ACCESS_CREATE, &state, &err);
	assert_int_equal(umount("/proc"), 0);
	assert_int_equal(result, -ENODEV);
	assert_non_null(strstr(err.hint, "mount -t bpf"));
}

static void test_detach_after_the_interface_is_gone(void **unused)
{
	const char *iface = WORLD_IFACE;
	struct ng_image image = world_image(false, 0);
	struct ng_state *state;
	struct ng_hook_info *list;
	struct ng_error err;
	size_t n;

	(void)unused;
	world_attach(NG_MODE_NATIVE, &image);
	world_run("ip link del " WORLD_IFACE);
	list = hooks(&n);
	assert_int_equal(n, 1);
	assert_false(list->attached);
	assert_non_null(strstr(list->problem, "gone"));
	free(list);
	state = world_open(NG_ACCESS_CHANGE);
	assert_int_equal(ng_detach(state, &iface, 1, &err), 0);
	ng_state_close(state);
	world_assert_empty();
}

static void test_attach_again_after_the_interface_was_made_anew(void **unused)
{
	struct ng_image image = world_image(false, 0);
	struct ng_attached result;
	struct ng_error err;

	(void)unused;
	world_attach(NG_MODE_TC, &image);
	world_run("ip link del " WORLD_IFACE);
	world_run("ip link add " WORLD_IFACE " up type veth peer name " WORLD_PEER);
	assert_int_equal(attach_once(WORLD_IFACE, NG_MODE_NATIVE, &result, &err), 0);
	assert_false(result.already);
	assert_one_hook(NG_HOOK_XDP, NG_WAY_NATIVE);
}

static void test_detach_leaves_a_program_that_took_our_place(void **unused)
{
	struct ng_image image = world_image(false, 0);
	struct ng_hook_info *list;
	unsigned int id;
	size_t n;

	(void)unused;
	world_attach(NG_MODE_NATIVE, &image);
	world_run("ip link set dev " WORLD_IFACE " xdp off");
	id = attach_foreign(WORLD_IFACE);
	list = hooks(&n);
	assert_false(list->attached);
	assert_non_null(strstr(list->problem, "foreign"));
	free(list);
	world_detach_all();
	assert_int_equal(world_xdp_id(WORLD_IFACE), id);
	assert_int_equal(access("/sys/fs/bpf/netguard", F_OK), -1);
}

static void test_detach_of_another_interface_is_an_error(void **unused)
{
	const char *ifaces[] = { WORLD_IFACE, WORLD_PEER };
	struct ng_image image = world_image(false, 0);
	struct ng_state *state;
	struct ng_error err;

	(void)unused;
	world_attach(NG_MODE_NATIVE, &image);
	state = world_open(NG_ACCESS_CHANGE);
	assert_int_equal(ng_detach(state, ifaces, 2, &err), -ENOENT);
	ng_state_close(state);
	assert_string_equal(err.where, WORLD_PEER);
	assert_one_hook(NG_HOOK_XDP, NG_WAY_NATIVE);
}

static void test_state_without_attachment_is_an_error(void **unused)
{
	struct ng_state *state;
	struct ng_error err;

	(void)unused;
	assert_int_equal(ng_state_open(NG_ACCESS_READ, &state, &err), -ENOENT);
	assert_int_equal(ng_state_open(NG_ACCESS_CHANGE, &state, &err), -ENOENT);
	assert_non_null(strstr(err.hint, "attach"));
	world_assert_empty();
}

/* As under `ip netns exec`, whose mount namespace has its own /sys. */
static void test_state_is_found_where_the_parent_sees_it(void **unused)
{
	struct ng_image image = world_image(false, 0);
	struct ng_state *state;
	pid_t child;
	int status;

	(void)unused;
	world_attach(NG_MODE_NATIVE, &image);
	child = fork();
	if (!child) {
		if (unshare(CLONE_NEWNS) || mount("none", "/sys/fs/bpf", "tmpfs", 0, NULL) ||
		    ng_state_open(NG_ACCESS_READ, &state, NULL))
			_exit(1);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

/* Writes 'r' when it could read and 'c' when it could change the state. */
static void read_then_change(int from, int to)
{
	struct ng_state *state;
	char go;

	if (read(from, &go, 1) != 1 || ng_state_open(NG_ACCESS_READ, &state, NULL) ||
	    write(to, "r", 1) != 1)
		_exit(1);
	ng_state_close(state);
	if (ng_state_open(NG_ACCESS_CHANGE, &state, NULL) || write(to, "c", 1) != 1)
		_exit(1);
	ng_state_close(state);
	_exit(0);
}

static void test_state_lock_excludes_changes_but_not_reading(void **unused)
{
	struct ng_image image = world_image(false, 0);
	int to_child[2], from_child[2], status;
	struct ng_state *state;
	char step;
	pid_t child;

	(void)unused;
	world_attach(NG_MODE_NATIVE, &image);
	assert_int_equal(pipe(to_child), 0);
	assert_int_equal(pipe(from_child), 0);
	/* Before taking the lock, which a child would inherit. */
	child = fork();
	if (!child) {
		close(to_child[1]);
		read_then_change(to_child[0], from_child[1]);
	}
	close(to_child[0]);
	close(from_child[1]);
	state = world_open(NG_ACCESS_CHANGE);
	assert_int_equal(write(to_child[1], "g", 1), 1);
	assert_int_equal(read(from_child[0], &step, 1), 1);
	assert_int_equal(step, 'r');
	/* The kernel lists the processes that wait for a lock. */
	world_run("for i in $(seq 500); do grep -q -- '-> FLOCK.* %d ' /proc/locks && exit 0; "
		  "sleep 0.01; done; exit 1",
		  child);
	ng_state_close(state);
	assert_int_equal(read(from_child[0], &step, 1), 1);
	assert_int_equal(step, 'c');
	close(to_child[1]);
	close(from_child[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, world_enter)
	const struct CMUnitTest tests[] = {
		TEST(test_attach_native_counts_and_leaves_nothing),
		TEST(test_attach_generic_counts_and_leaves_nothing),
		TEST(test_attach_auto_is_native_on_veth),
		TEST(test_attach_tc_counts_and_leaves_nothing),
		TEST(test_attach_clsact_counts_and_leaves_nothing),
		TEST(test_attach_clsact_after_the_qdisc_was_deleted_counts_on),
		TEST(test_attach_clsact_leaves_the_qdisc_of_others),
		TEST(test_attach_clsact_leaves_the_filters_of_others),
		TEST(test_attach_twice_says_already),
		TEST(test_attach_in_another_mode_is_refused),
		TEST(test_attach_missing_interface_is_an_error_and_leaves_nothing),
		TEST(test_attach_is_all_or_nothing),
		TEST(test_attach_native_leaves_a_foreign_program),
		TEST(test_attach_auto_leaves_a_foreign_program),
		TEST(test_attach_tc_works_beside_a_foreign_program),
		TEST(test_attach_native_without_driver_support_is_said),
		TEST(test_attach_auto_without_driver_support_is_tc),
		TEST(test_attach_without_ethernet_header_is_refused),
		TEST(test_attach_to_an_interface_that_is_down_says_so),
		TEST(test_program_that_the_verifier_refuses_is_told_in_its_words),
		TEST(test_attach_without_bpffs_names_the_mount),
		TEST(test_detach_after_the_interface_is_gone),
		TEST(test_attach_again_after_the_interface_was_made_anew),
		TEST(test_detach_leaves_a_program_that_took_our_place),
		TEST(test_detach_of_another_interface_is_an_error),
		TEST(test_state_without_attachment_is_an_error),
		TEST(test_state_of_another_layout_is_left_alone),
		TEST(test_state_is_found_where_the_parent_sees_it),
		TEST(test_state_lock_excludes_changes_but_not_reading),
	};

	return cmocka_run_group_tests_name("kernel attach", tests, NULL, NULL);
}
