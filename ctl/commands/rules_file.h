/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads and compiles a ruleset file, and shows the progress on a terminal. The search for covered
 * rules runs in parallel to compiling, which takes as long.
 */
#ifndef NG_RULES_FILE_H
#define NG_RULES_FILE_H

#include "cli/command.h"
#include "compile/image.h"

/**
 * ng_rules_read() - ng_parse_file() with @ctx->messages
 * @search: search for covered rules now; otherwise ng_rules_compile() does
 */
int ng_rules_read(struct ng_context *ctx, const char *path, bool search,
		  struct ng_ruleset **ruleset);

/**
 * ng_rules_compile() - ng_image_compile(), and warnings if an average packet will take long
 * @search: also search for covered rules; without it, warn of slow packets only if they are slower
 *          than with @kept[0], the image in force
 * @place:  NULL, or where to put the image
 */
int ng_rules_compile(struct ng_context *ctx, const struct ng_ruleset *ruleset, bool search,
		     const void *const *kept, size_t n_kept, const struct ng_image_place *place,
		     struct ng_image *image);

/**
 * ng_rules_leave() - used instead of ng_ruleset_free() before the process exits, since freeing
 * 100,000 rules takes 10 ms; sets *@ruleset to NULL
 */
void ng_rules_leave(struct ng_ruleset **ruleset);

#endif
