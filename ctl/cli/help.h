/* SPDX-License-Identifier: GPL-2.0-only */
/* Prints help. */
#ifndef NG_CLI_HELP_H
#define NG_CLI_HELP_H

#include <stdio.h>

#include "cli/command.h"

/** ng_help() - print the help of @command, of the commands that begin with @group, or of all */
void ng_help(FILE *out, const struct ng_command *command, const char *group);

#endif
