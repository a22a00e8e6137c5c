// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/pins/folder.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

int ng_pin_open(const char *path)
{
	int fd = bpf_obj_get(path);

	return fd < 0 ? -errno : fd;
}

int ng_pin_exists(const char *path)
{
	if (!access(path, F_OK))
		return 1;
	return ng_unless_gone(-errno);
}

int ng_pin_remove(const char *path)
{
	return unlink(path) ? ng_unless_gone(-errno) : 0;
}

DIR *ng_folder_open(const char *path, int *result)
{
	DIR *folder = opendir(path);

	*result = folder ? 0 : ng_unless_gone(-errno);
	return folder;
}

void ng_folder_close(DIR **folder)
{
	if (*folder)
		closedir(*folder);
}

struct dirent *ng_folder_next(DIR *folder, int *result)
{
	struct dirent *entry;

	errno = 0;
	entry = readdir(folder);
	if (!entry && errno)
		*result = -errno;
	return entry;
}

static int remove_entry(const char *path)
{
	int result = ng_pin_remove(path);

	return result == -EISDIR ? ng_folder_clear(path) : result;
}

int ng_folder_empty(const char *path)
{
	int result;
	__cleanup_folder DIR *folder = ng_folder_open(path, &result);
	char inner[NG_PIN_PATH + NAME_MAX];
	struct dirent *entry;

	if (!folder)
		return result;
	while ((entry = ng_folder_next(folder, &result))) {
		int failed;

		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		snprintf(inner, sizeof(inner), "%s/%s", path, entry->d_name);
		failed = remove_entry(inner);
		if (failed)
			result = failed;
	}
	return result;
}

int ng_folder_clear(const char *path)
{
	int result = ng_folder_empty(path);

	if (!result && rmdir(path))
		result = ng_unless_gone(-errno);
	return result;
}
