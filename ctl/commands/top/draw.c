// SPDX-License-Identifier: GPL-2.0-only
#include "commands/top/draw.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "commands/top/columns.h"
#include "commands/top/lines.h"
#include "commands/top/screen.h"

/* Position of the next text. */
struct pen {
	int row, column, end;
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

/* ---- the list --------------------------------------------------------------------------- */

static void draw_titles(struct pen pen, const struct ng_layout *layout)
{
	put(&pen, NG_COLOUR_NONE, NG_HEADING, "%*s", pen.end, "");
	pen.column = 0;
	for (int i = 0; i < layout->n; i++) {
		const struct ng_cells *column = &layout->columns[i];
		bool left;
		const char *title = ng_column_title(column->kind, &left);

		put(&pen, NG_COLOUR_NONE, NG_HEADING, "%*s ", left ? -column->width : column->width,
		    title);
	}
	put(&pen, NG_COLOUR_NONE, NG_HEADING, "%s", layout->title);
}

static void draw_line(const struct ng_top *top, struct pen pen, const struct ng_layout *layout,
		      const struct ng_line *line)
{
	char text[NG_CELL_SIZE];

	for (int i = 0; i < layout->n; i++) {
		const struct ng_cells *column = &layout->columns[i];
		int start = pen.column;

		ng_cell_text(column, line, top->snapshot.rates.intervals, ng_screen_utf8(), text);
		/* The bytes of a trend are more than its columns. */
		put(&pen, NG_COLOUR_NONE, 0, "%*s", column->width, text);
		pen.column = start + column->width + 1;
	}
	if (line->over)
		put(&pen, line->colour, 0, "over: ");
	ng_screen_text(pen.row, pen.column, pen.end - pen.column, line->colour, 0, line->text,
		       line->size);
}

static void draw_list(struct ng_top *top, struct pen pen, int rows)
{
	const struct ng_listing *listing = &top->listing;
	const size_t rules = top->snapshot.ruleset ? top->snapshot.ruleset->n_rules : 0;
	const struct ng_layout layout = ng_layout(top->view, rules, pen.end);

	draw_titles(pen, &layout);
	top->page = rows - pen.row - 1 > 0 ? rows - pen.row - 1 : 0;
	if (top->first + top->page > listing->n_shown)
		top->first = listing->n_shown > top->page ? listing->n_shown - top->page : 0;
	for (size_t i = 0; i < top->page && top->first + i < listing->n_shown; i++) {
		pen.row++;
		draw_line(top, pen, &layout, listing->shown[top->first + i]);
	}
}

static void draw_help(struct pen pen)
{
	static const char *const lines[] = {
		"1 2 3   rules, interfaces, sources of dropped packets; Tab: the next",
		"s       sort by packets/s, bits/s, total packets, order",
		"r       reverse: the smallest first",
		"/       show only lines with a text, Esc: all again",
		"+ -     longer, shorter interval",
		"p       pause or continue",
		"arrows, Page Up, Page Down, Home, End: scroll",
		"q       quit",
		"",
		"SHARE is the part of all packets, for sources of the dropped ones.",
		"TREND shows packets/s of the last 60 intervals; a full bar is the maximum.",
		"Sources are estimated from a sample over the last 10 intervals.",
		"",
		"Press any key to return.",
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++, pen.row++, pen.column = 0)
		put(&pen, NG_COLOUR_NONE, 0, "%s", lines[i]);
}

/* ---- heading and foot ------------------------------------------------------------------- */

static void draw_heading(const struct ng_top *top, struct pen pen)
{
	const struct ng_snapshot *snapshot = &top->snapshot;
	size_t n = snapshot->ruleset ? snapshot->ruleset->n_rules : 0;
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
	const struct ng_whole whole = ng_lines_whole(&top->snapshot);
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

/* An error or a note about the list; false: there is none. */
static bool draw_note(const struct ng_top *top, struct pen pen)
{
	const struct ng_span span = ng_sources_span(&top->sample.sources);
	const struct ng_error *error = *top->error.what		      ? &top->error
				       : top->view == NG_VIEW_SOURCES ? &top->sample.error
								      : NULL;

	if (error && *error->what)
		put(&pen, NG_COLOUR_NONE, NG_STRONG, "%s%s%s", error->what,
		    *error->hint ? "; " : "", error->hint);
	else if (top->snapshot.rates.seconds <= 0)
		put(&pen, NG_COLOUR_NONE, 0, "the first rates come after one interval");
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
		draw_list(top, pen, rows - 1);
	}
	pen.row = rows - 1;
	draw_foot(top, pen);
	ng_screen_show();
}
