// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/live/live_table.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>

#include <bpf/bpf.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "kernel/maps/inner.h"
#include "layout/control.h"
#include "layout/image.h"
#include "layout/key.h"
#include "layout/live.h"
#include "rules/ruleset.h"

/*
 * The load of tables, and why a search always ends in time
 *
 * A table of T elements, a power of two, has about T - T/65 - 576 homes. It is created for up to
 * 33/32 entries a home, and holds up to 5/4 (deleted ones count until the next copy). So between
 * two copies at least 7/32 as many entries are written as there are homes, and copying costs a few
 * steps for each of them. T is never more than 2 n + 4 NG_LIVE_BUCKETS for n entries: in bytes,
 * four times the 32 of each entry, and what rows, names and head take. ng_live_is_sparse() tells
 * when that no longer holds.
 *
 * A search fails when NG_LIVE_PROBES = 64 buckets in a row are full. Then, for some w >= 64, more
 * than 2 w of the n = 5/4 homes hashes fell on w neighbouring homes. SipHash is a pseudo-random
 * function: an attacker who does not know the key cannot make this more likely than chance,
 * whatever addresses he chooses. By Chernoff's bound the probability for each w is less than exp(-w
 * (2 ln(2 / 1.25) - 0.75)) = exp(-0.19 w), and exp(-0.36 w) at 33/32 entries a home. Summed over
 * all w from 64 on and a million homes, that is below 1e-4 for a new table, and a few per cent over
 * all the time until it is full. The table then gets a new key and no more memory. That
 * NG_LIVE_KEYS keys in a row fail has a probability below 1e-32.
 */
#define MADE_FOR(homes) ((homes) + (homes) / 32)
#define HOLDS(homes)	((homes) + (homes) / 4)
#define HOMES(elements) (((elements)-NG_LIVE_BUCKETS - NG_LIVE_PROBES) * 64 / 65)

#define ELEMENTS_MAX (1ULL << 20)
_Static_assert(MADE_FOR(HOMES(ELEMENTS_MAX)) >= NG_LIVE_MAX, "the largest table holds them");
_Static_assert(NG_LIVE_FILTERED == 64, "the filter takes one element of 65");

__u64 ng_live_elements_for(__u64 n)
{
	__u64 elements = NG_LIVE_MIN;

	while (elements < ELEMENTS_MAX && MADE_FOR(HOMES(elements)) < n)
		elements *= 2;
	return elements;
}

bool ng_live_is_sparse(const struct ng_live_table *table)
{
	return table->size / NG_LIVE_ELEMENT > 2 * table->head->entries + 4 * NG_LIVE_BUCKETS;
}

bool ng_live_is_full(const struct ng_live_table *table)
{
	return table->head->written >= HOLDS(table->homes);
}

static int create_table(__u64 elements)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_MMAPABLE | BPF_F_INNER_MAP);
	int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "ng_live_table", sizeof(__u32), NG_LIVE_ELEMENT,
				elements, &opts);

	return fd < 0 ? -errno : fd;
}

static int map_window(struct ng_live_table *table, size_t window)
{
	size_t offset = window * NG_LIVE_WINDOW, size = table->size - offset;
	int protection = table->writable ? PROT_READ | PROT_WRITE : PROT_READ;

	if (table->windows[window])
		return 0;
	if (size > NG_LIVE_WINDOW)
		size = NG_LIVE_WINDOW;
	if (mmap((char *)table->rows + offset, size, protection, MAP_SHARED | MAP_FIXED, table->fd,
		 offset) == MAP_FAILED)
		return -errno;
	table->windows[window] = true;
	return 0;
}

int ng_live_reach_elements(struct ng_live_table *table, size_t first, size_t n)
{
	size_t window = first * NG_LIVE_ELEMENT / NG_LIVE_WINDOW;
	size_t last = ((first + n) * NG_LIVE_ELEMENT - 1) / NG_LIVE_WINDOW;
	int result = 0;

	for (; !result && window <= last; window++)
		result = map_window(table, window);
	return result;
}

int ng_live_reach_all(struct ng_live_table *table)
{
	int result = 0;

	for (size_t i = 0; !result && i * NG_LIVE_WINDOW < table->size; i++)
		result = map_window(table, i);
	return result;
}

