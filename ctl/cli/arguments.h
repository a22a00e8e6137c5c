/* SPDX-License-Identifier: GPL-2.0-only */
/* Finds the command on the command line, and reads its arguments. */
#ifndef NG_CLI_ARGUMENTS_H
#define NG_CLI_ARGUMENTS_H

#include "cli/command.h"

/**
 * ng_arguments_parse() - find the command, separate arguments from options
 * @argv: its words are moved together; @ctx points to them afterwards
 *
 * Global options may be anywhere, a command's own come after its name; `--` ends them.
 * Return: 0, or -EINVAL by ng_usage().
 */
int ng_arguments_parse(struct ng_context *ctx, int argc, char **argv);

/** ng_arguments_read() - the same for a command that may be incomplete */
int ng_arguments_read(struct ng_context *ctx, int argc, char **argv);

/** ng_words_distinct() - refuse a word that is given twice; 0, or -EINVAL by ng_usage() */
int ng_words_distinct(struct ng_context *ctx);

/** ng_words_joined() - the words from @first on, joined by blanks; caller frees; NULL: no memory */
char *ng_words_joined(const struct ng_context *ctx, int first);

/** ng_word_number() - read word @at as the number of a @noun ("rule"), from 1 to @max */
int ng_word_number(struct ng_context *ctx, int at, const char *noun, size_t max, size_t *number);

#endif
