// SPDX-License-Identifier: GPL-2.0-only
#include "commands/live_counts.h"

#include <stdlib.h>

#include "cli/context.h"
#include "commands/edit.h"
#include "kernel/maps/counters.h"

int ng_live_counts_read(struct ng_context *ctx, struct ng_live_counts *live)
{
	__cleanup_state struct ng_state *state = NULL;
	int ret;

	ret = ng_open_state(ctx, &state);
	if (!ret)
		ret = ng_image_of(ctx, state, &live->image, &live->ruleset);
	if (!ret)
		ret = ng_counters_read(state, &live->counters, &live->counts.n, &ctx->error);
	if (ret)
		return ret;
	live->counts.ruleset = live->ruleset;
	live->counts.image = live->image;
	live->counts.counters = live->counters;
	return 0;
}

void ng_live_counts_clear(struct ng_live_counts *live)
{
	free(live->counters);
	free(live->image);
	ng_ruleset_free(live->ruleset);
}
