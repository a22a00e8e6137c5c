/* SPDX-License-Identifier: GPL-2.0-only */
/* Reduces a ruleset under which something fails to a small one under which it still does. */
#ifndef NG_TEST_SHRINK_H
#define NG_TEST_SHRINK_H

#include "rules/ruleset.h"

/* After so many seconds it stops. */
#define SHRINK_SECONDS 60

/**
 * shrink_ruleset() - remove rules, then prefixes of sets; halves first, single ones last
 * @fails:  does it fail under this ruleset? It must under @whole.
 * @shrunk: for shrink_free(); points to what @whole owns
 * @numbers: of the remaining rules in @whole, from 1, in the order of *@shrunk
 *
 * Return: 0, or -ENOMEM.
 */
int shrink_ruleset(const struct ng_ruleset *whole,
		   bool (*fails)(const struct ng_ruleset *ruleset, void *data), void *data,
		   struct ng_ruleset **shrunk, size_t **numbers);

/** shrink_free() - free what shrink_ruleset() returned; NULL is fine */
void shrink_free(struct ng_ruleset *shrunk, size_t *numbers);

#endif
