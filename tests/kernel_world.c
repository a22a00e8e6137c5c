// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kernel/detach.h"
#include "kernel_world.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "base/cleanup.h"
#include "kernel/maps/window.h"
#include "layout/version.h"

#define BPFFS	"/sys/fs/bpf"
#define TIMEOUT 5000 /* ms; only a failing test waits that long */

static const unsigned char frame[] = {
	/* Ethernet, broadcast */
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02, 0, 0, 0, 0, 1, 0x08, 0x00,
	/* IPv4, 32 bytes, UDP, 198.51.100.1 -> 203.0.113.1 */
	0x45, 0, 0, 32, 0, 0, 0, 0, 64, 17, 0xd2, 0xb0, 198, 51, 100, 1, 203, 0, 113, 1,
	/* UDP 1000 -> 2000, 12 bytes */
	0x03, 0xe8, 0x07, 0xd0, 0, 12, 0, 0, 'n', 'g', 't', '1'
};

void world_run(const char *format, ...)
{
	char command[512];
	va_list args;

	va_start(args, format);
	vsnprintf(command, sizeof(command), format, args);
	va_end(args);
	if (system(command))
		fail_msg("failed: %s", command);
}

int world_enter(void **unused)
{
	(void)unused;
	if (unshare(CLONE_NEWNS | CLONE_NEWNET) ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    /* netguard would prefer the mounts of process 1. */
	    mount("none", "/proc/1", "tmpfs", 0, NULL) || mount("bpf", BPFFS, "bpf", 0, NULL)) {
		print_error("cannot make namespaces and a bpffs: %s\n", strerror(errno));
		return -1;
	}
	world_run("ip link add " WORLD_IFACE " type veth peer name " WORLD_PEER);
	world_run("sysctl -qw net.ipv6.conf." WORLD_IFACE ".disable_ipv6=1 "
		  "net.ipv6.conf." WORLD_PEER ".disable_ipv6=1 2>/dev/null || true");
	world_run("ip link set " WORLD_IFACE " up && ip link set " WORLD_PEER " up");
	return 0;
}

static int packet_socket(const char *iface, int protocol)
{
	struct sockaddr_ll at = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(protocol),
		.sll_ifindex = if_nametoindex(iface),
	};
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	return fd;
}

void world_send(const char *peer, unsigned int n)
{
	int fd = packet_socket(peer, 0);

	while (n--)
		/* send() fails for frames that are dropped at egress. */
		if (send(fd, frame, sizeof(frame), 0) < 0)
			assert_int_equal(errno, ENOBUFS);
	close(fd);
}

