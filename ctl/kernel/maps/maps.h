/* SPDX-License-Identifier: GPL-2.0-only */
/* The maps of one generation. */
#ifndef NG_MAPS_H
#define NG_MAPS_H

#include <stddef.h>

#include "kernel/state/private.h"
#include "layout/counters.h"
#include "layout/image.h"

/** ng_capacity_for() - the capacity to load for an image of @size bytes; 0: it is too large */
__u64 ng_capacity_for(size_t size);
/** ng_slots_for() - likewise of counters */
__u32 ng_slots_for(__u32 slots);

/** ng_array_create() - an array that can be mapped; an fd, or -errno */
int ng_array_create(const char *name, __u64 value_size, __u32 entries);

/** ng_control_create() - the map that all generations share, the first being in force: an fd,
 * -errno
 */
int ng_control_create(void);

/**
 * ng_maps_create() - the maps of a generation whose capacity and slots are set, not pinned
 *
 * Its live table is an empty one unless it has one already. Return: 0 or -errno; the caller closes
 * @generation in either case.
 */
int ng_maps_create(struct ng_generation *generation);

/**
 * ng_generation_create() - make the maps of generation @number and pin them
 * @live: the map that holds its live table, not taken over; -1: an empty one is made
 *
 * Return: 0 with *@generation for ng_generation_close(); -errno with @err filled, and no pins.
 */
int ng_generation_create(const struct ng_state *state, __u32 number, __u64 capacity, __u32 slots,
			 int live, struct ng_generation *generation, struct ng_error *err);

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

/** ng_image_follow() - put @old into the previous slot, then @new into the current one, likewise */
int ng_image_follow(const struct ng_generation *generation, int old, int new);

/**
 * ng_programs_wait() - until no program runs any more that had begun before; 0 or -errno
 */
int ng_programs_wait(const struct ng_generation *generation);

/** ng_image_fd() - the map that stands in @slot: an fd, -ENOENT for none, another -errno */
int ng_image_fd(const struct ng_generation *generation, enum ng_image_slot slot);

/**
 * ng_image_head() - a copy of the header of the image of @fd; of an older layout only what
 * stable.h names means something. 0 or -errno
 *
 * Mapping an image costs time per page, some 2 ms of 100,000 rules; this does not.
 */
int ng_image_head(int fd, struct ng_image_header *head);

/**
 * ng_image_map() - map the image of @fd to read
 *
 * It may be of an older layout. Return: 0 with *@data, *@size bytes as the image's header says, in
 * a mapping of *@mapped bytes for munmap(); -errno.
 */
int ng_image_map(int fd, const void **data, size_t *size, size_t *mapped);

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
