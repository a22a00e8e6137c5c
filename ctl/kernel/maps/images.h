/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The images of a generation, each in a map of its own, and their sources, likewise. A source is
 * written, frozen and pinned before its image is put in force; ng_inner_sweep() unpins it when no
 * slot has the image any more.
 */
#ifndef NG_IMAGES_H
#define NG_IMAGES_H

#include <stddef.h>

#include "kernel/pins/handle.h"
#include "layout/image.h"

/** ng_image_room() - create an empty map that can hold an image; an fd, or -errno */
int ng_image_room(const struct ng_generation *generation);

/**
 * struct ng_image_room - maps in which an image and its source are being written; @data is NULL:
 * none
 * @fd:       the image's map; @source: that of the source, -1 before ng_image_room_source()
 * @size:     bytes of the image that are mapped at @data; the source is after them
 * @mapped:   bytes of the mapping @data, with room for the source
 * @capacity: that of its generation
 */
struct ng_image_room {
	int fd, source;
	void *data;
	size_t size, mapped;
	__u64 capacity;
};

/**
 * ng_image_room_open() - create a map for an image of up to @size bytes, all 0
 * @source: the largest source that there is room for
 *
 * Return: 0 with @room->size, a multiple of NG_SOURCE_ALIGN, @size or more; -errno.
 */
int ng_image_room_open(const struct ng_generation *generation, size_t size, size_t source,
		       struct ng_image_room *room);
void ng_image_room_close(struct ng_image_room *room);

/** ng_image_room_source() - create the map for a source of @size bytes; 0; -ENOSPC; -errno */
int ng_image_room_source(struct ng_image_room *room, size_t size);

/** ng_image_room_fill() - copy an image with its source into @room; 0; -ENOSPC; -errno */
int ng_image_room_fill(struct ng_image_room *room, const void *image);

/**
 * ng_image_room_seal() - freeze the image and its source, which are complete, and pin the source
 *
 * Return: the image's fd, or -errno; @room is none.
 */
int ng_image_room_seal(const struct ng_generation *generation, struct ng_image_room *room);

/**
 * ng_image_create() - create the maps of an image and its source; they are frozen, so nothing can
 * change them afterwards
 *
 * Return: the image's fd, or -errno.
 */
int ng_image_create(const struct ng_generation *generation, const void *image);

/** ng_image_copy() - copy the image @fd, of this layout, to @to; its source stays; an fd or -errno
 */
int ng_image_copy(const struct ng_generation *to, int fd);

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
 * ng_image_map() - map the image in @slot with its source for reading
 *
 * It may be of an older layout. Of what is between the image and its source, nothing can be read.
 * Needs no lock: if the image is replaced meanwhile, the new one is mapped. Return: 0 with *@data
 * and *@size, its extent, for munmap(); -ENOENT when @slot is empty; -ENODATA when the source is
 * missing; -EPROTO when it is that of another image; another -errno.
 */
int ng_image_map(const struct ng_generation *generation, enum ng_image_slot slot, const void **data,
		 size_t *size);

/**
 * ng_image_map_sets() - the same, but only the beginning of the image and of its source are there,
 * up to the list of sets
 *
 * Mapping takes time for each page: for 100,000 rules, this saves a millisecond.
 */
int ng_image_map_sets(const struct ng_generation *generation, enum ng_image_slot slot,
		      const void **data, size_t *size);

#endif
