// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/maps/tables.h"

#include <errno.h>
#include <stddef.h>
#include <sys/mman.h>

#include <bpf/bpf.h>

#define BUCKETS_SIZE (NG_BUCKETS * sizeof(struct ng_bucket))

int ng_tables_map(const struct ng_generation *generation, struct ng_bucket **buckets)
{
	void *mapped = mmap(NULL, BUCKETS_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED,
			    generation->buckets, 0);

	if (mapped == MAP_FAILED)
		return -errno;
	*buckets = mapped;
	return 0;
}

void ng_tables_unmap(struct ng_bucket *buckets)
{
	munmap(buckets, BUCKETS_SIZE);
}

int ng_tables_ids(const struct ng_generation *generation, __u32 *ids)
{
	struct ng_bucket *buckets = NULL;
	int n = 0, result;

	if (generation->buckets < 0)
		return 0;
	result = ng_tables_map(generation, &buckets);
	if (result)
		return result;
	for (__u32 i = 0; i < NG_BUCKETS && !result; i++) {
		if (!buckets[i].lines)
			continue;
		if (!bpf_map_lookup_elem(generation->tables, &i, &ids[n]))
			n++;
		else if (errno != ENOENT)
			result = -errno;
	}
	ng_tables_unmap(buckets);
	return result ? result : n;
}
