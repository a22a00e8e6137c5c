// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/programs/programs.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "base/cleanup.h"
#include "kernel/maps/generation.h"
#include "kernel/pins/log.h"
#include "layout/config.h"
#include "layout/control.h"
#include "layout/record.h"
#include "layout/stable.h"
#include "netguard_tc.skel.h"
#include "netguard_xdp.skel.h"

#define MAPS_OF_A_PROGRAM 16 /* more than ours have */

/* As NG_WORD_IFACE_HI and _LO: the first byte of the name is the highest, padded with zeros. */
static void pack_name(const char *name, __u64 packed[2])
{
	packed[0] = packed[1] = 0;
	for (size_t i = 0; i < 16 && name[i]; i++)
		packed[i / 8] |= (__u64)(unsigned char)name[i] << (56 - 8 * (i % 8));
}

/* false for a @release that cannot be parsed. */
static bool is_older(const char *release, int than_major, int than_minor)
{
	int major = than_major, minor = than_minor;

	sscanf(release, "%d.%d", &major, &minor);
	return major < than_major || (major == than_major && minor < than_minor);
}

bool ng_kernel_is_old(const char *release)
{
	return is_older(release, 6, 1);
}

bool ng_kernel_preempts_softirqs(const struct utsname *kernel)
{
	return strstr(kernel->version, "PREEMPT_RT") && !is_older(kernel->release, 6, 18);
}

struct ng_config ng_config_for(const struct ng_generation *maps, enum ng_hook hook,
			       const char *iface, __u32 attachment)
{
	struct ng_config config = {
		.image_mask = maps->capacity - 8,
		.slot_mask = maps->slots - 1,
		.first_generation = maps->number,
		.last_generation = maps->number,
		.attachment = attachment,
		.direction = hook == NG_HOOK_TC_OUT,
	};
	struct timespec tick = { 0 };
	struct utsname kernel;

	/* The coarse clocks advance with jiffies. */
	clock_getres(CLOCK_MONOTONIC_COARSE, &tick);
	config.tick_ns = tick.tv_nsec;
	uname(&kernel);
	config.preemptible = ng_kernel_preempts_softirqs(&kernel);
	pack_name(iface, config.iface);
	return config;
}

static int share_map(void *object, const char *name, int fd)
{
	struct bpf_map *map = bpf_object__find_map_by_name(object, name);

	return map ? bpf_map__reuse_fd(map, fd) : -ENOENT;
}

static int share_maps(struct bpf_object *object, const struct ng_state *state,
		      const struct ng_generation *maps)
{
	int result = share_map(object, "ng_control", state->control);

	return result ? result : ng_maps_share(maps, share_map, object);
}

/* The only map that programs do not share: an element for each possible CPU. */
static int size_scratches(struct bpf_object *object, __u32 cpus)
{
	struct bpf_map *map = bpf_object__find_map_by_name(object, "ng_scratches");

	return map ? bpf_map__set_max_entries(map, cpus) : -ENOENT;
}

static struct netguard_xdp *open_xdp(const struct ng_config *config)
{
	struct netguard_xdp *skeleton = netguard_xdp__open();

	if (skeleton)
		skeleton->rodata->ng_config = *config;
	return skeleton;
}

static struct netguard_tc *open_tc(const struct ng_config *config)
{
	struct netguard_tc *skeleton = netguard_tc__open();

	if (skeleton)
		skeleton->rodata->ng_config = *config;
	return skeleton;
}

int ng_program_open(const struct ng_state *state, const struct ng_generation *maps,
		    enum ng_hook hook, const struct ng_config *config, struct ng_program *program,
		    struct ng_error *err)
{
	struct ng_program opened = { .hook = hook };
	int result;

	if (hook == NG_HOOK_XDP) {
		struct netguard_xdp *xdp = open_xdp(config);

		opened.skeleton = xdp;
		opened.object = xdp ? xdp->obj : NULL;
	} else {
		struct netguard_tc *tc = open_tc(config);

		opened.skeleton = tc;
		opened.object = tc ? tc->obj : NULL;
	}
	if (!opened.skeleton)
		return ng_fail_load(err, -errno);
	result = share_maps(opened.object, state, maps);
	if (!result)
		result = size_scratches(opened.object, maps->cpus);
	if (result) {
		ng_program_close(&opened);
		return ng_fail_load(err, result);
	}
	*program = opened;
	return 0;
}

void ng_program_close(struct ng_program *program)
{
	if (program->hook == NG_HOOK_XDP)
		netguard_xdp__destroy(program->skeleton);
	else
		netguard_tc__destroy(program->skeleton);
	program->skeleton = NULL;
	program->object = NULL;
}

int ng_program_load(struct ng_program *program, struct ng_error *err)
{
	int result, fd;

	ng_log_begin();
	result = bpf_object__load(program->object);
	if (result)
		return ng_fail_load(err, result);
	fd = bpf_program__fd(bpf_object__next_program(program->object, NULL));
	fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	return fd < 0 ? ng_fail_load(err, -errno) : fd;
}

int ng_fail_load(struct ng_error *err, int code)
{
	const char *reason = ng_log_reason();
	struct utsname kernel;

	if ((code == -EPERM || code == -EACCES) && !ng_log_verifier())
		return ng_fail_bpf(err, code, "cannot load the program");
	uname(&kernel);
	ng_fail(err, code, "the kernel (%s) rejects the program: %s", kernel.release,
		reason[0] ? reason : strerror(-code));
	if (ng_kernel_is_old(kernel.release))
		return ng_hint(err, code, "netguard requires Linux 6.1 or newer");
	if (access("/sys/kernel/btf/vmlinux", F_OK))
		return ng_hint(err, code, "it has no BTF: use one with CONFIG_DEBUG_INFO_BTF");
	return ng_hint(err, code, "please report this");
}

