// SPDX-License-Identifier: GPL-2.0-only
#include "session/process.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cleanup.h"

#define LINE 512 /* the beginning of /proc/PID/stat */

static FILE *open_file(const char *proc, pid_t pid, const char *name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%d/%s", proc, pid, name);
	return fopen(path, "re");
}

pid_t ng_process_self(const char *proc)
{
	char path[PATH_MAX], target[32];
	ssize_t len;

	snprintf(path, sizeof(path), "%s/self", proc);
	len = readlink(path, target, sizeof(target) - 1);
	if (len < 0)
		return 0;
	target[len] = '\0';
	return atoi(target);
}

/* "PID (NAME) STATE PARENT …": a name may hold blanks and brackets. */
int ng_process_read(const char *proc, pid_t pid, struct ng_process *process)
{
	__cleanup_file FILE *file = open_file(proc, pid, "stat");
	struct ng_process read = { .pid = pid };
	char line[LINE], *name, *end;

	if (!file)
		return -errno;
	if (!fgets(line, sizeof(line), file))
		return -ESRCH;
	name = strchr(line, '(');
	end = strrchr(line, ')');
	if (!name || !end || sscanf(end, ") %*c %d", &read.parent) != 1)
		return -EINVAL;
	*end = '\0';
	snprintf(read.name, sizeof(read.name), "%.*s", NG_PROCESS_NAME - 1, name + 1);
	*process = read;
	return 0;
}

char *ng_process_variable(const char *proc, pid_t pid, const char *name)
{
	__cleanup_file FILE *file = open_file(proc, pid, "environ");
	__cleanup_free char *entry = NULL;
	size_t size = 0, len = strlen(name);

	if (!file)
		return NULL;
	while (getdelim(&entry, &size, '\0', file) > 0)
		if (!strncmp(entry, name, len) && entry[len] == '=')
			return strdup(entry + len + 1);
	return NULL;
}

uint64_t ng_process_netns(const char *proc, pid_t pid)
{
	char path[PATH_MAX];
	struct stat info;

	snprintf(path, sizeof(path), "%s/%d/ns/net", proc, pid);
	return stat(path, &info) ? 0 : info.st_ino;
}

int ng_process_owner(const char *proc, pid_t pid, uid_t *uid)
{
	char path[PATH_MAX];
	struct stat info;

	snprintf(path, sizeof(path), "%s/%d", proc, pid);
	if (stat(path, &info))
		return -errno;
	*uid = info.st_uid;
	return 0;
}

size_t ng_process_sockets(const char *proc, pid_t pid, struct ng_socket sockets[NG_SOCKETS_MAX])
{
	char path[PATH_MAX], target[64];
	struct dirent *entry;
	size_t n = 0;
	DIR *folder;

	snprintf(path, sizeof(path), "%s/%d/fd", proc, pid);
	folder = opendir(path);
	if (!folder)
		return 0;
	while (n < NG_SOCKETS_MAX && (entry = readdir(folder))) {
		ssize_t len = readlinkat(dirfd(folder), entry->d_name, target, sizeof(target) - 1);

		if (len < 0)
			continue;
		target[len] = '\0';
		if (sscanf(target, "socket:[%lu]", &sockets[n].inode) == 1)
			sockets[n++].fd = atoi(entry->d_name);
	}
	closedir(folder);
	return n;
}
