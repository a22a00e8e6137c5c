// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/bpffs.h"

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

#include "kernel/private.h"
#include "session/process.h"

#define PLACE "/sys/fs/bpf"

static char path[64];
static bool kept;

static bool is_bpffs(void)
{
	struct statfs fs;

	return !statfs(path, &fs) && fs.f_type == BPF_FS_MAGIC;
}

static bool seen_by(long pid)
{
	snprintf(path, sizeof(path), "/proc/%ld/root" PLACE, pid);
	return is_bpffs();
}

static bool process_1_sees_other_mounts(void)
{
	struct stat ours, its;

	return !stat("/proc/self/ns/mnt", &ours) && !stat("/proc/1/ns/mnt", &its) &&
	       (ours.st_ino != its.st_ino || ours.st_dev != its.st_dev);
}

/* The parent of a process; 0: there is none that we can see. */
static long parent_of(long pid)
{
	struct ng_process process;

	return ng_process_read("/proc", pid, &process) ? 0 : process.parent;
}

/* @denied: a parent process may see one, but we may not look: a matter of privileges. */
static bool find(bool *denied)
{
	*denied = false;
	if (process_1_sees_other_mounts() && seen_by(1))
		return true;
	snprintf(path, sizeof(path), PLACE);
	if (is_bpffs())
		return true;
	for (long pid = getppid(); pid > 0; pid = parent_of(pid)) {
		if (seen_by(pid))
			return true;
		/* A sandbox may hide process 1 from root as well. */
		*denied |= pid != 1 && errno == EACCES;
	}
	return false;
}

const char *ng_bpffs_find(struct ng_error *err)
{
	bool denied, found = kept || find(&denied);

	if (!found && denied) {
		ng_fail_at(err, -EACCES, PLACE,
			   "no BPF file system is mounted here, and to look for one that other "
			   "processes see takes CAP_SYS_PTRACE");
		ng_hint(err, -EACCES,
			"run as root; a network namespace is better entered with "
			"netguard -n NAME or nsenter --net than with ip netns exec");
		return NULL;
	}
	if (!found) {
		ng_fail_at(err, -ENODEV, PLACE, "no BPF file system is mounted");
		ng_hint(err, -ENODEV, "mount -t bpf -o mode=0700 bpf " PLACE);
		return NULL;
	}
	/* libxdp keeps its pins there too, and is not to mount one of its own. */
	setenv("LIBXDP_BPFFS", path, 1);
	setenv("LIBXDP_BPFFS_AUTOMOUNT", "0", 1);
	return path;
}

void ng_bpffs_keep(void)
{
	int fd;

	kept = !!ng_bpffs_find(NULL);
	if (!kept || strncmp(path, "/proc/", strlen("/proc/")))
		return;
	fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0)
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	setenv("LIBXDP_BPFFS", path, 1);
}
