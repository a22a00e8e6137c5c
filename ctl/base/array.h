/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef NG_ARRAY_H
#define NG_ARRAY_H

#include <stddef.h>

/**
 * ng_array_grow() - make room for one more element
 * @list: address of a pointer to the @n elements of @size bytes, for free(); NULL when there are
 *        none. Only this function may have allocated it
 *
 * The capacity is always a power of two, so it is exhausted exactly when @n is one, and need not be
 * stored. Return: 0; -ENOMEM, and nothing has changed.
 */
int ng_array_grow(void *list, size_t n, size_t size);

/** ng_array_reserve() - the same, for @more elements at once */
int ng_array_reserve(void *list, size_t n, size_t more, size_t size);

#endif
