// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/maps/map.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "layout/control.h"
#include "layout/version.h"

int ng_array_create(const char *name, __u64 value_size, __u32 entries)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_MMAPABLE);
	int fd;

	/* The kernel keeps a value's size in 32 bits. */
	if (value_size > INT_MAX)
		return -E2BIG;
	fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, name, sizeof(__u32), value_size, entries, &opts);
	return fd < 0 ? -errno : fd;
}

int ng_control_create(void)
{
	struct ng_control words = { .version = NG_LAYOUT_VERSION, .generation = 1 };
	int fd = ng_array_create("ng_control", sizeof(words), 1), result;
	__u32 zero = 0;

	if (fd < 0 || !bpf_map_update_elem(fd, &zero, &words, BPF_ANY))
		return fd;
	result = -errno;
	close(fd);
	return result;
}

int ng_map_info(int fd, struct bpf_map_info *info)
{
	__u32 len = sizeof(*info);

	memset(info, 0, sizeof(*info));
	return bpf_obj_get_info_by_fd(fd, info, &len) ? -errno : 0;
}
