/* SPDX-License-Identifier: GPL-2.0-only */
/* An image changed by one rule, in a small part of the time that compiling takes. Pure. */
#ifndef NG_CHANGE_H
#define NG_CHANGE_H

#include "compile/image.h"

/**
 * struct ng_change - one rule goes, or comes, or both
 * @gone:     its number; 0: none goes
 * @gone_rule: that one
 * @put:      the number that @rule gets when the other is gone; 0: none comes
 * @text:     of @rule, as an image has it
 */
struct ng_change {
	size_t gone;
	const struct ng_rule *gone_rule;
	size_t put;
	const struct ng_rule *rule;
	const char *text;
};

/** ng_image_can_change() - is it worth trying? It tells most of what would fail, in a millisecond
 */
bool ng_image_can_change(const void *image, const struct ng_change *change);

/**
 * ng_image_change() - what ng_image_compile() would make of the changed ruleset, but for the trees
 * @kept: as there; the first one is what is changed
 * @room: where it is written: @size bytes, all 0
 *
 * It decides, counts and records every packet as the compiled one does, and holds the same text,
 * sets and counter slots. Packets may take a little longer, so after some changes, and where
 * a change reaches far, it is left to the compiler.
 * Return: 0 with @image->data == @room; -EAGAIN: compile it; -ENOMEM.
 */
int ng_image_change(const struct ng_change *change, const void *const *kept, size_t n_kept,
		    void *room, size_t size, struct ng_image *image);

/**
 * ng_image_near() - the rules of @image that may cover @rule or that it may cover, as bytes by
 * number from 1, for free()
 *
 * Not those that others take every such packet from. NULL without memory.
 */
__u8 *ng_image_near(const void *image, const struct ng_rule *rule);

#endif
