/* SPDX-License-Identifier: GPL-2.0-only */
/* What is wrong with rules that can be read. */
#ifndef NG_CHECK_H
#define NG_CHECK_H

#include "rules/messages.h"
#include "rules/ruleset.h"

/**
 * ng_check_new_rules() - check those rules of a ruleset that no text was read for: their line is 0
 *
 * As the parser checks those of a text: a rule that can never match, or that names a set which is
 * not declared, is an error; a rule that one earlier rule wholly covers is warned of. Takes as long
 * as there are rules, for each new one.
 */
void ng_check_new_rules(const struct ng_ruleset *ruleset, struct ng_messages *messages);

/**
 * ng_check_new_rule() - the same of one rule, but for what covers it and what it covers
 * @sets: the ruleset whose sets it may name
 */
void ng_check_new_rule(const struct ng_ruleset *sets, const struct ng_rule *rule, size_t number,
		       struct ng_messages *messages);

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
 * ng_check_kept() - warn of rules that were taken once and would be refused now
 *
 * Of a ruleset that was read from an image: it stays in force, the file it came from is refused.
 */
void ng_check_kept(const struct ng_ruleset *ruleset, struct ng_messages *messages);

/** ng_check_until() - is the rule's time over? Then @err says so, without .where, as a warning */
bool ng_check_until(const struct ng_rule *rule, struct ng_error *err);

#endif
