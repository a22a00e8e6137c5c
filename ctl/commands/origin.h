/* SPDX-License-Identifier: GPL-2.0-only */
/* Notes changes in the history, with the command and the user. */
#ifndef NG_COMMANDS_ORIGIN_H
#define NG_COMMANDS_ORIGIN_H

#include "cli/command.h"
#include "kernel/state/history.h"

/** ng_history_note() - ng_history_add() with the origin of this command */
int ng_history_note(struct ng_context *ctx, struct ng_state *state, const void *image);

/** ng_history_done() - ng_history_settle(), with a warning in @ctx->messages for deleted texts */
void ng_history_done(struct ng_context *ctx, struct ng_state *state);

#endif
