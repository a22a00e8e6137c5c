/* SPDX-License-Identifier: GPL-2.0-only */
/* Whether one rule covers another. */
#ifndef NG_RULE_COVER_H
#define NG_RULE_COVER_H

#include "rules/ruleset.h"
#include "rules/scope.h"

/**
 * ng_rule_covers() - does @outer match every packet that @inner matches?
 * @scope: of @inner, see ng_scope_of()
 * @steps: comparisons of values that may still be made; reduced, to 0 when they do not suffice
 *
 * Return: true only if that is certain. Verdicts are not looked at, except that a `pass` rule
 * matches no invalid frame unless it says so.
 */
bool ng_rule_covers(const struct ng_rule *outer, const struct ng_rule *inner,
		    const struct ng_scope *scope, unsigned long *steps);

#endif
