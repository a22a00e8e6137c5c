/* SPDX-License-Identifier: GPL-2.0-only */
/* Finding a program whose interface was moved, and entering its network namespace. */
#ifndef NG_SEARCH_H
#define NG_SEARCH_H

#include "kernel/attachment/attachment.h"

/** ng_attachment_locate_on() - as ng_attachment_locate(), on interface @ifindex */
int ng_attachment_locate_on(const struct ng_attachment *attachment, int ifindex,
			    struct ng_location *location);

/**
 * ng_attachment_search() - locate it, wherever its interface was moved to
 *
 * Searches only when the interface that it was attached to is not here any more. Not found are
 * programs in a network namespace that cannot be entered, and programs under libxdp's dispatcher
 * whose interface got another index. Return: 0; -errno when that cannot be determined.
 */
int ng_attachment_search(const struct ng_attachment *attachment, struct ng_location *location);

/**
 * ng_location_enter() - enter the network namespace of @location; *@own is for ng_location_leave();
 * 0 or -errno
 */
int ng_location_enter(const struct ng_location *location, int *own);
void ng_location_leave(int own);

#endif
