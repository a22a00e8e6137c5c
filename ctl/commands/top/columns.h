/* SPDX-License-Identifier: GPL-2.0-only */
/* The columns of a list: which there is room for, their width and their text. No system calls. */
#ifndef NG_COLUMNS_H
#define NG_COLUMNS_H

#include "commands/top/listing.h"
#include "commands/top/model.h"
#include "report/spark.h"

#define NG_COLUMNS_MAX 8
#define NG_CELL_SIZE   NG_SPARK_TEXT

enum ng_kind {
	NG_KIND_NUMBER,
	NG_KIND_PACKETS,
	NG_KIND_SHARE,
	NG_KIND_BITS,
	NG_KIND_DROPPED,
	NG_KIND_SAMPLED,
	NG_KIND_TREND,
	NG_KIND_COUNT,
	NG_KINDS,
};

/** struct ng_cells - a column that is shown, and its width on the terminal without the gap */
struct ng_cells {
	enum ng_kind kind;
	int width;
};

/**
 * struct ng_layout - the columns that are shown, @n of them; after the last one comes the text
 * @title: title of the text
 */
struct ng_layout {
	struct ng_cells columns[NG_COLUMNS_MAX];
	int n;
	const char *title;
};

/**
 * ng_layout() - the columns of @view that fit into a width of @room
 * @rules: number of rules, for the width of the numbers
 *
 * Less important columns are left out before the text becomes too narrow.
 */
struct ng_layout ng_layout(enum ng_view view, size_t rules, int room);

/** ng_column_title() - "PACKETS/S" …; @left: it is aligned to the left */
const char *ng_column_title(enum ng_kind kind, bool *left);

/** ng_cell_text() - the text of @line in @column; @intervals: as of ng_spark(); returns @text */
const char *ng_cell_text(const struct ng_cells *column, const struct ng_line *line,
			 uint64_t intervals, bool utf8, char text[NG_CELL_SIZE]);

#endif
