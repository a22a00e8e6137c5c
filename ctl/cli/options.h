/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads options. */
#ifndef NG_CLI_OPTIONS_H
#define NG_CLI_OPTIONS_H

#include "cli/command.h"

/**
 * ng_option() - the value of an option as it was given; of a flag its name
 * @name: as in the table, with its dashes
 *
 * Return: NULL if it was not given, or the command has no such option.
 */
const char *ng_option(const struct ng_context *ctx, const char *name);

/** ng_has_option() - does @command take the option @name? */
bool ng_has_option(const struct ng_command *command, const char *name);

/**
 * ng_option_at() - option number @i, from 0: the global ones, then those of @command
 * @command: NULL: only the global ones
 *
 * Return: NULL after the last one.
 */
const struct ng_option *ng_option_at(const struct ng_command *command, size_t i);

/** ng_option_take() - read the option at argv[*at]; *at is its last word afterwards */
int ng_option_take(struct ng_context *ctx, int argc, char **argv, int *at);

#endif
