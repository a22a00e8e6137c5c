/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which set a row of the live table belongs to. A name has the same row as long as the current or
 * the previous ruleset has a set of that name: so no update and no rollback loses or revives an
 * entry. @blocked always has one.
 */
#ifndef NG_LIVE_ROWS_H
#define NG_LIVE_ROWS_H

#include "kernel/live/live_table.h"
#include "kernel/pins/handle.h"
#include "layout/image.h"

/** ng_live_row_in_force() - has the image in @slot, or every image, the set of that row? */
bool ng_live_row_in_force(const struct ng_live_table *table, __u32 row, enum ng_image_slot slot);

/** ng_live_row_find() - the row of a set of the image in @slot, or NG_LIVE_NO_ROW */
__u32 ng_live_row_find(const struct ng_live_table *table, const char *set, enum ng_image_slot slot);

/**
 * ng_live_bind() - before an image is published: give its sets rows
 * @image: its look-ups are told their rows
 *
 * Every set that rules look up gets one; those that no rule names do while there are enough left.
 * What the images in force need is as it was.
 * Return: 0 or -errno.
 */
int ng_live_bind(struct ng_state *state, void *image);

/** ng_live_unsettle() - before images in force change places; 0 or -errno */
int ng_live_unsettle(struct ng_state *state);

/**
 * ng_live_settle() - after a change of the images in force: free the rows that none of them needs
 *
 * Return: 0 or -errno; what was left undone is done by the next command.
 */
int ng_live_settle(struct ng_state *state);

/** ng_live_recover() - ng_live_settle(), when a killed command did not get there */
int ng_live_recover(struct ng_state *state);

#endif
