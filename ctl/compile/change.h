/* SPDX-License-Identifier: GPL-2.0-only */
/* Changes one rule of a compiled image, which takes much less time than to compile all. Pure. */
#ifndef NG_CHANGE_H
#define NG_CHANGE_H

#include "compile/image.h"

/**
 * struct ng_change - a rule is removed, added, or replaced
 * @gone:     number of the rule that is removed; 0: none
 * @gone_rule: the rule itself
 * @put:      number of @rule in the new ruleset; 0: none is added
 * @text:     text of @rule as it is in an image
 */
struct ng_change {
	size_t gone;
	const struct ng_rule *gone_rule;
	size_t put;
	const struct ng_rule *rule;
	const char *text;
};

/**
 * ng_image_can_change() - can ng_image_change() succeed? Within a millisecond it finds most changes
 * that need the compiler
 */
bool ng_image_can_change(const void *image, const struct ng_change *change);

/** ng_image_changed_source() - bytes of the source of the changed image; it can be changed */
size_t ng_image_changed_source(const void *image, const struct ng_change *change);

/**
 * ng_image_change() - the image of the changed ruleset, as ng_image_compile() makes it except for
 * the trees
 * @kept: see ng_image_compile(); the first one is the image to change
 * @room: all 0, @size bytes for the new image, a multiple of NG_SOURCE_ALIGN; then as many for its
 *        source as ng_image_changed_source() says
 *
 * It decides, counts and records every packet as the compiled one does, and has the same text, sets
 * and counter slots. Packets may take slightly longer; therefore it refuses after a number of
 * changes, and changes that affect much of the trees.
 * Return: 0 with @image->data == @room; -EAGAIN: compile it instead; -ENOMEM.
 */
int ng_image_change(const struct ng_change *change, const void *const *kept, size_t n_kept,
		    void *room, size_t size, struct ng_image *image);

/**
 * ng_image_near() - which rules of @image may cover @rule or be covered by it: a byte for each
 * number from 1, for free()
 *
 * Without those that never see such a packet, since rules before them match them all. NULL: no
 * memory.
 */
__u8 *ng_image_near(const void *image, const struct ng_rule *rule);

#endif
