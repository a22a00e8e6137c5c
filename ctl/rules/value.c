// SPDX-License-Identifier: GPL-2.0-only
#include "rules/value.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"

#define ETHER_LEN 17 /* of "00:00:5e:00:53:01" */

static bool starts_number(const char *text)
{
	return text[0] >= '0' && text[0] <= '9';
}

static int read_digits(const struct ng_field_info *info, const char *text, uint64_t *value,
		       struct ng_error *err)
{
	bool hex = text[0] == '0' && text[1] == 'x';
	const char *digits = hex ? text + 2 : text;

	if (hex && !info->reads_hex)
		return ng_fail(err, -EINVAL, "'%s' is not decimal: %s is written in decimal", text,
			       info->noun);
	if (!*digits || digits[strspn(digits, hex ? "0123456789abcdefABCDEF" : "0123456789")])
		return ng_fail(err, -EINVAL, "'%s' is not a number", text);
	if (!hex && digits[0] == '0' && digits[1]) {
		ng_fail(err, -EINVAL, "'%s' has leading zeros", text);
		return ng_hint(err, -EINVAL, "write %s", digits + strspn(digits, "0"));
	}
	/* Too many digits give the largest number there is, which is above every maximum. */
	*value = strtoull(digits, NULL, hex ? 16 : 10);
	return 0;
}

int ng_value_number(const struct ng_field_info *info, const char *text, uint64_t *value,
		    struct ng_error *err)
{
	uint64_t read = 0;
	int ret;

	ret = read_digits(info, text, &read, err);
	if (ret)
		return ret;
	if (info == &ng_fields[NG_FIELD_VLAN] && !read) {
		ng_fail(err, -EINVAL, "VLAN id 0 is only a priority, not a VLAN");
		return ng_hint(err, -EINVAL, "for frames without a VLAN write vlan none");
	}
	if (read < info->min || read > info->max)
		return ng_fail(err, -EINVAL, "'%s' is not %s: the range is %llu to %llu", text,
			       info->noun, (unsigned long long)info->min,
			       (unsigned long long)info->max);
	*value = read;
	return 0;
}

static int read_name(const struct ng_field_info *info, const struct ng_name *names,
		     const char *text, struct ng_range *range, struct ng_error *err)
{
	const struct ng_name *row = ng_name_find(names, text);
	struct ng_guess guess = { 0 };

	if (row) {
		range->lo = range->hi = row->value;
		return 0;
	}
	ng_fail(err, -EINVAL, "'%s' is not %s", text, info->noun);
	ng_guess_names(&guess, text, names);
	return guess.best ? ng_hint(err, -EINVAL, "did you mean '%s'?", guess.best) : -EINVAL;
}

static int check_order(const struct ng_range *range, const char *text, struct ng_error *err)
{
	const char *dash = strchr(text, '-');

	if (range->lo <= range->hi)
		return 0;
	ng_fail(err, -EINVAL, "range %s goes backwards", text);
	return ng_hint(err, -EINVAL, "write %s-%.*s", dash + 1, (int)(dash - text), text);
}

/* Refuse "80-", "-80", "1-2-3". @text has a dash and no letters before it. */
static int check_dashes(const struct ng_field_info *info, const char *text, struct ng_error *err)
{
	const char *dash = strchr(text, '-'), *second = strchr(dash + 1, '-');
	int n = dash - text;

	if (second) {
		ng_fail(err, -EINVAL, "'%s' is not a range: it has more than one '-'", text);
		return ng_hint(err, -EINVAL,
			       "a range is FIRST-LAST; a list has commas, as in 1,2,3");
	}
	if (dash[1] && n)
		return 0;
	ng_fail(err, -EINVAL, "'%s' is not a range: its %s number is missing", text,
		n ? "last" : "first");
	if (n)
		return ng_hint(err, -EINVAL, "write %s%llu", text, (unsigned long long)info->max);
	return ng_hint(err, -EINVAL, "write %llu%s", (unsigned long long)info->min, text);
}

int ng_value_range(const struct ng_field_info *info, const struct ng_name *names, const char *text,
		   struct ng_range *range, struct ng_error *err)
{
	struct ng_range read;
	char first[64];
	size_t n = strcspn(text, "-");
	int ret;

	if (text[0] == '-' && starts_number(text + 1))
		return check_dashes(info, text, err);
	if (!starts_number(text) || info == &ng_fields[NG_FIELD_FRAGMENT])
		return read_name(info, names ? names : info->names, text, range, err);
	if (strchr(text, ':')) {
		ng_fail(err, -EINVAL, "'%s' is not %s", text, info->noun);
		return ng_hint(err, -EINVAL, "a range is written with a dash, as in 1024-65535");
	}
	if (n >= sizeof(first))
		return ng_fail(err, -EINVAL, "'%s' is not a number", text);
	memcpy(first, text, n);
	first[n] = '\0';
	ret = text[n] ? check_dashes(info, text, err) : 0;
	if (!ret)
		ret = ng_value_number(info, first, &read.lo, err);
	if (ret)
		return ret;
	read.hi = read.lo;
	if (text[n]) {
		ret = ng_value_number(info, text + n + 1, &read.hi, err);
		if (!ret)
			ret = check_order(&read, text, err);
		if (ret)
			return ret;
	}
	*range = read;
	return 0;
}

