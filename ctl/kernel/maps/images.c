// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/maps/images.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "base/cleanup.h"
#include "compile/image_read.h"
#include "kernel/maps/inner.h"
#include "kernel/maps/map.h"
#include "layout/stable.h"
#include "layout/version.h"

/*
 * Keys under which sources are held where nothing is pinned: those of the images in the slots, and
 * that of the image created last.
 */
enum { KEY_SOURCES = NG_IMAGE_SLOTS, KEY_NEW = KEY_SOURCES + NG_IMAGE_SLOTS };

int ng_image_room(const struct ng_generation *generation)
{
	return ng_array_create("ng_image", generation->capacity + NG_IMAGE_SLACK, 1);
}

static size_t paged(size_t size)
{
	return ng_source_offset(size);
}

/* Map the first @size bytes of @fd at @at, which is inside a mapping. */
static int map_at(void *at, size_t size, int protection, int fd)
{
	void *data = mmap(at, size, protection, MAP_SHARED | MAP_FIXED, fd, 0);

	return data == MAP_FAILED ? -errno : 0;
}

/* Addresses for an image and its source, one after the other; nothing is there yet. */
static void *reserve(size_t size)
{
	void *data =
		mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return data == MAP_FAILED ? NULL : data;
}

int ng_image_room_open(const struct ng_generation *generation, size_t size, size_t source,
		       struct ng_image_room *room)
{
	struct ng_image_room new = {
		.fd = ng_image_room(generation),
		.source = -1,
		.size = paged(size),
		.capacity = generation->capacity,
	};
	int result;

	if (new.fd < 0)
		return new.fd;
	if (new.size > paged(generation->capacity))
		new.size = paged(generation->capacity);
	new.mapped = new.size + paged(source);
	new.data = reserve(new.mapped);
	result = new.data ? map_at(new.data, new.size, PROT_READ | PROT_WRITE, new.fd) : -ENOMEM;
	if (result) {
		if (new.data)
			munmap(new.data, new.mapped);
		close(new.fd);
		return result;
	}
	*room = new;
	return 0;
}

int ng_image_room_source(struct ng_image_room *room, size_t size)
{
	int fd, result;

	if (size > room->mapped - room->size)
		return -ENOSPC;
	fd = ng_array_create("ng_source", size, 1);
	if (fd < 0)
		return fd;
	result = map_at((char *)room->data + room->size, size, PROT_READ | PROT_WRITE, fd);
	if (result)
		close(fd);
	else
		room->source = fd;
	return result;
}

int ng_image_room_fill(struct ng_image_room *room, const void *image)
{
	const struct ng_image_header *header = image;
	const struct ng_image_source *source = ng_image_source(image);
	int result = header->size > room->size ? -ENOSPC : ng_image_room_source(room, source->size);

	if (result)
		return result;
	memcpy(room->data, image, header->size);
	memcpy((char *)room->data + room->size, source, source->size);
	((struct ng_image_header *)room->data)->source = room->size;
	return 0;
}

void ng_image_room_close(struct ng_image_room *room)
{
	if (!room->data)
		return;
	munmap(room->data, room->mapped);
	close(room->fd);
	ng_cleanup_fd(&room->source);
	*room = (struct ng_image_room){ 0 };
}

/* Freeze the maps, which is possible while nothing maps them for writing. */
static int freeze(int fd, int source)
{
	if (bpf_map_freeze(fd) || (source >= 0 && bpf_map_freeze(source)))
		return -errno;
	return 0;
}

int ng_image_room_seal(const struct ng_generation *generation, struct ng_image_room *room)
{
	struct ng_image_header *header = room->data;
	struct ng_image_source *source = (void *)((char *)room->data + room->size);
	__cleanup_fd int source_fd = room->source, fd = room->fd;
	int result, sealed;

	source->created = header->created;
	result = ng_inner_keep(generation->folder, generation->images, KEY_NEW, source_fd,
			       &header->source_id);
	munmap(room->data, room->mapped);
	*room = (struct ng_image_room){ 0 };
	if (!result)
		result = freeze(fd, source_fd);
	if (result)
		return result;
	sealed = fd;
	fd = -1;
	return sealed;
}

