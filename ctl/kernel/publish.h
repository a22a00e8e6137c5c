/* SPDX-License-Identifier: GPL-2.0-only */
/* The image in force: asking for it, and putting another in its place. */
#ifndef NG_PUBLISH_H
#define NG_PUBLISH_H

#include "compile/image.h"
#include "kernel/maps/images.h"
#include "kernel/state/state.h"

/**
 * struct ng_held_image - an image in the kernel, mapped to read; zeroed, it is none
 *
 * Nothing changes it: it stays as it is, also when another image is put in its place.
 */
struct ng_held_image {
	const void *data;
	size_t size;
};

/**
 * ng_image_hold() - the image in @slot, for ng_image_release()
 *
 * It is of this layout and whole, as far as its header tells.
 * Return: 0; -ENOENT when @slot is empty (NG_IMAGE_PREVIOUS before the second publication);
 * another -errno; @err is filled.
 */
int ng_image_hold(const struct ng_state *state, enum ng_image_slot slot,
		  struct ng_held_image *image, struct ng_error *err);
void ng_image_release(struct ng_held_image *image);

/** ng_image_hold_in_force() - the image that programs go by now, likewise */
int ng_image_hold_in_force(const struct ng_state *state, struct ng_held_image *image,
			   struct ng_error *err);

/**
 * ng_publish_previous() - the image in force and the previous one change places, at one instant
 * @state: opened with NG_ACCESS_CHANGE; no window runs
 *
 * Both keep their counters. Return: as of ng_publish(); -ENOENT when there is no previous image.
 */
int ng_publish_previous(struct ng_state *state, struct ng_error *err);

/**
 * ng_publish() - put @image in force on every hook of every attached interface at once
 * @state: opened with NG_ACCESS_CHANGE
 * @image: compiled with the current and the previous image of @state as kept
 *
 * What was in force becomes the previous image, but see ng_window_ask(). Attaches the egress
 * programs that @image needs before, and detaches after what it needs no more. Replaces the
 * programs by larger ones when the image or its counters outgrow them, without a packet decided
 * twice or by none. Return: 0; -EBUSY (a change waits to be confirmed), -E2BIG, -EOPNOTSUPP (tags
 * that the NIC strips before native XDP), -ENOMEM or another -errno with @err filled; then the old
 * image is in force as before.
 */
int ng_publish(struct ng_state *state, const struct ng_image *image, struct ng_error *err);

/**
 * ng_publish_room() - room in the kernel for an image of up to @size bytes, all 0, to be written
 * there; for ng_image_room_close()
 *
 * Return: 0; -errno.
 */
int ng_publish_room(const struct ng_state *state, size_t size, struct ng_image_room *room);

/** ng_publish_there() - ng_publish() of an image that stands in @room, or of any when that is none
 *
 * @room is none afterwards, and @image->data no longer to be read.
 */
int ng_publish_there(struct ng_state *state, const struct ng_image *image,
		     struct ng_image_room *room, struct ng_error *err);

#endif
