/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef NG_DIFF_RULES_H
#define NG_DIFF_RULES_H

#include "rules/ruleset.h"

/**
 * ng_diff_rules() - the rules to take out of @old and to put in to make it @new
 * @found: told of each, in the order of the lists, a removed one with its number in @old, an
 *         added one with its number in @new
 *
 * Rules are the same when their text is. Return: 0 or -ENOMEM.
 */
int ng_diff_rules(const struct ng_ruleset *old, const struct ng_ruleset *new,
		  void (*found)(void *data, bool added, size_t number, const char *text),
		  void *data);

#endif
