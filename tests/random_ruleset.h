/* SPDX-License-Identifier: GPL-2.0-only */
/* Rulesets that use all of the language, drawn by a seed. */
#ifndef NG_TEST_RANDOM_RULESET_H
#define NG_TEST_RANDOM_RULESET_H

#include "rules/ruleset.h"

#include "random_number.h"

#define RANDOM_RULE_SETS 3 /* random rules name @set0 to @set2 and @blocked */

/** random_until() - now and then the end of a rule, past or far ahead */
void random_until(FILE *out, struct random *random);

/** random_put_flag_names() - TCP flags as rules name them: "syn,ack", or "none" */
void random_put_flag_names(FILE *out, unsigned int flags);

/**
 * random_rule_text() - write a rule that uses any of the language
 * @verdict: NULL draws one too
 *
 * The parser refuses some of them, as it should where a rule can never match.
 */
void random_rule_text(FILE *out, struct random *random, const char *verdict);

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
