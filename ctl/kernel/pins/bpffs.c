// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/pins/bpffs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <linux/magic.h>

#include "base/process.h"

#define PLACE NG_BPFFS_PLACE

static char path[64];
static bool kept;

/* 0 when @code says that a path does not exist or that we may not look at it; else @code. */
static int unless_hidden(int code)
{
	switch (-code) {
	case ENOENT:
	case ENOTDIR:
	case ESRCH:
	case EACCES:
	case EPERM:
		return 0;
	default:
		return code;
	}
}

/* 1, 0 or -errno; errno says why it is 0. */
static int is_bpffs(void)
{
	struct statfs fs;

	errno = 0;
	if (!statfs(path, &fs))
		return fs.f_type == BPF_FS_MAGIC;
	return unless_hidden(-errno);
}

static int seen_by(long pid)
{
	snprintf(path, sizeof(path), "/proc/%ld/root" PLACE, pid);
	return is_bpffs();
}

/* 1, 0 or -errno. */
static int process_1_sees_other_mounts(void)
{
	struct stat ours, its;

	if (stat("/proc/self/ns/mnt", &ours) || stat("/proc/1/ns/mnt", &its))
		return unless_hidden(-errno);
	return ours.st_ino != its.st_ino || ours.st_dev != its.st_dev;
}

/* The parent of a process; 0 when it cannot be read. */
static long parent_of(long pid)
{
	struct ng_process process;

	return ng_process_read("/proc", pid, &process) ? 0 : process.parent;
}

/*
 * 1, 0, or -errno: going on with another BPF file system than the right one would find no state.
 * @denied: a parent process may see one, but we lack the privileges to look.
 */
static int find(bool *denied)
{
	int found = process_1_sees_other_mounts();

	*denied = false;
	if (found > 0)
		found = seen_by(1);
	if (found)
		return found;
	snprintf(path, sizeof(path), PLACE);
	found = is_bpffs();
	for (long pid = getppid(); !found && pid > 0; pid = parent_of(pid)) {
		found = seen_by(pid);
		/* A sandbox may hide process 1 even from root. */
		*denied |= !found && pid != 1 && errno == EACCES;
	}
	return found;
}

static int fail_looking(int code, struct ng_error *err)
{
	return ng_fail_at(err, code, PLACE, "cannot look for the BPF file system: %s",
			  strerror(-code));
}

const char *ng_bpffs_find(struct ng_error *err)
{
	bool denied;
	int found = kept ? 1 : find(&denied);

	if (found < 0) {
		fail_looking(found, err);
		return NULL;
	}
	if (!found && denied) {
		ng_fail_at(err, -EACCES, PLACE,
			   "no BPF file system is mounted here, and looking for the one of other "
			   "processes requires CAP_SYS_PTRACE");
		ng_hint(err, -EACCES,
			"run as root; to enter a network namespace, netguard -n NAME or nsenter "
			"--net is better than ip netns exec");
		return NULL;
	}
	if (!found) {
		ng_fail_at(err, -ENODEV, PLACE, "no BPF file system is mounted");
		ng_hint(err, -ENODEV, "mount -t bpf -o mode=0700 bpf " PLACE);
		return NULL;
	}
	/* libxdp keeps its pins there, too, and must not mount a BPF file system of its own. */
	setenv("LIBXDP_BPFFS", path, 1);
	setenv("LIBXDP_BPFFS_AUTOMOUNT", "0", 1);
	return path;
}

int ng_bpffs_keep(struct ng_error *err)
{
	bool denied;
	int found = find(&denied), fd;

	if (found < 0)
		return fail_looking(found, err);
	kept = found;
	if (!kept || !ng_bpffs_find(err) || strncmp(path, "/proc/", strlen("/proc/")))
		return 0;
	fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return ng_fail_at(err, -errno, path, "cannot open the BPF file system: %s",
				  strerror(errno));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	setenv("LIBXDP_BPFFS", path, 1);
	return 0;
}
