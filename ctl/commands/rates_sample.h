/* SPDX-License-Identifier: GPL-2.0-only */
/* Rates for commands that print once: the difference of two snapshots, some seconds apart. */
#ifndef NG_RATES_SAMPLE_H
#define NG_RATES_SAMPLE_H

#include "cli/command.h"
#include "commands/top/snapshot.h"

/**
 * ng_seconds_option() - read the value of the option @name, such as 0.5
 * @seconds: untouched if it is not given
 *
 * Return: 0; -EINVAL by ng_usage().
 */
int ng_seconds_option(struct ng_context *ctx, const char *name, double *seconds);

/** ng_wait() - sleep */
void ng_wait(double seconds);

/** ng_rates_sample() - measure rates into @snapshot->counts; 0, or -errno with @ctx->error filled
 */
int ng_rates_sample(struct ng_context *ctx, double seconds, struct ng_snapshot *snapshot);

#endif
