/* SPDX-License-Identifier: GPL-2.0-only */
/* Replacing the live table by another one. */
#ifndef NG_LIVE_REBUILD_H
#define NG_LIVE_REBUILD_H

#include "kernel/live/live_table.h"

/**
 * ng_live_rebuild() - replace *@table by a new map, of the size that its entries need and with a
 * new hash key; or only delete expired entries, if that makes enough room
 *
 * For after -ENOSPC or -EXFULL. Both maps hold all entries that have not expired, and programs see
 * one or the other. A killed command leaves one of them in place.
 * Return: 0 with the new map in *@table; -ENOSPC when NG_LIVE_MAX entries have not expired; -EXFULL
 * when not all entries find a place under any of NG_LIVE_KEYS new keys; another -errno. After a
 * failure the old map is in place, and no other is left.
 */
int ng_live_rebuild(const struct ng_state *state, struct ng_live_table *table);
#define NG_LIVE_KEYS 8

/**
 * ng_live_carry() - create a map of maps with all entries of the live table of @state that have not
 * expired; that may have an older layout
 *
 * The rows are the same, and unsettled, see ng_live_settle(). Sets ng_control.live. Under the lock.
 * Return: its fd; -ENOSPC when more than NG_LIVE_MAX entries have not expired; another -errno.
 */
int ng_live_carry(const struct ng_state *state);

#endif