int ng_program_ask(int fd, struct ng_program_info *info)
{
	struct bpf_prog_info asked = { 0 };
	__u32 len = sizeof(asked);

	if (bpf_obj_get_info_by_fd(fd, &asked, &len))
		return -errno;
	info->id = asked.id;
	info->loaded = asked.load_time;
	memcpy(info->name, asked.name, sizeof(info->name));
	return 0;
}

/* The ids of the program's maps, at most MAPS_OF_A_PROGRAM; how many, or -errno. */
static int map_ids(int fd, __u32 ids[MAPS_OF_A_PROGRAM])
{
	struct bpf_prog_info info = {
		.nr_map_ids = MAPS_OF_A_PROGRAM,
		.map_ids = (__u64)(unsigned long)ids,
	};
	__u32 len = sizeof(info);

	if (bpf_obj_get_info_by_fd(fd, &info, &len))
		return -errno;
	return info.nr_map_ids < MAPS_OF_A_PROGRAM ? info.nr_map_ids : MAPS_OF_A_PROGRAM;
}

int ng_program_uses(int fd, __u32 map_id)
{
	__u32 ids[MAPS_OF_A_PROGRAM];
	int n = map_ids(fd, ids);

	for (int i = 0; i < n; i++)
		if (ids[i] == map_id)
			return 1;
	return n < 0 ? n : 0;
}

/* The offset and *@size of ng_config in the read-only data, as the map's BTF says; -errno. */
static int config_offset(const struct bpf_map_info *info, size_t *size)
{
	struct btf *btf = btf__load_from_kernel_by_id(info->btf_id);
	const struct btf_type *section;
	int offset = -ENOENT;

	if (!btf)
		return -errno;
	section = btf__type_by_id(btf, info->btf_value_type_id);
	for (int i = 0; section && btf_is_datasec(section) && i < btf_vlen(section); i++) {
		const struct btf_var_secinfo *var = &btf_var_secinfos(section)[i];
		const struct btf_type *type = btf__type_by_id(btf, var->type);

		if (!strcmp(btf__name_by_offset(btf, type->name_off), "ng_config") &&
		    var->size >= NG_STABLE_CONFIG) {
			offset = var->offset;
			*size = var->size;
		}
	}
	btf__free(btf);
	return offset;
}

static int read_config(int map, struct ng_config *config)
{
	struct bpf_map_info info = { 0 };
	__u32 len = sizeof(info), zero = 0;
	__cleanup_free char *value = NULL;
	struct ng_config read = { 0 };
	size_t size = 0;
	int offset;

	if (bpf_obj_get_info_by_fd(map, &info, &len))
		return -errno;
	if (!(info.map_flags & BPF_F_RDONLY_PROG) || !info.btf_id)
		return -ENOENT;
	offset = config_offset(&info, &size);
	if (offset < 0)
		return offset;
	value = malloc(info.value_size);
	if (!value)
		return -ENOMEM;
	if (bpf_map_lookup_elem(map, &zero, value))
		return -errno;
	/* In another layout only the beginning has the same members. */
	memcpy(&read, value + offset, size == sizeof(read) ? sizeof(read) : NG_STABLE_CONFIG);
	*config = read;
	return 0;
}

int ng_program_config(int fd, struct ng_config *config)
{
	__u32 ids[MAPS_OF_A_PROGRAM];
	int n = map_ids(fd, ids), result = n < 0 ? n : -ENOENT;

	for (int i = 0; i < n && result == -ENOENT; i++) {
		__cleanup_fd int map = bpf_map_get_fd_by_id(ids[i]);

		result = map < 0 ? ng_unless_gone(-errno) : read_config(map, config);
		if (map < 0 && !result)
			result = -ENOENT;
	}
	return result;
}

int ng_config_put(const char *path, const struct ng_config *config)
{
	__u32 zero = 0;
	__cleanup_fd int map = bpf_map_create(BPF_MAP_TYPE_ARRAY, "ng_config_copy", sizeof(zero),
					      sizeof(*config), 1, NULL);
	int result;

	if (map < 0 || bpf_map_update_elem(map, &zero, config, BPF_ANY) || bpf_map_freeze(map))
		return -errno;
	result = ng_pin_remove(path);
	return result || !bpf_obj_pin(map, path) ? result : -errno;
}

int ng_config_get(const char *path, struct ng_config *config)
{
	__cleanup_fd int map = ng_pin_open(path);
	struct bpf_map_info info = { 0 };
	__u32 len = sizeof(info), zero = 0;
	__u8 value[4 * sizeof(*config)];

	if (map < 0)
		return map;
	if (bpf_obj_get_info_by_fd(map, &info, &len))
		return -errno;
	if (info.value_size < NG_STABLE_CONFIG || info.value_size > sizeof(value))
		return -EPROTO;
	if (bpf_map_lookup_elem(map, &zero, value))
		return -errno;
	*config = (struct ng_config){ 0 };
	memcpy(config, value,
	       info.value_size == sizeof(*config) ? sizeof(*config) : NG_STABLE_CONFIG);
	return 0;
}
