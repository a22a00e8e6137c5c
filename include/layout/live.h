/* SPDX-License-Identifier: GPL-2.0-only */
/* The live table: entries of sets that can be added and deleted without a new image */
#ifndef NG_LAYOUT_LIVE_H
#define NG_LAYOUT_LIVE_H

#include <linux/types.h>

#include "layout/key.h"
#include "layout/siphash.h"

#define NG_LIVE_ROWS	  256	 /* sets that can have live entries at a time */
#define NG_LIVE_NO_ROW	  0xffff /* for sets without live entries */
#define NG_LIVE_BLOCKED	  0	 /* the row of @blocked, which always exists */
#define NG_LIVE_OWNERS	  128	 /* owners of entries; 0 is the operator, who has no name */
#define NG_LIVE_OWNER_LEN 24	 /* bytes of an owner's name, which need not end with a NUL */

/*
 * The live entries of all sets: an array with elements of one cache line, inside a map of maps so
 * that it can be replaced by a larger one atomically. Only commands write it, under the lock and
 * through a mapping, while programs read it. The elements are, in this order:
 *
 *	NG_LIVE_ROWS	struct ng_live_row
 *	NG_LIVE_ROWS	struct ng_live_name, of the same rows
 *	1		struct ng_live_head
 *	buckets		struct ng_live_bucket
 *	buckets / 64	struct ng_live_filter, rounded up
 *
 * The number of all elements is a power of two, because the kernel rounds maps up to that for a
 * process without CAP_PERFMON; so the number of buckets is not (ng_live_head.buckets).
 *
 * An entry is in the home bucket of its hash, or in one of the next NG_LIVE_PROBES - 1 if those
 * before it are full: a search ends at a bucket with an unused entry. The last NG_LIVE_PROBES - 1
 * buckets are no homes, so that searches need not wrap around. The key of an entry never changes: a
 * reader that sees the right @meta and key has found its entry, whatever is written meanwhile.
 *
 * For most keys without an entry no bucket has to be read: the filter, which is small enough for a
 * cache, has two bits (ng_live_filtered()) set in one word for each entry that was ever written. Of
 * other keys, one in 20 has its bits set, too.
 *
 * An address may have several owners, each with its own end (ctl/kernel/live/live_claim.h). The
 * entry that programs find has the last of these ends, and whose it is. The others are entries of
 * their own, *claims*: the number of their owner in their meta word makes them other keys than any
 * that programs look for.
 */

/**
 * struct ng_live_lengths - the prefix lengths that a row may contain, for one family
 * @marks: the marks (see struct ng_live_entry) of all its prefixes, the upper half first
 */
struct ng_live_lengths {
	__u64 marks[2];
};

/**
 * struct ng_live_row - what programs need to look up the live entries of a set
 * @lengths: IPv4, IPv6 (index NG_CLASS_IPV4, NG_CLASS_IPV6)
 * @homes:   number of home buckets, the same in all rows
 * @key:     key of ng_live_hash(), likewise
 */
struct ng_live_row {
	struct ng_live_lengths lengths[2];
	__u64 homes;
	__u64 key[2];
	__u64 pad;
};

/**
 * struct ng_live_name - the set that a row belongs to; and, in the same element, an owner's name
 * @used:     0: to none, and the row has no entries
 * @images:   bit 1 << enum ng_image_slot: the image in that slot has the set
 * @owner:    of element n: the name of owner n, up to a NUL or the end; empty: no such owner.
 *            Nothing to do with the row's set
 */
struct ng_live_name {
	char name[32];
	__u32 used;
	__u32 images;
	char owner[NG_LIVE_OWNER_LEN];
};

/**
 * struct ng_live_head - read and written only by commands
 * @written:  number of used entries; may be too high after a killed command, never too low
 * @entries:  number of members, expired ones included; likewise
 * @expires:  no entry expires before; may be too early
 * @sweep:    bucket where the search for expired entries goes on
 * @unsettled: rows may not match the images in force: a publication was under way
 * @full_until: @expires when the table was last found full
 * @buckets:  number of buckets, including those that are no homes
 */
struct ng_live_head {
	__u64 written;
	__u64 entries;
	__u64 expires;
	__u64 sweep;
	__u64 unsettled;
	__u64 full_until;
	__u64 pad;
	__u64 buckets;
};

