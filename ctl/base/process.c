// SPDX-License-Identifier: GPL-2.0-only
#include "base/process.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"

#define LINE	    512	 /* the beginning of /proc/PID/stat */
#define ENVIRONMENT 4096 /* most are shorter */

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

/* "PID (NAME) STATE PARENT …": a name may contain blanks and parentheses. */
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

/* Strings, each terminated by a NUL, and an empty one at the end. */
char *ng_process_environment(const char *proc, pid_t pid)
{
	__cleanup_file FILE *file = open_file(proc, pid, "environ");
	size_t len = 0, room = 0, n = 0;
	char *text = NULL;

	if (!file)
		return NULL;
	do {
		char *more = text;

		len += n;
		if (room - len < 3) {
			room = room ? 2 * room : ENVIRONMENT;
			more = realloc(text, room);
		}
		if (!more) {
			free(text);
			return NULL;
		}
		text = more;
		n = fread(text + len, 1, room - len - 2, file);
	} while (n);
	text[len] = text[len + 1] = '\0';
	return text;
}

const char *ng_environment_find(const char *environment, const char *name)
{
	size_t len = strlen(name);

	for (const char *at = environment; at && *at; at += strlen(at) + 1)
		if (!strncmp(at, name, len) && at[len] == '=')
			return at + len + 1;
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