/* Set @n_buckets and @homes of a mapped table. */
static int measure(struct ng_live_table *table)
{
	__u64 room = table->size / NG_LIVE_ELEMENT - NG_LIVE_BUCKETS;

	table->n_buckets = table->head->buckets;
	table->homes = table->n_buckets - (NG_LIVE_PROBES - 1);
	if (!table->n_buckets) { /* of an older layout, see stable.h */
		table->homes = 0;
		for (table->n_buckets = 1; 2 * table->n_buckets <= room;)
			table->n_buckets *= 2;
	}
	return table->n_buckets > room ? -EINVAL : 0;
}

/*
 * Reserve addresses for the whole table and map its first window. @fd is owned by @table
 * afterwards, and closed on failure.
 */
static int map_table(int fd, __u64 elements, bool writable, struct ng_live_table *table)
{
	struct ng_live_table mapped = {
		.size = elements * NG_LIVE_ELEMENT,
		.fd = fd,
		.writable = writable,
		.has_owners = true,
	};
	char *at = mmap(NULL, mapped.size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
			-1, 0);
	int result = at == MAP_FAILED ? -errno : 0;

	if (result) {
		close(fd);
		return result;
	}
	mapped.rows = (void *)at;
	mapped.names = (void *)(at + (size_t)NG_LIVE_ROWS * NG_LIVE_ELEMENT);
	mapped.head = (void *)(at + (size_t)NG_LIVE_HEAD * NG_LIVE_ELEMENT);
	mapped.buckets = (void *)(at + (size_t)NG_LIVE_BUCKETS * NG_LIVE_ELEMENT);
	result = map_window(&mapped, 0);
	if (!result)
		result = measure(&mapped);
	if (result) {
		ng_live_unmap(&mapped);
		return result;
	}
	*table = mapped;
	return 0;
}

int ng_live_table_create(__u64 elements, struct ng_live_table *table)
{
	__u64 key[2], homes = HOMES(elements);
	int fd, result;

	if (getrandom(key, sizeof(key), 0) != sizeof(key))
		return -EIO;
	fd = create_table(elements);
	if (fd < 0)
		return fd;
	result = map_table(fd, elements, true, table);
	if (result)
		return result;
	for (__u32 row = 0; row < NG_LIVE_ROWS; row++) {
		table->rows[row].homes = homes;
		memcpy(table->rows[row].key, key, sizeof(key));
	}
	table->head->expires = NG_LIVE_NEVER;
	table->head->buckets = homes + NG_LIVE_PROBES - 1;
	return measure(table);
}

int ng_live_outer(const char *folder, int first)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .inner_map_fd = first);
	int live = bpf_map_create(BPF_MAP_TYPE_ARRAY_OF_MAPS, "ng_live", sizeof(__u32),
				  sizeof(__u32), 1, &opts);
	int result;

	if (live < 0)
		return -errno;
	result = ng_inner_put(folder, live, 0, first);
	if (result) {
		close(live);
		return result;
	}
	return live;
}

int ng_live_create(const char *folder)
{
	struct ng_live_table table;
	int live, result;

	result = ng_live_table_create(NG_LIVE_MIN, &table);
	if (result)
		return result;
	strcpy(table.names[NG_LIVE_BLOCKED].name, NG_BLOCKED);
	table.names[NG_LIVE_BLOCKED].used = 1;
	table.names[NG_LIVE_BLOCKED].images = 1U << NG_IMAGE_CURRENT;
	live = ng_live_outer(folder, table.fd);
	ng_live_unmap(&table);
	return live;
}

int ng_live_map(const struct ng_state *state, bool writable, struct ng_live_table *table)
{
	struct bpf_map_info info = { 0 };
	int fd = ng_inner_fd(state->folder, state->now.live, 0), result;
	__u32 len = sizeof(info);

	if (fd < 0)
		return fd;
	if (bpf_obj_get_info_by_fd(fd, &info, &len)) {
		result = -errno;
		close(fd);
		return result;
	}
	return map_table(fd, info.max_entries, writable, table);
}

void ng_live_unmap(struct ng_live_table *table)
{
	if (table->rows) {
		munmap(table->rows, table->size);
		close(table->fd);
	}
	*table = (struct ng_live_table){ 0 };
}
