/* SPDX-License-Identifier: GPL-2.0-only */
/* The part of a `limit` rule that the others do not have: RATE [burst N] [per …] [table N]. */
#ifndef NG_RULES_LIMIT_H
#define NG_RULES_LIMIT_H

#include "rules/lexer.h"
#include "rules/ruleset.h"

#define NG_LIMIT_TEXT 128

/**
 * ng_limit_read() - read what follows the word `limit`
 *
 * The first token after it is the current token afterwards. Return: 0 with *@limit; -EINVAL with
 * @err filled.
 */
int ng_limit_read(struct ng_lexer *lexer, struct ng_rule_limit *limit, struct ng_error *err);

/** ng_limit_text() - the canonical text: "10/s burst 5 per source"; returns @text */
const char *ng_limit_text(const struct ng_rule_limit *limit, char text[NG_LIMIT_TEXT]);

/** ng_limit_skip() - the end of the canonical text at @text, which ends at @end */
const char *ng_limit_skip(const char *text, const char *end);

/** ng_limit_burst() - packets, or bytes for a rate of bits, that are admitted at once */
uint64_t ng_limit_burst(const struct ng_rule_limit *limit);

/** ng_limit_table() - how many buckets the table of a rule with `per` has at least; else 0 */
uint32_t ng_limit_table(const struct ng_rule_limit *limit);

/** ng_limit_counts_bits() - is the rate one of bits, not of packets? */
static inline bool ng_limit_counts_bits(const struct ng_rule_limit *limit)
{
	return limit->unit == NG_LIMIT_BITS;
}

/** ng_limit_seconds() - the time in which ng_rule_limit.rate packets or bits are admitted */
uint64_t ng_limit_seconds(const struct ng_rule_limit *limit);

#endif
