/* SPDX-License-Identifier: GPL-2.0-only */
/* Text in aligned columns, for people. */
#ifndef NG_TABLE_H
#define NG_TABLE_H

#include <stdbool.h>
#include <stdio.h>

#include "report/terminal.h"

struct ng_table;

/**
 * struct ng_column - how a column looks
 * @title: NULL in the first column is a table without a line of titles
 * @right: numbers stand at the right
 */
struct ng_column {
	const char *title;
	bool right;
};

/**
 * ng_table_new() - an empty table of @n columns; @columns must outlive it
 *
 * Never NULL: a command that cannot even hold its output ends here, with a message.
 */
struct ng_table *ng_table_new(const struct ng_column *columns, size_t n);
void ng_table_free(struct ng_table *table); /* NULL is fine */

/**
 * ng_table_cell() - the next cell, shown as by ng_plain()
 *
 * The one after a row's last begins the next row.
 */
void ng_table_cell(struct ng_table *table, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/** ng_table_colour() - of the cell before; seen on terminals */
void ng_table_colour(struct ng_table *table, enum ng_colour colour);

/**
 * ng_table_print() - all rows, columns parted by two blanks
 *
 * On a terminal what is wider than it is cut at the end of the last column, unless that holds
 * numbers; elsewhere nothing is.
 */
void ng_table_print(const struct ng_table *table, FILE *out);

static inline void ng_cleanup_table(struct ng_table **table)
{
	ng_table_free(*table);
}
#define __cleanup_table __attribute__((cleanup(ng_cleanup_table)))

#endif
