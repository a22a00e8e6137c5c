// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/maps/inner_sweep.h"

#include <errno.h>
#include <stdio.h>

#include <bpf/bpf.h>

#include "base/cleanup.h"
#include "kernel/maps/images.h"
#include "kernel/maps/inner.h"
#include "kernel/maps/tables.h"
#include "layout/stable.h"

#define IN_FORCE_MAX (2 * NG_IMAGE_SLOTS + 2 + NG_BUCKETS)

/* The id of the source of image @id; 0: it has none. Return: 0 or -errno. */
static int source_of(const struct ng_state *state, __u32 id, __u32 *source)
{
	__cleanup_fd int fd = ng_inner_open(state->folder, id);
	struct ng_image_header head;
	int result = fd < 0 ? fd : ng_image_head(fd, &head);

	if (!result)
		*source = head.version < NG_LAYOUT_SOURCE ? 0 : head.source_id;
	return result;
}

/*
 * The ids of the live and flow tables, of the current and previous images and their sources, and of
 * tables of buckets; how many, or -errno.
 */
static int in_force(const struct ng_state *state, __u32 ids[IN_FORCE_MAX])
{
	__u32 zero = 0;
	int n = 0, tables;

	for (__u32 slot = 0; slot < NG_IMAGE_SLOTS; slot++) {
		int result;

		if (bpf_map_lookup_elem(state->now.images, &slot, &ids[n])) {
			if (errno != ENOENT)
				return -errno;
			continue;
		}
		result = source_of(state, ids[n], &ids[n + 1]);
		if (result)
			return result;
		n += 2;
	}
	if (bpf_map_lookup_elem(state->now.live, &zero, &ids[n++]))
		return -errno;
	if (state->now.flows >= 0 && !bpf_map_lookup_elem(state->now.flows, &zero, &ids[n]))
		n++;
	tables = ng_tables_ids(&state->now, ids + n);
	return tables < 0 ? tables : n + tables;
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
			result = ng_pin_remove(ng_inner_pin(state->folder, path, id));
	return result;
}
