// SPDX-License-Identifier: GPL-2.0-only
#include "base/buffer.h"

#include <stdlib.h>
#include <string.h>

static int reserve(struct ng_buffer *buffer, size_t size)
{
	size_t capacity = buffer->capacity ? buffer->capacity : 4096;
	uint8_t *data;

	if (size <= buffer->capacity)
		return 0;
	if (buffer->fixed)
		return -1;
	while (capacity < size)
		capacity *= 2;
	data = realloc(buffer->data, capacity);
	if (!data)
		return -1;
	buffer->data = data;
	buffer->capacity = capacity;
	return 0;
}

size_t ng_buffer_append(struct ng_buffer *buffer, const void *data, size_t size)
{
	size_t offset = buffer->size, padded = (size + 7) & ~(size_t)7;

	if (buffer->failed || reserve(buffer, offset + padded)) {
		buffer->failed = 1;
		return 0;
	}
	if (size)
		memcpy(buffer->data + offset, data, size);
	memset(buffer->data + offset + size, 0, padded - size);
	buffer->size += padded;
	return offset;
}

void ng_buffer_text(struct ng_buffer *buffer, const char *text, size_t size)
{
	if (buffer->failed || reserve(buffer, buffer->size + size)) {
		buffer->failed = 1;
		return;
	}
	memcpy(buffer->data + buffer->size, text, size);
	buffer->size += size;
}

void *ng_buffer_space(struct ng_buffer *buffer, size_t size)
{
	size_t offset = buffer->size, end = (offset + size + 7) & ~(size_t)7;

	if (buffer->failed || reserve(buffer, end)) {
		buffer->failed = 1;
		return NULL;
	}
	buffer->size = end;
	return memset(buffer->data + offset, 0, end - offset);
}

void ng_buffer_clear(struct ng_buffer *buffer)
{
	if (!buffer->fixed)
		free(buffer->data);
	memset(buffer, 0, sizeof(*buffer));
}
