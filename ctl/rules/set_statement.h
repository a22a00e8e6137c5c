/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads the declaration of a set. */
#ifndef NG_SET_STATEMENT_H
#define NG_SET_STATEMENT_H

#include "rules/input.h"

/**
 * ng_set_statement_read() - the statement whose `set` is the current token, into the ruleset
 *
 * A set that cannot be read is declared all the same, with nothing in it, so that rules that name
 * it are no second error. Return: 0; -EINVAL or -E2BIG with @err; -ENOMEM.
 */
int ng_set_statement_read(struct ng_reader *reader, struct ng_input *source, struct ng_error *err);

/**
 * ng_set_statement_misspelt() - if the statement looks like "table feed {", declare an empty set
 * @lexer: a copy of the source's, at the unknown word
 *
 * Return: 0 or -ENOMEM.
 */
int ng_set_statement_misspelt(struct ng_reader *reader, const struct ng_input *source,
			      struct ng_lexer lexer);

#endif
