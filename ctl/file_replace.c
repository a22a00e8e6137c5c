// SPDX-License-Identifier: GPL-2.0-only
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#define NEW_FILE_MODE 0644

static int fail_write(const char *path, int code, struct ng_error *err)
{
	return ng_fail_at(err, code, path, "cannot be written: %s", strerror(-code));
}

/*
 * A link stays a link: its target is replaced. What is no file, such as /dev/stdout, cannot be
 * replaced by one.
 */
static int find_target(const char *path, struct ng_file *target, struct ng_error *err)
{
	int ret = ng_file_find(path, path, target, err);

	if (ret)
		return ret == -ELOOP ? ret : fail_write(path, ret, err);
	ret = ng_file_owned(target, path, err);
	if (!ret && target->exists && (target->by_kernel || !S_ISREG(target->status.st_mode))) {
		ng_fail_at(err, -EINVAL, path, "is not a file");
		ret = ng_hint(err, -EINVAL, "without FILE, it is written to standard output");
	}
	if (ret)
		ng_file_close(target);
	return ret;
}

/* Returns an open file beside @target, whose name is put into @name. */
static FILE *open_beside(const struct ng_file *target, char name[NAME_MAX + 1])
{
	mode_t mode = target->exists ? target->status.st_mode & 07777 : NEW_FILE_MODE;
	unsigned long number;
	FILE *file = NULL;
	int fd;

	if (getrandom(&number, sizeof(number), 0) != sizeof(number))
		return NULL;
	snprintf(name, NAME_MAX + 1, "%.*s.%016lx", NAME_MAX - 17, target->name, number);
	fd = openat(target->folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		    0600);
	if (fd < 0)
		return NULL;
	if (!fchmod(fd, mode))
		file = fdopen(fd, "w");
	if (!file) {
		int error = errno;

		unlinkat(target->folder, name, 0);
		close(fd);
		errno = error;
	}
	return file;
}

static int write_beside(const struct ng_file *target, const char *name, FILE *file,
			int (*write)(FILE *out, const void *data), const void *data)
{
	int ret = write(file, data);

	if (!ret && (fflush(file) || fsync(fileno(file))))
		ret = -errno;
	if (fclose(file) && !ret)
		ret = -errno;
	if (!ret && renameat(target->folder, name, target->folder, target->name))
		ret = -errno;
	if (ret)
		unlinkat(target->folder, name, 0);
	return ret;
}

int ng_file_replace(const char *path, int (*write)(FILE *out, const void *data), const void *data,
		    struct ng_error *err)
{
	char name[NAME_MAX + 1];
	struct ng_file target;
	FILE *file;
	int ret = find_target(path, &target, err);

	if (ret)
		return ret;
	file = open_beside(&target, name);
	ret = file ? write_beside(&target, name, file, write, data) : -errno;
	ng_file_close(&target);
	return ret ? fail_write(path, ret, err) : 0;
}
