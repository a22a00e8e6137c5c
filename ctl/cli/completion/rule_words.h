/* SPDX-License-Identifier: GPL-2.0-only */
/* Candidates for the next word of a rule. */
#ifndef NG_RULE_WORDS_H
#define NG_RULE_WORDS_H

#include <stdbool.h>

#include "cli/completion/offer.h"

struct ng_set;

/** ng_offer_sets() - offer @sets; @at: with "@" before the names */
void ng_offer_sets(const struct ng_offer *offer, const struct ng_set *sets, size_t n, bool at);

/** ng_offer_blocked() - offer the set that no ruleset declares */
void ng_offer_blocked(const struct ng_offer *offer, bool at);

/**
 * ng_offer_rule_word() - offer what may follow the first @n words of a rule
 * @verdict: a rule with its verdict; otherwise the words are conditions
 * @sets:    the @n_sets sets that it may name
 */
void ng_offer_rule_word(const struct ng_offer *offer, char *const *words, size_t n, bool verdict,
			const struct ng_set *sets, size_t n_sets);

#endif
