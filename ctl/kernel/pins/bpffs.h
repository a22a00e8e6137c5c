/* SPDX-License-Identifier: GPL-2.0-only */
/* The BPF file system that all commands on this machine share. */
#ifndef NG_BPFFS_H
#define NG_BPFFS_H

#include "base/error.h"

/* Where it is mounted, in this mount namespace or in that of the process that it is reached by. */
#define NG_BPFFS_PLACE "/sys/fs/bpf"

/**
 * ng_bpffs_find() - its path; libxdp is told of it as well
 *
 * `ip netns exec` gives a command a mount namespace where /sys is another, and what is mounted
 * there dies with it. So the mount of process 1 comes first, where that is another namespace than
 * ours and we may look; then our own; then, where process 1 is out of reach (a sandbox), that of
 * the next ancestor that has one, such as the shell that called `ip netns exec`.
 *
 * Return: a path that holds for the life of this process; NULL with @err filled.
 */
const char *ng_bpffs_find(struct ng_error *err);

/**
 * ng_bpffs_keep() - find it now, if there is one, and from now on no other
 *
 * The way through another process takes the privilege to trace it; the folder that is held open
 * afterwards takes none. Return: 0, also when there is none; -errno with @err filled when that
 * cannot be told.
 */
int ng_bpffs_keep(struct ng_error *err);

#endif
