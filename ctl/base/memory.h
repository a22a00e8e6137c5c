/* SPDX-License-Identifier: GPL-2.0-only */
/* Much memory at once: the kernel gives it in pages, each of which takes a microsecond or two. */
#ifndef NG_MEMORY_H
#define NG_MEMORY_H

#include <stddef.h>

/** ng_memory_huge() - @size bytes at @p will all be written: by large pages, where there are some
 */
void ng_memory_huge(void *p, size_t size);

/** ng_memory_expect() - small pieces will come to some @size bytes: likewise. For the main thread
 */
void ng_memory_expect(size_t size);

#endif
