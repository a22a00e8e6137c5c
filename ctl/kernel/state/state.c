// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/state/state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/privilege.h"
#include "kernel/live/live.h"
#include "kernel/live/live_rows.h"
#include "kernel/live/live_table.h"
#include "kernel/maps/buckets.h"
#include "kernel/maps/generation.h"
#include "kernel/maps/flow_table.h"
#include "kernel/maps/images.h"
#include "kernel/maps/inner_sweep.h"
#include "kernel/maps/map.h"
#include "kernel/pins/bpffs.h"
#include "kernel/pins/handle.h"
#include "kernel/pins/log.h"
#include "kernel/state/exchange.h"
#include "kernel/state/remove.h"
#include "kernel/state/window_end.h"
#include "layout/stable.h"
#include "layout/version.h"

#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71 /* Linux 5.14, <asm-generic/socket.h> */
#endif

static int netns_cookie(__u64 *cookie, struct ng_error *err)
{
	__cleanup_fd int sock = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	socklen_t len = sizeof(*cookie);

	if (sock < 0 || getsockopt(sock, SOL_SOCKET, SO_NETNS_COOKIE, cookie, &len))
		return ng_fail(err, -errno, "the kernel does not tell network namespaces apart: %s",
			       strerror(errno));
	return 0;
}

static int no_state(struct ng_error *err)
{
	ng_fail(err, -ENOENT, "netguard is not attached to anything here");
	return ng_hint(err, -ENOENT, "%s attach IFACE", ng_netguard());
}

/* Is the locked folder still the one with that name? The last detach removes it. 1, 0 or -errno. */
static int still_there(const struct ng_state *state)
{
	struct stat locked, named;

	if (fstat(state->folder_fd, &locked) || stat(state->folder, &named))
		return ng_unless_gone(-errno);
	return locked.st_ino == named.st_ino && locked.st_dev == named.st_dev;
}

static void close_fd(int *fd)
{
	ng_cleanup_fd(fd);
	*fd = -1;
}

/* A user who can put other maps into the folder decides what is filtered. */
static int check_owner(const char *folder, struct ng_error *err)
{
	struct stat status;

	if (lstat(folder, &status))
		return errno == ENOENT ? 0 : ng_fail_bpf(err, -errno, "cannot open the state");
	if ((!status.st_uid || status.st_uid == geteuid()) && !(status.st_mode & 022))
		return 0;
	ng_fail_at(err, -EPERM, folder,
		   "others could change what is in it: user %u owns it, its mode is %o",
		   status.st_uid, status.st_mode & 07777);
	return ng_hint(err, -EPERM, "find out who created it, and remove it");
}

