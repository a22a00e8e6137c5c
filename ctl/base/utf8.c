// SPDX-License-Identifier: GPL-2.0-only
#include "base/utf8.h"

#include <string.h>

/*
 * The ranges of the second byte exclude overlong sequences, surrogates, and characters above
 * U+10FFFF.
 */
size_t ng_utf8_read(const char *text, size_t size, unsigned int *character)
{
	const unsigned char *byte = (const unsigned char *)text;
	unsigned char lo = 0x80, hi = 0xbf;
	size_t len;

	*character = byte[0];
	if (byte[0] < 0x80)
		return 1;
	if (byte[0] < 0xc2 || byte[0] > 0xf4)
		return 0;
	len = byte[0] < 0xe0 ? 2 : byte[0] < 0xf0 ? 3 : 4;
	if (byte[0] == 0xe0)
		lo = 0xa0;
	else if (byte[0] == 0xed)
		hi = 0x9f;
	else if (byte[0] == 0xf0)
		lo = 0x90;
	else if (byte[0] == 0xf4)
		hi = 0x8f;
	if (len > size || byte[1] < lo || byte[1] > hi)
		return 0;
	*character = byte[0] & (0x7f >> len);
	for (size_t i = 1; i < len; i++) {
		if (byte[i] < 0x80 || byte[i] > 0xbf)
			return 0;
		*character = *character << 6 | (byte[i] & 0x3f);
	}
	return len;
}

size_t ng_utf8_sequence(const unsigned char *text)
{
	unsigned int character;

	return *text ? ng_utf8_read((const char *)text, strnlen((const char *)text, 4), &character)
		     : 1;
}

bool ng_utf8_hidden(unsigned int character)
{
	/* Unicode 15.1: Cc, Zl, Zp, and of Cf all but the visible prefixes of numbers and words. */
	static const struct range {
		unsigned int lo, hi;
	} ranges[] = {
		{ 0x0, 0x1f },	      { 0x7f, 0x9f },	    { 0xad, 0xad },
		{ 0x61c, 0x61c },     { 0x180e, 0x180e },   { 0x200b, 0x200f },
		{ 0x2028, 0x202e },   { 0x2060, 0x206f },   { 0xfdd0, 0xfdef },
		{ 0xfeff, 0xfeff },   { 0xfff0, 0xfffb },   { 0x1bca0, 0x1bca3 },
		{ 0x1d173, 0x1d17a }, { 0xe0000, 0xe007f },
	};

	if (character >= ' ' && character < 0x7f)
		return false;
	for (size_t i = 0; i < sizeof(ranges) / sizeof(*ranges); i++)
		if (character >= ranges[i].lo && character <= ranges[i].hi)
			return true;
	return (character & 0xfffe) == 0xfffe;
}
