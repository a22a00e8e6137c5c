/* SPDX-License-Identifier: GPL-2.0-only */
/* Which counter slot a rule gets: the one it had, or one that no kept image uses. */
#ifndef NG_SLOTS_H
#define NG_SLOTS_H

#include <stddef.h>

#include "layout/image.h"

/**
 * struct ng_slots - that were given
 * @end:   one more than the highest
 * @fresh: those that no rule of a kept image has, @n_fresh of them; for free()
 */
struct ng_slots {
	__u32 end;
	__u32 *fresh;
	size_t n_fresh;
};

/**
 * ng_slots_assign() - a slot for each of @n rules
 * @rules:  with their texts inside @text; their slots are filled
 *
 * Return: 0 with *@slots; -ENOMEM.
 */
int ng_slots_assign(const char *text, struct ng_image_rule *rules, size_t n,
		    const void *const *kept, size_t n_kept, struct ng_slots *slots);

#endif
