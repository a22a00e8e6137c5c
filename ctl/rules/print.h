/* SPDX-License-Identifier: GPL-2.0-only */
/* Ruleset -> text; reading it back gives the same ruleset. */
#ifndef NG_PRINT_H
#define NG_PRINT_H

#include "rules/ruleset.h"

enum ng_print_sets {
	NG_SETS_BY_FILE, /* a set that came from a file names it */
	NG_SETS_INLINE,	 /* every set with its prefixes, so that the text stands alone */
	NG_SETS_APART,	 /* no prefixes: an image has them apart from its text */
};

/**
 * ng_print_ruleset() - the whole, canonical: defaults, sets, rules
 *
 * Return: 0 or -errno of the stream.
 */
int ng_print_ruleset(FILE *out, const struct ng_ruleset *ruleset, enum ng_print_sets sets);

/** ng_print_rule() - one rule in canonical form without a newline */
int ng_print_rule(FILE *out, const struct ng_rule *rule);

/** ng_rule_text() - the same as a string the caller frees; NULL: out of memory */
char *ng_rule_text(const struct ng_rule *rule);

/** ng_condition_text() - one condition of @rule, likewise */
char *ng_condition_text(const struct ng_rule *rule, const struct ng_condition *condition);

#endif
