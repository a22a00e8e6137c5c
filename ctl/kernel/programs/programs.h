/* SPDX-License-Identifier: GPL-2.0-only */
/* Programs from the object files that the command contains, set up for one hook. */
#ifndef NG_PROGRAMS_H
#define NG_PROGRAMS_H

#include "kernel/pins/handle.h"
#include "kernel/pins/hooks.h"
#include "layout/config.h"

struct bpf_object;
struct utsname;

/**
 * struct ng_program - an opened program with its configuration and maps; it may be loaded
 * @object: owned by @skeleton
 */
struct ng_program {
	struct bpf_object *object;
	void *skeleton;
	enum ng_hook hook;
};

/** ng_config_for() - the configuration of a program of @state's generation @maps */
struct ng_config ng_config_for(const struct ng_generation *maps, enum ng_hook hook,
			       const char *iface, __u32 attachment);

/**
 * ng_program_open() - set up a program, not yet loaded
 *
 * Return: 0 with *@program for ng_program_close(); -errno with @err filled.
 */
int ng_program_open(const struct ng_state *state, const struct ng_generation *maps,
		    enum ng_hook hook, const struct ng_config *config, struct ng_program *program,
		    struct ng_error *err);
void ng_program_close(struct ng_program *program);

/** ng_program_load() - the fd of the program, which the caller closes; -errno with @err filled */
int ng_program_load(struct ng_program *program, struct ng_error *err);

/** ng_kernel_is_old() - is @release (of uname(2)) older than what netguard supports? */
bool ng_kernel_is_old(const char *release);

/**
 * ng_kernel_preempts_softirqs() - may a packet's softirq preempt another's on the same CPU?
 *
 * On real-time kernels a per-CPU lock serialised them until Linux 6.18, which takes that lock only
 * with CONFIG_PREEMPT_RT_NEEDS_BH_LOCK. That option is not queried: if it is set, true costs a
 * little and does no harm.
 */
bool ng_kernel_preempts_softirqs(const struct utsname *kernel);

/** ng_fail_load() - say why loading failed */
int ng_fail_load(struct ng_error *err, int code);

/**
 * struct ng_program_info - a loaded program, as the kernel describes it
 * @loaded: CLOCK_BOOTTIME, ns
 */
struct ng_program_info {
	__u32 id;
	char name[16];
	__u64 loaded;
};

/** ng_program_ask() - 0 or -errno */
int ng_program_ask(int fd, struct ng_program_info *info);

/** ng_program_uses() - does the program use the map of that id? 1, 0, or -errno */
int ng_program_uses(int fd, __u32 map_id);

/**
 * ng_config_put() - pin a program's configuration, in place of what was pinned there
 *
 * ng_program_config() can read it from the program itself, but needs CAP_SYS_ADMIN.
 * Return: 0 or -errno.
 */
int ng_config_put(const char *path, const struct ng_config *config);
/** ng_config_get() - 0; -ENOENT when none is pinned there; another -errno */
int ng_config_get(const char *path, struct ng_config *config);

/**
 * ng_program_config() - the configuration that a program was loaded with; 0 or -errno
 *
 * For a program of another layout, at least what stable.h names.
 */
int ng_program_config(int fd, struct ng_config *config);

#endif
