/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef NG_UTF8_H
#define NG_UTF8_H

#include <stdbool.h>
#include <stddef.h>

#define NG_UTF8_REPLACEMENT "\xef\xbf\xbd" /* U+FFFD, for what is no UTF-8 */

/**
 * ng_utf8_read() - the character (RFC 3629 section 4) that @text begins with
 * @size: bytes of @text, at least 1
 *
 * Return: its bytes, with *@character; 0 when it is none.
 */
size_t ng_utf8_read(const char *text, size_t size, unsigned int *character);

/** ng_utf8_sequence() - the same of a text that ends with NUL, behind which nothing is read */
size_t ng_utf8_sequence(const unsigned char *text);

/**
 * ng_utf8_hidden() - is the character nothing to see, but something to obey?
 *
 * Controls, format characters that are not shown (they turn the direction of text, join or part
 * it), line and paragraph separators, and what is no character at all.
 */
bool ng_utf8_hidden(unsigned int character);

#endif
