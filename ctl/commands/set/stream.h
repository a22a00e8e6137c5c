/* SPDX-License-Identifier: GPL-2.0-only */
/* set add, set delete: entries from standard input. */
#ifndef NG_SET_STREAM_H
#define NG_SET_STREAM_H

#include "commands/set/change.h"

/**
 * ng_set_change_stream() - the same for each line of standard input, as it comes
 *
 * Lines are those of lists (rules/set_file.h), or an entry and "for TIME". What is wrong with a
 * line is said on standard error, and the next one is read. The lock is held for the lines that are
 * there, not while more are waited for. Return: 0, also when lines failed; -errno with ctx->error
 * when it cannot go on.
 */
int ng_set_change_stream(struct ng_context *ctx, struct ng_set_change *change);

#endif
