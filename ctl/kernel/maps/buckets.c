// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/maps/buckets.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "base/cleanup.h"
#include "compile/image_read.h"
#include "kernel/maps/images.h"
#include "kernel/maps/inner.h"
#include "kernel/maps/map.h"
#include "kernel/maps/tables.h"
#include "layout/limit.h"

#define TABLE_FLAGS (BPF_F_MMAPABLE | BPF_F_INNER_MAP)

static int create_table(__u32 lines)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = TABLE_FLAGS);
	int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "ng_table", sizeof(__u32),
				sizeof(struct ng_limit_line), lines, &opts);

	return fd < 0 ? -errno : fd;
}

int ng_buckets_create(struct ng_generation *generation)
{
	__cleanup_fd int table = create_table(1);
	LIBBPF_OPTS(bpf_map_create_opts, opts, .inner_map_fd = table);

	if (table < 0)
		return table;
	generation->buckets = ng_array_create("ng_buckets", sizeof(struct ng_bucket), NG_BUCKETS);
	if (generation->buckets < 0)
		return generation->buckets;
	generation->tables = bpf_map_create(BPF_MAP_TYPE_ARRAY_OF_MAPS, "ng_tables", sizeof(__u32),
					    sizeof(__u32), NG_BUCKETS, &opts);
	return generation->tables < 0 ? -errno : 0;
}

/* Note the buckets of the image in @slot in @kept. */
static int keep_image(const struct ng_generation *generation, enum ng_image_slot slot,
		      __u8 kept[NG_BUCKETS])
{
	const struct ng_limiter *limiters;
	const void *image;
	size_t size, n;
	int result = ng_image_map(generation, slot, &image, &size);

	if (result)
		return result == -ENOENT ? 0 : result;
	limiters = ng_image_limiters(image, &n);
	for (size_t i = 0; i < n; i++)
		kept[limiters[i].bucket] = 1;
	munmap((void *)image, size);
	return 0;
}

static int keep_images(const struct ng_generation *generation, __u8 kept[NG_BUCKETS])
{
	int result = 0;

	for (int slot = 0; !result && slot < NG_IMAGE_SLOTS; slot++)
		result = keep_image(generation, slot, kept);
	return result;
}

static int put_table(const struct ng_generation *to, const struct ng_limiter *limiter,
		     struct ng_bucket *bucket)
{
	__cleanup_fd int table = create_table(limiter->lines);

	if (table < 0)
		return table;
	bucket->lines = limiter->lines;
	return ng_inner_put(to->folder, to->tables, limiter->bucket, table);
}

static int bind_one(const struct ng_generation *to, const struct ng_limiter *limiter, bool kept,
		    struct ng_bucket *bucket)
{
	if (!kept) {
		bucket->full_at = 0;
		if (getrandom(bucket->key, sizeof(bucket->key), 0) != sizeof(bucket->key))
			return -EIO;
	}
	return limiter->lines && (!kept || !bucket->lines) ? put_table(to, limiter, bucket) : 0;
}

int ng_buckets_bind(const struct ng_generation *to, const struct ng_generation *kept,
		    const void *image)
{
	__u8 is_kept[NG_BUCKETS];
	struct ng_bucket *buckets = NULL;
	size_t n;
	const struct ng_limiter *limiters = ng_image_limiters(image, &n);
	int result;

	if (!n)
		return 0;
	memset(is_kept, 0, sizeof(is_kept));
	result = kept ? keep_images(kept, is_kept) : 0;
	if (!result)
		result = ng_tables_map(to, &buckets);
	if (result)
		return result;
	for (size_t i = 0; i < n && !result; i++)
		result = bind_one(to, &limiters[i], is_kept[limiters[i].bucket],
				  &buckets[limiters[i].bucket]);
	ng_tables_unmap(buckets);
	return result;
}

static int remove_table(const struct ng_generation *generation, __u32 index)
{
	__cleanup_fd int table = ng_inner_fd(generation->folder, generation->tables, index);

	if (table < 0)
		return table == -ENOENT ? 0 : table;
	if (bpf_map_delete_elem(generation->tables, &index))
		return -errno;
	ng_inner_unpin(generation->folder, table);
	return 0;
}

static bool any_table(const struct ng_bucket *buckets)
{
	for (__u32 i = 0; i < NG_BUCKETS; i++)
		if (buckets[i].lines)
			return true;
	return false;
}

int ng_buckets_settle(const struct ng_generation *generation)
{
	__u8 kept[NG_BUCKETS] = { 0 };
	struct ng_bucket *buckets = NULL;
	int result;

	if (generation->buckets < 0)
		return 0;
	result = ng_tables_map(generation, &buckets);
	if (result)
		return result;
	if (any_table(buckets))
		result = keep_images(generation, kept);
	else
		memset(kept, 1, sizeof(kept));
	for (__u32 i = 0; i < NG_BUCKETS && !result; i++) {
		if (kept[i] || !buckets[i].lines)
			continue;
		result = remove_table(generation, i);
		if (!result)
			buckets[i].lines = 0;
	}
	ng_tables_unmap(buckets);
	return result;
}
