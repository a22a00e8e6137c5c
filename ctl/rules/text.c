// SPDX-License-Identifier: GPL-2.0-only
#include "rules/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cleanup.h"

#define CHUNK (64U << 10)

/* How far a text was checked. */
struct scan {
	const char *name;
	size_t line;   /* from 1 */
	size_t column; /* bytes of this line that were checked */
};

static int scan_fail(const struct scan *scan, struct ng_error *err, const char *what,
		     const char *hint)
{
	char where[sizeof(err->where)];

	snprintf(where, sizeof(where), "%s:%zu:%zu", scan->name, scan->line, scan->column + 1);
	ng_fail_at(err, -EINVAL, where, "%s", what);
	return ng_hint(err, -EINVAL, "%s", hint);
}

static int scan_bytes(struct scan *scan, const char *data, size_t len, struct ng_error *err)
{
	const char *end = data + len;
	bool starts = scan->line == 1 && !scan->column;

	if (starts && len >= 2 && (!memcmp(data, "\xff\xfe", 2) || !memcmp(data, "\xfe\xff", 2)))
		return scan_fail(scan, err, "this is UTF-16 text", "save the file as UTF-8");
	while (data < end) {
		const char *newline = memchr(data, '\n', end - data);
		size_t n = (newline ? newline : end) - data;
		const char *nul = memchr(data, '\0', n);

		if (scan->column + n > NG_LINE_MAX) {
			scan->column = NG_LINE_MAX;
			return scan_fail(scan, err, "the line is longer than 256 KiB",
					 "break it; braces may span lines");
		}
		if (nul) {
			scan->column += nul - data;
			return scan_fail(scan, err, "a NUL byte: this is no text file",
					 "rules and lists are written in ASCII or UTF-8");
		}
		scan->column += n;
		data += n;
		if (newline) {
			scan->line++;
			scan->column = 0;
			data++;
		}
	}
	return 0;
}

int ng_text_check(const char *data, size_t len, const char *name, struct ng_error *err)
{
	struct scan scan = { .name = name, .line = 1 };

	if (len > NG_TEXT_MAX)
		return ng_fail_at(err, -EINVAL, name, "is larger than 256 MiB");
	return scan_bytes(&scan, data, len, err);
}

size_t ng_text_start(const char *data, size_t len)
{
	return len >= 3 && !memcmp(data, "\xef\xbb\xbf", 3) ? 3 : 0;
}

/* Never waits: a FIFO that nobody writes to would hold an ordinary open() for ever. */
static int open_file(const char *path, const char *name, struct stat *status, struct ng_error *err)
{
	__cleanup_fd int fd = -1;
	int ret;

	fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, status)) {
		ret = -errno;
		return ng_fail_at(err, ret, name, "cannot open: %s", strerror(-ret));
	}
	if (S_ISDIR(status->st_mode))
		return ng_fail_at(err, -EISDIR, name, "is a directory");
	if (!S_ISREG(status->st_mode)) {
		ng_fail_at(err, -EINVAL, name, "is not a regular file");
		return ng_hint(err, -EINVAL, "a ruleset is read from a pipe as standard input: -");
	}
	if ((unsigned long long)status->st_size > NG_TEXT_MAX)
		return ng_fail_at(err, -EFBIG, name, "is larger than 256 MiB");
	ret = fd;
	fd = -1;
	return ret;
}

static int grow(char **data, size_t *room)
{
	size_t larger = *room ? *room * 2 : CHUNK;
	char *grown = realloc(*data, larger);

	if (!grown)
		return -ENOMEM;
	*data = grown;
	*room = larger;
	return 0;
}

static int read_all(int fd, const char *name, struct ng_text *text, struct ng_error *err)
{
	struct scan scan = { .name = name, .line = 1 };
	__cleanup_free char *data = NULL;
	size_t len = 0, room = 0;
	ssize_t n;
	int ret;

	do {
		if (len == room && grow(&data, &room))
			return ng_fail_at(err, -ENOMEM, name, "out of memory");
		n = read(fd, data + len, room - len < CHUNK ? room - len : CHUNK);
		if (n < 0) {
			ret = -errno;
			if (ret == -EINTR)
				continue;
			return ng_fail_at(err, ret, name, "cannot read: %s", strerror(-ret));
		}
		ret = scan_bytes(&scan, data + len, n, err);
		if (ret)
			return ret;
		len += n;
		if (len > NG_TEXT_MAX)
			return ng_fail_at(err, -EFBIG, name, "is larger than 256 MiB");
	} while (n);
	text->data = data;
	text->len = len;
	data = NULL;
	return 0;
}

int ng_text_read(const char *path, const char *name, struct ng_text *text, struct ng_error *err)
{
	__cleanup_fd int opened = -1;
	struct ng_text whole = { 0 };
	struct stat status = { 0 };
	int fd = STDIN_FILENO, ret;

	if (strcmp(path, "-") != 0) {
		opened = open_file(path, name, &status, err);
		if (opened < 0)
			return opened;
		fd = opened;
	}
	ret = read_all(fd, name, &whole, err);
	if (ret)
		return ret;
	whole.dev = status.st_dev;
	whole.ino = status.st_ino;
	*text = whole;
	return 0;
}

void ng_text_clear(struct ng_text *text)
{
	free(text->data);
	*text = (struct ng_text){ 0 };
}
