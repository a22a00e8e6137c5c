/* SPDX-License-Identifier: GPL-2.0-only */
/* What commands do with their context: open the state, print JSON and errors. */
#ifndef NG_CLI_CONTEXT_H
#define NG_CLI_CONTEXT_H

#include "cli/command.h"
#include "kernel/state/state.h"
#include "report/json.h"
#include "rules/ruleset.h"

/** ng_open_state() - open the state as the command's row in the table requires */
int ng_open_state(struct ng_context *ctx, struct ng_state **state);

/**
 * ng_first_error() - the error that a failed command reports
 *
 * An error in rules comes before @ctx->error, which follows from it. Never NULL; may be empty.
 */
const struct ng_error *ng_first_error(const struct ng_context *ctx);

/**
 * ng_say_json() - print and free @object, with "warnings" from @ctx->messages
 * @ret: what the command is going to return; if negative, "error" and "errors" are added
 */
void ng_say_json(struct ng_context *ctx, struct json_object *object, int ret);

static inline void ng_cleanup_state(struct ng_state **state)
{
	ng_state_close(*state);
}
#define __cleanup_state __attribute__((cleanup(ng_cleanup_state)))

static inline void ng_cleanup_ruleset(struct ng_ruleset **ruleset)
{
	ng_ruleset_free(*ruleset);
}
#define __cleanup_ruleset __attribute__((cleanup(ng_cleanup_ruleset)))

#endif
