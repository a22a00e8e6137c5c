// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>

#include "cli/context.h"
#include "commands/set/name.h"

int ng_set_missing(struct ng_context *ctx, const char *name)
{
	ng_fail(&ctx->error, -ENOENT, "there is no set @%s in the ruleset in force", name);
	return ng_hint(&ctx->error, -ENOENT, "%s set list lists them", ng_netguard());
}
