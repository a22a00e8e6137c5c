/* SPDX-License-Identifier: GPL-2.0-only */
/* What the history is told of a change: the command and who gave it. */
#ifndef NG_COMMANDS_ORIGIN_H
#define NG_COMMANDS_ORIGIN_H

#include "cli/command.h"
#include "kernel/state/history.h"

/** ng_history_note() - the same as ng_history_add() with the origin of this command */
int ng_history_note(struct ng_context *ctx, struct ng_state *state, const void *image);

/** ng_history_done() - ng_history_settle(); warns in @ctx->messages of what is not kept any more */
void ng_history_done(struct ng_context *ctx, struct ng_state *state);

#endif
