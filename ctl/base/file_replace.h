/* SPDX-License-Identifier: GPL-2.0-only */
/* Files that are written. */
#ifndef NG_FILE_REPLACE_H
#define NG_FILE_REPLACE_H

#include <stdio.h>

#include "base/error.h"

/**
 * ng_file_replace() - put what @write writes in the place of a file, at one instant or not at all
 * @path:  a link stays one, its target is replaced; a new file is for everybody to read
 * @write: to a file of another name in the same folder, renamed when it is whole and on the disk;
 *         returns 0 or -errno
 *
 * Return: 0; -ELOOP and -EACCES for a stranger's link or file; another -errno; @err is filled.
 */
int ng_file_replace(const char *path, int (*write)(FILE *out, const void *data), const void *data,
		    struct ng_error *err);

/**
 * ng_file_create() - a file to write what comes with time, which may be read meanwhile
 * @path: a link stays one, its target is replaced
 * @file: only its owner can read it, whatever the umask and the file before; for fclose()
 *
 * Return: as ng_file_replace(), but what is no regular file is opened as it is.
 */
int ng_file_create(const char *path, FILE **file, struct ng_error *err);

#endif
