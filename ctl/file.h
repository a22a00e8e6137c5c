/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Files that the user names, opened as Linux opens them with fs.protected_symlinks, _regular and
 * _fifos on, whatever they are here: in a folder that anyone may write to and that is sticky (/tmp)
 * nobody is led astray by what a stranger put there. A stranger is who is neither we nor the
 * folder's owner.
 */
#ifndef NG_FILE_H
#define NG_FILE_H

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>

#include "error.h"

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

#endif
