// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/programs/xdp.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/if_link.h>
#include <xdp/libxdp.h>

#include "base/cleanup.h"
#include "kernel/pins/log.h"

/*
 * Before the programs of others: filters of xdp-tools have 10, the default is 50. Packets that we
 * pass go on to them (libxdp's default).
 */
#define NG_RUN_PRIORITY 5

static enum xdp_attach_mode mode_of(enum ng_way way)
{
	return way == NG_WAY_GENERIC ? XDP_MODE_SKB : XDP_MODE_NATIVE;
}

static __u32 flags_of(enum ng_way way)
{
	return way == NG_WAY_GENERIC ? XDP_FLAGS_SKB_MODE : XDP_FLAGS_DRV_MODE;
}

static void close_multiprog(struct xdp_multiprog **multiprog)
{
	xdp_multiprog__close(*multiprog);
}
#define __cleanup_multiprog __attribute__((cleanup(close_multiprog)))

/* *@multiprog: the programs on the interface, NULL when there are none. Return: 0 or -errno. */
static int look_at(int ifindex, struct xdp_multiprog **multiprog)
{
	struct xdp_multiprog *found = xdp_multiprog__get_from_ifindex(ifindex);
	int result = libxdp_get_error(found);

	*multiprog = result ? NULL : found;
	return ng_unless_gone(result);
}

static __u32 main_id(const struct xdp_multiprog *multiprog)
{
	struct xdp_program *program = xdp_multiprog__main_prog(multiprog);

	return program ? xdp_program__id(program) : 0;
}

/* Is it under libxdp's dispatcher? If not, which program is there? */
static int locate_in_dispatcher(int ifindex, __u32 id, struct ng_location *location)
{
	__cleanup_multiprog struct xdp_multiprog *multiprog;
	struct xdp_program *program = NULL;
	int result = look_at(ifindex, &multiprog);

	if (!multiprog)
		return result;
	location->way = xdp_multiprog__attach_mode(multiprog) == XDP_MODE_SKB ? NG_WAY_GENERIC
									      : NG_WAY_NATIVE;
	if (xdp_multiprog__is_legacy(multiprog)) {
		location->other = main_id(multiprog);
		return 0;
	}
	location->dispatcher = true;
	while ((program = xdp_multiprog__next_prog(program, multiprog)))
		if (xdp_program__id(program) == id)
			location->attached = true;
	return 0;
}

int ng_xdp_locate(int ifindex, __u32 id, struct ng_location *location)
{
	struct ng_location found = { .ifindex = ifindex };
	LIBBPF_OPTS(bpf_xdp_query_opts, now);
	int result = bpf_xdp_query(ifindex, 0, &now);

	/*
	 * A program without a dispatcher is told by the kernel itself, without CAP_SYS_ADMIN, too.
	 */
	if (!result && (now.drv_prog_id == id || now.skb_prog_id == id)) {
		found.attached = true;
		found.way = now.skb_prog_id == id ? NG_WAY_GENERIC : NG_WAY_NATIVE;
	} else if (!result && now.attach_mode != XDP_ATTACHED_NONE) {
		result = locate_in_dispatcher(ifindex, id, &found);
	}
	result = ng_unless_gone(result);
	if (!result)
		*location = found;
	return result;
}

int ng_xdp_programs(int ifindex, __u32 *ids, size_t max)
{
	__cleanup_multiprog struct xdp_multiprog *multiprog;
	struct xdp_program *program = NULL;
	int result = look_at(ifindex, &multiprog);
	size_t n = 0;

	if (!multiprog || !max)
		return result;
	if (xdp_multiprog__is_legacy(multiprog)) {
		ids[0] = main_id(multiprog);
		return 1;
	}
	while (n < max && (program = xdp_multiprog__next_prog(program, multiprog)))
		ids[n++] = xdp_program__id(program);
	return n;
}

