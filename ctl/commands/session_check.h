/* SPDX-License-Identifier: GPL-2.0-only */
/* Checks before a change whether it would cut the connection of the user's session. */
#ifndef NG_SESSION_CHECK_H
#define NG_SESSION_CHECK_H

#include "cli/command.h"
#include "session/ask.h"

/**
 * ng_session_find() - find the remote sessions that the command is run from, if it checks them
 *
 * To be called before privileges are given up, since it looks at other users' processes.
 */
void ng_session_find(struct ng_context *ctx);

/**
 * ng_session_check() - refuse a change that would cut a session; called before anything is changed
 * @ruleset: of @question->image, for the place of a rule; may be NULL
 *
 * With --force or --confirm it adds a warning to @ctx->messages instead; also if the session would
 * stay but a new login would be refused, and if the check fails.
 * Return: 0: continue; -ECANCELED with @ctx->error.
 */
int ng_session_check(struct ng_context *ctx, const struct ng_session_question *question,
		     const struct ng_ruleset *ruleset);

/** ng_session_check_step() - the same for a change of live entries under the image in force */
int ng_session_check_step(struct ng_context *ctx, const struct ng_state *state,
			  const struct ng_live_step *step);

#endif
