// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rules of the old list are paired with rules of the same text in the new one, the n-th with the
 * n-th. A set of pairs that do not cross each other stays; the largest one is a longest increasing
 * subsequence of the new numbers, in the order of the old ones. O(n log n).
 */
#include "commands/diff_rules.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "rules/print.h"

#define NONE SIZE_MAX

struct line {
	char *text;
	size_t at;
};

struct lines {
	struct line *list;
	size_t n;
};

static void clear_lines(struct lines *lines)
{
	for (size_t i = 0; i < lines->n; i++)
		free(lines->list[i].text);
	free(lines->list);
}
#define __cleanup_lines __attribute__((cleanup(clear_lines)))

static int read_lines(const struct ng_ruleset *ruleset, struct lines *lines)
{
	lines->list = calloc(ruleset->n_rules + 1, sizeof(*lines->list));
	if (!lines->list)
		return -ENOMEM;
	for (; lines->n < ruleset->n_rules; lines->n++) {
		struct line *line = &lines->list[lines->n];

		line->text = ng_rule_text(&ruleset->rules[lines->n]);
		line->at = lines->n;
		if (!line->text)
			return -ENOMEM;
	}
	return 0;
}

static int compare_lines(const void *a, const void *b)
{
	const struct line *x = a, *y = b;
	int order = strcmp(x->text, y->text);

	if (order)
		return order;
	return x->at < y->at ? -1 : x->at > y->at;
}

static struct line *sorted(const struct lines *lines)
{
	struct line *copy = malloc((lines->n + 1) * sizeof(*copy));

	if (!copy)
		return NULL;
	memcpy(copy, lines->list, lines->n * sizeof(*copy));
	qsort(copy, lines->n, sizeof(*copy), compare_lines);
	return copy;
}

/* pair[i] becomes the number of old line i in the new list, or NONE. */
static int pair_lines(const struct lines *old, const struct lines *new, size_t *pair)
{
	__cleanup_free struct line *a = sorted(old), *b = sorted(new);
	size_t i = 0, j = 0;

	if (!a || !b)
		return -ENOMEM;
	for (size_t k = 0; k < old->n; k++)
		pair[k] = NONE;
	while (i < old->n && j < new->n) {
		int order = strcmp(a[i].text, b[j].text);

		if (!order)
			pair[a[i].at] = b[j].at;
		i += order <= 0;
		j += order >= 0;
	}
	return 0;
}

/*
 * Keep a longest increasing subsequence in @pair and set the rest to NONE. tails[k] is the line
 * with the smallest pair that ends a subsequence of length k + 1; before[] is its predecessor.
 */
static int keep_ascending(size_t *pair, size_t n)
{
	__cleanup_free size_t *tails = malloc((n + 1) * sizeof(*tails));
	__cleanup_free size_t *before = malloc((n + 1) * sizeof(*before));
	size_t length = 0, keep;

	if (!tails || !before)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		size_t lo = 0, hi = length;

		if (pair[i] == NONE)
			continue;
		while (lo < hi) {
			size_t middle = (lo + hi) / 2;

			if (pair[tails[middle]] < pair[i])
				lo = middle + 1;
			else
				hi = middle;
		}
		before[i] = lo ? tails[lo - 1] : NONE;
		tails[lo] = i;
		if (lo == length)
			length++;
	}
	keep = length ? tails[length - 1] : NONE;
	for (size_t i = n; i-- > 0;) {
		if (i == keep)
			keep = before[i];
		else
			pair[i] = NONE;
	}
	return 0;
}

int ng_diff_rules(const struct ng_ruleset *old, const struct ng_ruleset *new,
		  void (*found)(void *data, bool added, size_t number, const char *text),
		  void *data)
{
	__cleanup_lines struct lines a = { 0 }, b = { 0 };
	__cleanup_free size_t *pair = malloc((old->n_rules + 1) * sizeof(*pair));
	size_t j = 0;
	int ret;

	if (!pair)
		return -ENOMEM;
	ret = read_lines(old, &a);
	if (!ret)
		ret = read_lines(new, &b);
	if (!ret)
		ret = pair_lines(&a, &b, pair);
	if (!ret)
		ret = keep_ascending(pair, a.n);
	if (ret)
		return ret;
	for (size_t i = 0; i < a.n; i++) {
		if (pair[i] == NONE) {
			found(data, false, i + 1, a.list[i].text);
			continue;
		}
		for (; j < pair[i]; j++)
			found(data, true, j + 1, b.list[j].text);
		j++;
	}
	for (; j < b.n; j++)
		found(data, true, j + 1, b.list[j].text);
	return 0;
}
