// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/live/live_claim.h"

#include <errno.h>

#include "base/clock.h"
#include "kernel/live/live_owner.h"
#include "layout/live.h"

/* What the valid entry says of its owner. */
struct held {
	__u32 owner;
	__u64 end;
	bool shared;
};

static struct held held_by(const struct ng_live_entry *entry)
{
	return (struct held){
		.owner = entry->until & NG_LIVE_OWNER,
		.end = ng_live_end(entry->until),
		.shared = entry->until & NG_LIVE_SHARED,
	};
}

static struct ng_live_entry *claim_of(const struct ng_live_table *table,
				      const struct ng_live_subject *subject, __u32 owner)
{
	return ng_live_find(table, ng_live_claim_row(subject->row, owner), subject->prefix);
}

static int reach_claim(struct ng_live_table *table, const struct ng_live_subject *subject,
		       __u32 owner)
{
	return ng_live_reach(table, ng_live_claim_row(subject->row, owner), subject->prefix);
}

/*
 * Map the entry and all of its claims, those that are going to be written included, so that nothing
 * fails between two stores.
 */
static int reach(struct ng_live_table *table, const struct ng_live_subject *subject,
		 struct ng_live_entry **entry)
{
	int result = ng_live_reach(table, subject->row, subject->prefix);

	if (result)
		return result;
	*entry = ng_live_find(table, subject->row, subject->prefix);
	result = *entry ? reach_claim(table, subject, subject->owner) : 0;
	if (!result && *entry)
		result = reach_claim(table, subject, (*entry)->until & NG_LIVE_OWNER);
	for (__u32 owner = 0; !result && owner < NG_LIVE_OWNERS; owner++)
		if (*entry && (*entry)->until & NG_LIVE_SHARED &&
		    ng_live_owner_exists(table, owner))
			result = reach_claim(table, subject, owner);
	return result;
}

/* Of a deleted or expired entry: no claim that is left counts, once the entry is a member again. */
static void forget(struct ng_live_table *table, const struct ng_live_subject *subject,
		   const struct ng_live_entry *entry)
{
	if (!(entry->until & NG_LIVE_SHARED))
		return;
	for (__u32 owner = 0; owner < NG_LIVE_OWNERS; owner++) {
		struct ng_live_entry *claim =
			ng_live_owner_exists(table, owner) ? claim_of(table, subject, owner) : NULL;

		if (claim)
			ng_live_entry_delete(table, claim);
	}
}

/* The claim that ends last, but for those of the entry's owner; *@owner is whose it is. */
static const struct ng_live_entry *last_claim(const struct ng_live_table *table,
					      const struct ng_live_subject *subject,
					      const struct held *held, __u64 now, __u32 *owner)
{
	const struct ng_live_entry *last = NULL;

	for (__u32 i = 0; held->shared && i < NG_LIVE_OWNERS; i++) {
		const struct ng_live_entry *claim =
			i != held->owner && ng_live_owner_exists(table, i)
				? claim_of(table, subject, i)
				: NULL;

		if (!claim || !ng_live_is_valid(claim, now) ||
		    (last &&
		     !ng_live_is_later(ng_live_end(claim->until), ng_live_end(last->until))))
			continue;
		last = claim;
		*owner = i;
	}
	return last;
}

/* One store to the entry, which exists. */
static int put_entry(struct ng_live_table *table, struct ng_control *control,
		     const struct ng_live_subject *subject, __u64 end, __u64 bits)
{
	return ng_live_put(table, control, subject->row, subject->prefix,
			   ng_live_until_word(end, bits));
}

static int put_claim(struct ng_live_table *table, const struct ng_live_subject *subject,
		     __u32 owner, __u64 end)
{
	return ng_live_put(table, NULL, ng_live_claim_row(subject->row, owner), subject->prefix,
			   ng_live_until_word(end, 0));
}

static int mark_shared(struct ng_live_table *table, struct ng_control *control,
		       const struct ng_live_subject *subject, const struct held *held)
{
	return held->shared ? 0
			    : put_entry(table, control, subject, held->end,
					NG_LIVE_SHARED | held->owner);
}

/* The entry has the owner's end already. */
static int change_own(struct ng_live_table *table, struct ng_control *control,
		      const struct ng_live_subject *subject, const struct held *held, __u64 end,
		      __u64 now)
{
	__u64 bits = subject->owner | (held->shared ? NG_LIVE_SHARED : 0);
	const struct ng_live_entry *last;
	__u32 owner;
	int result;

	last = last_claim(table, subject, held, now, &owner);
	if (!last || !ng_live_is_later(ng_live_end(last->until), end))
		return put_entry(table, control, subject, end, bits);
	result = put_claim(table, subject, subject->owner, end);
	return result ? result
		      : put_entry(table, control, subject, ng_live_end(last->until),
				  NG_LIVE_SHARED | owner);
}

