// SPDX-License-Identifier: GPL-2.0-only
#include "base/array.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int ng_array_grow(void *list, size_t n, size_t size)
{
	void *elements;

	if (n & (n - 1))
		return 0;
	/* Strict aliasing: a pointer to another type must not be accessed as a void *. */
	memcpy(&elements, list, sizeof(elements));
	elements = reallocarray(elements, n ? 2 * n : 1, size);
	if (!elements)
		return -ENOMEM;
	memcpy(list, &elements, sizeof(elements));
	return 0;
}
