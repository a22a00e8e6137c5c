/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Long texts are read by several threads. Each but the first begins at a line that looks like a
 * rule, and reads only rules. A reader that arrives there takes over what it would have read
 * itself. A part is discarded if it contains anything else or causes a message, or if the reader
 * does not come to its first line at the beginning of a statement.
 */
#ifndef NG_AHEAD_H
#define NG_AHEAD_H

#include "rules/input.h"
#include "rules/text.h"

struct ng_ahead;

/**
 * ng_ahead_begin() - begin to read parts of @text, which @source is about to read
 *
 * Return: for ng_ahead_end(); NULL if the text is too short, or there is no memory.
 */
struct ng_ahead *ng_ahead_begin(const struct ng_reader *reader, const struct ng_input *source,
				const struct ng_text *text);

/**
 * ng_ahead_take() - if a part begins with the current token, add its rules to those of the reader,
 * who continues after it
 *
 * Return: true if it did.
 */
bool ng_ahead_take(struct ng_ahead *ahead, struct ng_reader *reader, struct ng_input *source);

void ng_ahead_end(struct ng_ahead *ahead); /* NULL is fine */

#endif
