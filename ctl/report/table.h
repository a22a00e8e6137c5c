/* SPDX-License-Identifier: GPL-2.0-only */
/* Text in aligned columns, for people. */
#ifndef NG_TABLE_H
#define NG_TABLE_H

#include <stdbool.h>
#include <stdio.h>

#include "report/terminal.h"

struct ng_table;

/**
 * struct ng_column - a column of a table
 * @title: NULL in the first column: the table has no titles
 * @right: aligned to the right, for numbers
 */
struct ng_column {
	const char *title;
	bool right;
};

/**
 * ng_table_new() - an empty table of @n columns; @columns must outlive it
 *
 * Never NULL: out of memory the command exits with a message.
 */
struct ng_table *ng_table_new(const struct ng_column *columns, size_t n);
void ng_table_free(struct ng_table *table); /* NULL is fine */

/**
 * ng_table_cell() - add the next cell, printed as by ng_plain()
 *
 * After the last cell of a row comes the first of the next one.
 */
void ng_table_cell(struct ng_table *table, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/** ng_table_colour() - colour the last cell; on terminals only */
void ng_table_colour(struct ng_table *table, enum ng_colour colour);

/**
 * ng_table_print() - print all rows that were added since the last call, with two blanks between
 * columns
 *
 * Titles are printed by the first call. A table that would take too much memory is printed part by
 * part: then its columns are as wide as the rows so far need.
 *
 * On a terminal the last column is cut to its width, unless it has numbers; elsewhere nothing is
 * cut.
 */
void ng_table_print(struct ng_table *table, FILE *out);

static inline void ng_cleanup_table(struct ng_table **table)
{
	ng_table_free(*table);
}
#define __cleanup_table __attribute__((cleanup(ng_cleanup_table)))

#endif
