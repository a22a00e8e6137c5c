/* SPDX-License-Identifier: GPL-2.0-only */
/* Rulesets that use all of the language, drawn from a seed. */
#ifndef NG_TEST_RANDOM_RULESET_H
#define NG_TEST_RANDOM_RULESET_H

#include "rules/ruleset.h"

#include "random_number.h"

#define RANDOM_RULE_SETS 3 /* random rules name @set0 to @set2 and @blocked */

/** random_until() - now and then write the `until` of a rule, in the past or far in the future */
void random_until(FILE *out, struct random *random);

/** random_put_flag_names() - TCP flags as rules name them: "syn,ack", or "none" */
void random_put_flag_names(FILE *out, unsigned int flags);

/**
 * random_rule_text() - write a rule that may use any part of the language
 * @verdict: NULL: draw one, too
 *
 * The parser refuses some of them, since they can never match.
 */
void random_rule_text(FILE *out, struct random *random, const char *verdict);

/**
 * random_ruleset() - draw a ruleset
 * @text:    its text, for the caller to free
 * @refused: increased by the number of rules that were left out because the parser refuses them,
 *           since they can never match
 *
 * Return: 0; -ENOMEM; -EINVAL with @err if the parser refuses the rest.
 */
int random_ruleset(struct random *random, char **text, struct ng_ruleset **ruleset, size_t *refused,
		   struct ng_error *err);

#endif
