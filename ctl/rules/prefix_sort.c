// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sorts lists of prefixes in place: radix sort from the first byte on, insertion sort for short
 * runs.
 */
#include "net/ip.h"
#include "rules/prefix_sort.h"

#include <endian.h>
#include <string.h>

#define RADIX	256
#define RUN_MAX 24 /* the longest run for insertion sort */

/* The sort key: a byte for the family, the address, a byte for the length. */
#define BYTE_FAMILY 0
#define BYTE_LEN    17
#define BYTES	    18

static uint64_t load(const uint8_t *bytes)
{
	uint64_t value;

	memcpy(&value, bytes, sizeof(value));
	return be64toh(value);
}

static int compare(const struct ng_prefix *a, const struct ng_prefix *b)
{
	if (a->family != b->family)
		return a->family - b->family;
	if (load(a->addr) != load(b->addr))
		return load(a->addr) < load(b->addr) ? -1 : 1;
	if (load(a->addr + 8) != load(b->addr + 8))
		return load(a->addr + 8) < load(b->addr + 8) ? -1 : 1;
	return a->len - b->len;
}

static void insertion_sort(struct ng_prefix *list, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct ng_prefix prefix = list[i];
		size_t at = i;

		for (; at && compare(&list[at - 1], &prefix) > 0; at--)
			list[at] = list[at - 1];
		list[at] = prefix;
	}
}

static uint8_t byte_of(const struct ng_prefix *prefix, unsigned int byte)
{
	return byte == BYTE_FAMILY ? prefix->family
	       : byte == BYTE_LEN  ? prefix->len
				   : prefix->addr[byte - 1];
}

/*
 * Move every prefix into the part of the list for its byte. @ends are the sizes of these parts and
 * become their ends. A prefix is swapped with the one in its place until one belongs here.
 */
static void part_by_byte(struct ng_prefix *list, unsigned int byte, size_t ends[RADIX])
{
	size_t next[RADIX], sum = 0;

	for (size_t i = 0; i < RADIX; i++) {
		next[i] = sum;
		sum += ends[i];
		ends[i] = sum;
	}
	for (size_t part = 0; part < RADIX; part++) {
		while (next[part] < ends[part]) {
			struct ng_prefix held = list[next[part]], swap;
			uint8_t to;

			while ((to = byte_of(&held, byte)) != part) {
				swap = list[next[to]];
				list[next[to]++] = held;
				held = swap;
			}
			list[next[part]++] = held;
		}
	}
}

/* Sort by @byte and those after it; all before it are equal. Recursion is BYTES deep at most. */
static void sort_from(struct ng_prefix *list, size_t n, unsigned int byte)
{
	size_t ends[RADIX], start = 0;

	for (; n > RUN_MAX && byte < BYTES; byte++) {
		memset(ends, 0, sizeof(ends));
		for (size_t i = 0; i < n; i++)
			ends[byte_of(&list[i], byte)]++;
		if (ends[byte_of(list, byte)] < n)
			break;
	}
	if (byte == BYTES)
		return;
	if (n <= RUN_MAX) {
		insertion_sort(list, n);
		return;
	}
	part_by_byte(list, byte, ends);
	for (size_t part = 0; part < RADIX; part++) {
		if (ends[part] - start > 1)
			sort_from(list + start, ends[part] - start, byte + 1);
		start = ends[part];
	}
}

static bool is_sorted(const struct ng_prefix *list, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (compare(&list[i - 1], &list[i]) > 0)
			return false;
	return true;
}

size_t ng_prefixes_sort(struct ng_prefix *list, size_t *n)
{
	size_t kept = 0, all = *n;

	if (!all)
		return 0;
	if (!is_sorted(list, all))
		sort_from(list, all, BYTE_FAMILY);
	for (size_t i = 1; i < all; i++)
		if (compare(&list[kept], &list[i]))
			list[++kept] = list[i];
	*n = kept + 1;
	return all - *n;
}

size_t ng_prefixes_common(const struct ng_prefix *a, size_t n_a, const struct ng_prefix *b,
			  size_t n_b)
{
	size_t i = 0, j = 0, common = 0;

	while (i < n_a && j < n_b) {
		int order = compare(&a[i], &b[j]);

		common += !order;
		i += order <= 0;
		j += order >= 0;
	}
	return common;
}
