/* SPDX-License-Identifier: GPL-2.0-only */
/* Records of single packets: written by programs, for watch, capture and top */
#ifndef NG_LAYOUT_RECORD_H
#define NG_LAYOUT_RECORD_H

#include <linux/types.h>

#include "layout/key.h"
#include "layout/image.h"

/*
 * What is recorded while there is a reader: packets of rules marked `log`, each rule with a limit
 * of its own, or the packets that the reader selects instead, with one limit for all.
 */
#define NG_WATCH_LOG	    (1ULL << 0) /* packets of rules marked `log`; excludes the next four */
#define NG_WATCH_DROPPED    (1ULL << 1)
#define NG_WATCH_INVALID    (1ULL << 2)
#define NG_WATCH_DECIDED    (1ULL << 3) /* decided by the slot at NG_WATCH_SLOT_SHIFT */
#define NG_WATCH_ALL	    (1ULL << 4)
#define NG_WATCH_FILTER	    (1ULL << 5) /* of these, only packets that match struct ng_filter */
#define NG_WATCH_RATE_SHIFT 8		/* records per second */
#define NG_WATCH_RATE	    0xfffffULL
#define NG_WATCH_SLOT_SHIFT 32
#define NG_WATCH_RATE_USUAL 100 /* default, also of `log` without a number */

/**
 * struct ng_limit - how many records may still be written; indexed by slot
 * @until: CLOCK_BOOTTIME, ns: end of the second for which @left is valid
 * @left:  number of records
 * @tick:  jiffies when none were left: the clock is not read again until they change
 */
struct ng_limit {
	__u64 until;
	__u32 left;
	__u32 tick;
};

/**
 * struct ng_filter - the beginning of the map ng_filter: conditions, compiled like those of rules
 * @directions: bit 1 << enum ng_direction
 * @reserved:   0
 * @entries:    by class: struct ng_entry4 or ng_entry6, any of which may match. What they refer to
 *              follows, as in an image; offsets are from the beginning of this structure
 */
struct ng_filter {
	__u32 directions;
	__u32 reserved[3];
	struct ng_list entries[NG_CLASSES];
};
#define NG_FILTER_SIZE (64U << 10) /* maximum; NG_IMAGE_SLACK more can be read */

#define NG_RECORD_BYTES 200	   /* of the frame */
#define NG_RECORDS_SIZE (1U << 20) /* of the ring buffer */

/**
 * struct ng_record - one packet
 * @time:    CLOCK_BOOTTIME, ns
 * @image:   ng_image_header.created of the image that decided
 * @ifindex: interface where it arrived or leaves
 * @length:  on the wire; the first @captured bytes are in @data
 * @rule:    the rule that decided, from 1; 0 unless @decider is NG_BY_RULE
 * @log:     the rule marked `log` for which this was written; 0: the reader selected it
 * @packets: number of packets: more than 1 for an aggregate
 * @tag_proto, @tag_tci: 802.1Q tag in metadata, both in host order; 0: there is none
 * @drop, @decider, @reason, @over: as in struct ng_decision
 * @direction: enum ng_direction
 */
struct ng_record {
	__u64 time;
	__u64 image;
	__u32 ifindex;
	__u32 length, captured;
	__u32 rule;
	__u32 log;
	__u32 packets;
	__u16 tag_proto, tag_tci;
	__u8 drop : 1, over : 1;
	__u8 decider;
	__u8 reason;
	__u8 direction;
	__u8 data[NG_RECORD_BYTES];
};
_Static_assert(sizeof(struct ng_record) == 248, "with its head in the ring a record has 256 bytes");

#endif
