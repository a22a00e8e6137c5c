// SPDX-License-Identifier: GPL-2.0-only
#include "rules/prefix.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rules/parse.h"
#include "rules/print.h"

#define LONGEST_TEXT 64 /* more than any address with its length */

_Static_assert(sizeof(struct ng_prefix) == 18, "prefixes are compared as bytes: no padding");

static unsigned int family_bits(unsigned int family)
{
	return family == 4 ? 32 : 128;
}

void ng_prefix_mask(struct ng_prefix *prefix, unsigned int len)
{
	unsigned int byte = len / 8;

	prefix->len = len;
	if (byte < sizeof(prefix->addr) && len % 8)
		prefix->addr[byte++] &= 0xff << (8 - len % 8);
	if (byte < sizeof(prefix->addr))
		memset(prefix->addr + byte, 0, sizeof(prefix->addr) - byte);
}

bool ng_prefix_holds(const struct ng_prefix *outer, const struct ng_prefix *inner)
{
	struct ng_prefix shortened = *inner;

	if (outer->family != inner->family || outer->len > inner->len)
		return false;
	ng_prefix_mask(&shortened, outer->len);
	return !memcmp(&shortened, outer, sizeof(shortened));
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
			       "leave the zone behind '%%' out; `on IFACE` names "
			       "an interface");
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

static int read_len(const char *text, unsigned int max, unsigned int *len, struct ng_error *err)
{
	char *end;
	unsigned long value;

	/* strtoul() alone would take signs, blanks and any count of zeros. */
	if (strspn(text, "0123456789") != strlen(text) || !*text || strlen(text) > 3 ||
	    (text[0] == '0' && text[1]))
		return ng_fail(err, -EINVAL, "'/%.64s' is not a prefix length", text);
	value = strtoul(text, &end, 10);
	if (value > max)
		return ng_fail(err, -EINVAL, "prefix length %lu is more than %u", value, max);
	*len = value;
	return 0;
}

int ng_prefix_read(const char *text, struct ng_prefix *prefix, bool *masked, struct ng_error *err)
{
	struct ng_prefix whole = { 0 }, shortened;
	char addr[LONGEST_TEXT];
	size_t n = strcspn(text, "/");
	unsigned int len;
	int ret;

	if (n >= sizeof(addr))
		return ng_fail(err, -EINVAL, "'%.32s…' is not an address", text);
	memcpy(addr, text, n);
	addr[n] = '\0';
	whole.family = strchr(addr, ':') ? 6 : 4;
	if (inet_pton(whole.family == 4 ? AF_INET : AF_INET6, addr, whole.addr) != 1)
		return explain_address(addr, err);
	len = family_bits(whole.family);
	if (text[n] == '/') {
		ret = read_len(text + n + 1, len, &len, err);
		if (ret)
			return ret;
	}
	whole.len = len;
	shortened = whole;
	ng_prefix_mask(&shortened, len);
	*masked = memcmp(&shortened, &whole, sizeof(whole)) != 0;
	*prefix = shortened;
	return 0;
}

int ng_parse_prefix(const char *text, struct ng_prefix *prefix, struct ng_error *err)
{
	struct ng_prefix read;
	char right[LONGEST_TEXT];
	bool masked;
	int ret;

	ret = ng_prefix_read(text, &read, &masked, err);
	if (ret)
		return ret;
	if (masked) {
		ng_fail(err, -EINVAL, "prefix %s has host bits set", text);
		return ng_hint(err, -EINVAL, "write %s",
			       ng_prefix_text(&read, right, sizeof(right)));
	}
	*prefix = read;
	return 0;
}

const char *ng_prefix_text(const struct ng_prefix *prefix, char *text, size_t size)
{
	char addr[INET6_ADDRSTRLEN];

	inet_ntop(prefix->family == 4 ? AF_INET : AF_INET6, prefix->addr, addr, sizeof(addr));
	if (prefix->len == family_bits(prefix->family))
		snprintf(text, size, "%s", addr);
	else
		snprintf(text, size, "%s/%u", addr, prefix->len);
	return text;
}

int ng_prefixes_push(struct ng_prefix **list, size_t *n, const struct ng_prefix *prefix)
{
	struct ng_prefix *grown;

	/* Room is a power of two, so it is used up exactly when the count is one. */
	if (!(*n & (*n - 1))) {
		grown = realloc(*list, (*n ? *n * 2 : 1) * sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		*list = grown;
	}
	(*list)[(*n)++] = *prefix;
	return 0;
}

static int compare(const void *left, const void *right)
{
	const struct ng_prefix *a = left, *b = right;
	int order;

	if (a->family != b->family)
		return a->family - b->family;
	order = memcmp(a->addr, b->addr, sizeof(a->addr));
	return order ? order : a->len - b->len;
}

size_t ng_prefixes_sort(struct ng_prefix *list, size_t *n)
{
	size_t kept = 0, all = *n;

	if (!all)
		return 0;
	qsort(list, all, sizeof(*list), compare);
	for (size_t i = 1; i < all; i++)
		if (compare(&list[kept], &list[i]))
			list[++kept] = list[i];
	*n = kept + 1;
	return all - *n;
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
	unsigned __int128 next = 0; /* all addresses below it are held */

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
		/* The whole space ends where counting on gives 0 again. */
		if (last + 1 == 0)
			return true;
		if (last >= next)
			next = last + 1;
	}
	return false;
}
