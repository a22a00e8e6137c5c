/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All files that the user names are opened here, as Linux does it with fs.protected_symlinks,
 * _regular and _fifos set, but whatever they are set to on this machine, and in every folder that
 * anyone may write to, sticky (like /tmp) or not. A stranger is a user who is neither this
 * process's user nor the folder's owner. In such folders
 *
 * - no link of a stranger is followed, neither at the end of a path nor on the way,
 * - no FIFO of a stranger is opened,
 * - no file of a stranger is written to or replaced.
 *
 * Writing creates a new file, which replaces the old one: a process that has the old file open does
 * not see what is written, and its other hard links do not change. Only files that are not regular
 * are opened and written to: /dev/stdout, /dev/null, a FIFO of ours; a block device never.
 */
#ifndef NG_FILE_H
#define NG_FILE_H

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/error.h"

/**
 * struct ng_file - the file at the end of a path, after all links
 * @folder: fd (O_PATH), owned
 * @name:   in @folder
 * @by_kernel: @name is a link in procfs that only the kernel can follow: /proc/self/fd/0
 * @status: of the file, when it @exists
 */
struct ng_file {
	int folder;
	char name[NAME_MAX + 1];
	bool exists, by_kernel;
	struct stat status;
};

/**
 * ng_file_find() - look up a path
 * @name: its name in messages
 *
 * The file itself need not exist.
 * Return: 0 with *@file for ng_file_close(); -ELOOP for a stranger's link; another -errno; @err is
 * filled.
 */
int ng_file_find(const char *path, const char *name, struct ng_file *file, struct ng_error *err);
void ng_file_close(struct ng_file *file);

/**
 * ng_file_open() - open a file to read it
 * @flags: 0, or O_NONBLOCK to not wait for the writer of a FIFO
 *
 * Return: an fd; -EACCES for a stranger's FIFO; else as ng_file_find().
 */
int ng_file_open(const char *path, const char *name, int flags, struct ng_error *err);

/** ng_file_owned() - 0; -EACCES with @err filled for a stranger's file in such a folder */
int ng_file_owned(const struct ng_file *file, const char *name, struct ng_error *err);

#endif
