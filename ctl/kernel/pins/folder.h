/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pins and folders of the BPF file system. A pin that cannot be read is not the same as a pin that
 * does not exist: any call may fail for lack of memory or descriptors, and a caller that takes such
 * a failure for "there is none" would remove pins that are in use.
 */
#ifndef NG_FOLDER_H
#define NG_FOLDER_H

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>

#define NG_PIN_PATH 256 /* bytes for the path of a pin */

/** ng_is_gone() - does @code (-errno) say that a pin, a folder or an interface does not exist? */
static inline bool ng_is_gone(int code)
{
	return code == -ENOENT || code == -ENODEV;
}

/** ng_unless_gone() - 0 if ng_is_gone(), else @code */
static inline int ng_unless_gone(int code)
{
	return ng_is_gone(code) ? 0 : code;
}

/** ng_pin_open() - open a pinned object: an fd; -ENOENT: there is no such pin; another -errno */
int ng_pin_open(const char *path);

/** ng_pin_exists() - 1, 0, or -errno when that cannot be determined */
int ng_pin_exists(const char *path);

/** ng_pin_remove() - unpin; 0, also when there is no such pin, or -errno */
int ng_pin_remove(const char *path);

/** ng_folder_open() - opendir(); NULL with *@result 0 when there is no such folder, else -errno */
DIR *ng_folder_open(const char *path, int *result);
void ng_folder_close(DIR **folder);
#define __cleanup_folder __attribute__((cleanup(ng_folder_close)))

/** ng_folder_next() - the next entry; NULL at the end, or with *@result set to -errno */
struct dirent *ng_folder_next(DIR *folder, int *result);

/**
 * ng_folder_clear() - remove a folder of pins with all that is in it; it need not exist
 *
 * Return: 0; -errno, and what could not be removed is left.
 */
int ng_folder_clear(const char *path);

/** ng_folder_empty() - the same, but the folder itself stays */
int ng_folder_empty(const char *path);

#endif
