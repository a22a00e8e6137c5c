/* SPDX-License-Identifier: GPL-2.0-only */
/* `top --once`: prints what the screen would show after one interval, as tables or JSON. */
#ifndef NG_TOP_ONCE_H
#define NG_TOP_ONCE_H

#include "cli/command.h"
#include "commands/top/model.h"

/**
 * ng_top_once() - measure for one interval and print
 * @all: print rules and interfaces; otherwise only @top->view
 */
int ng_top_once(struct ng_context *ctx, struct ng_top *top, bool all);

#endif
