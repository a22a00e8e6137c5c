// SPDX-License-Identifier: GPL-2.0-only
#include "rules/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/work.h"

#define CHUNK (256U << 10)

/**
 * struct scan - a text that is checked while it is read
 * @data: all of it so far, checked up to @len
 * @line: where the line that contains @len begins
 */
struct scan {
	const char *name;
	const char *data;
	size_t len, line;
};

static int scan_fail(const struct scan *scan, size_t at, struct ng_error *err, const char *what,
		     const char *hint)
{
	char where[sizeof(err->where)];
	size_t line = 1, start = 0;

	for (size_t i = 0; i < at; i++) {
		if (scan->data[i] != '\n')
			continue;
		line++;
		start = i + 1;
	}
	snprintf(where, sizeof(where), "%s:%zu:%zu", scan->name, line, at - start + 1);
	ng_fail_at(err, -EINVAL, where, "%s", what);
	return ng_hint(err, -EINVAL, "%s", hint);
}

/* Looks for line ends from the longest line backwards: few steps, however short lines are. */
static int scan_lines(struct scan *scan, size_t end, struct ng_error *err)
{
	while (end - scan->line > NG_LINE_MAX) {
		const char *start = scan->data + scan->line;
		const char *newline = memrchr(start, '\n', NG_LINE_MAX + 1);

		if (!newline)
			return scan_fail(scan, scan->line + NG_LINE_MAX, err,
					 "the line is longer than 256 KiB",
					 "break it; braces may span lines");
		scan->line = newline + 1 - scan->data;
	}
	return 0;
}

/* A list or ruleset that is still compressed. */
static int check_packed(const struct scan *scan, size_t len, struct ng_error *err)
{
	static const struct {
		const char *magic, *what, *tool;
	} formats[] = {
		{ "\x1f\x8b", "this is compressed with gzip", "zcat" },
		{ "\x28\xb5\x2f\xfd", "this is compressed with zstd", "zstdcat" },
		{ "\xfd\x37zXZ", "this is compressed with xz", "xzcat" },
		{ "BZh", "this is compressed with bzip2", "bzcat" },
		{ "PK\x03\x04", "this is a ZIP archive", "unzip -p" },
	};

	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		char hint[sizeof(err->hint)];
		size_t n = strlen(formats[i].magic);

		if (len < n || memcmp(scan->data, formats[i].magic, n) != 0)
			continue;
		snprintf(hint, sizeof(hint),
			 "unpack it first, or pipe it in: %s FILE | netguard … -", formats[i].tool);
		return scan_fail(scan, 0, err, formats[i].what, hint);
	}
	return 0;
}

/* What was appended since the last time, up to @len bytes in all. */
static int scan_bytes(struct scan *scan, const char *data, size_t len, struct ng_error *err)
{
	const char *nul = len > scan->len ? memchr(data + scan->len, '\0', len - scan->len) : NULL;
	size_t end = nul ? (size_t)(nul - data) : len;

	scan->data = data;
	if (len >= 2 && (!memcmp(data, "\xff\xfe", 2) || !memcmp(data, "\xfe\xff", 2)))
		return scan_fail(scan, 0, err, "this is UTF-16 text", "save the file as UTF-8");
	if (check_packed(scan, len, err))
		return -EINVAL;
	if (scan_lines(scan, end, err))
		return -EINVAL;
	if (nul)
		return scan_fail(scan, end, err, "a NUL byte: this is not a text file",
				 "rules and lists are written in ASCII or UTF-8");
	scan->len = len;
	return 0;
}

int ng_text_check(const char *data, size_t len, const char *name, struct ng_error *err)
{
	struct scan scan = { .name = name };

	if (len > NG_TEXT_MAX)
		return ng_fail_at(err, -EINVAL, name, "is larger than 256 MiB");
	return scan_bytes(&scan, data, len, err);
}

size_t ng_text_start(const char *data, size_t len)
{
	return len >= 3 && !memcmp(data, "\xef\xbb\xbf", 3) ? 3 : 0;
}

/* Never blocks: an ordinary open() of a FIFO without a writer would wait for ever. */
static int open_file(const char *path, const char *name, struct stat *status, struct ng_error *err)
{
	__cleanup_fd int fd = -1;
	int ret;

	fd = ng_file_open(path, name, O_NONBLOCK, err);
	if (fd < 0) {
		ret = fd;
		return ret;
	}
	if (fstat(fd, status)) {
		ret = -errno;
		return ng_fail_at(err, ret, name, "cannot open: %s", strerror(-ret));
	}
	if (S_ISDIR(status->st_mode))
		return ng_fail_at(err, -EISDIR, name, "is a directory");
	if (!S_ISREG(status->st_mode)) {
		ng_fail_at(err, -EINVAL, name, "is not a regular file");
		return ng_hint(err, -EINVAL, "a pipe is read as standard input: -");
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

/* @room: how much there is to read, if that is known; more may come all the same. */
static int read_all(int fd, const char *name, size_t room, struct ng_text *text,
		    struct ng_error *err)
{
	__cleanup_free char *data = room ? malloc(room) : NULL;
	struct scan scan = { .name = name };
	size_t len = 0;
	ssize_t n;
	int ret;

	if (room && !data)
		return ng_fail_at(err, -ENOMEM, name, "out of memory");
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
		len += n;
		if (len >> 20 != (len - n) >> 20)
			ng_work_at(name, len >> 20, "MiB");
		ret = scan_bytes(&scan, data, len, err);
		if (ret)
			return ret;
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
	/* One byte more, so that the end is reached without growing. */
	ret = read_all(fd, name, opened < 0 ? 0 : status.st_size + 1, &whole, err);
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
