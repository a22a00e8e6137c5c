/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The assignment of sets to rows of the live table. A set keeps its row as long as the current or
 * the previous ruleset has a set of that name, so that no update and no rollback loses or revives
 * an entry. @blocked always has one.
 */
#ifndef NG_LIVE_ROWS_H
#define NG_LIVE_ROWS_H

#include "kernel/live/live_table.h"
#include "kernel/pins/handle.h"
#include "layout/image.h"

/**
 * ng_live_row_in_force() - does the image in @slot have the set of that row? Always for @blocked
 */
bool ng_live_row_in_force(const struct ng_live_table *table, __u32 row, enum ng_image_slot slot);

/** ng_live_row_find() - the row of set @set of the image in @slot, or NG_LIVE_NO_ROW */
__u32 ng_live_row_find(const struct ng_live_table *table, const char *set, enum ng_image_slot slot);

/**
 * ng_live_bind() - assign rows to the sets of an image, before it is published
 * @image: the rows are written into its lookups
 *
 * Every set that rules look up gets one; sets that no rule names only while enough are left. Rows
 * that the images in force need stay as they are.
 * Return: 0 or -errno.
 */
int ng_live_bind(struct ng_state *state, void *image);

/**
 * ng_live_unsettle() - before slots change their images: note that ng_live_settle() has to follow;
 * 0 or -errno
 */
int ng_live_unsettle(struct ng_state *state);

/**
 * ng_live_settle() - after slots changed their images: free the rows that none of them needs
 *
 * Return: 0; -errno: the next command does the rest.
 */
int ng_live_settle(struct ng_state *state);

/** ng_live_recover() - ng_live_settle(), if a killed command did not reach it */
int ng_live_recover(struct ng_state *state);

#endif
