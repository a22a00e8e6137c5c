/* SPDX-License-Identifier: GPL-2.0-only */
/* Image -> ruleset. */
#ifndef NG_IMAGE_READ_H
#define NG_IMAGE_READ_H

#include <stddef.h>

#include "base/error.h"
#include "layout/image.h"
#include "rules/ruleset.h"

/**
 * ng_image_check() - check that this is an image of this layout or an older one, and that all parts
 * for the command are inside @size: 0; -EINVAL
 */
int ng_image_check(const void *data, size_t size, struct ng_error *err);

/**
 * ng_image_ruleset() - the ruleset that an image, of any layout, was compiled from, with its sets
 */
int ng_image_ruleset(const void *data, struct ng_ruleset **ruleset, struct ng_error *err);

/** ng_image_sets() - a ruleset with only the names of the image's sets; NULL: no memory */
struct ng_ruleset *ng_image_sets(const void *data);

/** ng_image_rules() - the image's rules, @*n of them */
const struct ng_image_rule *ng_image_rules(const void *data, size_t *n);

/** ng_image_slots() - one more than the highest slot that it uses */
__u32 ng_image_slots(const void *data);

/** ng_image_limiters() - the limiters of an image, *@n of them; none in an image before layout 9 */
const struct ng_limiter *ng_image_limiters(const void *image, size_t *n);

/** ng_image_limiter() - the limiter of the rule with this slot; NULL: it has none */
const struct ng_limiter *ng_image_limiter(const void *image, __u32 slot);

#endif
