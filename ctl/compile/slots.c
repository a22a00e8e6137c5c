// SPDX-License-Identifier: GPL-2.0-only
#include "compile/slots.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"

/* A rule of a kept image. */
struct held {
	const char *text;
	size_t len;
	size_t order; /* first image first, in it first rule first */
	__u32 slot;
};

static int compare_text(const struct held *a, const struct held *b)
{
	size_t shorter = a->len < b->len ? a->len : b->len;
	int order = memcmp(a->text, b->text, shorter);

	if (order)
		return order;
	return (a->len > b->len) - (a->len < b->len);
}

static int compare_held(const void *a, const void *b)
{
	const struct held *x = a, *y = b;
	int order = compare_text(x, y);

	return order ? order : (x->order > y->order) - (x->order < y->order);
}

/* The rules of all kept images, sorted; *@top becomes one more than their highest slot. */
static int collect(const void *const *kept, size_t n_kept, struct held **out, size_t *n_out,
		   __u32 *top)
{
	struct held *held;
	size_t n = 0, rules;

	for (size_t i = 0; i < n_kept; i++)
		if (kept[i]) {
			ng_image_rules(kept[i], &rules);
			n += rules;
		}
	held = calloc(n + 1, sizeof(*held));
	if (!held)
		return -ENOMEM;
	n = 0;
	for (size_t i = 0; i < n_kept; i++) {
		const struct ng_image_rule *rule = kept[i] ? ng_image_rules(kept[i], &rules) : NULL;

		for (size_t j = 0; rule && j < rules; j++, n++) {
			held[n] = (struct held){ (const char *)kept[i] + rule[j].text.offset,
						 rule[j].text.count, n, rule[j].slot };
			if (rule[j].slot >= *top)
				*top = rule[j].slot + 1;
		}
	}
	qsort(held, n, sizeof(*held), compare_held);
	*out = held;
	*n_out = n;
	return 0;
}

/* Index of the first held rule whose text is not less than @key's. */
static size_t first_of(const struct held *held, size_t n, const struct held *key)
{
	size_t low = 0;

	while (n) {
		size_t half = n / 2;

		if (compare_text(&held[low + half], key) < 0) {
			low += half + 1;
			n -= half + 1;
		} else {
			n = half;
		}
	}
	return low;
}

/* The slot of the first held rule with this text that no new rule has taken over; 0: none. */
static __u32 take_over(const struct held *held, size_t n, const struct held *key, __u8 *given)
{
	for (size_t i = first_of(held, n, key); i < n && !compare_text(&held[i], key); i++)
		if (!given[held[i].slot]) {
			given[held[i].slot] = 1;
			return held[i].slot;
		}
	return 0;
}

int ng_slots_assign(const char *text, struct ng_image_rule *rules, size_t n,
		    const void *const *kept, size_t n_kept, struct ng_image *image)
{
	__cleanup_free struct held *held = NULL;
	__cleanup_free __u8 *given = NULL, *used = NULL;
	__u32 top = NG_SLOT_RULES, next = NG_SLOT_RULES, *fresh;
	size_t n_held, n_fresh = 0;

	if (collect(kept, n_kept, &held, &n_held, &top))
		return -ENOMEM;
	given = calloc(top + n, 1);
	used = calloc(top + n, 1);
	fresh = calloc(n + 1, sizeof(*fresh));
	if (!given || !used || !fresh) {
		free(fresh);
		return -ENOMEM;
	}
	for (size_t i = 0; i < n_held; i++)
		used[held[i].slot] = 1;
	for (size_t i = 0; i < n; i++) {
		struct held key = { .text = text + rules[i].text.offset,
				    .len = rules[i].text.count };

		rules[i].slot = take_over(held, n_held, &key, given);
		if (rules[i].slot)
			continue;
		while (used[next])
			next++;
		used[next] = 1;
		rules[i].slot = next;
		fresh[n_fresh++] = next;
	}
	image->slots = NG_SLOT_RULES;
	for (size_t i = 0; i < n; i++)
		if (rules[i].slot >= image->slots)
			image->slots = rules[i].slot + 1;
	image->fresh = fresh;
	image->n_fresh = n_fresh;
	return 0;
}
