/* SPDX-License-Identifier: GPL-2.0-only */
/* Usage lines and usage errors. */
#ifndef NG_CLI_USAGE_H
#define NG_CLI_USAGE_H

#include "cli/command.h"

/** ng_usage() - fill @ctx->error with a usage error; returns -EINVAL */
int ng_usage(struct ng_context *ctx, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** ng_usage_unknown() - ng_usage() for an unknown @noun; the hint is a similar one of @names */
int ng_usage_unknown(struct ng_context *ctx, const char *noun, const char *word,
		     const char *const *names, size_t n);

/** ng_usage_text() - "netguard check FILE [--kept]" */
void ng_usage_text(const struct ng_command *command, char text[NG_USAGE_LEN]);

/** ng_words_allowed() - the least and greatest number of arguments, options not counted */
void ng_words_allowed(const struct ng_command *command, int *least, int *most);

#endif
