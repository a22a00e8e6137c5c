/* SPDX-License-Identifier: GPL-2.0-only */
/* The counters of a generation: a row for each CPU. */
#ifndef NG_ROWS_H
#define NG_ROWS_H

#include "kernel/pins/handle.h"
#include "layout/counters.h"

/**
 * struct ng_rows - the counters of a generation, mapped
 * @baseline: by slot; reported is the sum over all rows minus the baseline, modulo 2^64
 */
struct ng_rows {
	const struct ng_counter *rows;
	struct ng_counter *baseline;
	__u32 slots, cpus;
};
int ng_rows_map(const struct ng_generation *generation, bool writable, struct ng_rows *rows);
void ng_rows_unmap(struct ng_rows *rows);

/** ng_rows_sum() - counted in @slot since the map was created */
struct ng_counter ng_rows_sum(const struct ng_rows *rows, __u32 slot);
/** ng_rows_reported() - counted since the last reset */
struct ng_counter ng_rows_reported(const struct ng_rows *rows, __u32 slot);
/** ng_rows_reset() - set the counter to 0 */
void ng_rows_reset(struct ng_rows *rows, __u32 slot);

/**
 * ng_rows_begin() - set the counters of @slots, of which there are @n, to 0; 0 or -errno
 *
 * Of the maps, whose size goes with the number of slots, a few slots need only a few pages.
 */
int ng_rows_begin(const struct ng_generation *generation, const __u32 *slots, size_t n);

#endif
