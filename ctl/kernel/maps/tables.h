/* SPDX-License-Identifier: GPL-2.0-only */
/* The buckets of a generation, mapped, and which of them have tables; see buckets.h. */
#ifndef NG_TABLES_H
#define NG_TABLES_H

#include "kernel/pins/handle.h"
#include "layout/limit.h"

/** ng_tables_map() - map all NG_BUCKETS buckets writable; 0 or -errno */
int ng_tables_map(const struct ng_generation *generation, struct ng_bucket **buckets);
void ng_tables_unmap(struct ng_bucket *buckets);

/** ng_tables_ids() - the ids of all tables, NG_BUCKETS at most; how many, or -errno */
int ng_tables_ids(const struct ng_generation *generation, __u32 *ids);

#endif
