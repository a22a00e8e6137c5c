/* SPDX-License-Identifier: GPL-2.0-only */
/* The option --confirm of what changes something, and what is said of it. */
#ifndef NG_COMMANDS_CONFIRM_H
#define NG_COMMANDS_CONFIRM_H

#include "cli/command.h"

/** ng_confirm_given() - does the call say --confirm? */
bool ng_confirm_given(const struct ng_context *ctx);

/** ng_confirm_read() - the option's TIME into @ctx->confirm; 0, or -EINVAL by ng_usage() */
int ng_confirm_read(struct ng_context *ctx);

/** ng_confirm_print() - how to confirm what was done; for people */
void ng_confirm_print(const struct ng_context *ctx);

#endif
