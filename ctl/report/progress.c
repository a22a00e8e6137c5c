// SPDX-License-Identifier: GPL-2.0-only
#include "report/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "report/plain.h"
#include "report/terminal.h"

#define AGAIN (NG_NS_PER_SECOND / 5)

static uint64_t now(void)
{
	return ng_clock_read(CLOCK_MONOTONIC);
}

void ng_progress_begin(struct ng_progress *progress)
{
	progress->next = ng_terminal_width(stderr) ? now() + NG_NS_PER_SECOND : 0;
	progress->width = 0;
}

void ng_progress_say(struct ng_progress *progress, const char *where, uint64_t n, const char *unit)
{
	int columns, length;
	uint64_t time;
	char text[512];
	__cleanup_free char *shown = NULL;

	if (!progress->next)
		return;
	time = now();
	if (time < progress->next)
		return;
	progress->next = time + AGAIN;
	length = snprintf(text, sizeof(text), "%s: %" PRIu64 " %s", where, n, unit);
	/* Text in the last column may wrap to the next line, which could not be erased. */
	columns = ng_terminal_width(stderr) - 1;
	if (length > columns || length >= (int)sizeof(text))
		return;
	progress->width = length > progress->width ? length : progress->width;
	shown = ng_plain(text);
	if ((int)strlen(shown) != length)
		return; /* escapes would make it longer */
	fprintf(stderr, "\r%-*s", progress->width, shown);
}

void ng_progress_end(struct ng_progress *progress)
{
	if (progress->width)
		fprintf(stderr, "\r%*s\r", progress->width, "");
	progress->width = 0;
}
