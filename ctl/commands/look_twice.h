/* SPDX-License-Identifier: GPL-2.0-only */
/* Rates for commands that show something once: two looks, some seconds apart. */
#ifndef NG_LOOK_TWICE_H
#define NG_LOOK_TWICE_H

#include "cli/command.h"
#include "commands/top/look.h"

/**
 * ng_seconds_option() - the value of the option @name, such as 0.5
 * @seconds: untouched when it is not given
 *
 * Return: 0; -EINVAL by ng_usage().
 */
int ng_seconds_option(struct ng_context *ctx, const char *name, double *seconds);

/** ng_wait() - sleep */
void ng_wait(double seconds);

/** ng_look_twice() - with rates in @look->counts; 0, or -errno with @ctx->error filled */
int ng_look_twice(struct ng_context *ctx, double seconds, struct ng_look *look);

#endif
