/* SPDX-License-Identifier: GPL-2.0-only */
/* Reading the image in force, and putting another one in force. */
#ifndef NG_PUBLISH_H
#define NG_PUBLISH_H

#include "compile/image.h"
#include "kernel/maps/images.h"
#include "kernel/state/state.h"

/**
 * struct ng_held_image - an image in the kernel with its source, mapped for reading; all zero: none
 * @size: its extent
 *
 * It never changes, even when another image replaces it.
 */
struct ng_held_image {
	const void *data;
	size_t size;
};

/**
 * ng_image_hold() - the image in @slot, for ng_image_release()
 *
 * It has this layout and is complete, as far as its header tells.
 * Return: 0; -ENOENT when @slot is empty (NG_IMAGE_PREVIOUS before the second publication);
 * another -errno, see ng_image_map(); @err is filled.
 */
int ng_image_hold(const struct ng_state *state, enum ng_image_slot slot,
		  struct ng_held_image *image, struct ng_error *err);
void ng_image_release(struct ng_held_image *image);

/** ng_image_hold_in_force() - the image that programs use now, likewise */
int ng_image_hold_in_force(const struct ng_state *state, struct ng_held_image *image,
			   struct ng_error *err);

/**
 * ng_publish_previous() - swap the image in force and the previous one
 * @state: opened with NG_ACCESS_CHANGE; no window is open
 *
 * Both keep their counters. Return: as ng_publish(); -ENOENT when there is no previous image.
 */
int ng_publish_previous(struct ng_state *state, struct ng_error *err);

/**
 * ng_publish() - put @image in force on all hooks of all attached interfaces at once
 * @state: opened with NG_ACCESS_CHANGE
 * @image: compiled so that rules keep the slots they have in the current and previous images
 *
 * The image that was in force becomes the previous one, but see ng_window_ask(). Egress programs
 * that @image needs are attached before, and those that it does not need are detached after. When
 * the image or its counters outgrow the programs, these are replaced by larger ones, see
 * exchange.h. Return: 0; -EBUSY (a change waits to be confirmed), -E2BIG, -EOPNOTSUPP (the rules
 * read VLAN tags, which an interface strips before XDP), -ENOMEM or another -errno with @err
 * filled: the old image is still in force.
 */
int ng_publish(struct ng_state *state, const struct ng_image *image, struct ng_error *err);

/**
 * ng_publish_room() - create a map for an image of up to @size bytes, to be written directly; see
 * ng_image_room_open(); for ng_image_room_close()
 */
int ng_publish_room(const struct ng_state *state, size_t size, size_t source,
		    struct ng_image_room *room);

/**
 * ng_publish_there() - ng_publish() an image that was written in @room, or any image if @room is
 * none
 *
 * Afterwards @room is none, and @image->data must not be read.
 */
int ng_publish_there(struct ng_state *state, const struct ng_image *image,
		     struct ng_image_room *room, struct ng_error *err);

/** ng_publish_added_egress() - was there no egress program before the image that was published? */
bool ng_publish_added_egress(const struct ng_state *state);

#endif
