/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Long texts are read by several threads. Each but the first begins at some line that looks like
 * a rule, and reads nothing but rules; the reader, who comes there in its own time, takes what it
 * would have read itself. Where a part holds anything else, or something is to be said of it, or
 * the reader passes by its beginning in the middle of a statement, the part was read in vain.
 */
#ifndef NG_AHEAD_H
#define NG_AHEAD_H

#include "rules/input.h"
#include "rules/text.h"

struct ng_ahead;

/**
 * ng_ahead_begin() - begin to read parts of @text, which @source is about to read
 *
 * Return: for ng_ahead_end(); NULL when it is not worth it, or without memory.
 */
struct ng_ahead *ng_ahead_begin(const struct ng_reader *reader, const struct ng_input *source,
				const struct ng_text *text);

/**
 * ng_ahead_take() - is the current token the first of a part? Then the reader gets its rules, and
 * goes on behind it
 *
 * Return: was it done?
 */
bool ng_ahead_take(struct ng_ahead *ahead, struct ng_reader *reader, struct ng_input *source);

void ng_ahead_end(struct ng_ahead *ahead); /* NULL is fine */

#endif
