// SPDX-License-Identifier: GPL-2.0-only
#include "net/ip.h"
#include "rules/prefix.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "rules/address.h"

#define LONGEST_TEXT 64 /* more than any address with its length */

_Static_assert(sizeof(struct ng_prefix) == 18, "prefixes are compared as bytes: no padding");

static unsigned int family_bits(unsigned int family)
{
	return family == 4 ? 32 : 128;
}

static bool has_leading_zero(const char *text)
{
	for (const char *part = text; part; part = strchr(part, '.')) {
		part += *part == '.';
		if (part[0] == '0' && part[1] >= '0' && part[1] <= '9')
			return true;
	}
	return false;
}

static int explain_address(const char *text, struct ng_error *err)
{
	ng_fail(err, -EINVAL, "'%.64s' is not an address", text);
	if (!*text)
		return ng_fail(err, -EINVAL, "an address is missing");
	if (strchr(text, '%'))
		return ng_hint(err, -EINVAL,
			       "leave out the zone after '%%'; `on IFACE` names an interface");
	if (strchr(text, ':'))
		return ng_hint(err, -EINVAL, "IPv6 addresses look like 2001:db8::1");
	if (strspn(text, "0123456789.") != strlen(text))
		return ng_hint(err, -EINVAL,
			       "write an address or a prefix such as 192.0.2.0/24; "
			       "host names are not looked up");
	if (has_leading_zero(text))
		return ng_hint(err, -EINVAL,
			       "write the numbers without leading zeros, which some "
			       "programs read as octal");
	return ng_hint(err, -EINVAL,
		       "IPv4 addresses have four numbers from 0 to 255, as in "
		       "192.0.2.1");
}

/* The prefix length that a netmask stands for; -1: @mask is not one. */
static int netmask_bits(const struct ng_prefix *mask)
{
	uint32_t bits;

	memcpy(&bits, mask->addr, sizeof(bits));
	bits = ntohl(bits);
	return bits & (~bits >> 1) ? -1 : __builtin_popcount(bits);
}

/* "/255.255.255.0", or a wildcard mask, whose zeros mean what ones mean in a netmask. */
static int explain_mask(const char *text, struct ng_error *err)
{
	const char *end = text + strlen(text);
	struct ng_prefix mask;
	int len;

	if (ng_address_scan(text, end, &mask) != end || mask.family != 4)
		return -EINVAL;
	len = netmask_bits(&mask);
	for (size_t i = 0; i < 4 && len < 0; i++)
		mask.addr[i] = ~mask.addr[i];
	if (len < 0)
		len = netmask_bits(&mask);
	if (len < 0)
		return ng_hint(err, -EINVAL, "such a mask is not a prefix: list the addresses");
	return ng_hint(err, -EINVAL, "write the prefix length: /%d", len);
}

static int explain_len(const char *text, unsigned int max, struct ng_error *err)
{
	bool is_number = *text && strspn(text, "0123456789") == strlen(text);
	const char *digits = text;

	if (is_number && *text != '0')
		return ng_fail(err, -EINVAL, "prefix length %.64s is more than %u", text, max);
	ng_fail(err, -EINVAL, "'/%.64s' is not a prefix length", text);
	if (!is_number)
		return explain_mask(text, err);
	while (digits[0] == '0' && digits[1])
		digits++;
	return ng_hint(err, -EINVAL, "write it without leading zeros: /%.64s", digits);
}

/* Why @text is not a prefix. */
static int explain_prefix(const char *text, struct ng_error *err)
{
	struct ng_prefix prefix;
	char addr[LONGEST_TEXT];
	size_t n = strcspn(text, "/");

	if (n >= sizeof(addr))
		return ng_fail(err, -EINVAL, "'%.32s…' is not an address", text);
	memcpy(addr, text, n);
	addr[n] = '\0';
	if (ng_address_scan(addr, addr + n, &prefix) != addr + n)
		return explain_address(addr, err);
	return explain_len(text + n + 1, family_bits(prefix.family), err);
}

int ng_prefix_read(const char *text, struct ng_prefix *prefix, bool *masked, struct ng_error *err)
{
	const char *end = text + strlen(text);
	struct ng_prefix read;
	bool cut;

	if (ng_prefix_scan(text, end, &read, &cut) != end)
		return explain_prefix(text, err);
	*prefix = read;
	*masked = cut;
	return 0;
}

