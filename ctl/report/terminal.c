// SPDX-License-Identifier: GPL-2.0-only
#include "report/terminal.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define EXACT_BELOW 100000

int ng_terminal_width(FILE *out)
{
	struct winsize size;

	if (!isatty(fileno(out)) || ioctl(fileno(out), TIOCGWINSZ, &size))
		return 0;
	return size.ws_col;
}

/* https://no-color.org: set and not empty. */
bool ng_has_colour(FILE *out)
{
	const char *refused = getenv("NO_COLOR"), *terminal = getenv("TERM");

	return isatty(fileno(out)) && (!refused || !*refused) && terminal &&
	       strcmp(terminal, "dumb") != 0;
}

/* ECMA-48, 8.3.117: SELECT GRAPHIC RENDITION */
void ng_colour_start(FILE *out, enum ng_colour colour)
{
	static const char *const codes[] = {
		[NG_COLOUR_RED] = "\033[31m",
		[NG_COLOUR_GREEN] = "\033[32m",
		[NG_COLOUR_BOLD] = "\033[1m",
	};

	if (colour != NG_COLOUR_NONE && ng_has_colour(out))
		fputs(codes[colour], out);
}

void ng_colour_end(FILE *out, enum ng_colour colour)
{
	if (colour != NG_COLOUR_NONE && ng_has_colour(out))
		fputs("\033[0m", out);
}

static const char *text_of(FILE *out, uint64_t n, uint64_t step, const char *const *units,
			   char text[NG_UNITS_TEXT])
{
	uint64_t unit = 1;
	size_t at = 0;

	if (n < EXACT_BELOW || !isatty(fileno(out))) {
		snprintf(text, NG_UNITS_TEXT, "%" PRIu64, n);
		return text;
	}
	for (; n / unit >= step && units[at + 1]; at++)
		unit *= step;
	snprintf(text, NG_UNITS_TEXT, "%" PRIu64 ".%u %s", n / unit,
		 (unsigned int)(n % unit * 10 / unit), units[at]);
	return text;
}

const char *ng_packets_text(FILE *out, uint64_t packets, char text[NG_UNITS_TEXT])
{
	static const char *const units[] = { "", "k", "M", "G", "T", "P", "E", NULL };

	return text_of(out, packets, 1000, units, text);
}

const char *ng_bytes_text(FILE *out, uint64_t bytes, char text[NG_UNITS_TEXT])
{
	static const char *const units[] = { "", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB", NULL };

	return text_of(out, bytes, 1024, units, text);
}

const char *ng_rate_text(FILE *out, double rate, char text[NG_UNITS_TEXT])
{
	if (rate <= 0 || rate >= 10)
		return ng_packets_text(out, rate > 0 ? llround(rate) : 0, text);
	snprintf(text, NG_UNITS_TEXT, "%.1f", rate);
	return text;
}
