// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "base/cleanup.h"
#include "kernel/pins/handle.h"
#include "kernel/pins/log.h"
#include "kernel/programs/namespaces_sweep.h"
#include "kernel/programs/xdp.h"
#include "namespaces.skel.h"

/* *@walk is loaded on first use, which takes about 15 ms. */
static bool is_deleted(struct namespaces **walk, __u64 cookie)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts);

	if (!*walk)
		*walk = namespaces__open_and_load();
	if (!*walk)
		return false;
	(*walk)->bss->ng_cookie = cookie;
	(*walk)->bss->ng_found = 1;
	return !bpf_prog_test_run_opts(bpf_program__fd((*walk)->progs.namespaces), &opts) &&
	       !(*walk)->bss->ng_found && (*walk)->bss->ng_whole;
}

/*
 * Is this the pin of a TCX link whose interface still exists? When a namespace is deleted, the
 * kernel moves network cards in it back to the initial namespace, with their programs.
 */
static bool is_at_work(const char *path)
{
	__cleanup_fd int link = bpf_obj_get(path);
	struct bpf_link_info info = { 0 };
	__u32 len = sizeof(info);

	/* Headers of 6.1 have no info.tcx, whose first word is an ifindex like that of info.xdp. */
	return link < 0 || bpf_obj_get_info_by_fd(link, &info, &len) || info.xdp.ifindex;
}

/* *@id is 0 when there is no control map. Return: 0 or -errno. */
static int control_id(const char *folder, __u32 *id)
{
	char path[NG_PIN_PATH];
	struct bpf_map_info info = { 0 };
	__u32 len = sizeof(info);
	__cleanup_fd int control = -1;

	snprintf(path, sizeof(path), "%.200s/control", folder);
	control = ng_pin_open(path);
	*id = 0;
	if (control < 0)
		return ng_unless_gone(control);
	if (bpf_obj_get_info_by_fd(control, &info, &len))
		return -errno;
	*id = info.id;
	return 0;
}

/*
 * Look at the pins of one generation; with @control_id, remove libxdp's pins of its interfaces,
 * too. 1: one is in use; 0; or -errno.
 */
static int look_at_pins(const char *folder, __u32 control_id)
{
	int result, at_work = 0;
	__cleanup_folder DIR *dir = ng_folder_open(folder, &result);
	struct dirent *entry;

	while (dir && !result && !at_work && (entry = ng_folder_next(dir, &result))) {
		char path[NG_PIN_PATH + 128], hook[16];
		int ifindex;

		if (sscanf(entry->d_name, "%d-%15s", &ifindex, hook) != 2)
			continue;
		snprintf(path, sizeof(path), "%s/%.64s", folder, entry->d_name);
		if (strstr(hook, "-link"))
			at_work = is_at_work(path);
		else if (control_id && !strcmp(hook, "xdp"))
			result = ng_xdp_sweep_pins(ifindex, control_id);
	}
	return result ? result : at_work;
}

/* Likewise, of all generations. */
static int look_at_generations(const char *folder, __u32 control_id)
{
	int result, at_work = 0;
	__cleanup_folder DIR *dir = ng_folder_open(folder, &result);
	struct dirent *entry;

	while (dir && !result && !at_work && (entry = ng_folder_next(dir, &result))) {
		char path[NG_PIN_PATH];

		if (strncmp(entry->d_name, "gen-", 4) != 0)
			continue;
		snprintf(path, sizeof(path), "%.128s/%.32s", folder, entry->d_name);
		at_work = look_at_pins(path, control_id);
	}
	return result ? result : at_work;
}

/* Remove the folder if all of it could be read; else the next attach tries again. */
static void remove_deleted(const char *folder)
{
	__cleanup_fd int lock = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	__u32 control;

	/* The holder of the lock is sweeping, too. */
	if (lock < 0 || flock(lock, LOCK_EX | LOCK_NB) || look_at_generations(folder, 0) ||
	    control_id(folder, &control) || look_at_generations(folder, control))
		return;
	ng_folder_clear(folder);
}

void ng_netns_sweep(const struct ng_state *state)
{
	char parent[NG_PIN_PATH / 2];
	const char *own = strrchr(state->folder, '/') + 1;
	struct namespaces *walk = NULL;
	struct dirent *entry;
	DIR *dir;

	snprintf(parent, sizeof(parent), "%.*s", (int)(own - 1 - state->folder), state->folder);
	dir = opendir(parent);
	ng_log_begin();
	while (dir && (entry = readdir(dir))) {
		char path[NG_PIN_PATH], *end;
		__u64 cookie = strtoull(entry->d_name, &end, 10);

		if (*end || !cookie || !strcmp(entry->d_name, own) || !is_deleted(&walk, cookie))
			continue;
		snprintf(path, sizeof(path), "%s/%.32s", parent, entry->d_name);
		remove_deleted(path);
	}
	if (dir)
		closedir(dir);
	namespaces__destroy(walk);
}
