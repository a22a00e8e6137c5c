/* SPDX-License-Identifier: GPL-2.0-only */
/* Progress of long operations, reported here for report/busy.h to show. */
#ifndef NG_WORK_H
#define NG_WORK_H

#include <stdint.h>

/** struct ng_work - "WHERE: N UNIT"; @where is empty when nothing was reported */
struct ng_work {
	char where[128];
	uint64_t n;
	const char *unit;
};

/** ng_work_at() - report progress; @where is copied, @unit is not; takes about 100 ns */
void ng_work_at(const char *where, uint64_t n, const char *unit);

/** ng_work_now() - the last report, by any thread */
struct ng_work ng_work_now(void);

#endif
