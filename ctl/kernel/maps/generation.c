// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/maps/generation.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "base/cleanup.h"
#include "kernel/maps/buckets.h"
#include "kernel/maps/flow_table.h"
#include "kernel/maps/images.h"
#include "kernel/maps/map.h"
#include "layout/counters.h"
#include "layout/image.h"
#include "layout/record.h"

static __u64 power_of_two(__u64 least)
{
	__u64 power = 1;

	while (power < least)
		power <<= 1;
	return power;
}

/* Half as much again as room to grow, so that most updates need no new programs. */
__u64 ng_capacity_for(size_t size)
{
	__u64 capacity = power_of_two(size + size / 2);

	if (size > NG_IMAGE_MAX)
		return 0;
	if (capacity < NG_IMAGE_MIN)
		return NG_IMAGE_MIN;
	return capacity < NG_IMAGE_MAX ? capacity : NG_IMAGE_MAX;
}

__u32 ng_slots_for(__u32 slots)
{
	__u64 wanted = power_of_two(slots + slots / 2ULL);

	return wanted < NG_SLOTS_MIN ? NG_SLOTS_MIN : wanted;
}

static int create_images(const struct ng_generation *generation)
{
	__cleanup_fd int room = ng_image_room(generation);
	LIBBPF_OPTS(bpf_map_create_opts, opts, .inner_map_fd = room);
	int fd;

	if (room < 0)
		return room;
	fd = bpf_map_create(BPF_MAP_TYPE_ARRAY_OF_MAPS, "ng_images", sizeof(__u32), sizeof(__u32),
			    NG_IMAGE_SLOTS, &opts);
	return fd < 0 ? -errno : fd;
}

static int create_counters(const struct ng_generation *generation)
{
	return ng_array_create("ng_counters", generation->slots * sizeof(struct ng_counter),
			       generation->cpus);
}

static int create_baseline(const struct ng_generation *generation)
{
	return ng_array_create("ng_baseline", sizeof(struct ng_counter), generation->slots);
}

static int create_flows(const struct ng_generation *generation)
{
	(void)generation;
	return ng_flows_create();
}

static int create_limits(const struct ng_generation *generation)
{
	return ng_array_create("ng_limits", generation->slots * sizeof(struct ng_limit), 1);
}

static int create_filter(const struct ng_generation *generation)
{
	(void)generation;
	return ng_array_create("ng_filter", NG_FILTER_SIZE + NG_IMAGE_SLACK, 1);
}

static int create_records(const struct ng_generation *generation)
{
	int fd = bpf_map_create(BPF_MAP_TYPE_RINGBUF, "ng_records", 0, 0, NG_RECORDS_SIZE, NULL);

	(void)generation;
	return fd < 0 ? -errno : fd;
}

enum { PRIVATE = 1, OPTIONAL = 2 };

/**
 * struct map - one of the maps that each generation has
 * @name:   in programs and in the kernel; its pin is called so without the "ng_"
 * @create: an fd, or -errno, if the caller that creates a generation does not pass one; NULL: it
 * does
 * @offset: of its fd in struct ng_generation
 * @flags:  PRIVATE: programs do not use it; OPTIONAL: may be missing in an older layout, since only
 *          programs and readers of records need it
 */
static const struct map {
	const char *name;
	int (*create)(const struct ng_generation *generation);
	size_t offset;
	unsigned int flags;
} maps[] = {
#define FD(map) offsetof(struct ng_generation, map)
	{ "ng_images", create_images, FD(images), 0 },
	{ "ng_counters", create_counters, FD(counters), 0 },
	{ "ng_baseline", create_baseline, FD(baseline), PRIVATE },
	{ "ng_live", NULL, FD(live), 0 },
	{ "ng_buckets", NULL, FD(buckets), OPTIONAL },
	{ "ng_tables", NULL, FD(tables), OPTIONAL },
	{ "ng_flows", create_flows, FD(flows), OPTIONAL },
	{ "ng_limits", create_limits, FD(limits), OPTIONAL },
	{ "ng_filter", create_filter, FD(filter), OPTIONAL },
	{ "ng_records", create_records, FD(records), OPTIONAL },
#undef FD
};
#define MAPS (sizeof(maps) / sizeof(*maps))

static int *fd_of(struct ng_generation *generation, const struct map *map)
{
	return (int *)((char *)generation + map->offset);
}

static const char *pin_of(const struct ng_state *state, char path[NG_PIN_PATH], __u32 number,
			  const struct map *map)
{
	return ng_pin_path(state, path, "gen-%u/%s", number, map->name + strlen("ng_"));
}

struct ng_generation ng_generation_none(void)
{
	struct ng_generation none = { 0 };

	for (size_t i = 0; i < MAPS; i++)
		*fd_of(&none, &maps[i]) = -1;
	return none;
}