static int fail_taken(const struct ng_interface *iface, __u32 id, struct ng_error *err)
{
	struct ng_program_info info = { .name = "?" };
	__cleanup_fd int fd = bpf_prog_get_fd_by_id(id);

	if (fd >= 0)
		ng_program_ask(fd, &info);
	ng_fail_at(err, -EBUSY, iface->name,
		   "cannot attach: XDP program %s (id %u) is already attached, without libxdp's "
		   "dispatcher, and cannot share the interface",
		   info.name, id);
	if (!strcmp(info.name, "netguard_xdp"))
		return ng_hint(err, -EBUSY,
			       "it came from another network namespace: %s detach %s removes it",
			       ng_netguard(), iface->name);
	return ng_hint(err, -EBUSY, "detach that program first, or attach after it with --mode tc");
}

/* Can one more program be attached? If not, libxdp would only say "invalid argument". */
static int check_room(const struct ng_interface *iface, enum ng_way way, struct ng_error *err)
{
	__cleanup_multiprog struct xdp_multiprog *multiprog;
	int result = look_at(iface->ifindex, &multiprog);
	bool generic;

	if (result)
		return ng_fail_at(err, result, iface->name,
				  "cannot find out which XDP programs are attached: %s",
				  strerror(-result));
	if (!multiprog)
		return 0;
	if (xdp_multiprog__is_legacy(multiprog))
		return fail_taken(iface, main_id(multiprog), err);
	if (xdp_multiprog__attach_mode(multiprog) == mode_of(way))
		return 0;
	generic = way == NG_WAY_NATIVE;
	ng_fail_at(err, -EBUSY, iface->name,
		   "cannot attach in %s mode: other XDP programs are attached in %s mode",
		   ng_way_name(way), generic ? "generic" : "native");
	return ng_hint(err, -EBUSY, "try --mode %s", generic ? "generic" : "native");
}

static int fail_attach(const struct ng_interface *iface, enum ng_way way, int code,
		       struct ng_error *err)
{
	const char *reason = ng_log_reason();

	if (ng_log_verifier())
		return ng_fail_load(err, code);
	if (code == -EPERM || code == -EACCES)
		return ng_fail_bpf(err, code, "cannot attach");
	if (code == -EOPNOTSUPP && way == NG_WAY_NATIVE) {
		ng_fail_at(err, code, iface->name,
			   "cannot attach in native mode: the driver has no XDP support");
		return ng_hint(err, code, "try --mode generic or --mode tc");
	}
	ng_fail_at(err, code, iface->name, "cannot attach in %s mode: %s", ng_way_name(way),
		   reason[0] ? reason : strerror(-code));
	if (strstr(reason, "MTU") || strstr(reason, "mtu"))
		return ng_hint(err, code,
			       "the MTU is %u: lower it with `%sip link set %s mtu N`, or try "
			       "--mode tc",
			       iface->mtu, ng_in_netns(), iface->name);
	if (way == NG_WAY_NATIVE)
		return ng_hint(err, code, "try --mode generic or --mode tc");
	return code;
}

static const char *libxdp_folder(char path[NG_PIN_PATH])
{
	snprintf(path, NG_PIN_PATH, "%s/xdp", getenv("LIBXDP_BPFFS"));
	return path;
}

int ng_xdp_attach(const struct ng_interface *iface, struct ng_program *program, enum ng_way way,
		  int *undone, struct ng_error *err)
{
	DECLARE_LIBXDP_OPTS(xdp_program_opts, opts, .obj = program->object);
	char folder[NG_PIN_PATH];
	struct xdp_program *xdp;
	int result, fd;

	*undone = 0;
	result = check_room(iface, way, err);
	if (result)
		return result;
	/*
	 * libxdp loads it: as an extension of its dispatcher, or as it is where there is no
	 * dispatcher.
	 */
	xdp = xdp_program__create(&opts);
	result = libxdp_get_error(xdp);
	if (result)
		return ng_fail_load(err, result);
	xdp_program__set_run_prio(xdp, NG_RUN_PRIORITY);
	/* libxdp 1.3 does not derive it from the section's name. */
	xdp_program__set_xdp_frags_support(xdp, true);
	/*
	 * libxdp creates its folder only once in a process; ng_xdp_sweep_folder() may have removed
	 * it.
	 */
	mkdir(libxdp_folder(folder), 0700);
	ng_log_begin();
	result = xdp_program__attach(xdp, iface->ifindex, mode_of(way), 0);
	if (result) {
		fail_attach(iface, way, result, err);
		fd = xdp_program__fd(xdp);
		*undone = fd < 0 ? 0 : ng_xdp_undo_attach(iface->ifindex, fd);
		xdp_program__close(xdp);
		return result;
	}
	fd = fcntl(xdp_program__fd(xdp), F_DUPFD_CLOEXEC, 3);
	result = -errno;
	if (fd < 0) {
		*undone = xdp_program__detach(xdp, iface->ifindex, mode_of(way), 0);
		ng_fail_at(err, result, iface->name, "cannot attach: %s", strerror(-result));
	}
	xdp_program__close(xdp);
	return fd < 0 ? result : fd;
}