int ng_image_create(const struct ng_generation *generation, const void *image)
{
	const struct ng_image_header *header = image;
	struct ng_image_room room;
	int result =
		ng_image_room_open(generation, header->size, ng_image_source(image)->size, &room);

	if (result)
		return result;
	result = ng_image_room_fill(&room, image);
	if (!result)
		return ng_image_room_seal(generation, &room);
	ng_image_room_close(&room);
	return result;
}

int ng_image_copy(const struct ng_generation *to, int fd)
{
	struct ng_image_header head;
	struct ng_image_room room;
	const void *data;
	int result = ng_image_head(fd, &head), copy;

	if (result)
		return result;
	data = mmap(NULL, head.size, PROT_READ, MAP_SHARED, fd, 0);
	if (data == MAP_FAILED)
		return -errno;
	result = ng_image_room_open(to, head.size, 0, &room);
	if (!result)
		memcpy(room.data, data, head.size);
	munmap((void *)data, head.size);
	if (result)
		return result;
	munmap(room.data, room.mapped);
	copy = room.fd;
	result = freeze(copy, -1);
	if (!result)
		return copy;
	close(copy);
	return result;
}

/* Where nothing is pinned, hold the source of an image as long as it is in @slot. */
static int hold_source(const struct ng_generation *generation, enum ng_image_slot slot, int fd)
{
	struct ng_image_header head;
	__cleanup_fd int source = -1;
	int result;

	if (generation->folder)
		return 0;
	result = ng_image_head(fd, &head);
	if (!result)
		result = source = ng_inner_open(NULL, head.source_id);
	return result < 0 ? result
			  : ng_inner_keep(NULL, generation->images, KEY_SOURCES + slot, source,
					  &head.source_id);
}

int ng_image_put(const struct ng_generation *generation, enum ng_image_slot slot, int fd)
{
	int result = hold_source(generation, slot, fd);

	if (result)
		return result;
	return ng_inner_put(generation->folder, generation->images, slot, fd);
}

int ng_image_advance(const struct ng_generation *generation, int old, int new)
{
	int result = hold_source(generation, NG_IMAGE_PREVIOUS, old);

	if (!result)
		result = hold_source(generation, NG_IMAGE_CURRENT, new);
	if (result)
		return result;
	return ng_inner_put_two(generation->folder, generation->images,
				(__u32[]){ NG_IMAGE_PREVIOUS, NG_IMAGE_CURRENT },
				(int[]){ old, new });
}

/*
 * An update of a map of maps waits for running programs. Storing the map that is there already
 * changes nothing else.
 */
int ng_programs_wait(const struct ng_generation *generation)
{
	__cleanup_fd int current = ng_image_fd(generation, NG_IMAGE_CURRENT);

	return current < 0 ? current : ng_image_put(generation, NG_IMAGE_CURRENT, current);
}

int ng_image_fd(const struct ng_generation *generation, enum ng_image_slot slot)
{
	return ng_inner_fd(generation->folder, generation->images, slot);
}

int ng_image_head(int fd, struct ng_image_header *head)
{
	const struct ng_image_header *mapped;
	struct bpf_map_info info;
	int result = ng_map_info(fd, &info);

	if (result)
		return result;
	if (info.value_size < sizeof(*mapped))
		return -EPROTO;
	mapped = mmap(NULL, sizeof(*mapped), PROT_READ, MAP_SHARED, fd, 0);
	if (mapped == MAP_FAILED)
		return -errno;
	if (mapped->magic != NG_IMAGE_MAGIC || mapped->version < NG_LAYOUT_FIRST ||
	    mapped->version > NG_LAYOUT_VERSION || mapped->size < NG_STABLE_HEADER ||
	    mapped->size > info.value_size)
		result = -EPROTO;
	else
		*head = *mapped;
	munmap((void *)mapped, sizeof(*mapped));
	return result;
}

