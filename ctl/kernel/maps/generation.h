/* SPDX-License-Identifier: GPL-2.0-only */
/* The maps of one generation: made, pinned, opened. */
#ifndef NG_GENERATION_H
#define NG_GENERATION_H

#include <stddef.h>

#include "kernel/pins/handle.h"

/** ng_capacity_for() - the capacity to load for an image of @size bytes; 0: it is too large */
__u64 ng_capacity_for(size_t size);
/** ng_slots_for() - likewise of counters */
__u32 ng_slots_for(__u32 slots);

/** ng_generation_none() - no maps; for ng_generation_close() it is fine */
struct ng_generation ng_generation_none(void);

/**
 * ng_maps_create() - the maps of a generation whose capacity, slots and live table are set, not
 * pinned
 *
 * Return: 0 or -errno; the caller closes @generation in either case.
 */
int ng_maps_create(struct ng_generation *generation);

/**
 * ng_maps_share() - call @share with each map that programs use, by the name that it has there
 *
 * Return: 0; what @share returned when that was not 0, which ends it.
 */
int ng_maps_share(const struct ng_generation *generation,
		  int (*share)(void *to, const char *name, int fd), void *to);

/**
 * ng_generation_create() - make the maps of generation @number and pin them
 * @live: the map that holds its live table, not taken over
 *
 * Return: 0 with *@generation for ng_generation_close(); -errno with @err filled, and no pins.
 */
int ng_generation_create(const struct ng_state *state, __u32 number, __u64 capacity, __u32 slots,
			 int live, struct ng_generation *generation, struct ng_error *err);

/** ng_generation_open() - open the pinned maps; 0 or -errno (-ENOENT: not all are there) */
int ng_generation_open(const struct ng_state *state, __u32 number,
		       struct ng_generation *generation);
void ng_generation_close(struct ng_generation *generation);

#endif
