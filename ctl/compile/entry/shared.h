/* SPDX-License-Identifier: GPL-2.0-only */
/* What entries share: masks and ranges of ports, each different one once in the image. */
#ifndef NG_SHARED_H
#define NG_SHARED_H

#include <linux/types.h>
#include <stddef.h>

#include "base/buffer.h"

/**
 * struct ng_shared - where they are: a hash table by contents, all zero at first
 * @slots: owned; @n of @room, a power of two, are in use
 */
struct ng_shared {
	struct ng_shared_slot *slots;
	size_t n, room;
};

/**
 * ng_shared_put() - the offset in @body of @size bytes like @data, appended if there are none yet
 * @size: a multiple of 8
 *
 * Return: 0 or -ENOMEM. If there was no room in @body, *@offset is not to be used.
 */
int ng_shared_put(struct ng_shared *shared, struct ng_buffer *body, const void *data, size_t size,
		  __u32 *offset);
void ng_shared_clear(struct ng_shared *shared);

#endif
