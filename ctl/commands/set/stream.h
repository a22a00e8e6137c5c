/* SPDX-License-Identifier: GPL-2.0-only */
/* set add, set delete: entries from standard input. */
#ifndef NG_SET_STREAM_H
#define NG_SET_STREAM_H

#include "commands/set/change.h"

/**
 * ng_set_change_stream() - add or delete the entry on each line of standard input, as it arrives
 *
 * A line is as in lists (rules/set_file.h), or an entry and "for TIME". An error in a line is
 * printed on standard error, and the next line is read. The lock is held for the lines that have
 * arrived, not while waiting for more. Return: 0, also if lines failed; -errno with ctx->error if
 * it cannot continue.
 */
int ng_set_change_stream(struct ng_context *ctx, struct ng_set_change *change);

#endif
