/* SPDX-License-Identifier: GPL-2.0-only */
/* Copying live entries to the state of a test run, so that it decides as the filter does. */
#ifndef NG_LIVE_MIRROR_H
#define NG_LIVE_MIRROR_H

#include "kernel/live/live.h"

/**
 * ng_live_mirror() - copy the live entries of @state that contain @address to @copy
 * @image: the image in force in @copy; entries of all its sets and of @blocked are copied
 *
 * Return: 0; -errno with @err filled.
 */
int ng_live_mirror(const struct ng_state *state, struct ng_state *copy, const void *image,
		   const struct ng_prefix *address, struct ng_error *err);

#endif
