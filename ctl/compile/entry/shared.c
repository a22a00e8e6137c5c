// SPDX-License-Identifier: GPL-2.0-only
#include "compile/entry/shared.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "layout/image.h"

/* @size is 0 in a free slot. */
struct ng_shared_slot {
	__u64 hash;
	__u32 offset, size;
};

static __u64 hash_of(const void *data, size_t size)
{
	__u64 hash = size, word;

	for (size_t at = 0; at < size; at += sizeof(word)) {
		memcpy(&word, (const __u8 *)data + at, sizeof(word));
		hash = (hash ^ word) * 0x9e3779b97f4a7c15ULL;
		hash ^= hash >> 29;
	}
	return hash;
}

static bool is_free(const struct ng_shared_slot *slot)
{
	return !slot->size;
}

static int grow(struct ng_shared *shared)
{
	struct ng_shared larger = { .n = shared->n, .room = shared->room ? 2 * shared->room : 64 };

	if (2 * shared->n < shared->room)
		return 0;
	larger.slots = calloc(larger.room, sizeof(*larger.slots));
	if (!larger.slots)
		return -ENOMEM;
	for (size_t i = 0; i < shared->room; i++) {
		size_t at = shared->slots[i].hash & (larger.room - 1);

		if (is_free(&shared->slots[i]))
			continue;
		while (!is_free(&larger.slots[at]))
			at = (at + 1) & (larger.room - 1);
		larger.slots[at] = shared->slots[i];
	}
	free(shared->slots);
	*shared = larger;
	return 0;
}

/* Aligned, so that most are in one cache line. */
static __u32 append(struct ng_buffer *body, const void *data, size_t size)
{
	ng_buffer_space(body, -body->size % NG_SHARED_ALIGN);
	return ng_buffer_append(body, data, size);
}

int ng_shared_put(struct ng_shared *shared, struct ng_buffer *body, const void *data, size_t size,
		  __u32 *offset)
{
	__u64 hash = hash_of(data, size);
	struct ng_shared_slot *slot;
	size_t at;

	if (grow(shared))
		return -ENOMEM;
	for (at = hash & (shared->room - 1);; at = (at + 1) & (shared->room - 1)) {
		slot = &shared->slots[at];
		if (is_free(slot))
			break;
		if (slot->hash == hash && slot->size == size &&
		    !memcmp(body->data + slot->offset, data, size)) {
			*offset = slot->offset;
			return 0;
		}
	}
	*offset = append(body, data, size);
	if (body->failed)
		return 0;
	*slot = (struct ng_shared_slot){ hash, *offset, size };
	shared->n++;
	return 0;
}

void ng_shared_clear(struct ng_shared *shared)
{
	free(shared->slots);
	*shared = (struct ng_shared){ 0 };
}
