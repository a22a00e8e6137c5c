/* SPDX-License-Identifier: GPL-2.0-only */
/* Live entries of a filter in another state, so that a test run decides as the filter does. */
#ifndef NG_LIVE_MIRROR_H
#define NG_LIVE_MIRROR_H

#include "kernel/live/live.h"

/**
 * ng_live_mirror() - give @copy the live entries of @state that hold @address
 * @image: in force in @copy: of all its sets, and of @blocked
 *
 * Return: 0; -errno with @err filled.
 */
int ng_live_mirror(const struct ng_state *state, struct ng_state *copy, const void *image,
		   const struct ng_prefix *address, struct ng_error *err);

#endif
