/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All files that the user names are opened here, as Linux does with fs.protected_symlinks, _regular
 * and _fifos on, whatever they are on this machine, and in every folder that anyone may write to,
 * sticky (/tmp) or not. A stranger is who is neither we nor the folder's owner. There
 *
 * - no link of a stranger is followed, neither at the end of a path nor on the way,
 * - no FIFO of a stranger is opened,
 * - no file of a stranger is written to or replaced.
 *
 * What is written is a new file, which takes the place of the old one: nobody who has that one open
 * sees what is written, and no other name of it changes. Only what is no regular file is written to
 * where it is: /dev/stdout, /dev/null, a FIFO of ours; a block device never is.
 */
#ifndef NG_FILE_H
#define NG_FILE_H

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/error.h"

/**
 * struct ng_file - where a path leads, all links followed
 * @folder: fd (O_PATH), owned
 * @name:   in @folder
 * @by_kernel: @name is a link of procfs, which only the kernel can follow: /proc/self/fd/0
 * @status: of the file, when it @exists
 */
struct ng_file {
	int folder;
	char name[NAME_MAX + 1];
	bool exists, by_kernel;
	struct stat status;
};

/**
 * ng_file_find() - follow a path to its end
 * @name: what messages call it
 *
 * A file that does not exist is found if its folder is.
 * Return: 0 with *@file for ng_file_close(); -ELOOP for a stranger's link; another -errno; @err is
 * filled.
 */
int ng_file_find(const char *path, const char *name, struct ng_file *file, struct ng_error *err);
void ng_file_close(struct ng_file *file);

/**
 * ng_file_open() - open a file to read it
 * @flags: O_NONBLOCK to not wait for a FIFO's writer
 *
 * Return: an fd; as ng_file_find(), and -EACCES for a stranger's FIFO.
 */
int ng_file_open(const char *path, const char *name, int flags, struct ng_error *err);

/** ng_file_owned() - 0; -EACCES with @err for a stranger's file in a shared folder */
int ng_file_owned(const struct ng_file *file, const char *name, struct ng_error *err);

#endif
