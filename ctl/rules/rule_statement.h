/* SPDX-License-Identifier: GPL-2.0-only */
/* Reading a rule into a ruleset. */
#ifndef NG_RULE_STATEMENT_H
#define NG_RULE_STATEMENT_H

#include "rules/input.h"

/**
 * ng_rule_statement_read() - the rule whose verdict is the current token, checked
 *
 * The sets that it names may be declared later. Return: 0; -EINVAL or -E2BIG with @err; -ENOMEM.
 */
int ng_rule_statement_read(struct ng_reader *reader, struct ng_input *source, struct ng_error *err);

#endif
