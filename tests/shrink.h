/* SPDX-License-Identifier: GPL-2.0-only */
/* A ruleset under which something fails -> the least of it under which it still does. */
#ifndef NG_TEST_SHRINK_H
#define NG_TEST_SHRINK_H

#include "rules/ruleset.h"

/* What is left after so many seconds is taken. */
#define SHRINK_SECONDS 60

/**
 * shrink_ruleset() - leave rules out, then prefixes of sets, halves first and single ones last
 * @fails:  does it fail under this ruleset? It must under @whole.
 * @shrunk: for shrink_free(); points to what @whole owns
 * @numbers: of the rules that are left, counted from 1 in @whole; in *@shrunk's order
 *
 * Return: 0, or -ENOMEM.
 */
int shrink_ruleset(const struct ng_ruleset *whole,
		   bool (*fails)(const struct ng_ruleset *ruleset, void *data), void *data,
		   struct ng_ruleset **shrunk, size_t **numbers);

/** shrink_free() - what shrink_ruleset() gave; NULL is fine */
void shrink_free(struct ng_ruleset *shrunk, size_t *numbers);

#endif
