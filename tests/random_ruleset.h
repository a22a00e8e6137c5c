/* SPDX-License-Identifier: GPL-2.0-only */
/* Rulesets that use all of the language, drawn by a seed. */
#ifndef NG_TEST_RANDOM_RULESET_H
#define NG_TEST_RANDOM_RULESET_H

#include "rules/ruleset.h"

#include "random_number.h"

/**
 * random_ruleset() - draw a ruleset
 * @text:    its text, for the caller to free
 * @refused: added to: rules that were drawn and left out because the parser refuses them, as
 *           it should where a rule can never match
 *
 * Return: 0; -ENOMEM; -EINVAL with @err when the parser refuses what is left.
 */
int random_ruleset(struct random *random, char **text, struct ng_ruleset **ruleset, size_t *refused,
		   struct ng_error *err);

#endif
