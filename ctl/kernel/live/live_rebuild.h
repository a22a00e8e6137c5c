/* SPDX-License-Identifier: GPL-2.0-only */
/* Another table in the place of the live table. */
#ifndef NG_LIVE_REBUILD_H
#define NG_LIVE_REBUILD_H

#include "kernel/live/live_table.h"

/**
 * ng_live_rebuild() - after -ENOSPC or -EXFULL: a new map in the place of *@table, of the size that
 * its entries need and with a new key; or, where that is enough, delete what has expired
 *
 * All that lasts is in both: the programs see one or the other. A killed command leaves either.
 * Return: 0 with *@table the new one; -ENOSPC when NG_LIVE_MAX entries last; -EXFULL when their
 * places cannot be found under any of NG_LIVE_KEYS new keys; another -errno. Then the old one is in
 * place, and no map is left over.
 */
int ng_live_rebuild(const struct ng_state *state, struct ng_live_table *table);
#define NG_LIVE_KEYS 8

/**
 * ng_live_carry() - a new map of maps with all that lasts in that of @state, perhaps one of an
 * older layout
 *
 * Its rows are the same and unsettled, see ng_live_settle(). The control words are told whether
 * there are entries. Under the lock.
 * Return: its fd; -ENOSPC when more than NG_LIVE_MAX entries last; another -errno.
 */
int ng_live_carry(const struct ng_state *state);

#endif
