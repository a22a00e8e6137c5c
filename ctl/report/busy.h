/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * While a piece of work takes longer than a second, a thread shows what it says of itself by
 * ng_work_at(), as report/progress.h does: it need not come by to be shown.
 */
#ifndef NG_BUSY_H
#define NG_BUSY_H

/** ng_busy_begin() - nothing happens without a terminal */
void ng_busy_begin(void);

/** ng_busy_end() - the line is erased; before anything else is written to standard error */
void ng_busy_end(void);

#endif
