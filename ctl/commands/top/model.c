// SPDX-License-Identifier: GPL-2.0-only
#include "commands/top/model.h"

#include <errno.h>

#include "commands/top/lines.h"

void ng_top_clear(struct ng_top *top)
{
	ng_sample_end(&top->sample);
	ng_listing_clear(&top->listing);
	ng_snapshot_clear(&top->snapshot);
}

const char *ng_view_name(enum ng_view view)
{
	static const char *const names[NG_VIEWS] = {
		[NG_VIEW_RULES] = "rules",
		[NG_VIEW_INTERFACES] = "interfaces",
		[NG_VIEW_SOURCES] = "sources",
	};

	return names[view];
}

void ng_top_list(struct ng_top *top)
{
	int ret = 0;

	ng_listing_empty(&top->listing);
	if (top->view == NG_VIEW_SOURCES)
		ret = ng_lines_sources(&top->sample.sources, &top->listing);
	else if (top->snapshot.ruleset && top->view == NG_VIEW_RULES)
		ret = ng_lines_rules(&top->snapshot, &top->listing);
	else if (top->snapshot.ruleset)
		ret = ng_lines_hooks(&top->snapshot, &top->listing);
	if (ret)
		ng_fail(&top->error, ret, "out of memory");
	ng_listing_arrange(&top->listing, top->sort, top->up, top->filter);
}

int ng_top_update(struct ng_top *top)
{
	struct ng_error error = { 0 };
	int ret = ng_snapshot_update(&top->snapshot, &error);

	/* The next snapshot includes what is counted until then. */
	if (ret == -EAGAIN) {
		ng_fail(&top->error, ret, "programs are just being replaced");
		ng_hint(&top->error, ret,
			"a command was killed; the next change completes or undoes it");
		return 0;
	}
	top->error = error;
	/* Counters of a filter that is gone are no base for the rates of a later one. */
	if (ret)
		ng_snapshot_clear(&top->snapshot);
	if (!ret && top->view == NG_VIEW_SOURCES)
		ng_sample_advance(&top->sample, top->snapshot.rates.time);
	ng_top_list(top);
	return ret;
}

void ng_top_take(struct ng_top *top)
{
	if (top->view == NG_VIEW_SOURCES && !top->paused)
		ng_sample_take(&top->sample);
}
