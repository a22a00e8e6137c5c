/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Text that may hold what others chose: names of interfaces, files and processes, command lines,
 * labels. What a terminal would obey, or would not show, is written in its place: the escape
 * character as \x1b, U+202E as \u{202e}, a byte that is no UTF-8 as \xff. All text for people that
 * holds such goes through here; JSON has an escape of its own (report/json.h).
 */
#ifndef NG_PLAIN_H
#define NG_PLAIN_H

#include <stdio.h>

#include "base/error.h"

/** ng_plain() - @text, for free(), with no control character at all, not even a line end */
char *ng_plain(const char *text);

/**
 * ng_print() - fprintf() of such text
 *
 * Tabs and line ends of @format stay; those of its arguments do not.
 */
void ng_print(FILE *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** ng_print_error() - "PREFIXwhere: KINDwhat; hint" as a line of its own */
void ng_print_error(FILE *out, const char *prefix, const char *kind, const struct ng_error *error);

#endif
