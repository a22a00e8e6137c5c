/* SPDX-License-Identifier: GPL-2.0-only */
/* What is said of a change that is to be confirmed. */
#ifndef NG_COMMANDS_CONFIRM_H
#define NG_COMMANDS_CONFIRM_H

#include "cli/command.h"

/** ng_confirm_print() - how to confirm what was done; for people */
void ng_confirm_print(const struct ng_context *ctx);

#endif
