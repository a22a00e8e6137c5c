// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/namespaces.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <string.h>
#include <sys/stat.h>

#include "cleanup.h"

#define NAMED "/run/netns"

int ng_netns_go(const char *path)
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
	/* Who was allowed to leave may come back; to go on elsewhere would be worse than to end. */
	if (setns(own, CLONE_NEWNET))
		abort();
	close(own);
}

/* Namespaces that were looked into. */
struct seen {
	struct stat *list;
	size_t n;
};

static bool add(struct seen *seen, const char *path)
{
	struct stat *list, file;

	if (stat(path, &file))
		return false;
	for (size_t i = 0; i < seen->n; i++)
		if (seen->list[i].st_ino == file.st_ino && seen->list[i].st_dev == file.st_dev)
			return false;
	list = reallocarray(seen->list, seen->n + 1, sizeof(*list));
	if (!list)
		return false;
	seen->list = list;
	seen->list[seen->n++] = file;
	return true;
}

static bool look_into(const char *path, bool (*look)(const char *path, void *arg), void *arg)
{
	int own = ng_netns_go(path);
	bool found;

	if (own < 0)
		return false;
	found = look(path, arg);
	ng_netns_return(own);
	return found;
}

/* Of each entry of @folder the file @below; only entries that are numbers when @numbers. */
static bool visit_folder(struct seen *seen, const char *folder, bool numbers, const char *below,
			 bool (*look)(const char *path, void *arg), void *arg)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	bool found = false;

	while (dir && !found && (entry = readdir(dir))) {
		char path[NG_NETNS_PATH];
		bool number = entry->d_name[0] >= '0' && entry->d_name[0] <= '9';

		if (entry->d_name[0] == '.' || (numbers && !number) ||
		    snprintf(path, sizeof(path), "%s/%s%s", folder, entry->d_name, below) >=
			    (int)sizeof(path))
			continue;
		if (add(seen, path))
			found = look_into(path, look, arg);
	}
	if (dir)
		closedir(dir);
	return found;
}

bool ng_netns_visit(bool (*look)(const char *path, void *arg), void *arg)
{
	struct seen seen = { 0 };
	bool found = add(&seen, "/proc/self/ns/net") &&
		     (visit_folder(&seen, NAMED, false, "", look, arg) ||
		      visit_folder(&seen, "/proc", true, "/ns/net", look, arg));

	free(seen.list);
	return found;
}

const char *ng_netns_words(const char *path, char words[NG_NETNS_PATH])
{
	long pid;

	if (sscanf(path, "/proc/%ld/", &pid) == 1)
		snprintf(words, NG_NETNS_PATH, "that of process %ld", pid);
	else
		snprintf(words, NG_NETNS_PATH, "%s", path + strlen(NAMED "/"));
	return words;
}
