/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads text files, and refuses other files early. */
#ifndef NG_TEXT_H
#define NG_TEXT_H

#include <stddef.h>
#include <sys/types.h>

#include "base/error.h"

#define NG_LINE_MAX (256U << 10) /* bytes of one line */
#define NG_TEXT_MAX (256U << 20) /* bytes of one file */

/** struct ng_text - what a file holds; @data is owned, see ng_text_clear() */
struct ng_text {
	char *data;
	size_t len;
	dev_t dev;
	ino_t ino;
};

/**
 * ng_text_read() - read a file of text
 * @path: "-" is standard input
 * @name: what messages call it
 *
 * Only regular files; standard input may be anything. What ng_text_check() refuses is refused
 * as soon as it is read, so that it costs neither time nor memory.
 * Return: 0, or -errno with @err: .where is "name:line:column" for what stands in the file (then
 * -EINVAL), or just @name.
 */
int ng_text_read(const char *path, const char *name, struct ng_text *text, struct ng_error *err);
void ng_text_clear(struct ng_text *text);

/**
 * ng_text_check() - is this text that can be read line by line?
 *
 * Return: 0, or -EINVAL for UTF-16, a NUL byte, a line beyond NG_LINE_MAX, or for more than
 * NG_TEXT_MAX bytes.
 */
int ng_text_check(const char *data, size_t len, const char *name, struct ng_error *err);

/** ng_text_start() - how many bytes of a UTF-8 byte order mark the text begins with */
size_t ng_text_start(const char *data, size_t len);

#endif
