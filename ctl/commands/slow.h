/* SPDX-License-Identifier: GPL-2.0-only */
/* Warnings about rulesets with which an average packet takes long (compile/tree/estimate.h). */
#ifndef NG_SLOW_H
#define NG_SLOW_H

#include "cli/command.h"
#include "compile/image.h"
#include "report/json.h"

/**
 * ng_slow_warn() - warn of each kind of packet of which an average one takes long
 * @before: the image in force, of the same layout: do not warn of what is not much slower than with
 *          it; may be NULL
 *
 * The warnings come before all other messages of @ctx.
 */
void ng_slow_warn(struct ng_context *ctx, const struct ng_ruleset *ruleset,
		  const struct ng_image *image, const void *before);

/**
 * ng_slow_bound() - ", a packet takes at most about 1.5 µs": what no packet exceeds
 * @text: at least NG_SLOW_BOUND bytes; "" without rules
 */
const char *ng_slow_bound(const struct ng_image *image, char *text, size_t size);
#define NG_SLOW_BOUND 64

/** ng_slow_json() - add the same to @object: "slow", an array, and "worst_ns" */
void ng_slow_json(struct json_object *object, const struct ng_ruleset *ruleset,
		  const struct ng_image *image);

#endif