int ng_maps_create(struct ng_generation *generation)
{
	int cpus = libbpf_num_possible_cpus();

	if (cpus < 0)
		return cpus;
	generation->cpus = cpus;
	for (size_t i = 0; i < MAPS; i++) {
		int *fd = fd_of(generation, &maps[i]);

		if (maps[i].create && *fd < 0)
			*fd = maps[i].create(generation);
		if (*fd < 0)
			return *fd;
	}
	return 0;
}

int ng_maps_share(const struct ng_generation *generation,
		  int (*share)(void *to, const char *name, int fd), void *to)
{
	struct ng_generation shared = *generation;
	int result = 0;

	for (size_t i = 0; !result && i < MAPS; i++)
		if (!(maps[i].flags & PRIVATE))
			result = share(to, maps[i].name, *fd_of(&shared, &maps[i]));
	return result;
}

static int pin_maps(const struct ng_state *state, struct ng_generation *generation)
{
	char path[NG_PIN_PATH];

	for (size_t i = 0; i < MAPS; i++)
		if (bpf_obj_pin(*fd_of(generation, &maps[i]),
				pin_of(state, path, generation->number, &maps[i])))
			return -errno;
	return 0;
}

/* Maps that outlive a generation: those of @from, apart from the live table; new ones if needed. */
static int share_maps(const struct ng_generation *from, int live, int flows,
		      struct ng_generation *made)
{
	made->live = fcntl(live, F_DUPFD_CLOEXEC, 3);
	if (made->live < 0)
		return -errno;
	if (flows >= 0) {
		made->flows = fcntl(flows, F_DUPFD_CLOEXEC, 3);
		if (made->flows < 0)
			return -errno;
	}
	if (from->buckets < 0 || from->tables < 0)
		return ng_buckets_create(made);
	made->buckets = fcntl(from->buckets, F_DUPFD_CLOEXEC, 3);
	made->tables = fcntl(from->tables, F_DUPFD_CLOEXEC, 3);
	return made->buckets < 0 || made->tables < 0 ? -errno : 0;
}

int ng_generation_create(const struct ng_state *state, __u32 number, __u64 capacity, __u32 slots,
			 int live, int flows, struct ng_generation *generation,
			 struct ng_error *err)
{
	struct ng_generation made = ng_generation_none();
	char path[NG_PIN_PATH];
	int result, failed;

	made.number = number;
	made.folder = state->folder;
	made.capacity = capacity;
	made.slots = slots;
	/* If the folder exists already, its pins may be in use: do not touch them. */
	if (mkdir(ng_pin_path(state, path, "gen-%u", number), 0700))
		return ng_fail_bpf(err, -errno, "cannot create a folder for the maps");
	result = share_maps(&state->now, live, flows, &made);
	if (!result)
		result = ng_maps_create(&made);
	if (!result)
		result = pin_maps(state, &made);
	if (!result) {
		*generation = made;
		return 0;
	}
	ng_fail_bpf(err, result, "cannot create the maps");
	ng_generation_close(&made);
	failed = ng_folder_clear(path);
	if (failed)
		ng_warn(failed, "maps that were made");
	return result;
}

static int open_maps(const struct ng_state *state, struct ng_generation *generation)
{
	char path[NG_PIN_PATH];
	struct bpf_map_info info;
	int result;

	for (size_t i = 0; i < MAPS; i++) {
		int fd = ng_pin_open(pin_of(state, path, generation->number, &maps[i]));

		if (fd < 0 && !((maps[i].flags & OPTIONAL) && ng_is_gone(fd)))
			return fd;
		*fd_of(generation, &maps[i]) = fd < 0 ? -1 : fd;
	}
	result = ng_map_info(generation->counters, &info);
	if (result)
		return result;
	generation->slots = info.value_size / sizeof(struct ng_counter);
	generation->cpus = info.max_entries;
	return 0;
}

int ng_generation_open(const struct ng_state *state, __u32 number, struct ng_generation *generation)
{
	struct ng_generation opened = ng_generation_none();
	struct bpf_map_info info;
	int result, current;

	opened.number = number;
	opened.folder = state->folder;
	result = open_maps(state, &opened);
	if (result)
		goto fail;
	/* A map of maps does not tell the size of its inner maps; the image in force does. */
	current = ng_image_fd(&opened, NG_IMAGE_CURRENT);
	if (current < 0 && current != -ENOENT) {
		result = current;
		goto fail;
	}
	if (current >= 0) {
		result = ng_map_info(current, &info);
		close(current);
		if (result)
			goto fail;
		/* A power of two, and something after it, as much as its layout needs. */
		opened.capacity = power_of_two(info.value_size / 2 + 1);
	}
	*generation = opened;
	return 0;
fail:
	ng_generation_close(&opened);
	return result;
}

void ng_generation_close(struct ng_generation *generation)
{
	for (size_t i = 0; i < MAPS; i++)
		ng_cleanup_fd(fd_of(generation, &maps[i]));
	*generation = ng_generation_none();
}
