/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef NG_ARRAY_H
#define NG_ARRAY_H

#include <stddef.h>

/**
 * ng_array_grow() - make room for one more element
 * @list: address of a pointer to the @n elements of @size bytes, NULL when there are none; for
 *        free(). All of them were given room by this function
 *
 * The room is a power of two, so it is used up exactly when @n is one, and need not be noted.
 * Return: 0; -ENOMEM, and all is as before.
 */
int ng_array_grow(void *list, size_t n, size_t size);

/** ng_array_reserve() - the same for @more elements */
int ng_array_reserve(void *list, size_t n, size_t more, size_t size);

#endif
