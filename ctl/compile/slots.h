/* SPDX-License-Identifier: GPL-2.0-only */
/* Assigning slots to rules: the slot that a rule had, or one that no kept image uses. */
#ifndef NG_SLOTS_H
#define NG_SLOTS_H

#include <stddef.h>

#include "layout/image.h"

/**
 * struct ng_slots - the slots that were assigned
 * @end:   one more than the highest
 * @fresh: those not used in a kept image, @n_fresh of them; for free()
 */
struct ng_slots {
	__u32 end;
	__u32 *fresh;
	size_t n_fresh;
};

/**
 * ng_slots_assign() - assign a slot to each of @n rules
 * @rules:  with their texts inside @text; their slots are set
 *
 * Return: 0 with *@slots; -ENOMEM.
 */
int ng_slots_assign(const char *text, struct ng_image_rule *rules, size_t n,
		    const void *const *kept, size_t n_kept, struct ng_slots *slots);

#endif
