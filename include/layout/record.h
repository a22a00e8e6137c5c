/* SPDX-License-Identifier: GPL-2.0-only */
/* Records of single packets: written by the programs, for watch and capture */
#ifndef NG_LAYOUT_RECORD_H
#define NG_LAYOUT_RECORD_H

#include <linux/types.h>

#include "layout/key.h"
#include "layout/image.h"

/*
 * What is recorded while somebody reads: packets of rules marked `log`, each rule within its own
 * limit, or what the reader asks for instead, all of it within one.
 */
#define NG_WATCH_LOG	    (1ULL << 0) /* of rules marked `log`; without the others */
#define NG_WATCH_DROPPED    (1ULL << 1)
#define NG_WATCH_INVALID    (1ULL << 2)
#define NG_WATCH_DECIDED    (1ULL << 3) /* by what counts in the slot NG_WATCH_SLOT_SHIFT */
#define NG_WATCH_ALL	    (1ULL << 4)
#define NG_WATCH_FILTER	    (1ULL << 5) /* of the above, what struct ng_filter lets through */
#define NG_WATCH_RATE_SHIFT 8		/* records per second */
#define NG_WATCH_RATE	    0xfffffULL
#define NG_WATCH_SLOT_SHIFT 32
#define NG_WATCH_RATE_USUAL 100 /* also of `log` without a number */

/**
 * struct ng_limit - how many records may still be made; an element for each slot of a counter
 * @until: CLOCK_BOOTTIME, ns: the end of the second that @left is for
 * @left:  records
 * @tick:  the kernel's jiffies when none were left: the clock is read again when they have changed
 */
struct ng_limit {
	__u64 until;
	__u32 left;
	__u32 tick;
};

/**
 * struct ng_filter - begins the map of that name: conditions, compiled as those of a rule
 * @directions: bit 1 << enum ng_direction
 * @reserved:   0
 * @entries:    by class: struct ng_entry4 or ng_entry6, any of which may match. What belongs to
 *              them follows, as in an image; offsets are from here on
 */
struct ng_filter {
	__u32 directions;
	__u32 reserved[3];
	struct ng_list entries[NG_CLASSES];
};
#define NG_FILTER_SIZE (64U << 10) /* of all of it; NG_IMAGE_SLACK more can be read */

#define NG_RECORD_BYTES 200	   /* of the frame */
#define NG_RECORDS_SIZE (1U << 20) /* of the ring buffer */

/**
 * struct ng_record - one packet
 * @time:    CLOCK_BOOTTIME, ns
 * @image:   ng_image_header.created of the image that decided
 * @ifindex: where it came or leaves
 * @length:  on the wire; of it the first @captured bytes are in @data
 * @rule:    that decided, from 1; 0 unless @decider is NG_BY_RULE
 * @log:     the rule marked `log` for which this was written; 0: the reader asked
 * @packets: of an aggregate
 * @tag_proto, @tag_tci: 802.1Q tag that stands beside the frame, both host order; 0 if there is
 * none
 * @drop, @decider, @reason: as in struct ng_decision
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
	__u8 drop;
	__u8 decider;
	__u8 reason;
	__u8 direction;
	__u8 data[NG_RECORD_BYTES];
};
_Static_assert(sizeof(struct ng_record) == 248, "with its head in the ring a record has 256 bytes");

#endif
