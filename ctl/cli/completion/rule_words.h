/* SPDX-License-Identifier: GPL-2.0-only */
/* Which words may come next in a rule. */
#ifndef NG_RULE_WORDS_H
#define NG_RULE_WORDS_H

#include <stdbool.h>

#include "cli/completion/offer.h"

struct ng_set;

/** ng_offer_sets() - @sets, with their "@" or without */
void ng_offer_sets(const struct ng_offer *offer, const struct ng_set *sets, size_t n, bool at);

/** ng_offer_blocked() - the set that no ruleset declares */
void ng_offer_blocked(const struct ng_offer *offer, bool at);

/**
 * ng_offer_rule_word() - what may stand behind the @n words of a rule
 * @verdict: it begins with one; otherwise the words are conditions
 * @sets:    that it may name, @n_sets of them
 */
void ng_offer_rule_word(const struct ng_offer *offer, char *const *words, size_t n, bool verdict,
			const struct ng_set *sets, size_t n_sets);

#endif
