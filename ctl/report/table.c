// SPDX-License-Identifier: GPL-2.0-only
#include "report/table.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "report/memory.h"
#include "report/plain.h"

#define GAP 2

struct ng_table {
	const struct ng_column *columns;
	size_t n_columns;
	char **cells;
	enum ng_colour *colours; /* of each cell */
	size_t n_cells, room;
	int *widths;
	bool begun; /* something of it was printed */
};

struct ng_table *ng_table_new(const struct ng_column *columns, size_t n)
{
	struct ng_table *table = ng_need(calloc(1, sizeof(*table)));

	table->columns = columns;
	table->n_columns = n;
	table->widths = ng_need(calloc(n, sizeof(*table->widths)));
	return table;
}

static void drop_cells(struct ng_table *table)
{
	for (size_t i = 0; i < table->n_cells; i++)
		free(table->cells[i]);
	table->n_cells = 0;
}

void ng_table_free(struct ng_table *table)
{
	if (!table)
		return;
	drop_cells(table);
	free(table->cells);
	free(table->colours);
	free(table->widths);
	free(table);
}

void ng_table_cell(struct ng_table *table, const char *format, ...)
{
	va_list args;
	char *text;

	if (table->n_cells == table->room) {
		table->room = table->room ? 2 * table->room : 64;
		table->cells =
			ng_need(reallocarray(table->cells, table->room, sizeof(*table->cells)));
		table->colours =
			ng_need(reallocarray(table->colours, table->room, sizeof(*table->colours)));
	}
	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	va_end(args);
	table->colours[table->n_cells] = NG_COLOUR_NONE;
	table->cells[table->n_cells++] = ng_plain(ng_need(text));
	free(text);
}

void ng_table_colour(struct ng_table *table, enum ng_colour colour)
{
	table->colours[table->n_cells - 1] = colour;
}

static bool starts_character(char byte)
{
	return ((unsigned char)byte & 0xc0) != 0x80; /* RFC 3629: not a continuation byte */
}

static int width_of(const char *text)
{
	int width = 0;

	for (; *text; text++)
		width += starts_character(*text);
	return width;
}

/* Print @text, cut to @room characters. */
static void print_cut(FILE *out, const char *text, int room)
{
	const char *end = text;

	if (width_of(text) <= room) {
		fputs(text, out);
		return;
	}
	for (int left = room - 1; *end; end++)
		if (starts_character(*end) && left-- <= 0)
			break;
	fprintf(out, "%.*s…", (int)(end - text), text);
}

/* @row: its cells; NULL: the titles */
static void print_row(FILE *out, const struct ng_table *table, char *const *row, int terminal)
{
	int at = 0;

	for (size_t i = 0; i < table->n_columns; i++) {
		const char *cell = row ? row[i] : table->columns[i].title;
		enum ng_colour colour =
			row ? table->colours[row - table->cells + i] : NG_COLOUR_NONE;
		int padding = table->widths[i] - width_of(cell);
		bool last = i + 1 == table->n_columns;

		if (table->columns[i].right)
			fprintf(out, "%*s", padding, "");
		ng_colour_start(out, colour);
		/* A number that is cut would be another number. */
		if (last && terminal > at && !table->columns[i].right)
			print_cut(out, cell, terminal - at);
		else
			fputs(cell, out);
		ng_colour_end(out, colour);
		if (!last)
			fprintf(out, "%*s", GAP + (table->columns[i].right ? 0 : padding), "");
		at += table->widths[i] + GAP;
	}
	putc('\n', out);
}

static void widen(struct ng_table *table, size_t column, const char *text)
{
	int width = width_of(text);

	if (width > table->widths[column])
		table->widths[column] = width;
}

void ng_table_print(struct ng_table *table, FILE *out)
{
	bool titles = table->columns[0].title && !table->begun;
	int terminal = ng_terminal_width(out);

	for (size_t i = 0; titles && i < table->n_columns; i++)
		widen(table, i, table->columns[i].title);
	for (size_t row = 0; row + table->n_columns <= table->n_cells; row += table->n_columns)
		for (size_t i = 0; i < table->n_columns; i++)
			widen(table, i, table->cells[row + i]);
	if (titles)
		print_row(out, table, NULL, terminal);
	for (size_t i = 0; i + table->n_columns <= table->n_cells; i += table->n_columns)
		print_row(out, table, table->cells + i, terminal);
	drop_cells(table);
	table->begun = true;
}
