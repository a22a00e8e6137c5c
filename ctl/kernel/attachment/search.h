/* SPDX-License-Identifier: GPL-2.0-only */
/* Where a program went with its interface, and the way there. */
#ifndef NG_SEARCH_H
#define NG_SEARCH_H

#include "kernel/attachment/attachment.h"

/** ng_attachment_locate_on() - is it on that interface instead? likewise */
int ng_attachment_locate_on(const struct ng_attachment *attachment, int ifindex,
			    struct ng_location *location);

/**
 * ng_attachment_search() - where it is in the kernel, wherever its interface was moved to
 *
 * Searches only when the interface that it was attached to is not here any more. What ends up with
 * another index, or in a network namespace that cannot be reached, under libxdp's dispatcher is
 * not found. Return: 0; -errno when it cannot be told.
 */
int ng_attachment_search(const struct ng_attachment *attachment, struct ng_location *location);

/** ng_location_enter() - go to the network namespace of @location; *@own for ng_location_leave();
 * 0, -errno
 */
int ng_location_enter(const struct ng_location *location, int *own);
void ng_location_leave(int own);

#endif
