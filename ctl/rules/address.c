// SPDX-License-Identifier: GPL-2.0-only
#include "rules/address.h"

#include <string.h>

#include "net/ip.h"

#define IPV6_BYTES 16

/* clang-format off */
static const uint8_t hex_digits[256] = {
	['0'] = 0x10, ['1'] = 0x11, ['2'] = 0x12, ['3'] = 0x13, ['4'] = 0x14, ['5'] = 0x15,
	['6'] = 0x16, ['7'] = 0x17, ['8'] = 0x18, ['9'] = 0x19,
	['a'] = 0x1a, ['b'] = 0x1b, ['c'] = 0x1c, ['d'] = 0x1d, ['e'] = 0x1e, ['f'] = 0x1f,
	['A'] = 0x1a, ['B'] = 0x1b, ['C'] = 0x1c, ['D'] = 0x1d, ['E'] = 0x1e, ['F'] = 0x1f,
};
/* clang-format on */

/* 10 or more if @c is not a digit. */
static unsigned int digit(char c)
{
	return (unsigned int)(unsigned char)c - '0';
}

/* The digit's value | 0x10; 0 if @c is not a hexadecimal digit. */
static unsigned int hex_digit(char c)
{
	return hex_digits[(unsigned char)c];
}

/* Up to three digits without leading zeros, no more than @max. */
static inline const char *scan_number(const char *text, const char *end, unsigned int max,
				      unsigned int *number)
{
	const char *last = end - text > 3 ? text + 3 : end, *next = text;
	unsigned int value = 0;

	while (next < last && digit(*next) < 10)
		value = value * 10 + digit(*next++);
	if (next == text || value > max || (*text == '0' && next - text > 1))
		return NULL;
	*number = value;
	return next < end && digit(*next) < 10 ? NULL : next;
}

static const char *scan_ipv4(const char *text, const char *end, uint8_t addr[4])
{
	for (unsigned int i = 0; i < 4; i++) {
		unsigned int number;

		if (i && (text == end || *text++ != '.'))
			return NULL;
		text = scan_number(text, end, 255, &number);
		if (!text)
			return NULL;
		addr[i] = number;
	}
	return text;
}

/**
 * struct ipv6 - an IPv6 address as far as it was read
 * @n:   bytes
 * @gap: how many of them come before "::"; NO_GAP: there is none
 */
struct ipv6 {
	uint8_t bytes[IPV6_BYTES];
	unsigned int n, gap;
};

#define NO_GAP (IPV6_BYTES + 1)

/* A group of up to four digits, or the last four bytes in IPv4 notation. */
static const char *scan_group(const char *text, const char *end, struct ipv6 *read)
{
	const char *next = text;
	unsigned int value = 0;

	while (next < end && next - text < 5 && hex_digit(*next))
		value = value << 4 | (hex_digit(*next++) & 0xf);
	if (next < end && *next == '.') {
		if (read->n > IPV6_BYTES - 4)
			return NULL;
		next = scan_ipv4(text, end, read->bytes + read->n);
		read->n += 4;
		return next;
	}
	if (next == text || next - text > 4 || read->n == IPV6_BYTES)
		return NULL;
	read->bytes[read->n++] = value >> 8;
	read->bytes[read->n++] = value;
	return next;
}

static bool is_gap(const char *text, const char *end)
{
	return end - text >= 2 && text[0] == ':' && text[1] == ':';
}

static const char *scan_groups(const char *text, const char *end, struct ipv6 *read)
{
	if (is_gap(text, end)) {
		read->gap = 0;
		text += 2;
		if (text == end || !hex_digit(*text))
			return text;
	}
	for (;;) {
		text = scan_group(text, end, read);
		if (!text || text == end || *text != ':')
			return text;
		if (is_gap(text, end)) {
			if (read->gap != NO_GAP)
				return NULL;
			read->gap = read->n;
			text++;
			if (text + 1 == end || !hex_digit(text[1]))
				return text + 1;
		}
		text++;
	}
}

static const char *scan_ipv6(const char *text, const char *end, uint8_t addr[IPV6_BYTES])
{
	struct ipv6 read = { .gap = NO_GAP };
	unsigned int behind;

	text = scan_groups(text, end, &read);
	if (!text || (read.gap == NO_GAP) != (read.n == IPV6_BYTES))
		return NULL;
	if (read.gap == NO_GAP)
		read.gap = read.n;
	behind = read.n - read.gap;
	memset(addr, 0, IPV6_BYTES);
	memcpy(addr, read.bytes, read.gap);
	memcpy(addr + IPV6_BYTES - behind, read.bytes + read.gap, behind);
	return text;
}

const char *ng_address_scan(const char *text, const char *end, struct ng_prefix *prefix)
{
	const char *next;

	memset(prefix, 0, sizeof(*prefix));
	prefix->family = 4;
	prefix->len = 32;
	next = scan_ipv4(text, end, prefix->addr);
	if (next)
		return next;
	prefix->family = 6;
	prefix->len = 128;
	return scan_ipv6(text, end, prefix->addr);
}

/* Clear the bits after the first @len; returns whether any of them was set. */
static bool cut_host_bits(struct ng_prefix *prefix, unsigned int len)
{
	struct ng_prefix whole = *prefix;

	ng_prefix_mask(prefix, len);
	return memcmp(whole.addr, prefix->addr, sizeof(whole.addr)) != 0;
}

const char *ng_prefix_scan(const char *text, const char *end, struct ng_prefix *prefix,
			   bool *masked)
{
	unsigned int len;

	*masked = false;
	text = ng_address_scan(text, end, prefix);
	if (!text || text == end || *text != '/')
		return text;
	text = scan_number(text + 1, end, prefix->len, &len);
	if (text && len < prefix->len)
		*masked = cut_host_bits(prefix, len);
	return text;
}
