// SPDX-License-Identifier: GPL-2.0-only
#include "base/clock.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/cleanup.h"

#define NAMESPACES "/proc/self/ns"
#define OURS	   NAMESPACES "/time"
#define CHILDRENS  NAMESPACES "/time_for_children"
#define OFFSETS	   "/proc/self/timens_offsets"

#define TIME_NS_INITIAL 0xEFFFFFFAU /* PROC_TIME_INIT_INO of the kernel's <linux/proc_ns.h> */

/* What clocks of this process are ahead of the kernel's, ns. */
struct offsets {
	int64_t boot, monotonic;
};

static struct offsets ahead;
static bool settled;

static int fail(int code, const char *where, struct ng_error *err)
{
	ng_fail_at(err, code, where, "cannot read the kernel's clock: %s", strerror(-code));
	return ng_hint(err, code, "this requires /proc: mount -t proc proc /proc");
}

/*
 * These offsets are exact: the time namespace was created with them. They are relative to the
 * kernel's clocks.
 */
static int read_offsets(struct offsets *found, struct ng_error *err)
{
	__cleanup_file FILE *file = fopen(OFFSETS, "re");
	int64_t seconds, rest;
	int n = 0;
	char clock[32];

	if (!file)
		return fail(-errno, OFFSETS, err);
	while (fscanf(file, "%31s %" SCNd64 " %" SCNd64, clock, &seconds, &rest) == 3) {
		int64_t *ns = strcmp(clock, "boottime") ? &found->monotonic : &found->boot;

		*ns = seconds * (int64_t)NG_NS_PER_SECOND + rest;
		n++;
	}
	return n == 2 && !ferror(file) ? 0 : fail(ferror(file) ? -EIO : -EPROTO, OFFSETS, err);
}

/* The kernel reports the offsets for this process's children: make sure they are ours, too. */
static int check_children(const struct stat *ours, struct ng_error *err)
{
	struct stat theirs;

	if (stat(CHILDRENS, &theirs))
		return fail(-errno, CHILDRENS, err);
	if (theirs.st_ino == ours->st_ino && theirs.st_dev == ours->st_dev)
		return 0;
	ng_fail(err, -EXDEV,
		"cannot read the kernel's clock: this process is in one time namespace, and its "
		"children will be in another");
	return ng_hint(err, -EXDEV, "start netguard as such a child: unshare with --fork");
}

static int find_offsets(struct offsets *found, struct ng_error *err)
{
	struct stat ours;
	int result;

	*found = (struct offsets){ 0 };
	if (stat(OURS, &ours)) {
		result = -errno;
		/* A kernel without time namespaces has one clock. */
		return result == -ENOENT && !stat(NAMESPACES, &ours) ? 0 : fail(result, OURS, err);
	}
	if (ours.st_ino == TIME_NS_INITIAL)
		return 0;
	result = check_children(&ours, err);
	return result ? result : read_offsets(found, err);
}

int ng_clock_read_offset(struct ng_error *err)
{
	struct offsets found;
	int result = find_offsets(&found, err);

	if (result)
		return result;
	ahead = found;
	settled = true;
	return 0;
}

__u64 ng_clock_read(clockid_t clock)
{
	struct timespec now;

	/* With a wrong time, live entries and windows would expire early or never. */
	if (clock_gettime(clock, &now))
		abort();
	return now.tv_sec * NG_NS_PER_SECOND + now.tv_nsec;
}

static const struct offsets *offsets(void)
{
	if (!settled && ng_clock_read_offset(NULL))
		abort();
	return &ahead;
}

__u64 ng_clock_now(void)
{
	return ng_clock_read(CLOCK_BOOTTIME) - offsets()->boot;
}

__u64 ng_clock_monotonic(void)
{
	return ng_clock_read(CLOCK_MONOTONIC) - offsets()->monotonic;
}
