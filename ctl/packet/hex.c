// SPDX-License-Identifier: GPL-2.0-only
#include "packet/hex.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SEPARATORS " \t\n:"

static int digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(digits, c | 0x20) : NULL;

	return at ? at - digits : -1;
}

int ng_hex_read(const char *text, uint8_t **bytes, size_t *len, struct ng_error *err)
{
	uint8_t *read = malloc(strlen(text) / 2 + 1);
	size_t n = 0;

	if (!read)
		return ng_fail(err, -ENOMEM, "out of memory");
	for (const char *at = text; *(at += strspn(at, SEPARATORS)); at += 2) {
		int high = digit(at[0]), low = high < 0 ? -1 : digit(at[1]);

		if (low < 0) {
			free(read);
			ng_fail(err, -EINVAL, "'%.2s' is not a byte in hexadecimal", at);
			return ng_hint(err, -EINVAL,
				       "two digits a byte, from the Ethernet header on; blanks and "
				       "colons between bytes are ignored");
		}
		read[n++] = high << 4 | low;
	}
	*bytes = read;
	*len = n;
	return 0;
}
