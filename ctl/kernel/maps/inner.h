/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The inner maps of the maps of maps: images, the live table, the
 * flow table and tables of buckets; and the sources of images, which
 * are in no other map. The kernel and images tell only their ids, and opening a map by its id
 * requires CAP_SYS_ADMIN. So each is also pinned, with its id as its name, or held open where
 * nothing is pinned.
 */
#ifndef NG_INNER_H
#define NG_INNER_H

#include "kernel/pins/handle.h"

/** ng_inner_pin() - the path of the pin of the map with @id; returns @path */
const char *ng_inner_pin(const char *folder, char path[NG_PIN_PATH], __u32 id);

/**
 * ng_inner_fd() - open the map that is in @outer at @key
 * @folder: of the state; "" or NULL when it has none, in test runs
 *
 * Needs no lock: if the map is replaced meanwhile, the new one is opened. Return: an fd; -ENOENT
 * when there is none; -EPERM when it has no pin (an older netguard created it) and CAP_SYS_ADMIN is
 * missing; another -errno.
 */
int ng_inner_fd(const char *folder, int outer, __u32 key);

/**
 * ng_inner_open() - open the map with @id, which is pinned or held: an fd; -ENOENT: there is none;
 * -EPERM: it has no pin, and CAP_SYS_ADMIN is missing; another -errno
 */
int ng_inner_open(const char *folder, __u32 id);

/**
 * ng_inner_keep() - make sure that map @inner can be opened by its id
 * @outer, @key: where nothing is pinned, it is held until another one is kept under these
 *
 * Return: 0 with *@id, or -errno.
 */
int ng_inner_keep(const char *folder, int outer, __u32 key, int inner, __u32 *id);

/** ng_inner_put() - put @inner into @outer at @key; pins it before programs see it; 0 or -errno */
int ng_inner_put(const char *folder, int outer, __u32 key, int inner);

/**
 * ng_inner_put_two() - the same for two keys, in this order
 *
 * From Linux 6.8 on the kernel waits for programs that use the old maps only once, after the second
 * update: this halves the time and saves about 8 ms.
 */
int ng_inner_put_two(const char *folder, int outer, const __u32 keys[2], const int inner[2]);

/** ng_inner_unpin() - @inner is in no map of maps any more; its memory is freed with the last fd */
void ng_inner_unpin(const char *folder, int inner);

/** ng_inner_release() - close the maps that were put into @outer and held open */
void ng_inner_release(int outer);

#endif
