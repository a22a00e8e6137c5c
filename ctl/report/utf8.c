// SPDX-License-Identifier: GPL-2.0-only
#include "report/utf8.h"

/*
 * The ranges of the second byte leave out what is too long, surrogates, and what lies above
 * U+10FFFF.
 */
size_t ng_utf8_sequence(const unsigned char *text)
{
	unsigned char lo = 0x80, hi = 0xbf;
	size_t len;

	if (text[0] < 0x80)
		return 1;
	if (text[0] < 0xc2 || text[0] > 0xf4)
		return 0;
	len = text[0] < 0xe0 ? 2 : text[0] < 0xf0 ? 3 : 4;
	if (text[0] == 0xe0)
		lo = 0xa0;
	else if (text[0] == 0xed)
		hi = 0x9f;
	else if (text[0] == 0xf0)
		lo = 0x90;
	else if (text[0] == 0xf4)
		hi = 0x8f;
	if (text[1] < lo || text[1] > hi)
		return 0;
	for (size_t i = 2; i < len; i++)
		if (text[i] < 0x80 || text[i] > 0xbf)
			return 0;
	return len;
}