int ng_xdp_swap(int ifindex, enum ng_way way, int from, int to)
{
	LIBBPF_OPTS(bpf_xdp_attach_opts, opts, .old_prog_fd = from);

	return bpf_xdp_attach(ifindex, to, flags_of(way) | XDP_FLAGS_REPLACE, &opts);
}

static int detach_alone(int ifindex, enum ng_way way, int program)
{
	LIBBPF_OPTS(bpf_xdp_attach_opts, opts, .old_prog_fd = program);

	/* The kernel compares: if another program was attached meanwhile, that one stays. */
	return bpf_xdp_detach(ifindex, flags_of(way) | XDP_FLAGS_REPLACE, &opts);
}

int ng_xdp_detach(int ifindex, const struct ng_location *location, int program)
{
	struct xdp_program *xdp;
	int result;

	if (!location->dispatcher)
		return detach_alone(ifindex, location->way, program);
	xdp = xdp_program__from_fd(program);
	result = libxdp_get_error(xdp);
	if (result)
		return result;
	result = xdp_program__detach(xdp, ifindex, mode_of(location->way), 0);
	xdp_program__close(xdp);
	return result;
}

static bool is_kept(__u32 id, const __u32 *keep, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (keep[i] == id)
			return true;
	return false;
}

/* A program of this state that has no pin: an fd; -ENOENT: there is none; another -errno. */
static int find_stray(int ifindex, __u32 control_id, const __u32 *keep, size_t n)
{
	__cleanup_multiprog struct xdp_multiprog *multiprog;
	int result = look_at(ifindex, &multiprog);
	struct xdp_program *program = NULL;
	bool alone;

	if (!multiprog)
		return result ? result : -ENOENT;
	alone = xdp_multiprog__is_legacy(multiprog);
	program = alone ? xdp_multiprog__main_prog(multiprog)
			: xdp_multiprog__next_prog(NULL, multiprog);
	while (program) {
		int ours = is_kept(xdp_program__id(program), keep, n)
				   ? 0
				   : ng_program_uses(xdp_program__fd(program), control_id);

		if (ours > 0)
			ours = fcntl(xdp_program__fd(program), F_DUPFD_CLOEXEC, 3);
		if (ours)
			return ours == -1 ? -errno : ours;
		program = alone ? NULL : xdp_multiprog__next_prog(program, multiprog);
	}
	return -ENOENT;
}

/* Is this the pin of a program of this state, or of its link to a dispatcher? 1, 0, or -errno. */
static int is_ours(const char *path, __u32 control_id)
{
	struct bpf_link_info info = { 0 };
	__u32 len = sizeof(info);
	__cleanup_fd int pin = ng_pin_open(path), program = -1;
	size_t end = strlen(path);

	if (pin < 0)
		return ng_unless_gone(pin);
	if (strcmp(path + end - strlen("-link"), "-link"))
		return ng_program_uses(pin, control_id);
	if (bpf_obj_get_info_by_fd(pin, &info, &len))
		return -errno;
	program = bpf_prog_get_fd_by_id(info.prog_id);
	return program < 0 ? ng_unless_gone(-errno) : ng_program_uses(program, control_id);
}

