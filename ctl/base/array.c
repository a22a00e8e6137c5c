// SPDX-License-Identifier: GPL-2.0-only
#include "base/array.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int resize(void *list, size_t room, size_t size)
{
	void *elements;

	/* Strict aliasing: a pointer to another type must not be accessed as a void *. */
	memcpy(&elements, list, sizeof(elements));
	elements = reallocarray(elements, room, size);
	if (!elements)
		return -ENOMEM;
	memcpy(list, &elements, sizeof(elements));
	return 0;
}

int ng_array_grow(void *list, size_t n, size_t size)
{
	return n & (n - 1) ? 0 : resize(list, n ? 2 * n : 1, size);
}

int ng_array_reserve(void *list, size_t n, size_t more, size_t size)
{
	size_t room = 1;

	while (room < n + more)
		room *= 2;
	return more ? resize(list, room, size) : 0;
}
