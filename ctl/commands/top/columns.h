/* SPDX-License-Identifier: GPL-2.0-only */
/* The columns of a list: which there is room for, how wide, and what stands in them. Pure. */
#ifndef NG_COLUMNS_H
#define NG_COLUMNS_H

#include "report/spark.h"
#include "commands/top/listing.h"
#include "commands/top/model.h"

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

/** struct ng_cells - columns of the terminal that a column of this kind takes, without a gap */
struct ng_cells {
	enum ng_kind kind;
	int width;
};

/**
 * struct ng_layout - the columns that are shown, @n of them; behind the last stands the text
 * @title: of the text
 */
struct ng_layout {
	struct ng_cells columns[NG_COLUMNS_MAX];
	int n;
	const char *title;
};

/**
 * ng_layout() - what of @view is shown in @room columns
 * @rules: how many there are: what the widest number is
 *
 * What is less important is left out before the text becomes too narrow.
 */
struct ng_layout ng_layout(enum ng_view view, size_t rules, int room);

/** ng_column_title() - "PACKETS/S" …; @left: it stands at the left */
const char *ng_column_title(enum ng_kind kind, bool *left);

/** ng_cell_text() - what stands in a column of @line; @looks: as of ng_spark(); returns @text */
const char *ng_cell_text(const struct ng_cells *column, const struct ng_line *line, uint64_t looks,
			 bool utf8, char text[NG_CELL_SIZE]);

#endif
