// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/maps/inner.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "layout/image.h"

#define IN_FORCE_MAX (NG_IMAGE_SLOTS + 2)

static const char *inner_pin(const char *folder, char path[NG_PIN_PATH], __u32 id)
{
	snprintf(path, NG_PIN_PATH, "%.200s/map-%u", folder, id);
	return path;
}

static bool has_pins(const char *folder)
{
	return folder && *folder;
}

/*
 * struct held - an inner map of a map of maps that has no pins; @fd is owned, @id is that map's id
 */
static struct held {
	int outer, fd;
	__u32 key, id;
} * held;
static size_t n_held;

static int id_of(int inner, __u32 *id)
{
	struct bpf_map_info info = { 0 };
	__u32 len = sizeof(info);

	if (bpf_obj_get_info_by_fd(inner, &info, &len))
		return -errno;
	*id = info.id;
	return 0;
}

static struct held *make_room(int outer, __u32 key)
{
	for (size_t i = 0; i < n_held; i++)
		if (held[i].outer == outer && held[i].key == key)
			return &held[i];
	if (ng_array_grow(&held, n_held, sizeof(*held)))
		return NULL;
	held[n_held] = (struct held){ .outer = outer, .key = key, .fd = -1 };
	return &held[n_held++];
}

static int hold(int outer, __u32 key, int inner, __u32 id)
{
	int fd = fcntl(inner, F_DUPFD_CLOEXEC, 3);
	struct held *place;

	if (fd < 0)
		return -errno;
	place = make_room(outer, key);
	if (!place) {
		close(fd);
		return -ENOMEM;
	}
	ng_cleanup_fd(&place->fd);
	place->fd = fd;
	place->id = id;
	return 0;
}

void ng_inner_release(int outer)
{
	for (size_t i = n_held; i-- > 0;) {
		if (held[i].outer != outer)
			continue;
		close(held[i].fd);
		held[i] = held[--n_held];
	}
	if (!n_held) {
		free(held);
		held = NULL;
	}
}

static int open_held(__u32 id)
{
	for (size_t i = 0; i < n_held; i++)
		if (held[i].id == id)
			return fcntl(held[i].fd, F_DUPFD_CLOEXEC, 3);
	errno = ENOENT;
	return -1;
}

static int open_id(const char *folder, __u32 id)
{
	char path[NG_PIN_PATH];
	int fd = has_pins(folder) ? bpf_obj_get(inner_pin(folder, path, id)) : open_held(id);

	if (fd < 0 && errno == ENOENT)
		fd = bpf_map_get_fd_by_id(id);
	return fd < 0 ? -errno : fd;
}

int ng_inner_fd(const char *folder, int outer, __u32 key)
{
	__u32 id, refused = 0;
	int fd;

	for (;;) {
		if (bpf_map_lookup_elem(outer, &key, &id))
			return -errno;
		fd = open_id(folder, id);
		/*
		 * -EPERM may also mean that the map was unpinned after its id was read: read the id
		 * again.
		 */
		if (fd >= 0 || (fd != -ENOENT && (fd != -EPERM || id == refused)))
			return fd;
		if (fd == -EPERM)
			refused = id;
	}
}

/* Make sure that a map that is about to be put into a map of maps can be opened later. */
static int keep(const char *folder, int outer, __u32 key, int inner)
{
	char path[NG_PIN_PATH];
	__u32 id = 0;
	int result = id_of(inner, &id);

	if (!result && !has_pins(folder))
		result = hold(outer, key, inner, id);
	else if (!result && bpf_obj_pin(inner, inner_pin(folder, path, id)) && errno != EEXIST)
		result = -errno;
	return result;
}

int ng_inner_put(const char *folder, int outer, __u32 key, int inner)
{
	int result = keep(folder, outer, key, inner);

	if (result)
		return result;
	return bpf_map_update_elem(outer, &key, &inner, BPF_ANY) ? -errno : 0;
}

int ng_inner_put_two(const char *folder, int outer, const __u32 keys[2], const int inner[2])
{
	LIBBPF_OPTS(bpf_map_batch_opts, opts, .elem_flags = BPF_ANY);
	int result = keep(folder, outer, keys[0], inner[0]);
	__u32 n = 2;

	if (!result)
		result = keep(folder, outer, keys[1], inner[1]);
	if (result || !bpf_map_update_batch(outer, keys, inner, &n, &opts))
		return result;
	for (int i = 0; i < 2; i++)
		if (bpf_map_update_elem(outer, &keys[i], &inner[i], BPF_ANY))
			return -errno;
	return 0;
}

void ng_inner_unpin(const char *folder, int inner)
{
	char path[NG_PIN_PATH];
	__u32 id = 0;

	if (has_pins(folder) && !id_of(inner, &id))
		unlink(inner_pin(folder, path, id));
}

/* The ids of the live table, of the flow table, and of the current and previous images; how many,
 * or -errno. */
static int in_force(const struct ng_state *state, __u32 ids[IN_FORCE_MAX])
{
	__u32 zero = 0;
	int n = 0;

	for (__u32 slot = 0; slot < NG_IMAGE_SLOTS; slot++) {
		if (!bpf_map_lookup_elem(state->now.images, &slot, &ids[n]))
			n++;
		else if (errno != ENOENT)
			return -errno;
	}
	if (bpf_map_lookup_elem(state->now.live, &zero, &ids[n]))
		return -errno;
	n++;
	if (state->now.flows >= 0 && !bpf_map_lookup_elem(state->now.flows, &zero, &ids[n]))
		n++;
	return n;
}

static bool is_among(__u32 id, const __u32 *ids, int n)
{
	for (int i = 0; i < n; i++)
		if (ids[i] == id)
			return true;
	return false;
}

int ng_inner_sweep(const struct ng_state *state)
{
	__u32 ids[IN_FORCE_MAX], id;
	int n = in_force(state, ids), result;
	__cleanup_folder DIR *folder = ng_folder_open(state->folder, &result);
	struct dirent *entry;
	char path[NG_PIN_PATH];

	if (n < 0)
		return n;
	while (folder && !result && (entry = ng_folder_next(folder, &result)))
		if (sscanf(entry->d_name, "map-%u", &id) == 1 && !is_among(id, ids, n))
			result = ng_pin_remove(inner_pin(state->folder, path, id));
	return result;
}
