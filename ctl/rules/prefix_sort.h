/* SPDX-License-Identifier: GPL-2.0-only */
/* Sorted lists of prefixes. */
#ifndef NG_PREFIX_SORT_H
#define NG_PREFIX_SORT_H

#include <stddef.h>

#include "net/ip.h"

/** ng_prefixes_sort() - by family, address, length; returns the number of duplicates removed */
size_t ng_prefixes_sort(struct ng_prefix *list, size_t *n);

/** ng_prefixes_common() - how many prefixes two sorted lists have in common */
size_t ng_prefixes_common(const struct ng_prefix *a, size_t n_a, const struct ng_prefix *b,
			  size_t n_b);

#endif
