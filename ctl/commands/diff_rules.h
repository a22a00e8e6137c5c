/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef NG_DIFF_RULES_H
#define NG_DIFF_RULES_H

#include "rules/ruleset.h"

/**
 * ng_diff_rules() - find the rules to delete and to add to turn @old into @new
 * @found: called for each, in the order of the lists; a deleted one has its number in @old, an
 *         added one its number in @new
 *
 * Rules with the same text are equal. Return: 0 or -ENOMEM.
 */
int ng_diff_rules(const struct ng_ruleset *old, const struct ng_ruleset *new,
		  void (*found)(void *data, bool added, size_t number, const char *text),
		  void *data);

#endif
