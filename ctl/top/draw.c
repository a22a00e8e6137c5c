// SPDX-License-Identifier: GPL-2.0-only
#include "top/draw.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "report/spark.h"
#include "top/lines.h"
#include "top/screen.h"

#define CELL_SIZE   (NG_SPARK_TEXT + 1)
#define COLUMNS_MAX 8
#define TREND_MIN   8

/* How much of a line its text is to have at least, before other columns are shown too. */
enum { LEAVE_SOME = 18, LEAVE_MORE = 24, LEAVE_MOST = 34, LEAVE_PLENTY = 64 };

/* Where the next text goes. */
struct pen {
	int row, column, end;
};

/**
 * struct column - all but a line's text, which stands last
 * @width: 0: as wide as there is room and sense for
 * @leave: columns that must be left for the text
 * @write: @line's cell into @text
 */
struct column {
	const char *title;
	int width;
	int leave;
	void (*write)(const struct ng_top *top, const struct ng_line *line, int width,
		      char text[CELL_SIZE]);
};

/* What is to be shown of a view, and how wide. */
struct layout {
	const struct column *columns[COLUMNS_MAX];
	int widths[COLUMNS_MAX];
	int n;
	const char *text;
};

__attribute__((format(printf, 4, 5))) static void
put(struct pen *pen, enum ng_colour colour, unsigned int emphasis, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	pen->column += ng_screen_text(pen->row, pen->column, pen->end - pen->column, colour,
				      emphasis, text, strlen(text));
}

/* ---- columns ---------------------------------------------------------------------------- */

static void write_number(const struct ng_top *top, const struct ng_line *line, int width,
			 char text[CELL_SIZE])
{
	(void)top;
	(void)width;
	*text = '\0';
	if (line->number)
		snprintf(text, CELL_SIZE, "%" PRIu32, line->number);
}

static void write_packets(const struct ng_top *top, const struct ng_line *line, int width,
			  char text[CELL_SIZE])
{
	(void)top;
	(void)width;
	ng_rate_text(stdout, line->rate.packets, text);
}

static void write_bits(const struct ng_top *top, const struct ng_line *line, int width,
		       char text[CELL_SIZE])
{
	(void)top;
	(void)width;
	ng_rate_text(stdout, line->rate.bits, text);
}

static void write_dropped(const struct ng_top *top, const struct ng_line *line, int width,
			  char text[CELL_SIZE])
{
	(void)top;
	(void)width;
	ng_rate_text(stdout, line->dropped.packets, text);
}

static void write_share(const struct ng_top *top, const struct ng_line *line, int width,
			char text[CELL_SIZE])
{
	(void)top;
	(void)width;
	snprintf(text, CELL_SIZE, "%.1f%%", 100 * line->share);
}

static void write_count(const struct ng_top *top, const struct ng_line *line, int width,
			char text[CELL_SIZE])
{
	(void)top;
	(void)width;
	ng_packets_text(stdout, line->count, text);
}

static void write_trend(const struct ng_top *top, const struct ng_line *line, int width,
			char text[CELL_SIZE])
{
	struct ng_history sum = { 0 };

	for (int i = 0; i < 2; i++)
		for (int look = 0; line->history[i] && look < NG_HISTORY; look++)
			sum.packets[look] += line->history[i]->packets[look];
	ng_spark(&sum, top->look.rates.looks, width, ng_screen_utf8(), text);
}

static const struct column number = { "#", 1, 0, write_number };
static const struct column packets = { "PACKETS/S", 9, 0, write_packets };
static const struct column share = { "SHARE", 6, LEAVE_SOME, write_share };
static const struct column bits = { "BITS/S", 8, LEAVE_MORE, write_bits };
static const struct column dropped = { "DROPPED/S", 9, LEAVE_MORE, write_dropped };
static const struct column sampled = { "SAMPLED", 8, LEAVE_MORE, write_count };
static const struct column trend = { "TREND", 0, LEAVE_MOST, write_trend };
static const struct column hook_trend = { "TREND", 0, LEAVE_MORE, write_trend };
static const struct column count = { "PACKETS", 8, LEAVE_PLENTY, write_count };