static int check_source(const struct ng_image_header *head, const struct ng_image_source *source,
			size_t room)
{
	return source->magic == NG_SOURCE_MAGIC && source->version == head->version &&
			       source->size <= room && source->created == head->created
		       ? 0
		       : -EPROTO;
}

/* The end of the list of sets in a source, which begins with it, or of the source. */
static size_t sets_end(const struct ng_image_source *source)
{
	size_t end = source->sets.offset + source->sets.count * sizeof(struct ng_image_set);

	return source->sets.count && end < source->size ? end : sizeof(*source);
}

/*
 * Map the source where the header of the image at @data says; @size: its bytes; @sets: see
 * ng_image_map_sets()
 */
static int map_source(void *data, int fd, const struct ng_image_header *head, size_t size,
		      bool sets)
{
	struct ng_image_source *source = (void *)((char *)data + head->source);
	size_t first = sets ? sizeof(*source) : size;
	int result = size < sizeof(*source) ? -EPROTO : map_at(source, first, PROT_READ, fd);

	if (!result)
		result = check_source(head, source, size);
	if (!result && sets && sets_end(source) > first)
		result = map_at(source, sets_end(source), PROT_READ, fd);
	return result;
}

/*
 * Map only what the header says: the capacity may be many times that. @source: fd of its source;
 * -1: it is inside the image.
 */
static int map_image(int fd, int source, const struct ng_image_header *head, bool sets,
		     const void **data, size_t *size)
{
	struct bpf_map_info info = { 0 };
	size_t extent = head->size;
	void *image;
	int result = source < 0 ? 0 : ng_map_info(source, &info);

	if (result)
		return result;
	if (source >= 0)
		extent = head->source + info.value_size;
	image = reserve(extent);
	if (!image)
		return -ENOMEM;
	result = map_at(image, source >= 0 && sets ? sizeof(*head) : head->size, PROT_READ, fd);
	if (!result && source >= 0)
		result = map_source(image, source, head, info.value_size, sets);
	if (result) {
		munmap(image, extent);
		return result;
	}
	*data = image;
	*size = extent;
	return 0;
}

/* Like ng_image_map(), but -ENOENT or -EPERM with *@id if source *@id cannot be opened. */
static int map_slot(const struct ng_generation *generation, enum ng_image_slot slot, bool sets,
		    const void **data, size_t *size, __u32 *id)
{
	__cleanup_fd int fd = ng_image_fd(generation, slot), source = -1;
	struct ng_image_header head;
	int result = fd < 0 ? fd : ng_image_head(fd, &head);

	*id = 0;
	if (result)
		return result;
	if (head.version >= NG_LAYOUT_SOURCE) {
		if (head.source % NG_SOURCE_ALIGN || head.source < head.size)
			return -EPROTO;
		source = ng_inner_open(generation->folder, head.source_id);
		if (source < 0) {
			*id = head.source_id;
			return source;
		}
	}
	return map_image(fd, source, &head, sets, data, size);
}

static int map(const struct ng_generation *generation, enum ng_image_slot slot, bool sets,
	       const void **data, size_t *size)
{
	__u32 id, refused = 0;

	for (;;) {
		int result = map_slot(generation, slot, sets, data, size, &id);

		/* The image may have been replaced, and its source unpinned, since it was opened.
		 */
		if (!id || (result != -ENOENT && result != -EPERM))
			return result;
		if (id == refused)
			return result == -ENOENT ? -ENODATA : result;
		refused = id;
	}
}

int ng_image_map(const struct ng_generation *generation, enum ng_image_slot slot, const void **data,
		 size_t *size)
{
	return map(generation, slot, false, data, size);
}

int ng_image_map_sets(const struct ng_generation *generation, enum ng_image_slot slot,
		      const void **data, size_t *size)
{
	return map(generation, slot, true, data, size);
}
