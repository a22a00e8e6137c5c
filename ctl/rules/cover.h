/* SPDX-License-Identifier: GPL-2.0-only */
/* Rules that earlier rules cover. */
#ifndef NG_COVER_H
#define NG_COVER_H

#include "rules/messages.h"
#include "rules/ruleset.h"

/**
 * ng_check_cover() - warn of rules that one earlier rule wholly covers
 *
 * A bounded search: a rule is compared with the earlier `pass` and `drop` rules whose single
 * source or destination prefix holds its own, and with those that have no such prefix, but with
 * the first 256 of each prefix only, and no more when NG_COVER_STEPS comparisons of values were
 * made in all. It never warns without cause. Return: 0 or -ENOMEM.
 */
#define NG_COVER_STEPS (1UL << 22)
int ng_check_cover(const struct ng_ruleset *ruleset, struct ng_messages *messages);

/** ng_check_cover_of() - the same for one rule: is it covered, and does it cover later ones? */
void ng_check_cover_of(const struct ng_ruleset *ruleset, size_t index,
		       struct ng_messages *messages);

/** ng_rule_covers() - does @outer, which stands before @inner, decide about all of its packets?
 * @steps: comparisons of values that are left
 */
bool ng_rule_covers(const struct ng_rule *outer, const struct ng_rule *inner, unsigned long *steps);

/** ng_warn_covered() - that rule @outer covers rule @inner; both are numbers */
void ng_warn_covered(size_t inner, size_t outer, struct ng_messages *messages);

#endif
