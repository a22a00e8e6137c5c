// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/programs/namespaces.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <string.h>
#include <sys/stat.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "kernel/pins/folder.h"

#define NAMED "/run/netns"
#define TRIES 100

int ng_netns_enter(const char *name, struct ng_error *err)
{
	char path[NG_PIN_PATH];
	__cleanup_fd int fd = -1;
	int result;

	if (!name[0] || strchr(name, '/') || !strcmp(name, ".") || !strcmp(name, ".."))
		return ng_fail_at(err, -EINVAL, name, "this is not a name of a network namespace");
	snprintf(path, sizeof(path), "/run/netns/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		result = -errno;
		ng_fail_at(err, result, name, "cannot open the network namespace: %s",
			   strerror(-result));
		return ng_hint(err, result, "`ip netns` lists them");
	}
	if (setns(fd, CLONE_NEWNET)) {
		result = -errno;
		ng_fail_at(err, result, name, "cannot enter the network namespace: %s",
			   result == -EPERM ? "permission denied" : strerror(-result));
		return ng_hint(err, result, "this requires CAP_SYS_ADMIN: run as root");
	}
	return 0;
}

int ng_netns_switch(const char *path)
{
	int own = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	__cleanup_fd int other = open(path, O_RDONLY | O_CLOEXEC);
	int result;

	if (own >= 0 && other >= 0 && !setns(other, CLONE_NEWNET))
		return own;
	result = -errno;
	ng_cleanup_fd(&own);
	return result;
}

void ng_netns_return(int own)
{
	int tries = 0;

	/*
	 * A process that could leave its namespace can return to it. Going on in another one would
	 * be worse than ending.
	 */
	while (setns(own, CLONE_NEWNET))
		if (++tries == TRIES)
			abort();
	close(own);
}

/* Namespaces that were visited. */
struct seen {
	struct stat *list;
	size_t n;
};

/* The process has ended, the namespace was deleted, or we may not enter it. */
static bool is_out_of_reach(int code)
{
	return ng_is_gone(code) || code == -ESRCH || code == -EACCES || code == -EPERM ||
	       code == -EINVAL;
}

/* 1: it was not seen before; 0; or -errno. */
static int add(struct seen *seen, const char *path)
{
	struct stat file;

	if (stat(path, &file))
		return is_out_of_reach(-errno) ? 0 : -errno;
	for (size_t i = 0; i < seen->n; i++)
		if (seen->list[i].st_ino == file.st_ino && seen->list[i].st_dev == file.st_dev)
			return 0;
	if (ng_array_grow(&seen->list, seen->n, sizeof(*seen->list)))
		return -ENOMEM;
	seen->list[seen->n++] = file;
	return 1;
}

static int look_into(const char *path, int (*look)(const char *path, void *arg), void *arg)
{
	int own = ng_netns_switch(path), result;

	if (own < 0)
		return is_out_of_reach(own) ? 0 : own;
	result = look(path, arg);
	ng_netns_return(own);
	return result;
}

/* Visit @below in each entry of @folder; with @numbers, only in entries that are numbers. */
static int visit_folder(struct seen *seen, const char *folder, bool numbers, const char *below,
			int (*look)(const char *path, void *arg), void *arg)
{
	int result, found = 0;
	__cleanup_folder DIR *dir = ng_folder_open(folder, &result);
	struct dirent *entry;

	while (dir && !result && !found && (entry = ng_folder_next(dir, &result))) {
		char path[NG_NETNS_PATH];
		bool number = entry->d_name[0] >= '0' && entry->d_name[0] <= '9';

		if (entry->d_name[0] == '.' || (numbers && !number) ||
		    snprintf(path, sizeof(path), "%s/%s%s", folder, entry->d_name, below) >=
			    (int)sizeof(path))
			continue;
		found = add(seen, path);
		if (found > 0)
			found = look_into(path, look, arg);
	}
	return result ? result : found;
}

int ng_netns_visit(int (*look)(const char *path, void *arg), void *arg)
{
	struct seen seen = { 0 };
	int result = add(&seen, "/proc/self/ns/net");

	if (result > 0)
		result = visit_folder(&seen, NAMED, false, "", look, arg);
	if (!result)
		result = visit_folder(&seen, "/proc", true, "/ns/net", look, arg);
	free(seen.list);
	return result;
}

const char *ng_netns_describe(const char *path, char words[NG_NETNS_PATH])
{
	long pid;

	if (sscanf(path, "/proc/%ld/", &pid) == 1)
		snprintf(words, NG_NETNS_PATH, "of process %ld", pid);
	else
		snprintf(words, NG_NETNS_PATH, "%s", path + strlen(NAMED "/"));
	return words;
}