static int open_folder(struct ng_state *state, const char *bpffs, struct ng_error *err)
{
	char parent[NG_PIN_PATH / 2];
	int result, there = 0;

	snprintf(parent, sizeof(parent), "%s/netguard", bpffs);
	do {
		close_fd(&state->folder_fd);
		if (state->access == NG_ACCESS_CREATE &&
		    ((mkdir(parent, 0700) && errno != EEXIST) ||
		     (mkdir(state->folder, 0700) && errno != EEXIST && errno != ENOENT)))
			return ng_fail_bpf(err, -errno, "cannot create a folder for the state");
		result = check_owner(parent, err);
		if (!result)
			result = check_owner(state->folder, err);
		if (result)
			return result;
		state->folder_fd =
			open(state->folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (state->folder_fd < 0 && errno == ENOENT) {
			if (state->access == NG_ACCESS_CREATE)
				continue;
			return no_state(err);
		}
		if (state->folder_fd < 0)
			return ng_fail_bpf(err, -errno, "cannot open the state");
		if (state->access == NG_ACCESS_READ)
			return 0;
		if (flock(state->folder_fd, LOCK_EX))
			return ng_fail(err, -errno, "cannot lock the state: %s", strerror(errno));
		there = still_there(state);
	} while (!there);
	return there < 0 ? ng_fail_bpf(err, there, "cannot open the state") : 0;
}

/* Can this command work with programs and maps of layout @layout? */
static int check_layout(const struct ng_state *state, __u32 layout, struct ng_error *err)
{
	bool newer = layout > NG_LAYOUT_VERSION, stable = layout >= NG_LAYOUT_FIRST;

	if (layout == NG_LAYOUT_VERSION || (state->access == NG_ACCESS_UPGRADE && stable && !newer))
		return 0;
	ng_fail(err, -EPROTO, "what is attached was made by %s netguard (layout %u, this is %u)",
		newer ? "a newer" : "an older", layout, NG_LAYOUT_VERSION);
	if (newer || !stable)
		return ng_hint(err, -EPROTO, "use that version, or detach with it first");
	return ng_hint(err, -EPROTO, "%s upgrade", ng_netguard());
}

static int map_control(struct ng_state *state, struct ng_error *err)
{
	struct bpf_map_info info = { 0 };
	__u32 len = sizeof(info);
	struct ng_control *words;
	int protection = state->access == NG_ACCESS_READ ? PROT_READ : PROT_READ | PROT_WRITE;

	if (bpf_obj_get_info_by_fd(state->control, &info, &len))
		return ng_fail_bpf(err, -errno, "cannot read the state");
	words = mmap(NULL, sizeof(*words), protection, MAP_SHARED, state->control, 0);
	if (words == MAP_FAILED)
		return ng_fail_bpf(err, -errno, "cannot map the state");
	state->words = words;
	state->control_id = info.id;
	return 0;
}

static int not_whole(const struct ng_state *state, int code, struct ng_error *err)
{
	if (code != -ENOENT)
		return ng_fail_bpf(err, code, "cannot open the state");
	ng_fail_at(err, -EIO, state->folder, "pins are missing here");
	return ng_hint(err, -EIO,
		       "try again; if that does not help, remove that folder and detach the "
		       "programs by hand");
}

/* Without the lock, the generation in force may be replaced while it is being opened. */
static int open_generation(struct ng_state *state, struct ng_error *err)
{
	struct ng_control now;
	int result;

	do {
		now.in_force = __atomic_load_n(&state->words->in_force, __ATOMIC_ACQUIRE);
		result = check_layout(state, now.version, err);
		if (result)
			return result;
		result = ng_generation_open(state, now.generation, &state->now);
	} while (result == -ENOENT && now.generation != state->words->generation);
	return result ? not_whole(state, result, err) : 0;
}

static int open_pins(struct ng_state *state, struct ng_error *err)
{
	char path[NG_PIN_PATH];
	int result;

	state->control = bpf_obj_get(ng_pin_path(state, path, "control"));
	if (state->control < 0)
		return errno == ENOENT ? no_state(err)
				       : ng_fail_bpf(err, -errno, "cannot open the state");
	result = map_control(state, err);
	return result ? result : open_generation(state, err);
}

static int fail_unconfirmed(struct ng_error *err)
{
	ng_fail(err, -ENOENT,
		"the attachment was not confirmed in time and is detached now: netguard is not "
		"attached to anything here");
	return ng_hint(err, -ENOENT, "%s attach IFACE", ng_netguard());
}

/*
 * *@any: something is attached, so the state is still needed. Return: 0; -errno with @err filled.
 */
static int recover(struct ng_state *state, bool *any, bool *trial_over, struct ng_error *err)
{
	int result = ng_generation_recover(state, any, err);

	/* The rest of an older layout is only read, see ng_upgrade(). */
	if (result || !*any || state->words->version != NG_LAYOUT_VERSION)
		return result;
	result = ng_window_recover(state);
	if (result == -ENOENT) {
		*any = false;
		*trial_over = true;
		return 0;
	}
	if (result)
		return ng_fail_bpf(err, result, "cannot roll back the unconfirmed change");
	result = ng_live_recover(state);
	return result ? ng_fail_bpf(err, result, "cannot repair the live table") : 0;
}

static int open_state(struct ng_state *state, struct ng_error *err)
{
	const char *bpffs = ng_bpffs_find(err);
	bool any = false, trial_over = false;
	__u64 cookie;
	int result;

	if (!bpffs)
		return -ENODEV;
	result = ng_clock_read_offset(err);
	if (!result)
		result = netns_cookie(&cookie, err);
	if (result)
		return result;
	snprintf(state->folder, sizeof(state->folder), "%s/netguard/%llu", bpffs,
		 (unsigned long long)cookie);
	result = open_folder(state, bpffs, err);
	if (result)
		return result;
	result = open_pins(state, err);
	if (state->access == NG_ACCESS_READ || (result && result != -ENOENT))
		return result;
	if (!result)
		result = recover(state, &any, &trial_over, err);
	else
		result = 0;
	if (result || any)
		return result;
	/*
	 * Left by a command that was killed before it had created the state, or after it had
	 * removed it. Whoever creates one keeps the lock: in a folder made anew another command
	 * could be first.
	 */
	result = state->access == NG_ACCESS_CREATE ? ng_state_empty(state) : ng_state_remove(state);
	if (result)
		return ng_fail_bpf(err, result, "cannot remove what an earlier command left");
	if (state->access != NG_ACCESS_CREATE)
		return trial_over ? fail_unconfirmed(err) : no_state(err);
	state->unused = true;
	return 0;
}

int ng_state_open(enum ng_access access, struct ng_state **state, struct ng_error *err)
{
	struct ng_state *opened = calloc(1, sizeof(*opened));
	int result;

	if (!opened)
		return ng_fail(err, -ENOMEM, "out of memory");
	*opened = (struct ng_state){
		.access = access,
		.folder_fd = -1,
		.control = -1,
		.now = ng_generation_none(),
	};
	ng_log_begin();
	result = open_state(opened, err);
	if (result) {
		ng_state_close(opened);
		return result;
	}
	*state = opened;
	return 0;
}

/* Closing the folder releases the lock, so it comes last. */
void ng_state_close(struct ng_state *state)
{
	int result = 0;

	if (!state)
		return;
	if (state->unused)
		result = ng_state_remove(state);
	else if (state->access != NG_ACCESS_READ && ng_state_exists(state))
		result = ng_inner_sweep(state);
	if (result)
		ng_warn(result, "what is pinned");
	ng_state_close_pins(state);
	ng_cleanup_fd(&state->folder_fd);
	free(state);
}

static __u64 count_blocked(const struct ng_state *state)
{
	struct ng_live_count *counts;
	__u64 blocked = 0;
	size_t n;

	if (ng_live_counts(state, &counts, &n, NULL))
		return 0;
	for (size_t i = 0; i < n; i++)
		if (!strcmp(counts[i].set, NG_BLOCKED))
			blocked = counts[i].n;
	free(counts);
	return blocked;
}

void ng_state_summary(const struct ng_state *state, struct ng_summary *summary)
{
	*summary = (struct ng_summary){ 0 };
	if (!ng_state_exists(state))
		return;
	summary->generation = state->now.number;
	summary->capacity = state->now.capacity;
	summary->slots = state->now.slots;
	summary->live = count_blocked(state);
}

int ng_state_create(struct ng_state *state, const void *image, size_t size, __u32 slots,
		    struct ng_error *err)
{
	__u64 capacity = ng_capacity_for(size);
	__cleanup_fd int control = -1, first = -1, live = -1;
	char path[NG_PIN_PATH];
	int result;

	if (!capacity)
		return ng_fail(err, -E2BIG, "the ruleset is too large");
	live = ng_live_create(state->folder);
	if (live < 0)
		return ng_fail_bpf(err, live, "cannot create the maps");
	result = ng_generation_create(state, 1, capacity, ng_slots_for(slots), live, -1,
				      &state->now, err);
	if (result)
		return result;
	result = ng_buckets_bind(&state->now, &state->now, image);
	if (!result)
		result = first = ng_image_create(&state->now, image);
	if (first >= 0)
		result = ng_image_put(&state->now, NG_IMAGE_CURRENT, first);
	if (!result)
		result = ng_flows_bind(state, image);
	if (!result)
		result = control = ng_control_create();
	/*
	 * With this pin the state exists: a command that is killed before leaves only stale pins.
	 */
	if (control >= 0)
		result = bpf_obj_pin(control, ng_pin_path(state, path, "control")) ? -errno : 0;
	if (result)
		ng_fail_bpf(err, result, "cannot create the maps");
	ng_generation_close(&state->now);
	if (!result)
		result = open_pins(state, err);
	state->unused = result;
	if (result)
		ng_state_close_pins(state); /* ng_state_close() removes the pins */
	return result;
}
