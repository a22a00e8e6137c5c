/* SPDX-License-Identifier: GPL-2.0-only */
/* Before a change: would it cut the connection that the command is typed through? */
#ifndef NG_SESSION_CHECK_H
#define NG_SESSION_CHECK_H

#include "cli/command.h"
#include "session/ask.h"

/**
 * ng_session_find() - which sessions the command is typed through, if it is one that asks
 *
 * Before privileges are given back: it takes a look at processes of others.
 */
void ng_session_find(struct ng_context *ctx);

/**
 * ng_session_check() - refuse a change that would cut a session, before anything is changed
 * @ruleset: of @question->image, to say where a rule was read; may be NULL
 *
 * With --force or --confirm a warning is added to @ctx->messages instead, and so is one when the
 * session would stay and a new login be refused, or when it cannot be told.
 * Return: 0: go on; -ECANCELED with @ctx->error.
 */
int ng_session_check(struct ng_context *ctx, const struct ng_session_question *question,
		     const struct ng_ruleset *ruleset);

/** ng_session_check_step() - the same of a change of live entries under the image in force */
int ng_session_check_step(struct ng_context *ctx, const struct ng_state *state,
			  const struct ng_live_step *step);

#endif
