/* SPDX-License-Identifier: GPL-2.0-only */
/* Message about a change that waits to be confirmed. */
#ifndef NG_COMMANDS_CONFIRM_H
#define NG_COMMANDS_CONFIRM_H

#include "cli/command.h"

/** ng_confirm_print() - print how to confirm the change */
void ng_confirm_print(const struct ng_context *ctx);

#endif
