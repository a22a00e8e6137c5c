/* SPDX-License-Identifier: GPL-2.0-only */
/* One line on standard error, if that is a terminal, about what takes longer than a second. */
#ifndef NG_PROGRESS_H
#define NG_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct ng_progress - one piece of work
 * @next:  when the line is due, CLOCK_MONOTONIC in ns; 0: never, there is no terminal
 * @width: columns that the line has now
 */
struct ng_progress {
	uint64_t next;
	int width;
};

void ng_progress_begin(struct ng_progress *progress);

/** ng_progress_say() - "WHERE: N UNIT", unless that was said a moment ago; cheap */
void ng_progress_say(struct ng_progress *progress, const char *where, uint64_t n, const char *unit);

/** ng_progress_end() - erase the line */
void ng_progress_end(struct ng_progress *progress);

#endif