/* Another owner's end is the last so far, and from now on it is this one's. */
static int take_over(struct ng_live_table *table, struct ng_control *control,
		     const struct ng_live_subject *subject, const struct held *held, __u64 end)
{
	int result = mark_shared(table, control, subject, held);

	if (!result)
		result = put_claim(table, subject, held->owner, held->end);
	return result ? result
		      : put_entry(table, control, subject, end, NG_LIVE_SHARED | subject->owner);
}

/* Another owner's end is the last, and stays it. */
static int put_beside(struct ng_live_table *table, struct ng_control *control,
		      const struct ng_live_subject *subject, const struct held *held, __u64 end,
		      enum ng_live_how how, __u64 now, enum ng_live_change *change)
{
	const struct ng_live_entry *claim = claim_of(table, subject, subject->owner);
	bool counts = held->shared && claim && ng_live_is_valid(claim, now);
	int result;

	*change = NG_LIVE_HELD;
	if (counts &&
	    (how == NG_LIVE_KEEP_LONGER ? !ng_live_is_later(end, ng_live_end(claim->until))
					: end == ng_live_end(claim->until))) {
		*change = NG_LIVE_UNCHANGED;
		return 0;
	}
	result = mark_shared(table, control, subject, held);
	return result ? result : put_claim(table, subject, subject->owner, end);
}

int ng_live_claim_put(struct ng_live_table *table, struct ng_control *control,
		      const struct ng_live_subject *subject, __u64 end, enum ng_live_how how,
		      enum ng_live_change *change)
{
	struct ng_live_entry *entry;
	__u64 now = ng_clock_now();
	struct held held;
	int result = reach(table, subject, &entry);

	if (result)
		return result;
	end = ng_live_end(ng_live_until_word(end, 0)); /* rounded */
	if (!entry || !ng_live_is_valid(entry, now)) {
		if (entry)
			forget(table, subject, entry);
		*change = NG_LIVE_ADDED;
		return put_entry(table, control, subject, end, subject->owner);
	}
	held = held_by(entry);
	*change = NG_LIVE_CHANGED;
	if (held.owner != subject->owner)
		return ng_live_is_later(end, held.end)
			       ? take_over(table, control, subject, &held, end)
			       : put_beside(table, control, subject, &held, end, how, now, change);
	if (end != held.end && (how == NG_LIVE_REPLACE || ng_live_is_later(end, held.end)))
		return change_own(table, control, subject, &held, end, now);
	*change = NG_LIVE_UNCHANGED;
	return 0;
}

/* The entry's owner wants it no longer: the one whose claim ends last becomes its owner. */
static int hand_over(struct ng_live_table *table, const struct ng_live_subject *subject,
		     struct ng_live_entry *entry, const struct held *held, __u64 now)
{
	struct ng_live_entry *left = claim_of(table, subject, subject->owner);
	const struct ng_live_entry *last;
	__u32 owner;

	if (left)
		ng_live_entry_delete(table, left);
	last = last_claim(table, subject, held, now, &owner);
	if (last)
		return put_entry(table, NULL, subject, ng_live_end(last->until),
				 NG_LIVE_SHARED | owner);
	ng_live_entry_delete(table, entry);
	forget(table, subject, entry);
	return 0;
}

int ng_live_claim_delete(struct ng_live_table *table, const struct ng_live_subject *subject,
			 bool *there)
{
	struct ng_live_entry *entry, *claim;
	__u64 now = ng_clock_now();
	struct held held;
	int result = reach(table, subject, &entry);

	*there = false;
	if (result || !entry || !ng_live_is_valid(entry, now))
		return result;
	held = held_by(entry);
	*there = held.owner == subject->owner;
	if (*there)
		return hand_over(table, subject, entry, &held, now);
	claim = held.shared ? claim_of(table, subject, subject->owner) : NULL;
	*there = claim && ng_live_is_valid(claim, now);
	if (claim)
		ng_live_entry_delete(table, claim);
	return 0;
}

int ng_live_claims_delete(struct ng_live_table *table, __u32 row, const struct ng_prefix *prefix,
			  bool *there)
{
	const struct ng_live_subject subject = { row, prefix, 0 };
	struct ng_live_entry *entry;
	int result = reach(table, &subject, &entry);

	if (result)
		return result;
	*there = entry && ng_live_is_valid(entry, ng_clock_now());
	if (!entry)
		return 0;
	ng_live_entry_delete(table, entry);
	forget(table, &subject, entry);
	return 0;
}

bool ng_live_counts_as_claim(const struct ng_live_table *table, const struct ng_live_entry *entry,
			     __u64 now, __u32 *owner)
{
	__u32 claimant = ng_live_claimant(entry);
	const struct ng_live_entry *found;
	struct ng_prefix prefix;
	struct held held;

	if (!ng_live_is_valid(entry, now))
		return false;
	if (!claimant) {
		*owner = entry->until & NG_LIVE_OWNER;
		return true;
	}
	ng_live_prefix(entry, &prefix);
	found = ng_live_find(table, ng_live_row_of(entry), &prefix);
	if (!found || !ng_live_is_valid(found, now))
		return false;
	held = held_by(found);
	*owner = claimant - 1;
	return held.shared && held.owner != *owner;
}
