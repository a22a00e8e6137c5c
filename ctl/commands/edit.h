/* SPDX-License-Identifier: GPL-2.0-only */
/* Change the ruleset in force: take the lock, read it, change it in memory, publish it. */
#ifndef NG_EDIT_H
#define NG_EDIT_H

#include "cli/command.h"
#include "compile/image.h"
#include "kernel/maps/images.h"
#include "kernel/publish.h"

/**
 * struct ng_edit - the state, and the ruleset to put in force
 * @kept:    the current and the previous image, for their counter slots
 * @sets:    those of the ruleset in force, without their prefixes: what a new rule may name
 * @ruleset: at first the one in force, once it is read
 * @checked: the parser has checked @ruleset
 * @search:  it has not been searched for covered rules
 * @image:   what was published; if it is placed, it was written in @room
 */
struct ng_edit {
	struct ng_state *state;
	struct ng_held_image kept[NG_IMAGE_SLOTS];
	struct ng_ruleset *sets, *ruleset;
	bool checked, search;
	struct ng_image image;
	struct ng_image_room room;
};

/** ng_edit_open() - open the state with its lock; of the ruleset in force, only sets are known */
int ng_edit_open(struct ng_context *ctx, struct ng_edit *edit);

/** ng_edit_read() - read the ruleset in force, after ng_edit_open() */
int ng_edit_read(struct ng_context *ctx, struct ng_edit *edit);

/** ng_edit_begin() - both */
int ng_edit_begin(struct ng_context *ctx, struct ng_edit *edit);

/**
 * ng_edit_replace() - like ng_edit_begin(), but with @ruleset in place of the one in force
 * @ruleset: as the parser made it, or empty; @edit owns it from then on, also on failure
 */
int ng_edit_replace(struct ng_context *ctx, struct ng_edit *edit, struct ng_ruleset *ruleset);

/**
 * ng_edit_publish() - check new rules, compile @edit->ruleset and put it in force
 *
 * Warnings are added to @ctx->messages, among them one for each interface that a rule names and
 * that is not attached. On failure nothing has changed.
 */
int ng_edit_publish(struct ng_context *ctx, struct ng_edit *edit);

/** ng_edit_publish_image() - put @edit->image in force, which is complete and checked */
int ng_edit_publish_image(struct ng_context *ctx, struct ng_edit *edit);

void ng_edit_end(struct ng_edit *edit); /* a zeroed one is fine */
#define __cleanup_edit __attribute__((cleanup(ng_edit_end)))

/** ng_image_of() - copy the image in force and read its ruleset; the caller frees both */
int ng_image_of(struct ng_context *ctx, const struct ng_state *state, void **data,
		struct ng_ruleset **ruleset);

#endif
