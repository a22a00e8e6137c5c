/* SPDX-License-Identifier: GPL-2.0-only */
/* The images of a generation, each in a map of its own. */
#ifndef NG_IMAGES_H
#define NG_IMAGES_H

#include <stddef.h>

#include "kernel/pins/handle.h"
#include "layout/image.h"

/** ng_image_room() - a map with room for an image, which is empty; an fd, or -errno */
int ng_image_room(const struct ng_generation *generation);

/**
 * struct ng_image_room - a map of an image while it is written; @data is NULL: there is none
 * @size:     bytes of the mapping @data
 * @capacity: of the generation that it is for
 */
struct ng_image_room {
	int fd;
	void *data;
	size_t size;
	__u64 capacity;
};

/** ng_image_room_open() - room for @size bytes, or for as many as an image may have; 0 or -errno */
int ng_image_room_open(const struct ng_generation *generation, size_t size,
		       struct ng_image_room *room);
void ng_image_room_close(struct ng_image_room *room);

/** ng_image_room_seal() - what was written stays; returns the map's fd, which @room has no more,
 * or -errno
 */
int ng_image_room_seal(struct ng_image_room *room);

/**
 * ng_image_create() - a map of its own for an image; nothing can change it afterwards
 *
 * Return: an fd, or -errno.
 */
int ng_image_create(const struct ng_generation *generation, const void *data, size_t size);

/** ng_image_put() - put the image of @fd into @slot; returns when no program uses the old one */
int ng_image_put(const struct ng_generation *generation, enum ng_image_slot slot, int fd);

/** ng_image_follow() - put @old into the previous slot, then @new into the current one, likewise */
int ng_image_follow(const struct ng_generation *generation, int old, int new);

/**
 * ng_programs_wait() - until no program runs any more that had begun before; 0 or -errno
 */
int ng_programs_wait(const struct ng_generation *generation);

/** ng_image_fd() - the map that stands in @slot: an fd, -ENOENT for none, another -errno */
int ng_image_fd(const struct ng_generation *generation, enum ng_image_slot slot);

/**
 * ng_image_head() - a copy of the header of the image of @fd; of an older layout only what
 * stable.h names means something. 0 or -errno
 *
 * Mapping an image costs time per page, some 2 ms of 100,000 rules; this does not.
 */
int ng_image_head(int fd, struct ng_image_header *head);

/**
 * ng_image_map() - map the image of @fd to read
 *
 * It may be of an older layout. Return: 0 with *@data, *@size bytes as the image's header says, in
 * a mapping of *@mapped bytes for munmap(); -errno.
 */
int ng_image_map(int fd, const void **data, size_t *size, size_t *mapped);

#endif
