/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A ruleset from the command line: read, then compiled, while a terminal is told how far that is.
 * What rules are covered by earlier ones is found out beside compiling, which takes as long.
 */
#ifndef NG_RULES_FILE_H
#define NG_RULES_FILE_H

#include "cli/command.h"
#include "compile/image.h"

/**
 * ng_rules_read() - ng_parse_file(), into @ctx->messages
 * @search: for covered rules; else that is left to ng_rules_compile()
 */
int ng_rules_read(struct ng_context *ctx, const char *path, bool search,
		  struct ng_ruleset **ruleset);

/**
 * ng_rules_compile() - ng_image_compile(), and warnings where an average packet will take long
 * @search: also of covered rules; without it, of what is slow only where it is slower than with
 *          @kept[0], the image in force
 */
int ng_rules_compile(struct ng_context *ctx, const struct ng_ruleset *ruleset, bool search,
		     const void *const *kept, size_t n_kept, struct ng_image *image);

/**
 * ng_rules_leave() - instead of ng_ruleset_free(), where the process ends: to free 100,000 rules
 * would take it 10 ms. *@ruleset is NULL then
 */
void ng_rules_leave(struct ng_ruleset **ruleset);

#endif