/**
 * struct ng_live_entry - one address or prefix of one set
 * @hi, @lo: the key: an address, as in enum ng_word; in a prefix the remaining bits are its mark, a
 *           1 and zeros
 * @until:   CLOCK_BOOTTIME, ns: it expires then; 0: never. May change. The lowest bits, which are
 *           no part of the time, are NG_LIVE_OWNER and NG_LIVE_SHARED; with one of them, "never" is
 *           NG_LIVE_NEVER_ENDS. In a claim they are 0
 * @meta:    0 while unused: written last, and never 0 again. NG_LIVE_STATE, the rest of the key
 *           (ng_live_meta()), and in the upper half bits of the hash, so that a reader on a machine
 *           that reorders reads cannot match an incomplete key
 */
struct ng_live_entry {
	__u64 hi, lo;
	__u64 until;
	__u64 meta;
};

struct ng_live_bucket {
	struct ng_live_entry entries[2];
};

struct ng_live_filter {
	__u64 words[8];
};

#define NG_LIVE_ELEMENT 64 /* bytes */
_Static_assert(sizeof(struct ng_live_row) == NG_LIVE_ELEMENT, "an element is a cache line");
_Static_assert(sizeof(struct ng_live_name) == NG_LIVE_ELEMENT, "an element is a cache line");
_Static_assert(sizeof(struct ng_live_head) == NG_LIVE_ELEMENT, "an element is a cache line");
_Static_assert(sizeof(struct ng_live_bucket) == NG_LIVE_ELEMENT, "an element is a cache line");
_Static_assert(sizeof(struct ng_live_filter) == NG_LIVE_ELEMENT, "an element is a cache line");

#define NG_LIVE_HEAD	 (2 * NG_LIVE_ROWS) /* index of the element */
#define NG_LIVE_BUCKETS	 (NG_LIVE_HEAD + 1) /* index of the first */
#define NG_LIVE_PROBES	 64		    /* buckets that a search examines at most */
#define NG_LIVE_MAX	 (1U << 20)	    /* entries that are members */
#define NG_LIVE_MIN	 1024		    /* elements of the smallest table */
#define NG_LIVE_FILTERED 64		    /* buckets for each element of the filter */

#define NG_LIVE_STATE	    3ULL /* bits of meta: is it a member? */
#define NG_LIVE_MEMBER	    1ULL
#define NG_LIVE_DELETED	    2ULL /* may become a member again with the same key */
#define NG_LIVE_SINGLE	    (1ULL << 2)
#define NG_LIVE_ROW_SHIFT   8
#define NG_LIVE_CLAIM_SHIFT 16 /* of a claim: 1 + the number of its owner; else 0 */

#define NG_LIVE_OWNER	   127ULL      /* bits of until: the owner whose end that is */
#define NG_LIVE_SHARED	   (1ULL << 7) /* there may be claims of other owners */
#define NG_LIVE_NEVER_ENDS (~255ULL)
_Static_assert(NG_LIVE_OWNER == NG_LIVE_OWNERS - 1, "a number fits");

/** ng_live_meta() - @class: NG_CLASS_IPV4 or _IPV6; @single: 1 an address, 0 a prefix */
static inline __u64 ng_live_meta(__u64 class, __u64 row, __u64 single)
{
	return NG_LIVE_MEMBER | single << 2 | class << 3 | row << NG_LIVE_ROW_SHIFT;
}

/**
 * ng_live_hash() - hash of an entry's key and its ng_live_meta(), with the table's key
 *
 * The lower half selects the home, the upper half the filter's bits and the tag. The key cannot be
 * learned from packets or answers. For the load of tables see ctl/kernel/live/live_table.c.
 */
static inline __u64 ng_live_hash(__u64 key0, __u64 key1, __u64 hi, __u64 lo, __u64 meta)
{
	return ng_siphash(key0, key1, hi, lo, meta);
}

/** ng_live_home() - index of the bucket where a search for this hash begins, of @homes */
static inline __u64 ng_live_home(__u64 hash, __u64 homes)
{
	return (hash & 0xffffffffULL) * homes >> 32;
}

/** ng_live_tagged() - @meta with the tag of this hash */
static inline __u64 ng_live_tagged(__u64 meta, __u64 hash)
{
	return meta | (hash & ~0xffffffffULL);
}

/** ng_live_filter() - index of the filter's element for this home */
static inline __u64 ng_live_filter(__u64 home, __u64 homes)
{
	return NG_LIVE_BUCKETS + homes + NG_LIVE_PROBES - 1 + home / NG_LIVE_FILTERED;
}

/** ng_live_filter_word() - index of the word in that element */
static inline __u64 ng_live_filter_word(__u64 home)
{
	return home / (NG_LIVE_FILTERED / 8) & 7;
}

/** ng_live_filtered() - the bits that an entry with this hash sets in that word */
static inline __u64 ng_live_filtered(__u64 hash)
{
	return 1ULL << (hash >> 32 & 63) | 1ULL << (hash >> 38 & 63);
}

#endif
