/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The maps inside the maps of maps: images, and the live table. The kernel tells only their ids,
 * and to open a map by its id takes CAP_SYS_ADMIN. So each is pinned under its id as well, or held
 * open where nothing is pinned.
 */
#ifndef NG_INNER_H
#define NG_INNER_H

#include "kernel/pins/handle.h"

/**
 * ng_inner_fd() - open the map that stands in @outer at @key
 * @folder: of the state; "" or NULL when it has none, in test runs
 *
 * Needs no lock: what is replaced meanwhile is looked for again.
 * Return: an fd; -ENOENT when there is none; -EPERM when it has no pin (a netguard before this one
 * made it) and CAP_SYS_ADMIN is missing; another -errno.
 */
int ng_inner_fd(const char *folder, int outer, __u32 key);

/** ng_inner_put() - put @inner into @outer at @key, pinned before any program sees it; or -errno */
int ng_inner_put(const char *folder, int outer, __u32 key, int inner);

/**
 * ng_inner_put_two() - the same for two places, one after the other
 *
 * From Linux 6.8 on the kernel waits only once, behind the second, for the programs that use what
 * stood there: this takes half as long, some 8 ms less.
 */
int ng_inner_put_two(const char *folder, int outer, const __u32 keys[2], const int inner[2]);

/** ng_inner_unpin() - @inner stands in no map of maps any more; with the last fd its memory goes */
void ng_inner_unpin(const char *folder, int inner);

/** ng_inner_sweep() - unpin what is in force nowhere any more; under the lock; 0 or -errno */
int ng_inner_sweep(const struct ng_state *state);

/** ng_inner_release() - close what was put into @outer and held open */
void ng_inner_release(int outer);

#endif
