/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef NG_UTF8_H
#define NG_UTF8_H

#include <stddef.h>

#define NG_UTF8_REPLACEMENT "\xef\xbf\xbd" /* U+FFFD, for what is no UTF-8 */

/**
 * ng_utf8_sequence() - bytes of the sequence at @text (RFC 3629 section 4), 0 when it is none
 * @text: ends with NUL, behind which nothing is read
 */
size_t ng_utf8_sequence(const unsigned char *text);

#endif
