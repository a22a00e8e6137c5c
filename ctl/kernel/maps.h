/* SPDX-License-Identifier: GPL-2.0-only */
/* The maps of one generation. */
#ifndef NG_MAPS_H
#define NG_MAPS_H

#include <stddef.h>

#include "kernel/private.h"

/** ng_capacity_for() - the capacity to load for an image of @size bytes; 0: it is too large */
__u64 ng_capacity_for(size_t size);
/** ng_slots_for() - likewise of counters */
__u32 ng_slots_for(__u32 slots);

/**
 * ng_shared_create() - the maps that all generations share, the first being in force
 * @control, @live: fds, for the caller to close also on failure
 *
 * Return: 0 or -errno.
 */
int ng_shared_create(const char *folder, int *control, int *live);

/**
 * ng_maps_create() - the maps of a generation whose capacity and slots are set, not pinned
 *
 * Return: 0 or -errno; the caller closes @generation in either case.
 */
int ng_maps_create(struct ng_generation *generation);

/**
 * ng_generation_create() - make the maps of generation @number and pin them
 *
 * Return: 0 with *@generation for ng_generation_close(); -errno with @err filled, and no pins.
 */
int ng_generation_create(const struct ng_state *state, __u32 number, __u64 capacity, __u32 slots,
			 struct ng_generation *generation, struct ng_error *err);

/** ng_generation_open() - open the pinned maps; 0 or -errno (-ENOENT: not all are there) */
int ng_generation_open(const struct ng_state *state, __u32 number,
		       struct ng_generation *generation);
void ng_generation_close(struct ng_generation *generation);

/**
 * ng_image_create() - a map of its own for an image; nothing can change it afterwards
 *
 * Return: an fd, or -errno.
 */
int ng_image_create(const struct ng_generation *generation, const void *data, size_t size);

/** ng_image_put() - put the image of @fd into @slot; returns when no program uses the old one */
int ng_image_put(const struct ng_generation *generation, enum ng_image_slot slot, int fd);

/** ng_image_fd() - the map that stands in @slot: an fd, -ENOENT for none, another -errno */
int ng_image_fd(const struct ng_generation *generation, enum ng_image_slot slot);

/**
 * ng_image_map() - map the image of @fd to read
 *
 * Return: 0 with *@data, *@size bytes as the image's header says, in a mapping of *@mapped bytes
 * for munmap(); -errno.
 */
int ng_image_map(const struct ng_generation *generation, int fd, const void **data, size_t *size,
		 size_t *mapped);

/**
 * struct ng_rows - the counters of a generation, mapped
 * @baseline: by slot; what is reported is the sum over all rows - baseline, modulo 2^64
 */
struct ng_rows {
	const struct ng_counter *rows;
	struct ng_counter *baseline;
	__u32 slots, cpus;
};
int ng_rows_map(const struct ng_generation *generation, bool writable, struct ng_rows *rows);
void ng_rows_unmap(struct ng_rows *rows);

/** ng_rows_sum() - what was counted in @slot since the map was made */
struct ng_counter ng_rows_sum(const struct ng_rows *rows, __u32 slot);
/** ng_rows_reported() - since the last reset */
struct ng_counter ng_rows_reported(const struct ng_rows *rows, __u32 slot);
/** ng_rows_reset() - report 0 from now on */
void ng_rows_reset(struct ng_rows *rows, __u32 slot);

#endif
