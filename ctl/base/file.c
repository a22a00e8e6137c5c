// SPDX-License-Identifier: GPL-2.0-only
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>

#include <linux/magic.h>

#include "base/cleanup.h"

#define LINKS_MAX 40 /* the kernel's limit, path_resolution(7) */

/**
 * struct walk - state of a path lookup
 * @name:   what messages call it
 * @folder: fd of the folder reached so far
 * @rest:   the rest of the path
 */
struct walk {
	const char *name;
	int folder;
	unsigned int links;
	char rest[PATH_MAX];
};

static int fail_errno(const char *name, int code, struct ng_error *err)
{
	return ng_fail_at(err, code, name, "cannot open: %s", strerror(-code));
}

/*
 * Can anyone write to the folder, and does a stranger own the file of @status? Also true if the
 * folder cannot be examined.
 */
static bool is_strange(int folder, const struct stat *status)
{
	struct stat in;

	if (status->st_uid == geteuid())
		return false;
	return fstat(folder, &in) || (in.st_mode & S_IWOTH && status->st_uid != in.st_uid);
}

static int fail_strange(const struct walk *walk, const char *what, const char *entry, uid_t owner,
			struct ng_error *err)
{
	char link[32], folder[256] = "a folder";
	const struct passwd *user = getpwuid(owner);
	ssize_t len;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", walk->folder);
	len = readlink(link, folder, sizeof(folder) - 1);
	if (len > 0)
		folder[len] = '\0';
	return ng_fail_at(err, -EACCES, walk->name,
			  "is not opened: %.128s in %s is %s of user %s (%u), and anyone may "
			  "create files there",
			  entry, folder, what, user ? user->pw_name : "?", owner);
}

static int go_to(struct walk *walk, int folder)
{
	if (folder < 0)
		return -errno;
	close(walk->folder);
	walk->folder = folder;
	return 0;
}

/* Put the target of the link @fd in front of the rest of the path. */
static int read_link(struct walk *walk, int fd)
{
	char target[PATH_MAX], rest[PATH_MAX];
	ssize_t len = readlinkat(fd, "", target, sizeof(target));

	if (len < 0)
		return -errno;
	if (++walk->links > LINKS_MAX)
		return -ELOOP;
	strcpy(rest, walk->rest);
	if ((size_t)snprintf(walk->rest, sizeof(walk->rest), "%.*s%s", (int)len, target, rest) >=
	    sizeof(walk->rest))
		return -ENAMETOOLONG;
	return *target == '/' ? go_to(walk, open("/", O_PATH | O_DIRECTORY | O_CLOEXEC)) : 0;
}

static bool is_procfs(int fd)
{
	struct statfs fs;

	return !fstatfs(fd, &fs) && fs.f_type == PROC_SUPER_MAGIC;
}

/* Remove the first name from the rest of the path; *@last: it was the last one. */
static int next_name(struct walk *walk, char name[NAME_MAX + 1], bool *last)
{
	size_t skip = strspn(walk->rest, "/"), len = strcspn(walk->rest + skip, "/");

	if (len > NAME_MAX)
		return -ENAMETOOLONG;
	memcpy(name, walk->rest + skip, len);
	name[len] = '\0';
	memmove(walk->rest, walk->rest + skip + len, strlen(walk->rest + skip + len) + 1);
	if (!len)
		strcpy(name, ".");
	*last = !walk->rest[0] || !len;
	/* "name/" is the folder of that name. */
	if (!*last && !walk->rest[strspn(walk->rest, "/")])
		strcpy(walk->rest, "/.");
	return 0;
}

/* Look up one name. 1: it was the last one, and @file is filled except for its folder. */
static int step(struct walk *walk, struct ng_file *file, struct ng_error *err)
{
	__cleanup_fd int fd = -1;
	int result, entered;
	bool last;

	result = next_name(walk, file->name, &last);
	if (result)
		return fail_errno(walk->name, result, err);
	fd = openat(walk->folder, file->name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT && last)
		return 1;
	if (fd < 0 || fstat(fd, &file->status))
		return fail_errno(walk->name, -errno, err);
	if (S_ISLNK(file->status.st_mode)) {
		if (is_strange(walk->folder, &file->status)) {
			fail_strange(walk, "a link", file->name, file->status.st_uid, err);
			return -ELOOP;
		}
		if (!is_procfs(fd)) {
			result = read_link(walk, fd);
			return result ? fail_errno(walk->name, result, err) : 0;
		}
		file->by_kernel = last;
		close(fd);
		fd = openat(walk->folder, file->name, O_PATH | O_CLOEXEC);
		if (fd < 0 || fstat(fd, &file->status))
			return fail_errno(walk->name, -errno, err);
	}
	if (last) {
		file->exists = true;
		return 1;
	}
	entered = openat(fd, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	result = go_to(walk, entered);
	return result ? fail_errno(walk->name, result, err) : 0;
}

int ng_file_find(const char *path, const char *name, struct ng_file *file, struct ng_error *err)
{
	struct walk walk = { .name = name };
	struct ng_file found = { 0 };
	int result = 0;

	if (!*path || strlen(path) >= sizeof(walk.rest))
		return fail_errno(name, *path ? -ENAMETOOLONG : -ENOENT, err);
	strcpy(walk.rest, path);
	walk.folder = open(*path == '/' ? "/" : ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (walk.folder < 0)
		return fail_errno(name, -errno, err);
	while (!result)
		result = step(&walk, &found, err);
	if (result < 0) {
		close(walk.folder);
		return result;
	}
	found.folder = walk.folder;
	*file = found;
	return 0;
}

void ng_file_close(struct ng_file *file)
{
	close(file->folder);
}

int ng_file_owned(const struct ng_file *file, const char *name, struct ng_error *err)
{
	struct walk at = { .name = name, .folder = file->folder };

	if (!file->exists || file->by_kernel || !is_strange(file->folder, &file->status))
		return 0;
	return fail_strange(&at, S_ISFIFO(file->status.st_mode) ? "a FIFO" : "a file", file->name,
			    file->status.st_uid, err);
}

/* All links were followed, so a link here was created meanwhile: O_NOFOLLOW. */
static int open_found(const struct ng_file *file, const char *name, int flags, struct ng_error *err)
{
	int fd, result = S_ISFIFO(file->status.st_mode) ? ng_file_owned(file, name, err) : 0;

	if (result)
		return result;
	fd = openat(file->folder, file->name,
		    O_RDONLY | O_NOCTTY | O_CLOEXEC | flags | (file->by_kernel ? 0 : O_NOFOLLOW));
	return fd < 0 ? fail_errno(name, -errno, err) : fd;
}

int ng_file_open(const char *path, const char *name, int flags, struct ng_error *err)
{
	struct ng_file file;
	int result = ng_file_find(path, name, &file, err);

	if (result)
		return result;
	result = open_found(&file, name, flags, err);
	ng_file_close(&file);
	return result;
}
