/* SPDX-License-Identifier: GPL-2.0-only */
/* A line of progress on standard error, if that is a terminal, after the first second. */
#ifndef NG_PROGRESS_H
#define NG_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct ng_progress - one piece of work
 * @next:  when the line is due, CLOCK_MONOTONIC in ns; 0: never, there is no terminal
 * @width: columns of the line as it is shown
 */
struct ng_progress {
	uint64_t next;
	int width;
};

void ng_progress_begin(struct ng_progress *progress);

/** ng_progress_say() - show "WHERE: N UNIT", at most five times a second; cheap */
void ng_progress_say(struct ng_progress *progress, const char *where, uint64_t n, const char *unit);

/** ng_progress_end() - erase the line */
void ng_progress_end(struct ng_progress *progress);

#endif
