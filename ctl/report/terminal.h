/* SPDX-License-Identifier: GPL-2.0-only */
/* Output on terminals: width, colour, rounded numbers. */
#ifndef NG_TERMINAL_H
#define NG_TERMINAL_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define NG_UNITS_TEXT 24

enum ng_colour { NG_COLOUR_NONE, NG_COLOUR_RED, NG_COLOUR_GREEN, NG_COLOUR_BOLD };

/** ng_terminal_width() - in columns; 0: @out is not a terminal */
int ng_terminal_width(FILE *out);

/** ng_has_colour() - is @out a terminal with colours, and are they not turned off? */
bool ng_has_colour(FILE *out);

/** ng_colour_start() - print the following text in @colour, if ng_has_colour() */
void ng_colour_start(FILE *out, enum ng_colour colour);
void ng_colour_end(FILE *out, enum ng_colour colour);

/**
 * ng_packets_text() - "12.3 M" where @out is a terminal, else "12345678"; returns @text
 *
 * By thousands, rounded down to one decimal; below 100000 exact.
 */
const char *ng_packets_text(FILE *out, uint64_t packets, char text[NG_UNITS_TEXT]);

/** ng_bytes_text() - the same by 1024: "4.5 GiB"; IEC 80000-13 */
const char *ng_bytes_text(FILE *out, uint64_t bytes, char text[NG_UNITS_TEXT]);

/** ng_rate_text() - the same by 1000, below 10 with a decimal: "0.3", "12.3 M" */
const char *ng_rate_text(FILE *out, double rate, char text[NG_UNITS_TEXT]);

#endif
