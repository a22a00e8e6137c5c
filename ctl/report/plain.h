/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Text that may contain names that others chose: of interfaces, files and processes, command lines,
 * labels. Characters that a terminal would interpret, or would not show, are escaped: the escape
 * character as \x1b, U+202E as \u{202e}, a byte that is not UTF-8 as \xff. All such text for people
 * is printed by these functions; JSON has its own escapes (report/json.h).
 */
#ifndef NG_PLAIN_H
#define NG_PLAIN_H

#include <stdio.h>

#include "base/error.h"

/** ng_plain() - @text without any control character, line ends included; the caller frees it */
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
