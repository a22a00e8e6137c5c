// SPDX-License-Identifier: GPL-2.0-only
#include "commands/top/columns.h"

#include <inttypes.h>
#include <stdio.h>

#define TREND_MIN 8

/* The width that has to be left for the text of a line, for a column to be shown. */
enum { LEAVE_NOTHING = 0, LEAVE_SOME = 18, LEAVE_MORE = 24, LEAVE_MOST = 34, LEAVE_PLENTY = 64 };

/* @width: 0: it depends on the content. */
static const struct {
	const char *title;
	int width;
	int leave;
} kinds[NG_KINDS] = {
	[NG_KIND_NUMBER] = { "#", 0, LEAVE_NOTHING },
	[NG_KIND_PACKETS] = { "PACKETS/S", 9, LEAVE_NOTHING },
	[NG_KIND_SHARE] = { "SHARE", 6, LEAVE_SOME },
	[NG_KIND_BITS] = { "BITS/S", 8, LEAVE_MORE },
	[NG_KIND_DROPPED] = { "DROPPED/S", 9, LEAVE_MORE },
	[NG_KIND_SAMPLED] = { "SAMPLED", 8, LEAVE_MORE },
	[NG_KIND_TREND] = { "TREND", 0, LEAVE_MOST },
	[NG_KIND_COUNT] = { "PACKETS", 8, LEAVE_PLENTY },
};

#define END NG_KINDS

static const struct {
	const char *title;
	enum ng_kind kinds[NG_COLUMNS_MAX];
} views[NG_VIEWS] = {
	[NG_VIEW_RULES] = { "RULE",
			    { NG_KIND_NUMBER, NG_KIND_PACKETS, NG_KIND_SHARE, NG_KIND_BITS,
			      NG_KIND_TREND, NG_KIND_COUNT, END } },
	[NG_VIEW_INTERFACES] = { "INTERFACE",
				 { NG_KIND_PACKETS, NG_KIND_SHARE, NG_KIND_BITS, NG_KIND_DROPPED,
				   NG_KIND_TREND, NG_KIND_COUNT, END } },
	[NG_VIEW_SOURCES] = { "SOURCE",
			      { NG_KIND_PACKETS, NG_KIND_SHARE, NG_KIND_BITS, NG_KIND_SAMPLED,
				END } },
};

static int digits(size_t n)
{
	int digits = 1;

	for (; n >= 10; n /= 10)
		digits++;
	return digits;
}

/* Names of interfaces are short. */
static int leave_of(enum ng_kind kind, enum ng_view view)
{
	return kind == NG_KIND_TREND && view == NG_VIEW_INTERFACES ? LEAVE_MORE : kinds[kind].leave;
}

/* A width at which all columns of a trend stand for the same number of intervals; 0: none. */
static int trend_width(int room)
{
	if (room < TREND_MIN)
		return 0;
	return room < NG_TREND_INTERVALS
		       ? NG_TREND_INTERVALS / ((NG_TREND_INTERVALS + room - 1) / room)
		       : NG_TREND_INTERVALS;
}

struct ng_layout ng_layout(enum ng_view view, size_t rules, int room)
{
	struct ng_layout layout = { .title = views[view].title };

	for (const enum ng_kind *kind = views[view].kinds; *kind != END; kind++) {
		int most = room - 1 - leave_of(*kind, view), width = kinds[*kind].width;

		if (*kind == NG_KIND_NUMBER)
			width = digits(rules);
		else if (*kind == NG_KIND_TREND)
			width = trend_width(most);
		if (!width || width > most)
			continue;
		layout.columns[layout.n++] = (struct ng_cells){ *kind, width };
		room -= width + 1;
	}
	return layout;
}

const char *ng_column_title(enum ng_kind kind, bool *left)
{
	*left = kind == NG_KIND_TREND;
	return kinds[kind].title;
}

static void write_trend(const struct ng_line *line, uint64_t intervals, int width, bool utf8,
			char text[NG_CELL_SIZE])
{
	struct ng_trend sum = { 0 };

	for (int i = 0; i < 2; i++)
		for (int interval = 0; line->trend[i] && interval < NG_TREND_INTERVALS; interval++)
			sum.packets[interval] += line->trend[i]->packets[interval];
	ng_spark(&sum, intervals, width, utf8, text);
}

const char *ng_cell_text(const struct ng_cells *column, const struct ng_line *line,
			 uint64_t intervals, bool utf8, char text[NG_CELL_SIZE])
{
	*text = '\0';
	switch (column->kind) {
	case NG_KIND_NUMBER:
		if (line->number)
			snprintf(text, NG_CELL_SIZE, "%" PRIu32, line->number);
		break;
	case NG_KIND_PACKETS:
		ng_rate_text(stdout, line->rate.packets, text);
		break;
	case NG_KIND_SHARE:
		snprintf(text, NG_CELL_SIZE, "%.1f%%", 100 * line->share);
		break;
	case NG_KIND_BITS:
		ng_rate_text(stdout, line->rate.bits, text);
		break;
	case NG_KIND_DROPPED:
		ng_rate_text(stdout, line->dropped.packets, text);
		break;
	case NG_KIND_TREND:
		write_trend(line, intervals, column->width, utf8, text);
		break;
	default:
		ng_packets_text(stdout, line->count, text);
	}
	return text;
}
