/* SPDX-License-Identifier: GPL-2.0-only */
/* Standard input as a stream of lines that are processed as they arrive, many at once. */
#ifndef NG_COMMANDS_LINES_H
#define NG_COMMANDS_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

#define NG_LINES_CHUNK (64U << 10) /* bytes of input to process at once; the longest line */

/**
 * struct ng_lines_user - what is done with lines
 * @begin: before the lines that have arrived, for a lock; -errno ends the stream
 * @line:  one line, without its newline, which is a NUL at @end; may be modified. -errno with @err:
 *         the line is wrong, which is printed with its number. @end is NULL for a line that is too
 *         long, which @err says already
 * @end:   after these lines; -errno ends the stream
 *
 * Not called while more input is waited for.
 */
struct ng_lines_user {
	int (*begin)(void *to);
	int (*line)(void *to, char *line, const char *end);
	int (*end)(void *to);
};

/**
 * struct ng_lines - a stream; zeroed but for the first members at first
 * @user, @to: @to is passed to the functions of @user
 * @limit:  bytes of the longest line, less than NG_LINES_CHUNK; a longer one is wrong
 * @err:    filled by line()
 * @number: of the current line, from 1
 * @failed: lines that were wrong
 *
 * The rest is private.
 */
struct ng_lines {
	const struct ng_lines_user *user;
	void *to;
	size_t limit;
	struct ng_error *err;
	unsigned long number;
	size_t failed;

	char buffer[NG_LINES_CHUNK + 1];
	size_t len, told, untold;
	char last[sizeof(((struct ng_error *)0)->what)];
	bool skips;
};

/** ng_lines_run() - read standard input to its end; 0, also if lines were wrong; -errno, @err */
int ng_lines_run(struct ng_lines *lines);

/** ng_lines_tell() - print @lines->err with the line's number; repetitions are only counted */
void ng_lines_tell(struct ng_lines *lines);

/**
 * ng_line_cut() - cut @word and what follows it off a line that has only addresses before it
 *
 * Return: what follows, without blanks and comments, possibly empty; NULL when there is no @word.
 */
char *ng_line_cut(char *line, const char *word);

#endif
