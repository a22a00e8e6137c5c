/* SPDX-License-Identifier: GPL-2.0-only */
/* A sparkline: numbers as a line of small bars. No system calls. */
#ifndef NG_SPARK_H
#define NG_SPARK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "report/rates.h"

#define NG_SPARK_TEXT (NG_TREND_INTERVALS * 3 + 1) /* bytes of the longest */

/**
 * ng_spark() - the last NG_TREND_INTERVALS intervals in at most @width columns, the newest at the
 * right
 * @intervals: number of all intervals so far
 * @utf8:  with Unicode block elements, else in ASCII
 *
 * A column shows the highest of its intervals as a share of the highest of all; a blank is 0.
 * Intervals that share a column stay together as they move left. Returns @text.
 */
const char *ng_spark(const struct ng_trend *trend, uint64_t intervals, size_t width, bool utf8,
		     char text[NG_SPARK_TEXT]);

#endif
