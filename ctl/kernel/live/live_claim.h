/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Several owners of one prefix, in a mapped live table.
 *
 * The entry that programs find has the end of the owner who wants it longest, and the number of
 * that owner in the lowest bits of the same word: so one store changes both. If NG_LIVE_SHARED is
 * set there, others may have a claim: an entry of their own, which ends no later. A claim counts
 * only beside an entry that is valid and shared, and not if it is of the entry's own owner. So
 * deleting the entry ends all claims with one store, and what a killed command leaves counts for
 * nothing:
 *
 *	to become the last:	mark as shared, write a claim of the owner who was, store the entry
 *	to end the last claim:	delete a claim left of that owner, store the next end and its owner
 *	a new entry:		delete what is left of claims, then make it a member
 */
#ifndef NG_LIVE_CLAIM_H
#define NG_LIVE_CLAIM_H

#include "kernel/live/live_entry.h"
#include "kernel/live/live_member.h"

/** ng_live_end() - the end in ng_live_entry.until: NG_LIVE_FOR_GOOD, or CLOCK_BOOTTIME in ns */
static inline __u64 ng_live_end(__u64 until)
{
	return until >= NG_LIVE_NEVER_ENDS ? NG_LIVE_FOR_GOOD : until & NG_LIVE_NEVER_ENDS;
}

/**
 * ng_live_until_word() - an end, rounded up to 256 ns, and @bits: NG_LIVE_OWNER, NG_LIVE_SHARED
 */
static inline __u64 ng_live_until_word(__u64 end, __u64 bits)
{
	if (!end)
		return bits ? NG_LIVE_NEVER_ENDS | bits : 0;
	return ((end + ~NG_LIVE_NEVER_ENDS) & NG_LIVE_NEVER_ENDS) | bits;
}

/** ng_live_is_later() - does an entry with @end last longer than one with @other? */
static inline bool ng_live_is_later(__u64 end, __u64 other)
{
	return end - 1 > other - 1; /* NG_LIVE_FOR_GOOD is the last of all */
}

/** enum ng_live_how - what becomes of an earlier claim of the same owner */
enum ng_live_how { NG_LIVE_KEEP_LONGER, NG_LIVE_REPLACE };

/**
 * struct ng_live_subject - what is claimed
 * @row:    of the set
 * @owner:  its number
 */
struct ng_live_subject {
	__u32 row;
	const struct ng_prefix *prefix;
	__u32 owner;
};

/**
 * ng_live_claim_put() - the owner wants the prefix until @end
 * @change: as for ng_live_claim()
 *
 * Return: 0; -ENOSPC or -EXFULL as ng_live_put(), and everything is as before; another -errno.
 */
int ng_live_claim_put(struct ng_live_table *table, struct ng_control *control,
		      const struct ng_live_subject *subject, __u64 end, enum ng_live_how how,
		      enum ng_live_change *change);

/** ng_live_claim_delete() - the owner wants it no longer; *@there: it did; 0 or -errno */
int ng_live_claim_delete(struct ng_live_table *table, const struct ng_live_subject *subject,
			 bool *there);

/** ng_live_claims_delete() - nobody wants it; *@there: somebody did; 0 or -errno */
int ng_live_claims_delete(struct ng_live_table *table, __u32 row, const struct ng_prefix *prefix,
			  bool *there);

/**
 * ng_live_counts_as_claim() - is @entry, an entry or a claim, what some owner wants at @now?
 * @table: whole mapped; has the entries beside which claims count
 * @owner: who
 */
bool ng_live_counts_as_claim(const struct ng_live_table *table, const struct ng_live_entry *entry,
			     __u64 now, __u32 *owner);

#endif
