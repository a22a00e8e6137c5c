// SPDX-License-Identifier: GPL-2.0-only
#include "report/plain.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/utf8.h"
#include "report/memory.h"

#define LONGEST 4 /* bytes that may be written for one, "\xff" */

/* @lines: keep tabs and line ends */
static char *plain(const char *text, bool lines)
{
	size_t left = strlen(text), len;
	char *plain = ng_need(malloc(LONGEST * left + 1)), *end = plain;
	unsigned int character;

	for (; left; text += len, left -= len) {
		len = ng_utf8_read(text, left, &character);
		if (len && lines && (*text == '\n' || *text == '\t'))
			*end++ = *text;
		else if (len && !ng_utf8_hidden(character))
			end = mempcpy(end, text, len);
		else if (len > 1)
			end += sprintf(end, character < 0x100 ? "\\x%02x" : "\\u{%04x}", character);
		else
			end += sprintf(end, "\\x%02x", (unsigned char)*text);
		len += !len;
	}
	*end = '\0';
	return plain;
}

char *ng_plain(const char *text)
{
	return plain(text, false);
}

static size_t count_lines(const char *text)
{
	size_t n = 0;

	/* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): ng_need() saw to that */
	while ((text = strpbrk(text, "\n\t"))) {
		text++;
		n++;
	}
	return n;
}

void ng_print(FILE *out, const char *format, ...)
{
	__cleanup_free char *text = NULL, *shown = NULL;
	bool lines, ends;
	va_list args;
	size_t len;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	va_end(args);
	len = strlen(ng_need(text));
	/* More of them than in @format come from arguments. They cannot be told apart: keep none.
	 */
	lines = count_lines(text) == count_lines(format);
	ends = !lines && *format && format[strlen(format) - 1] == '\n';
	if (ends)
		text[len - 1] = '\0';
	shown = plain(text, lines);
	fputs(shown, out);
	if (ends)
		putc('\n', out);
}

void ng_print_error(FILE *out, const char *prefix, const char *kind, const struct ng_error *error)
{
	ng_print(out, "%s%s%s%s%s%s%s\n", prefix, error->where, *error->where ? ": " : "", kind,
		 error->what, *error->hint ? "; " : "", error->hint);
}
