// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/maps/maps.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "base/cleanup.h"
#include "kernel/maps/inner.h"
#include "kernel/live/live_table.h"
#include "layout/counters.h"
#include "layout/image.h"
#include "layout/record.h"
#include "layout/stable.h"
#include "layout/version.h"

static __u64 power_of_two(__u64 least)
{
	__u64 power = 1;

	while (power < least)
		power <<= 1;
	return power;
}

/* Half as much again is room to grow, so that not every other update loads new programs. */
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

static int create_image(const struct ng_generation *generation)
{
	return ng_array_create("ng_image", generation->capacity + NG_IMAGE_SLACK, 1);
}

static int create_images(const struct ng_generation *generation)
{
	__cleanup_fd int template = create_image(generation);
	LIBBPF_OPTS(bpf_map_create_opts, opts, .inner_map_fd = template);
	int fd;

	if (template <0)
		return template;
	fd = bpf_map_create(BPF_MAP_TYPE_ARRAY_OF_MAPS, "ng_images", sizeof(__u32), sizeof(__u32),
			    NG_IMAGE_SLOTS, &opts);
	return fd < 0 ? -errno : fd;
}

static int create_records(struct ng_generation *generation)
{
	int fd;

	generation->limits =
		ng_array_create("ng_limits", generation->slots * sizeof(struct ng_limit), 1);
	if (generation->limits < 0)
		return generation->limits;
	generation->filter = ng_array_create("ng_filter", NG_FILTER_SIZE + NG_IMAGE_SLACK, 1);
	if (generation->filter < 0)
		return generation->filter;
	fd = bpf_map_create(BPF_MAP_TYPE_RINGBUF, "ng_records", 0, 0, NG_RECORDS_SIZE, NULL);
	if (fd < 0)
		return -errno;
	generation->records = fd;
	return 0;
}

