/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads the statements of a ruleset from a text and all it includes. */
#ifndef NG_READER_H
#define NG_READER_H

#include "rules/input.h"
#include "rules/text.h"

/**
 * ng_reader_read() - read the main text into reader->ruleset
 *
 * Errors are added to reader->messages. Return: 0, also then; -ENOMEM; -E2BIG, with a message too.
 */
int ng_reader_read(struct ng_reader *reader, const char *name, const struct ng_text *text);

/** ng_reader_check_sets() - add errors for sets that rules name and nothing declares */
void ng_reader_check_sets(struct ng_reader *reader);

/** ng_reader_clear() - free all but the ruleset */
void ng_reader_clear(struct ng_reader *reader);

#endif
