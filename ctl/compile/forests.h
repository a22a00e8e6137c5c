/* SPDX-License-Identifier: GPL-2.0-only */
/* The trees of an image: forests for all kinds of frames, and what packets cost in them. */
#ifndef NG_FORESTS_H
#define NG_FORESTS_H

#include "compile/entry/entry.h"
#include "compile/tree/estimate.h"
#include "layout/image.h"

#define NG_FORESTS (NG_DIRECTIONS * NG_CLASSES * 2) /* of packets that have a forest each */

/**
 * ng_forests_write() - of the rules that @compiler has; @header gets what is known of them
 * @slow: those kinds of packets of which an average one takes long, *@n_slow of them
 *
 * Those for invalid frames are built by a thread of their own when there are many rules. The same
 * rules give the same bytes, whatever runs where.
 * Return: 0; -ENOMEM; -E2BIG with @err.
 */
int ng_forests_write(struct ng_compiler *compiler, struct ng_image_header *header,
		     struct ng_slow slow[NG_FORESTS], size_t *n_slow, struct ng_error *err);

#endif
