// SPDX-License-Identifier: GPL-2.0-only
#include "report/spark.h"

#include <math.h>
#include <string.h>

#define BARS 8

static float highest(const struct ng_trend *trend, uint64_t from, uint64_t to)
{
	float most = 0;

	for (uint64_t interval = from; interval < to; interval++)
		if (trend->packets[interval % NG_TREND_INTERVALS] > most)
			most = trend->packets[interval % NG_TREND_INTERVALS];
	return most;
}

static const char *bar_of(float share, bool utf8)
{
	static const char *const blocks[BARS] = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
	static const char *const ascii[BARS] = { ".", ",", ":", "-", "=", "+", "*", "#" };
	int bar = ceilf(share * BARS);

	if (bar <= 0)
		return " ";
	bar = bar > BARS ? BARS - 1 : bar - 1;
	return utf8 ? blocks[bar] : ascii[bar];
}

const char *ng_spark(const struct ng_trend *trend, uint64_t intervals, size_t width, bool utf8,
		     char text[NG_SPARK_TEXT])
{
	uint64_t first = intervals > NG_TREND_INTERVALS ? intervals - NG_TREND_INTERVALS : 0, each,
		 from, last;
	char *end = text;
	float most;

	*text = '\0';
	if (!width)
		return text;
	each = (NG_TREND_INTERVALS + width - 1) / width;
	most = highest(trend, first, intervals);
	last = intervals ? (intervals - 1) / each : 0; /* the column of the newest */
	for (uint64_t column = NG_TREND_INTERVALS / each; column--;) {
		if (column > last) {
			end = stpcpy(end, " ");
			continue;
		}
		from = (last - column) * each;
		end = stpcpy(end, bar_of(most > 0 ? highest(trend, from < first ? first : from,
							    from + each < intervals ? from + each
										    : intervals) /
							    most
						  : 0,
					 utf8));
	}
	return text;
}
