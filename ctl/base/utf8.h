/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef NG_UTF8_H
#define NG_UTF8_H

#include <stdbool.h>
#include <stddef.h>

#define NG_UTF8_REPLACEMENT "\xef\xbf\xbd" /* U+FFFD, for invalid UTF-8 */

/**
 * ng_utf8_read() - decode the first character of @text (RFC 3629 section 4)
 * @size: bytes of @text, at least 1
 *
 * Return: its length in bytes, with *@character; 0 when it is invalid.
 */
size_t ng_utf8_read(const char *text, size_t size, unsigned int *character);

/** ng_utf8_sequence() - length of the first character of a NUL-terminated string; 0: invalid */
size_t ng_utf8_sequence(const unsigned char *text);

/**
 * ng_utf8_hidden() - is the character invisible, and possibly a control for the terminal?
 *
 * Control characters, invisible format characters (they change the direction of text, join or
 * separate it), line and paragraph separators, and noncharacters.
 */
bool ng_utf8_hidden(unsigned int character);

#endif
