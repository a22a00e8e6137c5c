/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads a rule into a ruleset. */
#ifndef NG_RULE_STATEMENT_H
#define NG_RULE_STATEMENT_H

#include "rules/input.h"

/**
 * ng_rule_statement_read() - read and check the rule whose verdict is the current token
 *
 * The sets that it names may be declared later. Return: 0; -EINVAL or -E2BIG with @err; -ENOMEM.
 */
int ng_rule_statement_read(struct ng_reader *reader, struct ng_input *source, struct ng_error *err);

#endif
