// SPDX-License-Identifier: GPL-2.0-only
#include "base/threads.h"

#include <sched.h>

size_t ng_threads(size_t most)
{
	cpu_set_t set;
	size_t n;

	/* It fails if there are more processors than the set has bits. */
	if (sched_getaffinity(0, sizeof(set), &set))
		return most;
	n = CPU_COUNT(&set);
	return n < 1 ? 1 : n < most ? n : most;
}
