// SPDX-License-Identifier: GPL-2.0-only
#include "base/file_replace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/file.h"

#define NEW_FILE_MODE 0644
#define PRIVATE_MODE  0600

static int fail_write(const char *path, int code, struct ng_error *err)
{
	return ng_fail_at(err, code, path, "cannot be written: %s", strerror(-code));
}

/* A link stays a link: its target is replaced. */
static int find_target(const char *path, struct ng_file *target, struct ng_error *err)
{
	int ret = ng_file_find(path, path, target, err);

	if (ret)
		return ret == -ELOOP ? ret : fail_write(path, ret, err);
	ret = ng_file_owned(target, path, err);
	if (ret)
		ng_file_close(target);
	return ret;
}

/* Can it be replaced by another file? */
static bool can_be_replaced(const struct ng_file *target)
{
	return !target->exists || (!target->by_kernel && S_ISREG(target->status.st_mode));
}

/* Create a file in the folder of @target, open for writing; @name: its name. */
static FILE *open_beside(const struct ng_file *target, mode_t mode, char name[NAME_MAX + 1])
{
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
	if (!can_be_replaced(&target)) {
		ng_file_close(&target);
		ng_fail_at(err, -EINVAL, path, "is not a file");
		return ng_hint(err, -EINVAL, "without FILE, it is written to standard output");
	}
	file = open_beside(&target, target.exists ? target.status.st_mode & 0777 : NEW_FILE_MODE,
			   name);
	ret = file ? write_beside(&target, name, file, write, data) : -errno;
	ng_file_close(&target);
	return ret ? fail_write(path, ret, err) : 0;
}

/* Replace @target by an empty file at once: readers that open it from then on see the new file. */
static int create_in_place(const struct ng_file *target, FILE **file)
{
	char name[NAME_MAX + 1];
	int ret;

	*file = open_beside(target, PRIVATE_MODE, name);
	if (!*file)
		return -errno;
	if (!renameat(target->folder, name, target->folder, target->name))
		return 0;
	ret = -errno;
	unlinkat(target->folder, name, 0);
	fclose(*file);
	return ret;
}

/* Open the existing file. Appending is right for files that the shell opened, with > or with >>. */
static int open_there(const struct ng_file *target, FILE **file)
{
	int flags = O_WRONLY | O_APPEND | O_NOCTTY | O_CLOEXEC, fd, ret;
	struct stat opened;

	if (S_ISBLK(target->status.st_mode))
		return -ENOTSUP;
	fd = openat(target->folder, target->name, flags | (target->by_kernel ? 0 : O_NOFOLLOW));
	if (fd < 0)
		return -errno;
	if (fstat(fd, &opened))
		ret = -errno;
	else if (opened.st_ino != target->status.st_ino || opened.st_dev != target->status.st_dev)
		ret = -ESTALE; /* it was replaced meanwhile */
	else if (!(*file = fdopen(fd, "a")))
		ret = -ENOMEM;
	else
		return 0;
	close(fd);
	return ret;
}

int ng_file_create(const char *path, FILE **file, struct ng_error *err)
{
	struct ng_file target;
	FILE *created = NULL;
	int ret = find_target(path, &target, err);

	if (ret)
		return ret;
	ret = can_be_replaced(&target) ? create_in_place(&target, &created)
				       : open_there(&target, &created);
	ng_file_close(&target);
	if (ret)
		return fail_write(path, ret, err);
	*file = created;
	return 0;
}
