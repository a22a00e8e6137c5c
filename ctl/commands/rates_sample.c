// SPDX-License-Identifier: GPL-2.0-only
#include "commands/rates_sample.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "cli/options.h"
#include "cli/usage.h"
#include "rules/time.h"

#define SECONDS_MIN   0.1
#define SECONDS_MAX   3600.0
#define SETTLE_TRIES  100 /* for programs that are being replaced */
#define SETTLE_PERIOD 0.1 /* seconds */

int ng_seconds_option(struct ng_context *ctx, const char *name, double *seconds)
{
	const char *text = ng_option(ctx, name);
	double value;
	char *end;

	if (!text)
		return 0;
	value = strtod(text, &end);
	if (*text < '0' || *text > '9' || *end || !(value >= SECONDS_MIN && value <= SECONDS_MAX))
		return ng_usage(ctx, "%s: '%s' is not a number of seconds from 0.1 to 3600", name,
				text);
	*seconds = value;
	return 0;
}

void ng_wait(double seconds)
{
	struct timespec time = {
		.tv_sec = seconds,
		.tv_nsec = fmod(seconds, 1) * NG_NS_PER_SECOND,
	};

	while (clock_nanosleep(CLOCK_MONOTONIC, 0, &time, &time) == EINTR)
		;
}

static int snapshot_once(struct ng_context *ctx, struct ng_snapshot *snapshot)
{
	int ret = ng_snapshot_update(snapshot, &ctx->error);

	for (int i = 0; ret == -EAGAIN && i < SETTLE_TRIES; i++) {
		ng_wait(SETTLE_PERIOD);
		ret = ng_snapshot_update(snapshot, &ctx->error);
	}
	if (ret != -EAGAIN)
		return ret;
	ng_fail(&ctx->error, ret, "programs are still being replaced");
	return ng_hint(&ctx->error, ret, "see %s status", ng_netguard());
}

int ng_rates_sample(struct ng_context *ctx, double seconds, struct ng_snapshot *snapshot)
{
	int ret = snapshot_once(ctx, snapshot);

	if (ret)
		return ret;
	ng_wait(seconds);
	return snapshot_once(ctx, snapshot);
}
