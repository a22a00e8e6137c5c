/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shows the progress of work that takes longer than a second, as reported by ng_work_at(), in a
 * thread: so it is updated even while the work waits for input.
 */
#ifndef NG_BUSY_H
#define NG_BUSY_H

/** ng_busy_begin() - start the thread; does nothing if standard error is not a terminal */
void ng_busy_begin(void);

/** ng_busy_end() - erase the line; has to be called before other output to standard error */
void ng_busy_end(void);

#endif
