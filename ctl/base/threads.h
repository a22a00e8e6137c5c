/* SPDX-License-Identifier: GPL-2.0-only */
/* How many threads are of use. */
#ifndef NG_THREADS_H
#define NG_THREADS_H

#include <stddef.h>

/** ng_threads() - processors that this process may run on, @most at most, 1 at least */
size_t ng_threads(size_t most);

#endif