int ng_maps_create(struct ng_generation *generation)
{
	int cpus = libbpf_num_possible_cpus();

	if (cpus < 0)
		return cpus;
	generation->cpus = cpus;
	generation->images = create_images(generation);
	if (generation->images < 0)
		return generation->images;
	generation->counters =
		ng_array_create("ng_counters", generation->slots * sizeof(struct ng_counter), cpus);
	if (generation->counters < 0)
		return generation->counters;
	generation->baseline =
		ng_array_create("ng_baseline", sizeof(struct ng_counter), generation->slots);
	if (generation->baseline < 0)
		return generation->baseline;
	if (generation->live < 0)
		generation->live = ng_live_create(generation->folder);
	return generation->live < 0 ? generation->live : create_records(generation);
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

static int pin_maps(const struct ng_state *state, const struct ng_generation *generation)
{
	char path[NG_PIN_PATH];
	__u32 n = generation->number;

	if (bpf_obj_pin(generation->images, ng_pin_path(state, path, "gen-%u/images", n)) ||
	    bpf_obj_pin(generation->counters, ng_pin_path(state, path, "gen-%u/counters", n)) ||
	    bpf_obj_pin(generation->baseline, ng_pin_path(state, path, "gen-%u/baseline", n)) ||
	    bpf_obj_pin(generation->live, ng_pin_path(state, path, "gen-%u/live", n)) ||
	    bpf_obj_pin(generation->limits, ng_pin_path(state, path, "gen-%u/limits", n)) ||
	    bpf_obj_pin(generation->filter, ng_pin_path(state, path, "gen-%u/filter", n)) ||
	    bpf_obj_pin(generation->records, ng_pin_path(state, path, "gen-%u/records", n)))
		return -errno;
	return 0;
}

int ng_generation_create(const struct ng_state *state, __u32 number, __u64 capacity, __u32 slots,
			 int live, struct ng_generation *generation, struct ng_error *err)
{
	struct ng_generation made = NG_NO_GENERATION;
	char path[NG_PIN_PATH];
	int result = 0, failed;

	made.number = number;
	made.folder = state->folder;
	made.capacity = capacity;
	made.slots = slots;
	/* What is in a folder that is there already may be at work: it is not ours to remove. */
	if (mkdir(ng_pin_path(state, path, "gen-%u", number), 0700))
		return ng_fail_bpf(err, -errno, "cannot make a folder for the maps");
	if (live >= 0)
		made.live = fcntl(live, F_DUPFD_CLOEXEC, 3);
	if (live >= 0 && made.live < 0)
		result = -errno;
	if (!result)
		result = ng_maps_create(&made);
	if (!result)
		result = pin_maps(state, &made);
	if (!result) {
		*generation = made;
		return 0;
	}
	ng_fail_bpf(err, result, "cannot make the maps");
	ng_generation_close(&made);
	failed = ng_folder_clear(path);
	if (failed)
		ng_warn(failed, "maps that were made");
	return result;
}

static int map_info(int fd, struct bpf_map_info *info)
{
	__u32 len = sizeof(*info);

	memset(info, 0, sizeof(*info));
	return bpf_obj_get_info_by_fd(fd, info, &len) ? -errno : 0;
}

struct pinned {
	const char *name;
	int *fd;
	bool optional;
};

/* Each of @maps of a generation, by the name of its pin; 0 or -errno. */
static int open_pins(const struct ng_state *state, __u32 number, const struct pinned *maps,
		     size_t n)
{
	char path[NG_PIN_PATH];

	for (size_t i = 0; i < n; i++) {
		int fd = ng_pin_open(ng_pin_path(state, path, "gen-%u/%s", number, maps[i].name));

		if (fd < 0 && !(maps[i].optional && ng_is_gone(fd)))
			return fd;
		*maps[i].fd = fd < 0 ? -1 : fd;
	}
	return 0;
}

static int open_maps(const struct ng_state *state, struct ng_generation *generation)
{
	const struct pinned maps[] = {
		{ "images", &generation->images, false },
		{ "counters", &generation->counters, false },
		{ "baseline", &generation->baseline, false },
		{ "live", &generation->live, false },
		/* An older layout may have none: only programs need them, and who reads records. */
		{ "limits", &generation->limits, true },
		{ "filter", &generation->filter, true },
		{ "records", &generation->records, true },
	};
	struct bpf_map_info info;
	int result = open_pins(state, generation->number, maps, sizeof(maps) / sizeof(*maps));

	if (!result)
		result = map_info(generation->counters, &info);
	if (result)
		return result;
	generation->slots = info.value_size / sizeof(struct ng_counter);
	generation->cpus = info.max_entries;
	return 0;
}

int ng_generation_open(const struct ng_state *state, __u32 number, struct ng_generation *generation)
{
	struct ng_generation opened = NG_NO_GENERATION;
	struct bpf_map_info info;
	int result, current;

	opened.number = number;
	opened.folder = state->folder;
	result = open_maps(state, &opened);
	if (result)
		goto fail;
	/* The map of maps does not tell how large its values are; the image in force does. */
	current = ng_image_fd(&opened, NG_IMAGE_CURRENT);
	if (current < 0 && current != -ENOENT) {
		result = current;
		goto fail;
	}
	if (current >= 0) {
		result = map_info(current, &info);
		close(current);
		if (result)
			goto fail;
		opened.capacity = info.value_size - NG_IMAGE_SLACK;
	}
	*generation = opened;
	return 0;
fail:
	ng_generation_close(&opened);
	return result;
}

void ng_generation_close(struct ng_generation *generation)
{
	ng_cleanup_fd(&generation->images);
	ng_cleanup_fd(&generation->counters);
	ng_cleanup_fd(&generation->baseline);
	ng_cleanup_fd(&generation->live);
	ng_cleanup_fd(&generation->limits);
	ng_cleanup_fd(&generation->filter);
	ng_cleanup_fd(&generation->records);
	*generation = NG_NO_GENERATION;
}

int ng_image_create(const struct ng_generation *generation, const void *data, size_t size)
{
	int fd = create_image(generation), result = 0;
	void *to;

	if (fd < 0)
		return fd;
	to = mmap(NULL, size, PROT_WRITE, MAP_SHARED, fd, 0);
	if (to == MAP_FAILED) {
		result = -errno;
	} else {
		memcpy(to, data, size);
		munmap(to, size);
		if (bpf_map_freeze(fd))
			result = -errno;
	}
	if (result) {
		close(fd);
		return result;
	}
	return fd;
}

int ng_image_put(const struct ng_generation *generation, enum ng_image_slot slot, int fd)
{
	return ng_inner_put(generation->folder, generation->images, slot, fd);
}

int ng_image_follow(const struct ng_generation *generation, int old, int new)
{
	return ng_inner_put_two(generation->folder, generation->images,
				(__u32[]){ NG_IMAGE_PREVIOUS, NG_IMAGE_CURRENT },
				(int[]){ old, new });
}

/*
 * The kernel's update of a map of maps waits, and to put in what is there already changes nothing.
 */
int ng_programs_wait(const struct ng_generation *generation)
{
	__cleanup_fd int current = ng_image_fd(generation, NG_IMAGE_CURRENT);

	return current < 0 ? current : ng_image_put(generation, NG_IMAGE_CURRENT, current);
}

int ng_image_fd(const struct ng_generation *generation, enum ng_image_slot slot)
{
	return ng_inner_fd(generation->folder, generation->images, slot);
}

int ng_image_head(int fd, struct ng_image_header *head)
{
	const struct ng_image_header *mapped;
	struct bpf_map_info info;
	int result = map_info(fd, &info);

	if (result)
		return result;
	if (info.value_size < sizeof(*mapped))
		return -EPROTO;
	mapped = mmap(NULL, sizeof(*mapped), PROT_READ, MAP_SHARED, fd, 0);
	if (mapped == MAP_FAILED)
		return -errno;
	if (mapped->magic != NG_IMAGE_MAGIC || mapped->version < NG_LAYOUT_FIRST ||
	    mapped->version > NG_LAYOUT_VERSION || mapped->size < NG_STABLE_HEADER ||
	    mapped->size > info.value_size)
		result = -EPROTO;
	else
		*head = *mapped;
	munmap((void *)mapped, sizeof(*mapped));
	return result;
}

/* The header tells how much there is to map: a capacity may be many times that. */
int ng_image_map(int fd, const void **data, size_t *size, size_t *mapped)
{
	struct ng_image_header head;
	int result = ng_image_head(fd, &head);
	void *image;

	if (result)
		return result;
	image = mmap(NULL, head.size, PROT_READ, MAP_SHARED, fd, 0);
	if (image == MAP_FAILED)
		return -errno;
	*data = image;
	*mapped = *size = head.size;
	return 0;
}

static size_t rows_size(const struct ng_rows *rows)
{
	return (size_t)rows->cpus * rows->slots * sizeof(struct ng_counter);
}

int ng_rows_map(const struct ng_generation *generation, bool writable, struct ng_rows *rows)
{
	struct ng_rows mapped = { .slots = generation->slots, .cpus = generation->cpus };
	int result;

	mapped.rows =
		mmap(NULL, rows_size(&mapped), PROT_READ, MAP_SHARED, generation->counters, 0);
	if (mapped.rows == MAP_FAILED)
		return -errno;
	mapped.baseline = mmap(NULL, mapped.slots * sizeof(struct ng_counter),
			       writable ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED,
			       generation->baseline, 0);
	if (mapped.baseline == MAP_FAILED) {
		result = -errno;
		munmap((void *)mapped.rows, rows_size(&mapped));
		return result;
	}
	*rows = mapped;
	return 0;
}

void ng_rows_unmap(struct ng_rows *rows)
{
	munmap((void *)rows->rows, rows_size(rows));
	munmap(rows->baseline, rows->slots * sizeof(struct ng_counter));
}

struct ng_counter ng_rows_sum(const struct ng_rows *rows, __u32 slot)
{
	struct ng_counter sum = { 0 };

	for (__u32 cpu = 0; cpu < rows->cpus; cpu++) {
		const volatile struct ng_counter *counter =
			&rows->rows[(size_t)cpu * rows->slots + slot];

		sum.packets += counter->packets;
		sum.bytes += counter->bytes;
	}
	return sum;
}

struct ng_counter ng_rows_reported(const struct ng_rows *rows, __u32 slot)
{
	struct ng_counter sum = ng_rows_sum(rows, slot);

	sum.packets -= rows->baseline[slot].packets;
	sum.bytes -= rows->baseline[slot].bytes;
	return sum;
}

void ng_rows_reset(struct ng_rows *rows, __u32 slot)
{
	rows->baseline[slot] = ng_rows_sum(rows, slot);
}
