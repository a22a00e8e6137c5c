// SPDX-License-Identifier: GPL-2.0-only
#include "base/memory.h"

#include <limits.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define HUGE_PAGE (2UL << 20)
#define MOST	  (512UL << 20)
#define PIECE	  (96UL << 10) /* less than what malloc() asks the kernel for by itself */
#define PIECES	  4
#define TOP_PAD	  (128 << 10) /* as it is at first */

void ng_memory_huge(void *p, size_t size)
{
	uintptr_t begin = ((uintptr_t)p + HUGE_PAGE - 1) & ~(HUGE_PAGE - 1);
	uintptr_t end = ((uintptr_t)p + size) & ~(HUGE_PAGE - 1);

	/* Without them it goes on as it would have. */
	if (begin < end)
		madvise((void *)begin, end - begin, MADV_HUGEPAGE);
}

void ng_memory_expect(size_t size)
{
	char *end = sbrk(0);
	void *pieces[PIECES];
	size_t n = 0;

	if (size < 2 * HUGE_PAGE)
		return;
	if (size > MOST)
		size = MOST;
	/* What malloc() is given at once, it keeps for small pieces; it would give it back soon. */
	if (!mallopt(M_TOP_PAD, size) || !mallopt(M_TRIM_THRESHOLD, INT_MAX))
		return;
	while (n < PIECES && sbrk(0) == end)
		pieces[n++] = malloc(PIECE);
	mallopt(M_TOP_PAD, TOP_PAD);
	if ((char *)sbrk(0) > end)
		ng_memory_huge(end, (char *)sbrk(0) - end);
	while (n)
		free(pieces[--n]);
}
