/* SPDX-License-Identifier: GPL-2.0-only */
/* The name of a set, as an argument of the `set` commands. */
#ifndef NG_SET_NAME_H
#define NG_SET_NAME_H

#include "cli/command.h"

/** ng_set_name() - the name of a set without its '@', which is optional */
static inline const char *ng_set_name(const char *word)
{
	return *word == '@' ? word + 1 : word;
}

/** ng_set_missing() - Return: -ENOENT; ctx->error says that the ruleset in force has no such set */
int ng_set_missing(struct ng_context *ctx, const char *name);

#endif
