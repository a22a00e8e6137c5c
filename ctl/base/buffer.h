/* SPDX-License-Identifier: GPL-2.0-only */
/* A growing buffer in which an image is written; all offsets are multiples of 8. */
#ifndef NG_BUFFER_H
#define NG_BUFFER_H

#include <stddef.h>
#include <stdint.h>

/**
 * struct ng_buffer - the bytes written so far
 * @fixed:  @data belongs to someone else and cannot grow beyond @capacity
 * @failed: there was no more room, and nothing was appended since; to be checked at the end
 */
struct ng_buffer {
	uint8_t *data;
	size_t size, capacity;
	int fixed, failed;
};

/**
 * ng_buffer_append() - copy @size bytes to the end, then zeros up to a multiple of 8
 *
 * Return: the offset of the first byte.
 */
size_t ng_buffer_append(struct ng_buffer *buffer, const void *data, size_t size);

/** ng_buffer_text() - append @size bytes, not padded: then only text and ng_buffer_space() follow
 */
void ng_buffer_text(struct ng_buffer *buffer, const char *text, size_t size);

/** ng_buffer_space() - append zeros, @size and up to a multiple of 8; NULL without memory */
void *ng_buffer_space(struct ng_buffer *buffer, size_t size);
void ng_buffer_clear(struct ng_buffer *buffer);

#endif
