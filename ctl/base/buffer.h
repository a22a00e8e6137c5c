/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory that grows while an image is written; offsets in it are multiples of 8. */
#ifndef NG_BUFFER_H
#define NG_BUFFER_H

#include <stddef.h>
#include <stdint.h>

/**
 * struct ng_buffer - bytes so far
 * @fixed:  @data is somebody else's: @capacity is all there is
 * @failed: memory ran out once: what was appended since is lost, checked at the end
 */
struct ng_buffer {
	uint8_t *data;
	size_t size, capacity;
	int fixed, failed;
};

/**
 * ng_buffer_append() - copy @size bytes to the end, then zeros up to a multiple of 8
 *
 * Return: offset of the first of them.
 */
size_t ng_buffer_append(struct ng_buffer *buffer, const void *data, size_t size);

/** ng_buffer_space() - append @size zeros, likewise padded; NULL without memory */
void *ng_buffer_space(struct ng_buffer *buffer, size_t size);
void ng_buffer_clear(struct ng_buffer *buffer);

#endif