/* Was it meant as an IPv4 prefix, @inner? */
static bool is_mapped(const char *text, const char *end, const struct ng_prefix *prefix,
		      struct ng_prefix *inner)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	struct ng_prefix whole;
	const char *last;
	bool in_block;

	if (prefix->family != 6)
		return false;
	last = ng_address_scan(text, end, &whole);
	in_block = !memcmp(whole.addr, mapped, sizeof(mapped));
	if (prefix->len > 96 && !in_block)
		return false;
	if (prefix->len <= 96 && !memcmp(whole.addr + 12, "\0\0\0", 4))
		return false;
	if (!in_block && (prefix->len > 32 || !memchr(text, '.', last - text)))
		return false;
	/* A length of up to 32 was meant as that of the IPv4 prefix. */
	*inner = (struct ng_prefix){ .family = 4 };
	memcpy(inner->addr, whole.addr + 12, 4);
	ng_prefix_mask(inner, prefix->len > 96	  ? prefix->len - 96
			      : prefix->len <= 32 ? prefix->len
						  : 32);
	return true;
}

int ng_prefix_check_mapped(const char *text, const char *end, const struct ng_prefix *prefix,
			   struct ng_error *err)
{
	struct ng_prefix inner, again;
	char right[LONGEST_TEXT];
	const char *last;
	bool masked;

	if (!is_mapped(text, end, prefix, &inner))
		return 0;
	last = ng_prefix_scan(text, end, &again, &masked);
	ng_fail(err, -EINVAL, "'%.*s' is an IPv4 address written as IPv6", (int)(last - text),
		text);
	return ng_hint(err, -EINVAL, "write %s", ng_prefix_text(&inner, right, sizeof(right)));
}

/* The first word of conditions never has these characters. */
bool ng_looks_like_prefix(const char *text)
{
	return !strpbrk(text, " \t\"") && strpbrk(text, ".:/");
}

int ng_parse_prefix(const char *text, struct ng_prefix *prefix, struct ng_error *err)
{
	struct ng_prefix read, inner;
	char right[LONGEST_TEXT];
	bool masked;
	int ret;

	ret = ng_prefix_read(text, &read, &masked, err);
	if (ret)
		return ret;
	if (masked) {
		ng_fail(err, -EINVAL, "prefix %s has host bits set", text);
		if (is_mapped(text, text + strlen(text), &read, &inner))
			read = inner;
		return ng_hint(err, -EINVAL, "write %s",
			       ng_prefix_text(&read, right, sizeof(right)));
	}
	*prefix = read;
	return 0;
}

/* Up to three digits; returns the position after them. */
static char *write_byte(char *text, unsigned int byte)
{
	if (byte > 99)
		*text++ = '0' + byte / 100;
	if (byte > 9)
		*text++ = '0' + byte / 10 % 10;
	*text++ = '0' + byte % 10;
	return text;
}

const char *ng_prefix_text(const struct ng_prefix *prefix, char *text, size_t size)
{
	char *end = text;

	if (prefix->family == 4) {
		for (unsigned int i = 0; i < 4; i++) {
			if (i)
				*end++ = '.';
			end = write_byte(end, prefix->addr[i]);
		}
	} else {
		inet_ntop(AF_INET6, prefix->addr, text, size);
		end += strlen(text);
	}
	if (prefix->len != family_bits(prefix->family)) {
		*end++ = '/';
		end = write_byte(end, prefix->len);
	}
	*end = '\0';
	return text;
}

int ng_prefixes_push(struct ng_prefix **list, size_t *n, const struct ng_prefix *prefix)
{
	if (ng_array_grow(list, *n, sizeof(**list)))
		return -ENOMEM;
	(*list)[(*n)++] = *prefix;
	return 0;
}

/* The address as a number; an IPv4 address takes the upper 32 bits. */
static unsigned __int128 number(const struct ng_prefix *prefix)
{
	unsigned __int128 value = 0;

	for (size_t i = 0; i < sizeof(prefix->addr); i++)
		value = value << 8 | prefix->addr[i];
	return value;
}

bool ng_prefixes_fill(const struct ng_prefix *list, size_t n, unsigned int family)
{
	unsigned __int128 next = 0; /* all addresses below it are covered */

	for (size_t i = 0; i < n; i++) {
		unsigned __int128 first, last;

		if (list[i].family != family)
			continue;
		if (!list[i].len)
			return true;
		first = number(&list[i]);
		last = first + (((unsigned __int128)1 << (128 - list[i].len)) - 1);
		if (first > next)
			return false;
		/* The sum wraps to 0 at the end of the address space. */
		if (last + 1 == 0)
			return true;
		if (last >= next)
			next = last + 1;
	}
	return false;
}
