/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Image -> ruleset. An image is read together with its source, at the offset that the header says;
 * images of layouts before 9 contain it.
 */
#ifndef NG_IMAGE_READ_H
#define NG_IMAGE_READ_H

#include <stddef.h>

#include "base/error.h"
#include "layout/image.h"
#include "rules/ruleset.h"

/** ng_image_source() - the source of an image of any layout, or of an entry of the history */
const struct ng_image_source *ng_image_source(const void *image);

/**
 * ng_image_extent() - bytes of memory from the start of an image to the end of its source
 *
 * What is between them is not necessarily memory, see ng_image_map().
 */
size_t ng_image_extent(const void *image);

/** ng_image_duplicate() - a copy with its source, for free(); NULL: no memory */
void *ng_image_duplicate(const void *image);

/** ng_image_text() - the text at @list of its source */
const char *ng_image_text(const void *image, const struct ng_list *list);

/** ng_image_set_list() - the sets of its source, @*n of them */
const struct ng_image_set *ng_image_set_list(const void *image, size_t *n);

/**
 * ng_image_check() - check that this is an image of this layout or an older one, and that all parts
 * of its source are inside @size, which is at most its extent; or an entry of the history: 0;
 * -EINVAL
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
