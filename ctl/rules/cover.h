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
 * source or destination prefix contains its own, and with those that have no such prefix, but only
 * with the first 256 of each prefix; after NG_COVER_STEPS comparisons of values the search ends.
 * There are no false warnings. Return: 0 or -ENOMEM.
 */
#define NG_COVER_STEPS (1UL << 22)
int ng_check_cover(const struct ng_ruleset *ruleset, struct ng_messages *messages);

/**
 * ng_check_cover_of() - the same for one rule: is it covered, and does it cover later ones?
 *
 * Of the later rules only those that were read from a text (with a line): the others are new, and
 * are to be checked in the same way.
 */
void ng_check_cover_of(const struct ng_ruleset *ruleset, size_t index,
		       struct ng_messages *messages);

/**
 * ng_check_covers() - does @outer, which comes before @inner, decide about all of its packets?
 * @steps: comparisons of values that may still be made; reduced, to 0 when they do not suffice
 */
bool ng_check_covers(const struct ng_rule *outer, const struct ng_rule *inner,
		     unsigned long *steps);

/** ng_warn_covered() - warn that rule number @outer covers rule number @inner */
void ng_warn_covered(size_t inner, size_t outer, struct ng_messages *messages);

#endif
