/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The names of owners of live entries: numbers from 1 to NG_LIVE_OWNERS - 1. The operator is number
 * 0, whose name is "". An owner keeps its number as long as there is an entry of it.
 */
#ifndef NG_LIVE_OWNER_H
#define NG_LIVE_OWNER_H

#include "kernel/live/live_table.h"

#define NG_NO_OWNER NG_LIVE_OWNERS

/** ng_live_owner_name() - into @text, NG_LIVE_OWNER_LEN + 1 bytes; returns @text */
const char *ng_live_owner_name(const struct ng_live_table *table, __u32 owner, char *text);

/** ng_live_owner_exists() - has that number a name? Always for the operator */
bool ng_live_owner_exists(const struct ng_live_table *table, __u32 owner);

/** ng_live_owner_find() - the number of @name, or NG_NO_OWNER */
__u32 ng_live_owner_find(const struct ng_live_table *table, const char *name);

/**
 * ng_live_owner_give() - the number of @name, a new one if it has none
 *
 * Return: 0 with *@owner; -ENOSPC when entries have all numbers; another -errno.
 */
int ng_live_owner_give(struct ng_live_table *table, const char *name, __u32 *owner);

#endif