static const struct view {
	const char *text;
	const struct column *columns[COLUMNS_MAX];
} views[NG_VIEWS] = {
	[NG_VIEW_RULES] = { "RULE", { &number, &packets, &share, &bits, &trend, &count } },
	[NG_VIEW_INTERFACES] = { "INTERFACE",
				 { &packets, &share, &bits, &dropped, &hook_trend, &count } },
	[NG_VIEW_SOURCES] = { "SOURCE", { &packets, &share, &bits, &sampled } },
};

static int digits(size_t n)
{
	int digits = 1;

	for (; n >= 10; n /= 10)
		digits++;
	return digits;
}

static int width_of(const struct column *column, const struct ng_top *top, int left)
{
	int most = left - column->leave - 1;

	if (column == &number)
		return digits(top->look.ruleset ? top->look.ruleset->n_rules : 0);
	if (column->width)
		return column->width;
	if (most < TREND_MIN)
		return most;
	/* Each stands for as many looks as the others. */
	return most < NG_HISTORY ? NG_HISTORY / ((NG_HISTORY + most - 1) / most) : NG_HISTORY;
}

static struct layout lay_out(const struct ng_top *top, int left)
{
	const struct view *view = &views[top->view];
	struct layout layout = { .text = view->text };

	for (int i = 0; i < COLUMNS_MAX && view->columns[i]; i++) {
		const struct column *column = view->columns[i];
		int width = width_of(column, top, left);

		if (left - width - 1 < column->leave || (!column->width && width < TREND_MIN))
			continue;
		left -= width + 1;
		layout.widths[layout.n] = width;
		layout.columns[layout.n++] = column;
	}
	return layout;
}

/* ---- lines ------------------------------------------------------------------------------ */

static void draw_titles(struct pen pen, const struct layout *layout)
{
	int room = pen.end - pen.column;

	put(&pen, NG_COLOUR_NONE, NG_HEADING, "%*s", room, "");
	pen.column = 0;
	for (int i = 0; i < layout->n; i++)
		put(&pen, NG_COLOUR_NONE, NG_HEADING, "%*s ",
		    layout->columns[i]->width ? layout->widths[i] : -layout->widths[i],
		    layout->columns[i]->title);
	put(&pen, NG_COLOUR_NONE, NG_HEADING, "%s", layout->text);
}

static void draw_line(const struct ng_top *top, struct pen pen, const struct layout *layout,
		      const struct ng_line *line)
{
	char text[CELL_SIZE];

	for (int i = 0; i < layout->n; i++) {
		const struct column *column = layout->columns[i];
		int start = pen.column;

		column->write(top, line, layout->widths[i], text);
		/* A sparkline has as many characters as columns, but more bytes. */
		put(&pen, NG_COLOUR_NONE, 0, "%*s", column->width ? layout->widths[i] : 0, text);
		pen.column = start + layout->widths[i] + 1;
	}
	ng_screen_text(pen.row, pen.column, pen.end - pen.column, line->colour, 0, line->text,
		       line->size);
}

static void draw_listing(struct ng_top *top, struct pen pen, int rows)
{
	struct layout layout = lay_out(top, pen.end);

	draw_titles(pen, &layout);
	top->page = rows - pen.row - 1 > 0 ? rows - pen.row - 1 : 0;
	if (top->first + top->page > top->listing.n_shown)
		top->first =
			top->listing.n_shown > top->page ? top->listing.n_shown - top->page : 0;
	for (size_t i = 0; i < top->page && top->first + i < top->listing.n_shown; i++) {
		pen.row++;
		draw_line(top, pen, &layout, top->listing.shown[top->first + i]);
	}
}

static void draw_help(struct pen pen)
{
	static const char *const lines[] = {
		"1 2 3   rules, interfaces, sources of what is dropped; Tab: the next",
		"s       sort by packets/s, bits/s, packets in all, order",
		"r       reverse: the smallest first",
		"/       show what holds a text, Esc: all again",
		"+ -     look less often, more often",
		"p       pause, and go on",
		"arrows, Page Up, Page Down, Home, End: the rest of the list",
		"q       quit",
		"",
		"SHARE is of all packets, of sources of those dropped.",
		"TREND is the packets of the last 60 looks; a full bar is the most.",
		"Sources are estimated from a sample of the last 10 looks.",
		"",
		"Any key: back.",
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++, pen.row++, pen.column = 0)
		put(&pen, NG_COLOUR_NONE, 0, "%s", lines[i]);
}

/* ---- what stands around them ------------------------------------------------------------ */

