// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/maps/rows.h"

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

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

#define SLOTS_FEW 16 /* for more, all rows are mapped */

/* The page of map @fd with byte @at, for unmap_page(); NULL with *@result set to -errno. */
static void *map_page(int fd, size_t at, int protection, int *result)
{
	size_t page = sysconf(_SC_PAGESIZE);
	char *data = mmap(NULL, page, protection, MAP_SHARED, fd, at / page * page);

	if (data != MAP_FAILED)
		return data + at % page;
	*result = -errno;
	return NULL;
}

static void unmap_page(const void *at)
{
	size_t page = sysconf(_SC_PAGESIZE);

	munmap((char *)at - (uintptr_t)at % page, page);
}

/* A counter's size divides that of a page, so no counter is in two. */
static int begin_one(const struct ng_generation *generation, __u32 slot)
{
	struct ng_counter sum = { 0 }, *baseline;
	int result = 0;

	for (__u32 cpu = 0; cpu < generation->cpus; cpu++) {
		size_t at = ((size_t)cpu * generation->slots + slot) * sizeof(sum);
		const volatile struct ng_counter *counter =
			map_page(generation->counters, at, PROT_READ, &result);

		if (!counter)
			return result;
		sum.packets += counter->packets;
		sum.bytes += counter->bytes;
		unmap_page((const void *)counter);
	}
	baseline =
		map_page(generation->baseline, slot * sizeof(sum), PROT_READ | PROT_WRITE, &result);
	if (!baseline)
		return result;
	*baseline = sum;
	unmap_page(baseline);
	return 0;
}

int ng_rows_begin(const struct ng_generation *generation, const __u32 *slots, size_t n)
{
	struct ng_rows rows;
	int result = 0;

	if (n <= SLOTS_FEW) {
		for (size_t i = 0; i < n && !result; i++)
			result = begin_one(generation, slots[i]);
		return result;
	}
	result = ng_rows_map(generation, true, &rows);
	if (result)
		return result;
	for (size_t i = 0; i < n; i++)
		ng_rows_reset(&rows, slots[i]);
	ng_rows_unmap(&rows);
	return 0;
}
