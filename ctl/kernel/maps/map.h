/* SPDX-License-Identifier: GPL-2.0-only */
/* Single maps: made, and asked about. */
#ifndef NG_MAP_H
#define NG_MAP_H

#include <linux/bpf.h>

/** ng_array_create() - an array that can be mapped; an fd, or -errno */
int ng_array_create(const char *name, __u64 value_size, __u32 entries);

/** ng_control_create() - the map that all generations share, the first being in force: an fd,
 * -errno
 */
int ng_control_create(void);

/** ng_map_info() - what the kernel tells of the map; 0 or -errno */
int ng_map_info(int fd, struct bpf_map_info *info);

#endif
