// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/maps/inner.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "base/array.h"
#include "base/cleanup.h"

const char *ng_inner_pin(const char *folder, char path[NG_PIN_PATH], __u32 id)
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
 *
 * Several states may be published to at once, by threads: @held is only used under the lock.
 */
static struct held {
	int outer, fd;
	__u32 key, id;
} * held;
static size_t n_held;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

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

/* Takes over @fd. */
static int hold_fd(int outer, __u32 key, int fd, __u32 id)
{
	struct held *place = make_room(outer, key);

	if (!place) {
		close(fd);
		return -ENOMEM;
	}
	ng_cleanup_fd(&place->fd);
	place->fd = fd;
	place->id = id;
	return 0;
}

static int hold(int outer, __u32 key, int inner, __u32 id)
{
	int fd = fcntl(inner, F_DUPFD_CLOEXEC, 3), result;

	if (fd < 0)
		return -errno;
	pthread_mutex_lock(&lock);
	result = hold_fd(outer, key, fd, id);
	pthread_mutex_unlock(&lock);
	return result;
}

void ng_inner_release(int outer)
{
	pthread_mutex_lock(&lock);
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
	pthread_mutex_unlock(&lock);
}

static int open_held(__u32 id)
{
	int fd = -1, failed = ENOENT;

	pthread_mutex_lock(&lock);
	for (size_t i = 0; i < n_held && failed == ENOENT; i++) {
		if (held[i].id != id)
			continue;
		fd = fcntl(held[i].fd, F_DUPFD_CLOEXEC, 3);
		failed = fd < 0 ? errno : 0;
	}
	pthread_mutex_unlock(&lock);
	errno = failed;
	return fd;
}

int ng_inner_open(const char *folder, __u32 id)
{
	char path[NG_PIN_PATH];
	int fd = has_pins(folder) ? bpf_obj_get(ng_inner_pin(folder, path, id)) : open_held(id);

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
		fd = ng_inner_open(folder, id);
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

int ng_inner_keep(const char *folder, int outer, __u32 key, int inner, __u32 *id)
{
	char path[NG_PIN_PATH];
	int result = id_of(inner, id);

	if (!result && !has_pins(folder))
		result = hold(outer, key, inner, *id);
	else if (!result && bpf_obj_pin(inner, ng_inner_pin(folder, path, *id)) && errno != EEXIST)
		result = -errno;
	return result;
}

/* The same for a map that is about to be put into @outer at @key. */
static int keep(const char *folder, int outer, __u32 key, int inner)
{
	__u32 id;

	return ng_inner_keep(folder, outer, key, inner, &id);
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
		unlink(ng_inner_pin(folder, path, id));
}