unsigned int world_receive(const char *iface, const char *peer, unsigned int n)
{
	int in = packet_socket(iface, ETH_P_IP);
	struct timeval patience = { .tv_usec = 200000 };
	unsigned int received = 0;
	char buffer[256];

	setsockopt(in, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	world_send(peer, n);
	while (received < n && recv(in, buffer, sizeof(buffer), 0) > 0)
		received++;
	close(in);
	return received;
}

struct ng_image world_image(bool drop, size_t size)
{
	static char data[5 << 20];
	struct ng_image_header *header = (void *)data;
	size_t at;

	if (size < sizeof(*header))
		size = sizeof(*header);
	at = ng_source_offset(size);
	assert_true(at + sizeof(struct ng_image_source) <= sizeof(data));
	memset(data, 0, size);
	*header = (struct ng_image_header){
		.magic = NG_IMAGE_MAGIC,
		.version = NG_LAYOUT_VERSION,
		.size = size,
		.source = at,
		.drop_default = { drop, 0 },
		.drop_invalid = 1,
	};
	*(struct ng_image_source *)(data + at) = (struct ng_image_source){
		.magic = NG_SOURCE_MAGIC,
		.version = NG_LAYOUT_VERSION,
		.size = sizeof(struct ng_image_source),
		.hides.offset = sizeof(struct ng_image_source),
	};
	return (struct ng_image){ .data = data, .size = size, .slots = NG_SLOT_RULES };
}

struct ng_image world_marked_image(bool drop, size_t size, __u64 created)
{
	struct ng_image image = world_image(drop, size);

	((struct ng_image_header *)image.data)->created = created;
	return image;
}

static void check(int result, const struct ng_error *err)
{
	if (result)
		fail_msg("%s: %s; %s (%d)", err->where, err->what, err->hint, result);
}

struct ng_state *world_open(enum ng_access access)
{
	struct ng_error err = { 0 };
	struct ng_state *state;

	check(ng_state_open(access, &state, &err), &err);
	return state;
}

void world_attach(enum ng_mode mode, const struct ng_image *first)
{
	struct ng_state *state = world_open(NG_ACCESS_CREATE);
	struct ng_error err = { 0 };
	struct ng_attached result;
	const char *iface = WORLD_IFACE;
	int failed = ng_attach(state, &iface, 1, mode, first, &result, &err);

	ng_state_close(state);
	check(failed, &err);
}

void world_publish(const struct ng_image *image)
{
	struct ng_state *state = world_open(NG_ACCESS_CHANGE);
	struct ng_error err = { 0 };
	int failed = ng_publish(state, image, &err);

	ng_state_close(state);
	check(failed, &err);
}

void world_detach_all(void)
{
	struct ng_state *state = world_open(NG_ACCESS_CHANGE);
	struct ng_error err = { 0 };
	int failed = ng_detach(state, NULL, 0, &err);

	ng_state_close(state);
	check(failed, &err);
}

unsigned long long world_counted(unsigned int slot)
{
	struct ng_state *state = world_open(NG_ACCESS_READ);
	struct ng_error err = { 0 };
	struct ng_counter *counters;
	unsigned long long packets;
	__u32 n;

	check(ng_counters_read(state, &counters, &n, &err), &err);
	assert_true(slot < n);
	packets = counters[slot].packets;
	free(counters);
	ng_state_close(state);
	return packets;
}

void world_await(unsigned int slot, unsigned long long packets)
{
	unsigned long long counted = 0;

	for (int i = 0; i < TIMEOUT; i++) {
		counted = world_counted(slot);
		if (counted >= packets)
			break;
		nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
	}
	assert_int_equal(counted, packets);
}

void world_await_deadline(void)
{
	struct ng_state *state = world_open(NG_ACCESS_READ);
	struct ng_window window;
	__u64 ns;

	ng_window_read(state, &window);
	ng_state_close(state);
	ns = window.left + 1000000;
	nanosleep(&(struct timespec){ .tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000 },
		  NULL);
}

unsigned int world_xdp_id(const char *iface)
{
	LIBBPF_OPTS(bpf_xdp_query_opts, opts);

	assert_int_equal(bpf_xdp_query(if_nametoindex(iface), 0, &opts), 0);
	return opts.prog_id;
}

static void assert_no_tcx(int type)
{
	__u32 ids[8], n = 8;
	int failed = bpf_prog_query(if_nametoindex(WORLD_IFACE), (enum bpf_attach_type)type, 0,
				    NULL, ids, &n);

	if (failed && errno == EINVAL)
		return; /* a kernel without TCX */
	assert_int_equal(failed, 0);
	assert_int_equal(n, 0);
}

void world_assert_empty(void)
{
	assert_int_equal(access(BPFFS "/netguard", F_OK), -1);
	assert_int_equal(access(BPFFS "/xdp", F_OK), -1);
	if (!if_nametoindex(WORLD_IFACE))
		return;
	assert_int_equal(world_xdp_id(WORLD_IFACE), 0);
	assert_no_tcx(46);
	assert_no_tcx(47);
	world_run("test -z \"$(tc qdisc show dev " WORLD_IFACE " clsact)\"");
}
