/* SPDX-License-Identifier: GPL-2.0-only */
/* The terminal, by ncurses. */
#ifndef NG_SCREEN_H
#define NG_SCREEN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "report/terminal.h"

/**
 * ng_screen_begin() - take over the terminal of standard input and output
 *
 * From then on a signal that would terminate the process only makes ng_screen_key() return -1; one
 * that stops it restores the terminal in between. Return: 0; -ENOTTY or -ENOTSUP with @err filled.
 */
int ng_screen_begin(struct ng_error *err);
void ng_screen_end(void);

/**
 * ng_screen_key() - wait for the next key, at most @seconds and never longer than a second
 *
 * Return: a key as of getch(3ncurses); 0: no key; -1: the terminal is gone, or a signal arrived.
 */
int ng_screen_key(double seconds);

/** ng_screen_utf8() - is the locale UTF-8? */
bool ng_screen_utf8(void);

/** enum ng_emphasis - emphasis of text, visible without colours too; bits */
enum ng_emphasis { NG_STRONG = 1, NG_HEADING = 2 };

/**
 * ng_screen_text() - write @size bytes of @text, in at most @room columns
 *
 * Longer text ends with an ellipsis; unprintable characters become a question mark. Return: the
 * number of columns used.
 */
int ng_screen_text(int row, int column, int room, enum ng_colour colour, unsigned int emphasis,
		   const char *text, size_t size);

/** ng_screen_clear() - begin a new screen; ng_screen_show() - send what has changed */
void ng_screen_clear(int *rows, int *width);
void ng_screen_show(void);

#endif
