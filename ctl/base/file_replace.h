/* SPDX-License-Identifier: GPL-2.0-only */
/* Writing files. */
#ifndef NG_FILE_REPLACE_H
#define NG_FILE_REPLACE_H

#include <stdio.h>

#include "base/error.h"

/**
 * ng_file_replace() - replace a file by what @write writes, atomically
 * @path:  if it is a link, its target is replaced; a new file is readable by all
 * @write: writes to a temporary file in the same folder, which is synced and renamed; returns 0 or
 *         -errno
 *
 * Return: 0; -ELOOP and -EACCES for a stranger's link or file; another -errno; @err is filled.
 */
int ng_file_replace(const char *path, int (*write)(FILE *out, const void *data), const void *data,
		    struct ng_error *err);

/**
 * ng_file_create() - create a file that is written over time, and may be read meanwhile
 * @path: if it is a link, its target is replaced
 * @file: for fclose(); only its owner can read it, whatever the umask and the old file's mode
 *
 * Files that are not regular are opened as they are. Return: as ng_file_replace().
 */
int ng_file_create(const char *path, FILE **file, struct ng_error *err);

#endif
