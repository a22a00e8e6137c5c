/* SPDX-License-Identifier: GPL-2.0-only */
/* The number of threads that are of use. */
#ifndef NG_THREADS_H
#define NG_THREADS_H

#include <stddef.h>

/** ng_threads() - processors that this process may run on, at least 1 and at most @most */
size_t ng_threads(size_t most);

#endif
