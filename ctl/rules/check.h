/* SPDX-License-Identifier: GPL-2.0-only */
/* Checks of rules whose syntax is correct. */
#ifndef NG_CHECK_H
#define NG_CHECK_H

#include "rules/messages.h"
#include "rules/ruleset.h"

/**
 * ng_check_new_rules() - check the rules that were not read from a text (their line is 0)
 *
 * As the parser does for a text: a rule that can never match, or that names a set which is not
 * declared, is an error; a rule that one earlier rule wholly covers is a warning. Takes time in
 * proportion to the number of rules, for each new one.
 */
void ng_check_new_rules(const struct ng_ruleset *ruleset, struct ng_messages *messages);

/**
 * ng_check_new_rule() - the same for one rule, without a search for covered rules
 * @sets: the ruleset whose sets it may name
 */
void ng_check_new_rule(const struct ng_ruleset *sets, const struct ng_rule *rule, size_t number,
		       struct ng_messages *messages);

/**
 * ng_check_rule() - can @rule match any packet at all?
 * @field: set to the field of the condition that a message points at
 *
 * Looks at families, protocols, fragments, Ethernet types, lengths, whether ports contradict each
 * other, and whether `not` leaves any value; not at what sets hold.
 * Return: 0; -EINVAL with *@field and @err without .where; NG_RULE_IDLE with both as well if the
 * rule combines `fragment later` with ports, flags or ICMP types: only a warning, because rulesets
 * that come from other filters have such rules.
 */
#define NG_RULE_IDLE 1
int ng_check_rule(const struct ng_rule *rule, enum ng_field *field, struct ng_error *err);

/**
 * ng_check_kept() - warn of rules that an older version accepted and this one would refuse
 *
 * For a ruleset that was read from an image: it stays in force, but its file would be refused.
 */
void ng_check_kept(const struct ng_ruleset *ruleset, struct ng_messages *messages);

/** ng_check_until() - has the rule expired? Then @err, without .where, is a warning that says so */
bool ng_check_until(const struct ng_rule *rule, struct ng_error *err);

#endif
