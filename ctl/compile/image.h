/* SPDX-License-Identifier: GPL-2.0-only */
/* Ruleset -> image (include/layout/image.h). Pure: no system calls, no BPF. */
#ifndef NG_IMAGE_H
#define NG_IMAGE_H

#include "compile/tree/estimate.h"
#include "layout/image.h"
#include "layout/key.h"
#include "rules/ruleset.h"

/**
 * struct ng_image - a compiled ruleset
 * @data:  begins with struct ng_image_header; its source follows; owned, unless it is @placed
 * @size:  bytes of the image without its source, a multiple of 8; see also ng_image_extent()
 * @slots: one more than the highest slot that it uses
 * @fresh: slots of rules that are in none of the kept images: their counters begin at 0
 * @worst: ns that no packet exceeds, see struct ng_image_header; 0: not known
 * @slow:  the kinds of packets for which an average one takes long, @n_slow of them
 * @placed: @data is in a struct ng_image_place
 */
struct ng_image {
	void *data;
	bool placed;
	size_t size;
	__u32 slots;
	__u32 *fresh;
	size_t n_fresh;
	__u32 worst;
	struct ng_slow slow[NG_DIRECTIONS * NG_CLASSES * 2];
	size_t n_slow;
};

/**
 * struct ng_image_place - memory for an image that is complete
 * @take: memory for @size bytes of an image, at whose offset *@at there are @source bytes for its
 *        source; NULL: it has to be in memory of its own
 * @data: the first argument of @take
 */
struct ng_image_place {
	void *(*take)(void *data, size_t size, size_t source, size_t *at);
	void *data;
};

/**
 * ng_image_compile() - compile @ruleset
 * @kept:   images whose slots stay in use; a rule whose text is in one of them gets the slot it has
 *          there, the first image first; entries may be NULL
 *
 * Expects a ruleset without rules that can never match, see ng_check_rule().
 * Return: 0; -ENOMEM; -E2BIG with @err filled when a limit of the layout is exceeded.
 */
int ng_image_compile(const struct ng_ruleset *ruleset, const void *const *kept, size_t n_kept,
		     struct ng_image *image, struct ng_error *err);

/** ng_image_compile_to() - the same, but into @place, which may be NULL, if it takes the image */
int ng_image_compile_to(const struct ng_image_place *place, const struct ng_ruleset *ruleset,
			const void *const *kept, size_t n_kept, struct ng_image *image,
			struct ng_error *err);
void ng_image_clear(struct ng_image *image);

/** ng_image_log_rate() - the @rate of struct ng_log_limit: records per second, 0: none */
__u32 ng_image_log_rate(const struct ng_rule *rule);

/**
 * ng_text_room() - bytes reserved in a source for a text of @len bytes, so that ng_image_change()
 * can often extend it
 */
size_t ng_text_room(size_t len);

#endif
