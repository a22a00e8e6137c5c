// SPDX-License-Identifier: GPL-2.0-only
#include "shrink.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/**
 * struct shrinker - a ruleset that is being reduced
 * @view: the rest: it owns the arrays, but not what they point to
 * @end:  CLOCK_MONOTONIC, s
 */
struct shrinker {
	struct ng_ruleset *view;
	bool (*fails)(const struct ng_ruleset *ruleset, void *data);
	void *data;
	time_t end;
};

static time_t seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

/* One array of the view. Every entry has @size bytes. */
struct part {
	void *list;
	size_t *n;
	size_t size;
};

/* Remove @count entries from @at on if it fails without them, too. */
static bool leave_out(struct shrinker *shrinker, const struct part *part, size_t at, size_t count)
{
	char *list = part->list;
	size_t bytes = count * part->size, behind = (*part->n - at - count) * part->size;
	char *kept = malloc(bytes);
	bool fails;

	if (!kept)
		return false;
	memcpy(kept, list + at * part->size, bytes);
	memmove(list + at * part->size, list + (at + count) * part->size, behind);
	*part->n -= count;
	fails = shrinker->fails(shrinker->view, shrinker->data);
	if (!fails) {
		*part->n += count;
		memmove(list + (at + count) * part->size, list + at * part->size, behind);
		memcpy(list + at * part->size, kept, bytes);
	}
	free(kept);
	return fails;
}

/* From the end, so that earlier positions do not change. Return: whether any was removed. */
static bool sweep(struct shrinker *shrinker, const struct part *part, size_t chunk)
{
	size_t end = *part->n;
	bool any = false;

	while (end && seconds() < shrinker->end) {
		size_t at = end > chunk ? end - chunk : 0;

		any |= leave_out(shrinker, part, at, end - at);
		end = at;
	}
	return any;
}

static void shrink_part(struct shrinker *shrinker, const struct part *part)
{
	for (size_t chunk = (*part->n + 1) / 2; chunk > 1; chunk = (chunk + 1) / 2)
		sweep(shrinker, part, chunk);
	while (sweep(shrinker, part, 1))
		;
}

static void *copy_of(const void *list, size_t n, size_t size)
{
	void *copy = calloc(n + 1, size);

	if (copy && n)
		memcpy(copy, list, n * size);
	return copy;
}

static struct ng_ruleset *view_of(const struct ng_ruleset *whole)
{
	struct ng_ruleset *view = calloc(1, sizeof(*view));
	bool failed;

	if (!view)
		return NULL;
	*view = *whole;
	view->rules = copy_of(whole->rules, whole->n_rules, sizeof(*view->rules));
	view->sets = copy_of(whole->sets, whole->n_sets, sizeof(*view->sets));
	failed = !view->rules || !view->sets;
	for (size_t i = 0; view->sets && i < whole->n_sets; i++) {
		struct ng_set *set = &view->sets[i];

		set->path = NULL;
		set->prefixes = copy_of(set->prefixes, set->n_prefixes, sizeof(*set->prefixes));
		failed |= !set->prefixes;
	}
	if (!failed)
		return view;
	shrink_free(view, NULL);
	return NULL;
}

/* The view's rules are copies of the whole's in the same order, and share their conditions. */
static void number_rules(const struct ng_ruleset *whole, const struct ng_ruleset *view,
			 size_t *numbers)
{
	size_t at = 0;

	for (size_t i = 0; i < view->n_rules; i++, at++) {
		/* NOLINTNEXTLINE(bugprone-suspicious-memory-comparison): copied whole */
		while (memcmp(&whole->rules[at], &view->rules[i], sizeof(*whole->rules)) != 0)
			at++;
		numbers[i] = at + 1;
	}
}

int shrink_ruleset(const struct ng_ruleset *whole,
		   bool (*fails)(const struct ng_ruleset *ruleset, void *data), void *data,
		   struct ng_ruleset **shrunk, size_t **numbers)
{
	struct ng_ruleset *view = view_of(whole);
	size_t *list = calloc(whole->n_rules + 1, sizeof(*list));
	struct shrinker shrinker = { view, fails, data, seconds() + SHRINK_SECONDS };

	if (!view || !list) {
		shrink_free(view, list);
		return -ENOMEM;
	}
	shrink_part(&shrinker, &(struct part){ view->rules, &view->n_rules, sizeof(*view->rules) });
	for (size_t i = 0; i < view->n_sets; i++)
		shrink_part(&shrinker,
			    &(struct part){ view->sets[i].prefixes, &view->sets[i].n_prefixes,
					    sizeof(*view->sets[i].prefixes) });
	number_rules(whole, view, list);
	*shrunk = view;
	*numbers = list;
	return 0;
}

void shrink_free(struct ng_ruleset *shrunk, size_t *numbers)
{
	free(numbers);
	if (!shrunk)
		return;
	for (size_t i = 0; shrunk->sets && i < shrunk->n_sets; i++)
		free(shrunk->sets[i].prefixes);
	free(shrunk->sets);
	free(shrunk->rules);
	free(shrunk);
}
