/* SPDX-License-Identifier: GPL-2.0-only */
/* The images of a generation, each in a map of its own. */
#ifndef NG_IMAGES_H
#define NG_IMAGES_H

#include <stddef.h>

#include "kernel/pins/handle.h"
#include "layout/image.h"

/** ng_image_room() - create an empty map that can hold an image; an fd, or -errno */
int ng_image_room(const struct ng_generation *generation);

/**
 * struct ng_image_room - a map in which an image is being written; @data is NULL: none
 * @size:     bytes of the mapping @data
 * @capacity: that of its generation
 */
struct ng_image_room {
	int fd;
	void *data;
	size_t size;
	__u64 capacity;
};

/** ng_image_room_open() - create a map and map @size bytes of it, at most its size; 0 or -errno */
int ng_image_room_open(const struct ng_generation *generation, size_t size,
		       struct ng_image_room *room);
void ng_image_room_close(struct ng_image_room *room);

/** ng_image_room_seal() - freeze the image; returns the map's fd, no longer @room's, or -errno */
int ng_image_room_seal(struct ng_image_room *room);

/**
 * ng_image_create() - create a map with an image; it is frozen, so nothing can change it afterwards
 *
 * Return: an fd, or -errno.
 */
int ng_image_create(const struct ng_generation *generation, const void *data, size_t size);

/** ng_image_put() - put image @fd into @slot; returns when no program uses the old one any more */
int ng_image_put(const struct ng_generation *generation, enum ng_image_slot slot, int fd);

/** ng_image_advance() - likewise put @old into the previous slot, then @new into the current one */
int ng_image_advance(const struct ng_generation *generation, int old, int new);

/** ng_programs_wait() - wait until all programs that are running now have returned; 0 or -errno */
int ng_programs_wait(const struct ng_generation *generation);

/** ng_image_fd() - the image in @slot: an fd; -ENOENT for none; another -errno */
int ng_image_fd(const struct ng_generation *generation, enum ng_image_slot slot);

/**
 * ng_image_head() - copy the header of image @fd; if it has an older layout, only what stable.h
 * names is meaningful. 0 or -errno
 *
 * Mapping a whole image costs time per page, about 2 ms for 100,000 rules; this does not.
 */
int ng_image_head(int fd, struct ng_image_header *head);

/**
 * ng_image_map() - map image @fd for reading
 *
 * It may be of an older layout. Return: 0 with *@data of *@size bytes, as the header says, and
 * *@mapped, the size for munmap(); -errno.
 */
int ng_image_map(int fd, const void **data, size_t *size, size_t *mapped);

#endif
