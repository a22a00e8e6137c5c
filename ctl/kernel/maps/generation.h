/* SPDX-License-Identifier: GPL-2.0-only */
/* The maps of one generation: create, pin, open. */
#ifndef NG_GENERATION_H
#define NG_GENERATION_H

#include <stddef.h>

#include "kernel/pins/handle.h"

/** ng_capacity_for() - capacity of a generation for an image of @size bytes; 0: it is too large */
__u64 ng_capacity_for(size_t size);
/** ng_slots_for() - number of counters of a generation for a ruleset that uses @slots */
__u32 ng_slots_for(__u32 slots);

/** ng_generation_none() - a generation without maps; may be passed to ng_generation_close() */
struct ng_generation ng_generation_none(void);

/**
 * ng_maps_create() - create the maps of a generation, unpinned; its capacity, slots and live table
 * are set
 *
 * Return: 0 or -errno; the caller closes @generation in either case.
 */
int ng_maps_create(struct ng_generation *generation);

/**
 * ng_maps_share() - call @share for each map that programs use, with its name in the programs
 *
 * Stops when @share returns something else than 0. Return: 0 or that.
 */
int ng_maps_share(const struct ng_generation *generation,
		  int (*share)(void *to, const char *name, int fd), void *to);

/**
 * ng_generation_create() - create the maps of generation @number and pin them
 * @live: the map of maps with its live table; stays the caller's
 * @flows: likewise with its flow table; -1: create one
 *
 * Return: 0 with *@generation for ng_generation_close(); -errno with @err filled, and no pins.
 */
int ng_generation_create(const struct ng_state *state, __u32 number, __u64 capacity, __u32 slots,
			 int live, int flows, struct ng_generation *generation,
			 struct ng_error *err);

/** ng_generation_open() - open the pinned maps; 0 or -errno (-ENOENT: not all are there) */
int ng_generation_open(const struct ng_state *state, __u32 number,
		       struct ng_generation *generation);
void ng_generation_close(struct ng_generation *generation);

#endif
