// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/maps/images.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "base/cleanup.h"
#include "kernel/maps/inner.h"
#include "kernel/maps/map.h"
#include "layout/stable.h"
#include "layout/version.h"

int ng_image_room(const struct ng_generation *generation)
{
	return ng_array_create("ng_image", generation->capacity + NG_IMAGE_SLACK, 1);
}

int ng_image_room_open(const struct ng_generation *generation, size_t size,
		       struct ng_image_room *room)
{
	struct ng_image_room new = {
		.fd = ng_image_room(generation),
		.size = size,
		.capacity = generation->capacity,
	};

	if (new.fd < 0)
		return new.fd;
	if (new.size > generation->capacity)
		new.size = generation->capacity;
	new.data = mmap(NULL, new.size, PROT_READ | PROT_WRITE, MAP_SHARED, new.fd, 0);
	if (new.data == MAP_FAILED) {
		int result = -errno;

		close(new.fd);
		return result;
	}
	*room = new;
	return 0;
}

void ng_image_room_close(struct ng_image_room *room)
{
	if (!room->data)
		return;
	munmap(room->data, room->size);
	close(room->fd);
	*room = (struct ng_image_room){ 0 };
}

int ng_image_room_seal(struct ng_image_room *room)
{
	int fd = room->fd;

	munmap(room->data, room->size);
	*room = (struct ng_image_room){ 0 };
	if (bpf_map_freeze(fd)) {
		int result = -errno;

		close(fd);
		return result;
	}
	return fd;
}

int ng_image_create(const struct ng_generation *generation, const void *data, size_t size)
{
	struct ng_image_room room;
	int result = ng_image_room_open(generation, size, &room);

	if (result)
		return result;
	memcpy(room.data, data, size);
	return ng_image_room_seal(&room);
}

int ng_image_put(const struct ng_generation *generation, enum ng_image_slot slot, int fd)
{
	return ng_inner_put(generation->folder, generation->images, slot, fd);
}

int ng_image_advance(const struct ng_generation *generation, int old, int new)
{
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

/* Map only what the header says: the capacity may be many times that. */
int ng_image_map(int fd, const void **data, size_t *size, size_t *mapped)
{
	struct ng_image_header head;
	int result = ng_image_head(fd, &head);
	void *image;

	if (result)
		return result;
	image = mmap(NULL, head.size, PROT_READ, MAP_SHARED, fd, 0);
	if (image == MAP_FAILED)
		return -errno;
	*data = image;
	*mapped = *size = head.size;
	return 0;
}
