// SPDX-License-Identifier: GPL-2.0-only
#include "report/memory.h"

#include <stdio.h>
#include <stdlib.h>

void *ng_need(void *memory)
{
	if (memory)
		return memory;
	fputs("netguard: out of memory: cannot print the result\n", stderr);
	exit(EXIT_FAILURE);
}
