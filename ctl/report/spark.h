/* SPDX-License-Identifier: GPL-2.0-only */
/* A sparkline: some numbers as a line of little bars. Pure. */
#ifndef NG_SPARK_H
#define NG_SPARK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "report/rates.h"

#define NG_SPARK_TEXT (NG_TREND_LOOKS * 3 + 1) /* bytes that hold any of them */

/**
 * ng_spark() - the last NG_TREND_LOOKS looks in at most @width columns, the newest at the right
 * @looks: that there were in all: where in @trend is the newest
 * @utf8:  by Unicode's blocks, else by characters of ASCII
 *
 * A column is the highest of the looks it stands for, as a share of the highest of all; a blank is
 * 0. Looks stay in their column's company as they move on. Returns @text.
 */
const char *ng_spark(const struct ng_trend *trend, uint64_t looks, size_t width, bool utf8,
		     char text[NG_SPARK_TEXT]);

#endif
