/* SPDX-License-Identifier: GPL-2.0-only */
/* Single maps: create, query. */
#ifndef NG_MAP_H
#define NG_MAP_H

#include <linux/bpf.h>

/** ng_array_create() - create an array map that can be mapped with mmap(); an fd, or -errno */
int ng_array_create(const char *name, __u64 value_size, __u32 entries);

/** ng_control_create() - create the control map, with generation 1 in force: an fd, or -errno */
int ng_control_create(void);

/** ng_map_info() - the kernel's struct bpf_map_info of a map; 0 or -errno */
int ng_map_info(int fd, struct bpf_map_info *info);

#endif
