// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/maps/rows.h"

#include <errno.h>
#include <stddef.h>
#include <sys/mman.h>

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
