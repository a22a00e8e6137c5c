/* SPDX-License-Identifier: GPL-2.0-only */
/* Ruleset -> image (include/layout/image.h). Pure: no system calls, no BPF. */
#ifndef NG_IMAGE_H
#define NG_IMAGE_H

#include "compile/forests.h"
#include "layout/image.h"
#include "layout/key.h"
#include "rules/ruleset.h"

/**
 * struct ng_image - a compiled ruleset
 * @data:  begins with struct ng_image_header; owned
 * @size:  bytes, a multiple of 8
 * @slots: one more than the highest counter slot it uses
 * @fresh: slots given to rules that stand in none of the kept images: their count begins now
 * @needs_out: it can drop or count packets that leave, so egress programs are needed
 * @slow:  the kinds of packets of which an average one takes long, @n_slow of them
 */
struct ng_image {
	void *data;
	size_t size;
	__u32 slots;
	__u32 *fresh;
	size_t n_fresh;
	bool needs_out;
	struct ng_slow slow[NG_FORESTS];
	size_t n_slow;
};

/**
 * ng_image_compile() - compile @ruleset
 * @kept:   images whose slots stay taken; a rule whose text stands in one of them takes its
 *          slot over, the first image first; entries may be NULL
 *
 * Expects a ruleset without rules that can never match, see ng_check_rule().
 * Return: 0, -ENOMEM, -E2BIG with @err when a limit of the layout is exceeded.
 */
int ng_image_compile(const struct ng_ruleset *ruleset, const void *const *kept, size_t n_kept,
		     struct ng_image *image, struct ng_error *err);
void ng_image_clear(struct ng_image *image);

/** ng_image_log_rate() - of struct ng_image_rule: records per second, 0: none */
__u32 ng_image_log_rate(const struct ng_rule *rule);

/**
 * ng_text_room() - bytes that a text of @len bytes has in an image: some more than that, for
 * ng_image_change(); the same for the same text
 */
size_t ng_text_room(size_t len);

#endif
