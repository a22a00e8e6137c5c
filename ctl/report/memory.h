/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef NG_REPORT_MEMORY_H
#define NG_REPORT_MEMORY_H

/**
 * ng_need() - hand back @memory, or end the command with a message when it is NULL
 *
 * For output only, which is made when all is done: nothing is left to undo, and the kernel
 * frees the lock.
 */
void *ng_need(void *memory);

#endif
