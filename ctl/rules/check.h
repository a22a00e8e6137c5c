/* SPDX-License-Identifier: GPL-2.0-only */
/* The parts of ng_check_ruleset(). */
#ifndef NG_CHECK_H
#define NG_CHECK_H

#include "rules/parse.h"

/**
 * ng_check_rule() - can @rule match any packet at all?
 * @field: of the condition to point at
 *
 * Looks at families, protocols, fragments, Ethernet types, lengths, whether ports contradict each
 * other, and whether `not` leaves any value; not at what sets hold.
 * Return: 0; -EINVAL with *@field and @err without .where; NG_RULE_IDLE with both as well when
 * it asks a later fragment for what only first fragments have: no error but a warning, because
 * rulesets that come from other filters say such things.
 */
#define NG_RULE_IDLE 1
int ng_check_rule(const struct ng_rule *rule, enum ng_field *field, struct ng_error *err);

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

/**
 * ng_check_kept() - warn of rules that were taken once and would be refused now
 *
 * Of a ruleset that was read from an image: it stays in force, the file it came from is refused.
 */
void ng_check_kept(const struct ng_ruleset *ruleset, struct ng_messages *messages);

/** ng_check_until() - is the rule's time over? Then @err says so, without .where, as a warning */
bool ng_check_until(const struct ng_rule *rule, struct ng_error *err);

/** ng_check_cover_of() - the same for one rule: is it covered, and does it cover later ones? */
void ng_check_cover_of(const struct ng_ruleset *ruleset, size_t index,
		       struct ng_messages *messages);

/** ng_rule_place() - "file:line:column", or "rule N" when it was not read from a text */
const char *ng_rule_place(const struct ng_ruleset *ruleset, size_t index, char *text, size_t size);

#endif