static void draw_heading(const struct ng_top *top, struct pen pen)
{
	const struct ng_look *look = &top->look;
	size_t n = look->ruleset ? look->ruleset->n_rules : 0;
	char clock[16] = "";
	time_t now = time(NULL);
	struct tm tm;
	int end = pen.end;

	strftime(clock, sizeof(clock), "%H:%M:%S", localtime_r(&now, &tm));
	pen.end -= strlen(clock) + 1;
	put(&pen, NG_COLOUR_NONE, NG_STRONG, "netguard top");
	if (top->paused)
		put(&pen, NG_COLOUR_NONE, NG_HEADING, " paused ");
	put(&pen, NG_COLOUR_NONE, 0, "  every %g s  %zu rule%s", top->interval, n,
	    n == 1 ? "" : "s");
	pen.column = pen.end + 1;
	pen.end = end;
	put(&pen, NG_COLOUR_NONE, 0, "%s", clock);
}

static void draw_whole(const struct ng_top *top, struct pen pen)
{
	const struct ng_whole whole = ng_lines_whole(&top->look);
	struct ng_rate all = ng_rate_sum(whole.passed, whole.dropped);
	char packets_text[NG_UNITS_TEXT], bits_text[NG_UNITS_TEXT], dropped_text[NG_UNITS_TEXT];

	put(&pen, NG_COLOUR_NONE, 0, "%s packets/s  %s bits/s  ",
	    ng_rate_text(stdout, all.packets, packets_text),
	    ng_rate_text(stdout, all.bits, bits_text));
	put(&pen, whole.dropped.packets > 0 ? NG_COLOUR_RED : NG_COLOUR_NONE, NG_STRONG,
	    "dropped %s/s (%.1f%%)", ng_rate_text(stdout, whole.dropped.packets, dropped_text),
	    all.packets > 0 ? 100 * whole.dropped.packets / all.packets : 0);
}

static void draw_views(const struct ng_top *top, struct pen pen)
{
	for (enum ng_view view = 0; view < NG_VIEWS; view++) {
		put(&pen, NG_COLOUR_NONE, view == top->view ? NG_STRONG : 0,
		    view == top->view ? "[%s]" : " %s ", ng_view_name(view));
	}
	put(&pen, NG_COLOUR_NONE, 0, " by %s%s", ng_sort_name(top->sort),
	    top->up ? ", least first" : "");
	if (*top->filter)
		put(&pen, NG_COLOUR_NONE, NG_STRONG, "  /%s", top->filter);
}

/* What is to be known about what is listed; false: nothing. */
static bool draw_note(const struct ng_top *top, struct pen pen)
{
	const struct ng_span span = ng_sources_span(&top->sample.sources);
	const struct ng_error *error = *top->error.what		      ? &top->error
				       : top->view == NG_VIEW_SOURCES ? &top->sample.error
								      : NULL;

	if (error && *error->what)
		put(&pen, NG_COLOUR_NONE, NG_STRONG, "%s%s%s", error->what,
		    *error->hint ? "; " : "", error->hint);
	else if (top->look.rates.seconds <= 0)
		put(&pen, NG_COLOUR_NONE, 0, "the first rates come after the second look");
	else if (top->view == NG_VIEW_SOURCES)
		put(&pen, NG_COLOUR_NONE, 0,
		    "sampled: %" PRIu64 " of %" PRIu64 " packets dropped in %.0f s", span.sampled,
		    span.all, span.seconds);
	else
		return false;
	return true;
}

static void draw_foot(const struct ng_top *top, struct pen pen)
{
	if (top->typing)
		put(&pen, NG_COLOUR_NONE, NG_STRONG, "/%s_", top->filter);
	else
		put(&pen, NG_COLOUR_NONE, 0,
		    "q quit  ? help  1 2 3 views  s sort  / filter  p pause  %zu of %zu",
		    top->listing.n_shown, top->listing.n);
}

void ng_draw(struct ng_top *top)
{
	struct pen pen = { 0 };
	int rows;

	ng_screen_clear(&rows, &pen.end);
	draw_heading(top, pen);
	pen.row++;
	draw_whole(top, pen);
	pen.row++;
	draw_views(top, pen);
	pen.row++;
	if (top->help) {
		draw_help(pen);
	} else {
		if (draw_note(top, pen))
			pen.row++;
		draw_listing(top, pen, rows - 1);
	}
	pen.row = rows - 1;
	draw_foot(top, pen);
	ng_screen_show();
}
