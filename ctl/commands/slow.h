/* SPDX-License-Identifier: GPL-2.0-only */
/* Words about rulesets of which an average packet takes long (compile/tree/estimate.h). */
#ifndef NG_SLOW_H
#define NG_SLOW_H

#include "cli/command.h"
#include "compile/image.h"

/**
 * ng_slow_warn() - a warning for each kind of packets of which an average one takes long
 * @before: the image in force, of the same layout, or NULL: what is not much slower than there was
 *          said when it came
 *
 * They stand before all other messages of @ctx.
 */
void ng_slow_warn(struct ng_context *ctx, const struct ng_ruleset *ruleset,
		  const struct ng_image *image, const void *before);

/** ng_slow_bound() - ", a packet takes at most about 1.5 µs", what no packet exceeds; "" without
 * rules */
const char *ng_slow_bound(const struct ng_image *image, char *text, size_t size);
#define NG_SLOW_BOUND 64 /* bytes that it takes */

/** ng_slow_json() - the same as the members "slow" of @object, an array, and "worst_ns" */
void ng_slow_json(struct json_object *object, const struct ng_ruleset *ruleset,
		  const struct ng_image *image);

#endif
