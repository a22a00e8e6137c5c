/* SPDX-License-Identifier: GPL-2.0-only */
/* Which counter slot a rule gets: the one it had, or one that no kept image uses. */
#ifndef NG_SLOTS_H
#define NG_SLOTS_H

#include "compile/image.h"

/**
 * ng_slots_assign() - a slot for each of @n rules
 * @rules:  with their texts inside @text; their slots are filled
 * @image:  its slots and fresh are filled
 *
 * Return: 0 or -ENOMEM.
 */
int ng_slots_assign(const char *text, struct ng_image_rule *rules, size_t n,
		    const void *const *kept, size_t n_kept, struct ng_image *image);

#endif
