// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/live/live_owner.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "kernel/live/live_entry.h"
#include "layout/live.h"

const char *ng_live_owner_name(const struct ng_live_table *table, __u32 owner, char *text)
{
	memcpy(text, table->names[owner].owner, NG_LIVE_OWNER_LEN);
	text[owner ? NG_LIVE_OWNER_LEN : 0] = '\0';
	return text;
}

bool ng_live_owner_exists(const struct ng_live_table *table, __u32 owner)
{
	return !owner || *table->names[owner].owner;
}

__u32 ng_live_owner_find(const struct ng_live_table *table, const char *name)
{
	__u32 owner = 0;

	for (; *name && owner < NG_LIVE_OWNERS; owner++)
		if (owner && !strncmp(table->names[owner].owner, name, NG_LIVE_OWNER_LEN))
			break;
	return owner;
}

/* Free the numbers of owners that have no entry. */
static int free_unused(struct ng_live_table *table)
{
	bool used[NG_LIVE_OWNERS] = { 0 };
	int result = ng_live_reach_all(table);
	__u64 now = ng_clock_now();

	if (result)
		return result;
	for (__u64 i = 0; i < 2 * table->n_buckets; i++) {
		const struct ng_live_entry *entry = ng_live_entry_at(table, i);
		__u32 claimant = ng_live_claimant(entry);

		if (ng_live_is_valid(entry, now))
			used[claimant ? claimant - 1 : entry->until & NG_LIVE_OWNER] = true;
	}
	for (__u32 owner = 1; owner < NG_LIVE_OWNERS; owner++)
		if (!used[owner])
			__atomic_store_n(table->names[owner].owner, '\0', __ATOMIC_SEQ_CST);
	return 0;
}

static __u32 find_free(const struct ng_live_table *table)
{
	__u32 owner = 1;

	while (owner < NG_LIVE_OWNERS && ng_live_owner_exists(table, owner))
		owner++;
	return owner;
}

/* The first byte last: a killed command leaves no part of a name. */
static void set_name(char to[NG_LIVE_OWNER_LEN], const char *name)
{
	char whole[NG_LIVE_OWNER_LEN] = { 0 };

	memcpy(whole, name, strnlen(name, sizeof(whole)));
	memcpy(to + 1, whole + 1, sizeof(whole) - 1);
	__atomic_store_n(to, *whole, __ATOMIC_SEQ_CST);
}

int ng_live_owner_give(struct ng_live_table *table, const char *name, __u32 *owner)
{
	__u32 found = ng_live_owner_find(table, name);
	int result;

	if (found == NG_NO_OWNER) {
		found = find_free(table);
		if (found == NG_NO_OWNER) {
			result = free_unused(table);
			if (result)
				return result;
			found = find_free(table);
		}
		if (found == NG_NO_OWNER)
			return -ENOSPC;
		set_name(table->names[found].owner, name);
	}
	*owner = found;
	return 0;
}
