/* SPDX-License-Identifier: GPL-2.0-only */
/* The BPF file system that all commands on this machine share. */
#ifndef NG_BPFFS_H
#define NG_BPFFS_H

#include "base/error.h"

/* The mount point, in this mount namespace or in that of the process it is reached through. */
#define NG_BPFFS_PLACE "/sys/fs/bpf"

/**
 * ng_bpffs_find() - find the BPF file system, and tell libxdp about it
 *
 * `ip netns exec` gives a command a mount namespace with a /sys of its own, and mounts below it are
 * gone when the command ends. So the mount of process 1 is tried first, if its namespace is not
 * ours and we may look; then our own; then, where process 1 is out of reach (in a sandbox), that of
 * the nearest ancestor that has one, such as the shell that called `ip netns exec`.
 *
 * Return: a path that is valid as long as this process lives; NULL with @err filled.
 */
const char *ng_bpffs_find(struct ng_error *err);

/**
 * ng_bpffs_keep() - find the BPF file system now, if there is one, and use no other from now on
 *
 * Reaching it through another process requires the privilege to trace that process; using the
 * folder that is then held open does not. Return: 0, also when there is none; -errno with @err
 * filled when that could not be determined.
 */
int ng_bpffs_keep(struct ng_error *err);

#endif
