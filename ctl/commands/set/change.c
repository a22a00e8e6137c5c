// SPDX-License-Identifier: GPL-2.0-only
#include "commands/set/change.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "cli/words.h"
#include "commands/session_check.h"
#include "rules/prefix.h"
#include "rules/time.h"

#define PREFIX_LEN 64

static int add(struct ng_context *ctx, struct ng_state *state, struct ng_set_change *change,
	       const struct ng_prefix *prefix, uint64_t seconds, char *outcome)
{
	__u64 until = seconds ? ng_live_until(seconds * NG_NS_PER_SECOND) : NG_LIVE_FOR_GOOD;
	char time[NG_TIME_TEXT] = "good";
	enum ng_live_change done;
	int ret;

	ret = ng_live_add(state, change->set, prefix, until, &done, &ctx->error);
	if (ret)
		return ret;
	if (seconds)
		ng_duration_text(seconds, time);
	if (done == NG_LIVE_ADDED)
		change->done++;
	else if (done == NG_LIVE_CHANGED || done == NG_LIVE_HELD)
		change->changed++;
	else
		change->same++;
	snprintf(outcome, NG_SET_OUTCOME,
		 done == NG_LIVE_ADDED	   ? "added to @%s for %s"
		 : done == NG_LIVE_CHANGED ? "already in @%s; from now for %s"
		 : done == NG_LIVE_HELD ? "already in @%s, where another owner wants it for longer"
					: "already in @%s; nothing changed",
		 change->set, time);
	return 0;
}

static int delete (struct ng_context *ctx, struct ng_state *state, struct ng_set_change *change,
		   const struct ng_prefix *prefix, char *outcome)
{
	char text[PREFIX_LEN];
	bool there;
	int ret;

	ret = ng_live_delete(state, change->set, prefix, &there, &ctx->error);
	if (ret)
		return ret;
	if (!there)
		return ng_fail(&ctx->error, -ENOENT, "%s is not a live entry of @%s",
			       ng_prefix_text(prefix, text, sizeof(text)), change->set);
	change->done++;
	snprintf(outcome, NG_SET_OUTCOME, "deleted from @%s", change->set);
	return 0;
}

int ng_set_change_prefix(struct ng_context *ctx, struct ng_state *state,
			 struct ng_set_change *change, const struct ng_prefix *prefix,
			 uint64_t seconds, char outcome[NG_SET_OUTCOME])
{
	int ret;

	if (seconds && change->deletes)
		return ng_fail(&ctx->error, -EINVAL, "'for' is only for set add");
	ret = ng_session_check_step(ctx, state,
				    &(struct ng_live_step){ change->set, prefix, change->deletes });
	if (ret)
		return ret;
	return change->deletes ? delete (ctx, state, change, prefix, outcome)
			       : add(ctx, state, change, prefix,
				     seconds ? seconds : change->seconds, outcome);
}

static int change_one(struct ng_context *ctx, struct ng_state *state, struct ng_set_change *change,
		      char *text, char *outcome)
{
	uint64_t seconds = 0;
	struct ng_prefix prefix;
	int ret = ng_cut_duration(text, &seconds, &ctx->error);

	if (!ret)
		ret = ng_parse_prefix(text, &prefix, &ctx->error);
	/* As in lists; entries that earlier versions accepted can be deleted. */
	if (!ret && !change->deletes)
		ret = ng_prefix_check_mapped(text, text + strlen(text), &prefix, &ctx->error);
	return ret ? ret : ng_set_change_prefix(ctx, state, change, &prefix, seconds, outcome);
}

int ng_set_change_one(struct ng_context *ctx, struct ng_state *state, struct ng_set_change *change,
		      char *text, char outcome[NG_SET_OUTCOME])
{
	int ret = change_one(ctx, state, change, text, outcome);

	change->failed += ret != 0;
	return ret;
}
