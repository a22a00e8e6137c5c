/* SPDX-License-Identifier: GPL-2.0-only */
/* The live table: entries of sets that come and go without a new image */
#ifndef NG_LAYOUT_LIVE_H
#define NG_LAYOUT_LIVE_H

#include <linux/types.h>

#include "layout/key.h"
#include "layout/siphash.h"

#define NG_LIVE_ROWS	256    /* names of sets that the live table knows at a time */
#define NG_LIVE_NO_ROW	0xffff /* what has no live entries */
#define NG_LIVE_BLOCKED 0      /* the row of @blocked, which is always there */

/*
 * The live entries of all sets: an array of elements of one cache line, inside a map of maps so
 * that a larger one takes its place at one instant. Only commands write it, under the lock and
 * through a mapping, while programs read it. The elements are, in this order:
 *
 *	NG_LIVE_ROWS	struct ng_live_row
 *	NG_LIVE_ROWS	struct ng_live_name, of the same rows
 *	1		struct ng_live_head
 *	buckets		struct ng_live_bucket
 *	buckets / 64	struct ng_live_filter, rounded up
 *
 * All of them are a power of two, because to that the kernel rounds the maps of a process without
 * CAP_PERFMON; so the number of buckets is none (ng_live_buckets()).
 *
 * An entry stands in the bucket that its hash names, or in one of the next NG_LIVE_PROBES - 1 when
 * those before it are full: a bucket with an unused entry ends every search. The hash names none of
 * the last NG_LIVE_PROBES - 1, so that no search goes round. What an entry's key is never changes
 * in one map: so a reader that sees @meta and the key as it wants them has found it, whatever is
 * written meanwhile.
 *
 * What is in no entry is mostly found out without looking for it: the filter is small enough for
 * a cache, the buckets are not. It says of each entry that was written, whatever became of it,
 * where it would be: two bits of one word (ng_live_filtered()). Of other keys one in 20 has them.
 */

/**
 * struct ng_live_lengths - which prefix lengths a row may hold for one family
 * @marks: the marks (see struct ng_live_entry) of its prefixes, the upper half first
 */
struct ng_live_lengths {
	__u64 marks[2];
};

/**
 * struct ng_live_row - how to look an address up in the live entries of one set
 * @lengths: IPv4, IPv6 (index NG_CLASS_IPV4, NG_CLASS_IPV6)
 * @homes:   buckets that a hash names, the same in all rows
 * @key:     of ng_live_hash(), likewise
 */
struct ng_live_row {
	struct ng_live_lengths lengths[2];
	__u64 homes;
	__u64 key[2];
	__u64 pad;
};

/**
 * struct ng_live_name - whose a row is
 * @used:     0: nobody's, and without entries
 * @images:   bit 1 << enum ng_image_slot: the image there has that set
 */
struct ng_live_name {
	char name[32];
	__u32 used;
	__u32 images;
	__u64 pad[3];
};

/**
 * struct ng_live_head - what commands keep between them
 * @written:  entries that are not unused; may be too high after a killed command, never too low
 * @entries:  those that are members or expired; likewise
 * @expires:  no timed entry expires before; may be too early
 * @sweep:    bucket where the search for expired entries goes on
 * @unsettled: rows may not be what the images in force need: a publication was under way
 * @full_until: when the table was last found full, the time before which nothing in it expires
 * @buckets:  of the table, those that no hash names among them
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
 * @hi, @lo: the key: a single address as enum ng_word has it; of a prefix the bits behind it are
 *           its mark, a 1 and zeros
 * @until:   CLOCK_BOOTTIME, ns: no member from then on; 0: for good. The only word that changes
 * @meta:    0 while unused: written last, and 0 never again. NG_LIVE_STATE, what more the key is
 *           (ng_live_meta()), and in the upper half bits of the hash, so that a reader on
 *           a machine that reorders reads does not take an older key for the right one
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

#define NG_LIVE_HEAD	 (2 * NG_LIVE_ROWS) /* its element */
#define NG_LIVE_BUCKETS	 (NG_LIVE_HEAD + 1) /* the first one's */
#define NG_LIVE_PROBES	 64		    /* buckets that a search looks at, if they are full */
#define NG_LIVE_MAX	 (1U << 20)	    /* entries that are members */
#define NG_LIVE_MIN	 1024		    /* elements of the smallest table */
#define NG_LIVE_FILTERED 64		    /* buckets for each element of the filter */

#define NG_LIVE_STATE	  3ULL /* the bits of meta that tell whether the entry is a member */
#define NG_LIVE_MEMBER	  1ULL
#define NG_LIVE_DELETED	  2ULL /* may become a member again with the same key */
#define NG_LIVE_SINGLE	  (1ULL << 2)
#define NG_LIVE_ROW_SHIFT 8

/** ng_live_meta() - @class: NG_CLASS_IPV4 or _IPV6; @single: 1 an address, 0 a prefix */
static inline __u64 ng_live_meta(__u64 class, __u64 row, __u64 single)
{
	return NG_LIVE_MEMBER | single << 2 | class << 3 | row << NG_LIVE_ROW_SHIFT;
}

/**
 * ng_live_hash() - of an entry's key and its ng_live_meta(), under the table's own key
 *
 * The lower half names the home, the upper half the filter's bits and the tag. No packet and no
 * answer shows the key. How full tables may be with it: see ctl/kernel/live/live_table.c.
 */
static inline __u64 ng_live_hash(__u64 key0, __u64 key1, __u64 hi, __u64 lo, __u64 meta)
{
	return ng_siphash(key0, key1, hi, lo, meta);
}

/** ng_live_home() - the first bucket to look into for this hash, of @homes */
static inline __u64 ng_live_home(__u64 hash, __u64 homes)
{
	return (hash & 0xffffffffULL) * homes >> 32;
}

/** ng_live_tagged() - the meta word of a member whose key has this hash */
static inline __u64 ng_live_tagged(__u64 meta, __u64 hash)
{
	return meta | (hash & ~0xffffffffULL);
}

/** ng_live_filter() - the element of the filter for this home; @homes: of the table */
static inline __u64 ng_live_filter(__u64 home, __u64 homes)
{
	return NG_LIVE_BUCKETS + homes + NG_LIVE_PROBES - 1 + home / NG_LIVE_FILTERED;
}

/** ng_live_filter_word() - which word of the element */
static inline __u64 ng_live_filter_word(__u64 home)
{
	return home / (NG_LIVE_FILTERED / 8) & 7;
}

/** ng_live_filtered() - the bits of that word that stand for an entry with this hash */
static inline __u64 ng_live_filtered(__u64 hash)
{
	return 1ULL << (hash >> 32 & 63) | 1ULL << (hash >> 38 & 63);
}

#endif
