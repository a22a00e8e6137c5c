/* SPDX-License-Identifier: GPL-2.0-only */
/* The terminal, in the hands of ncurses. */
#ifndef NG_SCREEN_H
#define NG_SCREEN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "report/terminal.h"

/**
 * ng_screen_begin() - take the terminal of standard input and output
 *
 * From then on a signal that would end the process only makes ng_screen_key() say so; one that
 * stops it gives the terminal back in between. Return: 0; -ENOTTY or -ENOTSUP with @err filled.
 */
int ng_screen_begin(struct ng_error *err);
void ng_screen_end(void);

/**
 * ng_screen_key() - the next key, waited for @seconds at most, and a second in any case
 *
 * Return: a key as of getch(3ncurses); 0: none came; -1: the terminal is gone, or a signal came.
 */
int ng_screen_key(double seconds);

/** ng_screen_utf8() - can it show more than ASCII? */
bool ng_screen_utf8(void);

/** enum ng_emphasis - what text is, which is seen in black and white too; bits */
enum ng_emphasis { NG_STRONG = 1, NG_HEADING = 2 };

/**
 * ng_screen_text() - write @size bytes of @text, in at most @room columns
 *
 * What is too long ends with an ellipsis; what is not to be printed is a question mark. Return: the
 * columns it took.
 */
int ng_screen_text(int row, int column, int room, enum ng_colour colour, unsigned int emphasis,
		   const char *text, size_t size);

/** ng_screen_clear() - begin a new picture; ng_screen_show() - send how it differs from the last */
void ng_screen_clear(int *rows, int *width);
void ng_screen_show(void);

#endif
