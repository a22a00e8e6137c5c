/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef NG_REPORT_MEMORY_H
#define NG_REPORT_MEMORY_H

/**
 * ng_need() - return @memory, or exit with a message if it is NULL
 *
 * Only for output, which is made after all changes: nothing has to be undone, and the kernel
 * releases the lock.
 */
void *ng_need(void *memory);

#endif