/* Unpin the programs of this state in a dispatcher's folder. 1: there were some; 0; or -errno. */
static int unpin_ours(const char *folder, __u32 control_id)
{
	int result, found = 0;
	__cleanup_folder DIR *dir = ng_folder_open(folder, &result);
	struct dirent *entry;

	while (dir && !result && (entry = ng_folder_next(dir, &result))) {
		char path[NG_PIN_PATH + 128];
		int ours;

		snprintf(path, sizeof(path), "%s/%.32s", folder, entry->d_name);
		if (entry->d_name[0] == '.')
			continue;
		ours = is_ours(path, control_id);
		if (ours > 0)
			result = ng_pin_remove(path);
		else
			result = ours;
		found |= ours > 0;
	}
	return result ? result : found;
}

/*
 * If the interface is gone, pins of other programs stay: the dispatcher may be in use in another
 * network namespace.
 */
static int sweep_dispatcher(const char *folder, __u32 control_id, bool interface_is_here)
{
	int result = unpin_ours(folder, control_id);

	if (result > 0 && interface_is_here)
		return ng_folder_clear(folder);
	/* Succeeds only when the folder is empty. */
	rmdir(folder);
	return result < 0 ? result : 0;
}

/* The programs on the interface: a dispatcher that is in use must not be touched. */
static int query(int ifindex, struct bpf_xdp_query_opts *now, bool *here)
{
	char name[IF_NAMESIZE];
	int result = ng_interface_name(ifindex, name);

	*here = !result;
	if (*here)
		result = bpf_xdp_query(ifindex, 0, now);
	return ng_unless_gone(result);
}

/*
 * libxdp_clean_references() would do this, too, but it looks only at the interface's index.
 * Dispatchers of other network namespaces have pins in the same folder, and their interfaces may
 * have the same index. libxdp locks that folder while it pins.
 */
int ng_xdp_sweep_pins(int ifindex, __u32 control_id)
{
	LIBBPF_OPTS(bpf_xdp_query_opts, now);
	char parent[NG_PIN_PATH], path[NG_PIN_PATH + 64];
	int result;
	__cleanup_folder DIR *dir = ng_folder_open(libxdp_folder(parent), &result);
	struct dirent *entry;
	bool here;

	if (!dir)
		return result;
	if (flock(dirfd(dir), LOCK_EX))
		return -errno;
	result = query(ifindex, &now, &here);
	while (!result && (entry = ng_folder_next(dir, &result))) {
		__u32 id;
		int at;

		snprintf(path, sizeof(path), "%s/%.63s", parent, entry->d_name);
		if (sscanf(entry->d_name, "dispatch-%d-%u", &at, &id) == 2 && at == ifindex &&
		    id != now.drv_prog_id && id != now.skb_prog_id && id != now.prog_id)
			result = sweep_dispatcher(path, control_id, here);
		/* Left by a probe of libxdp, which unpins it before it releases the lock. */
		else if (!strncmp(entry->d_name, "prog-test-link-", 15))
			unlink(path);
	}
	return result;
}

int ng_xdp_undo_attach(int ifindex, int program)
{
	struct ng_program_info info;
	struct ng_location location;
	int result = ng_program_ask(program, &info);

	if (!result)
		result = ng_xdp_locate(ifindex, info.id, &location);
	if (result || !location.attached)
		return result;
	return ng_xdp_detach(ifindex, &location, program);
}

int ng_xdp_sweep(int ifindex, __u32 control_id, const __u32 *keep, size_t n)
{
	int stray, result = 0;

	while (!result && (stray = find_stray(ifindex, control_id, keep, n)) >= 0) {
		result = ng_xdp_undo_attach(ifindex, stray);
		close(stray);
	}
	if (!result)
		result = ng_unless_gone(stray);
	return result ? result : ng_xdp_sweep_pins(ifindex, control_id);
}

void ng_xdp_sweep_folder(void)
{
	char path[NG_PIN_PATH];

	rmdir(libxdp_folder(path)); /* fails while others use it */
}
