/* SPDX-License-Identifier: GPL-2.0-only */
/* What the process is at, told by what may take long, for report/busy.h to show. */
#ifndef NG_WORK_H
#define NG_WORK_H

#include <stdint.h>

/** struct ng_work - "WHERE: N UNIT"; @where is empty when there is nothing to say */
struct ng_work {
	char where[128];
	uint64_t n;
	const char *unit;
};

/** ng_work_at() - @where is copied, @unit is not; some 100 ns */
void ng_work_at(const char *where, uint64_t n, const char *unit);

/** ng_work_now() - what was said last, by any thread */
struct ng_work ng_work_now(void);

#endif