int ng_value_icmp(const struct ng_name *names, const char *text, struct ng_range *range,
		  struct ng_error *err)
{
	static const struct ng_field_info type_info = { .noun = "an ICMP type", .max = 255 };
	static const struct ng_field_info code_info = { .noun = "an ICMP code", .max = 255 };
	const char *slash = strchr(text, '/');
	struct ng_range type;
	char first[64];
	uint64_t code;
	size_t n = slash ? (size_t)(slash - text) : strlen(text);
	int ret;

	if (n >= sizeof(first))
		return ng_fail(err, -EINVAL, "'%s' is not an ICMP type", text);
	memcpy(first, text, n);
	first[n] = '\0';
	ret = ng_value_range(&type_info, names, first, &type, err);
	if (ret)
		return ret;
	if (!slash) {
		range->lo = type.lo << 8;
		range->hi = type.hi << 8 | 0xff;
		return 0;
	}
	if (type.lo != type.hi)
		return ng_fail(err, -EINVAL, "a code comes after one type, not a range: '%s'",
			       text);
	ret = ng_value_number(&code_info, slash + 1, &code, err);
	if (ret)
		return ret;
	range->lo = range->hi = type.lo << 8 | code;
	return 0;
}

static bool read_ether(const char *text, uint64_t *value)
{
	uint64_t read = 0;

	for (size_t i = 0; i < ETHER_LEN; i++) {
		if (i % 3 == 2) {
			if (text[i] != ':')
				return false;
			continue;
		}
		if (!isxdigit((unsigned char)text[i]))
			return false;
		read = read << 4 | strtoul((char[]){ text[i], '\0' }, NULL, 16);
	}
	*value = read;
	return true;
}

int ng_value_ether(const char *text, struct ng_range *range, struct ng_error *err)
{
	struct ng_range read;
	size_t len = strlen(text);
	bool is_range = len == 2 * ETHER_LEN + 1 && text[ETHER_LEN] == '-';

	if ((len != ETHER_LEN && !is_range) || !read_ether(text, &read.lo) ||
	    (is_range && !read_ether(text + ETHER_LEN + 1, &read.hi))) {
		ng_fail(err, -EINVAL, "'%s' is not a MAC address", text);
		return ng_hint(err, -EINVAL,
			       "write six pairs of hex digits, as in "
			       "00:00:5e:00:53:01");
	}
	if (!is_range)
		read.hi = read.lo;
	if (check_order(&read, text, err))
		return -EINVAL;
	*range = read;
	return 0;
}

int ng_ranges_push(struct ng_range **list, size_t *n, const struct ng_range *range)
{
	if (ng_array_grow(list, *n, sizeof(**list)))
		return -ENOMEM;
	(*list)[(*n)++] = *range;
	return 0;
}

/* Of ranges that begin alike the longest comes first: an ICMP type before its codes. */
static int compare(const void *left, const void *right)
{
	const struct ng_range *a = left, *b = right;

	if (a->lo != b->lo)
		return a->lo < b->lo ? -1 : 1;
	return a->hi == b->hi ? 0 : a->hi > b->hi ? -1 : 1;
}

static bool has_code(enum ng_field field, const struct ng_range *range)
{
	return field == NG_FIELD_ICMP_TYPE && range->lo == range->hi;
}

static bool is_same(const struct ng_range *a, const struct ng_range *b)
{
	return a->lo == b->lo && a->hi == b->hi;
}

/* A code is kept beside its type: a list with a code matches no packet without one. */
void ng_ranges_sort(enum ng_field field, struct ng_range *list, size_t *n)
{
	struct ng_range *wide = NULL; /* the last one without a code */
	size_t kept = 0;

	if (*n < 2)
		return;
	qsort(list, *n, sizeof(*list), compare);
	for (size_t i = 0; i < *n; i++) {
		struct ng_range range = list[i];
		bool is_code = has_code(field, &range);

		if (is_code && kept && is_same(&list[kept - 1], &range))
			continue;
		if (!is_code && wide && range.lo <= wide->hi + 1) {
			if (range.hi > wide->hi)
				wide->hi = range.hi;
			continue;
		}
		if (!is_code)
			wide = &list[kept];
		list[kept++] = range;
	}
	*n = kept;
}
