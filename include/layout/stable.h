/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What never changes: the part of the layout by which later versions take over a filter that an
 * earlier one attached (ctl/kernel/upgrade.h), and by which earlier versions recognise a filter
 * that they must not touch. Everything else may change with NG_LAYOUT_VERSION.
 *
 *  - These pins: `control`; in `gen-N`: `images`, `counters`, `baseline`, `live`, IFINDEX-HOOK,
 *    IFINDEX-HOOK-link; map-ID; IFINDEX-changing, IFINDEX-qdisc. The folder is the lock.
 *  - The control map: 64 bytes, version and generation in the first eight. The meaning of a word
 *    never changes: programs of two layouts use the map at the same time. New words are taken from
 *    the reserved ones; in them 0 stands for the behaviour from before.
 *  - The rows of counters, and the meaning of slots.
 *  - Of an image, what only the command reads: the ruleset's text, the rules with their slots, the
 *    prefixes of sets. From layout 9 on these are in the image's source, a map of its own whose id
 *    the image names; before, they were parts of the image, and offsets counted from its start.
 *    Likewise, from layout 9 on, counters and buckets of rules with a rate, in the image.
 *    That the rule language is stable is promised to users anyway.
 *  - Of the live table, the names of rows and the entries; not how they are found.
 *  - The beginning of a program's configuration.
 *
 * The numbers here are literal on purpose: changing one of them breaks upgrades.
 */
#ifndef NG_STABLE_H
#define NG_STABLE_H

#include "layout/config.h"
#include "layout/control.h"
#include "layout/counters.h"
#include "layout/image.h"
#include "layout/live.h"
#include "layout/version.h"

/* The first layout with these properties. */
#define NG_LAYOUT_FIRST 3

#define NG_STABLE(condition) _Static_assert(condition, "this never changes: see stable.h")
#define NG_STABLE_AT(type, member, offset) \
	NG_STABLE(__builtin_offsetof(struct type, member) == (offset))

NG_STABLE(NG_LAYOUT_VERSION >= NG_LAYOUT_FIRST);

NG_STABLE(sizeof(struct ng_control) == 64);
NG_STABLE_AT(ng_control, version, 0);
NG_STABLE_AT(ng_control, generation, 4);
NG_STABLE_AT(ng_control, live, 8);
NG_STABLE_AT(ng_control, window, 16);
NG_STABLE_AT(ng_control, trial, 24);
NG_STABLE_AT(ng_control, watch, 40);
NG_STABLE_AT(ng_control, lease, 48);
NG_STABLE(NG_WINDOW_EXPIRED == 1);

/* ng_counters: an element for each CPU, with all slots; ng_baseline: an element for each slot. */
NG_STABLE(sizeof(struct ng_counter) == 16);
NG_STABLE_AT(ng_counter, packets, 0);
NG_STABLE_AT(ng_counter, bytes, 8);
NG_STABLE(NG_SLOT_DEFAULT_IN == 0 && NG_SLOT_DEFAULT_OUT == 1 && NG_SLOT_NON_IP == 2);
NG_STABLE(NG_SLOT_EXEMPT == 3 && NG_SLOT_BLOCKED == 4);
NG_STABLE(NG_SLOT_LOG_LIMITED == 5 && NG_SLOT_LOG_FULL == 6);
NG_STABLE(NG_SLOT_INVALID == 16 && NG_SLOT_TOTALS == 64 && NG_SLOT_RULES == 1024);
NG_STABLE(NG_VLAN_DEPTH == 1 && NG_VLAN_TRUNCATED == 2 && NG_L3_TRUNCATED == 3);
NG_STABLE(NG_IP_VERSION == 4 && NG_IP_HEADER_LENGTH == 5 && NG_IP_LENGTH == 6);
NG_STABLE(NG_OPTIONS_TRUNCATED == 7 && NG_EXT_TRUNCATED == 8 && NG_EXT_DEPTH == 9);
NG_STABLE(NG_FRAGMENT_TCP_OFFSET == 10 && NG_FRAGMENT_TINY == 11);

NG_STABLE(NG_IMAGE_CURRENT == 0 && NG_IMAGE_PREVIOUS == 1);
NG_STABLE(NG_IMAGE_MAGIC == 0x6e67696d);
NG_STABLE(sizeof(struct ng_list) == 8);
NG_STABLE_AT(ng_list, offset, 0);
NG_STABLE_AT(ng_list, count, 4);
NG_STABLE_AT(ng_image_header, magic, 0);
NG_STABLE_AT(ng_image_header, version, 4);
NG_STABLE_AT(ng_image_header, size, 8);
NG_STABLE_AT(ng_image_header, created, 16);
NG_STABLE_AT(ng_image_header, source, 24);
NG_STABLE_AT(ng_image_header, source_id, 32);
#define NG_STABLE_HEADER 48 /* bytes of an image's header */

/* The first layout with a source; before, @text, @rules and @sets were as here, but in the image.
 */
#define NG_LAYOUT_SOURCE 9
NG_STABLE(NG_SOURCE_MAGIC == 0x6e677372);
NG_STABLE_AT(ng_image_source, magic, 0);
NG_STABLE_AT(ng_image_source, version, 4);
NG_STABLE_AT(ng_image_source, size, 8);
NG_STABLE_AT(ng_image_source, created, 16);
NG_STABLE_AT(ng_image_source, text, 24);
NG_STABLE_AT(ng_image_source, rules, 32);
NG_STABLE_AT(ng_image_source, sets, 40);
NG_STABLE(sizeof(struct ng_image_rule) == 16);
NG_STABLE_AT(ng_image_rule, slot, 0);
NG_STABLE_AT(ng_image_rule, text, 8);
/* From layout 9 on; the word was 0 before. */
NG_STABLE_AT(ng_image_header, limiters, 48);
NG_STABLE(sizeof(struct ng_limiter) == 64);
NG_STABLE_AT(ng_limiter, slot, 48);
NG_STABLE_AT(ng_limiter, over, 52);
NG_STABLE_AT(ng_limiter, bucket, 56);
NG_STABLE(sizeof(struct ng_image_set) == 48);
NG_STABLE_AT(ng_image_set, name, 0);
NG_STABLE_AT(ng_image_set, ipv4, 32);
NG_STABLE_AT(ng_image_set, ipv6, 40);

/*
 * Elements of the live table, which is the only map in ng_live: names from 256 on, the head,
 * buckets from 513 on: as many as the head says; if that is 0, as before layout 6, the largest
 * power of two that fits. Other elements may follow.
 */
NG_STABLE(NG_LIVE_ELEMENT == 64 && NG_LIVE_ROWS == 256 && NG_LIVE_BUCKETS == 513);
NG_STABLE(NG_LIVE_BLOCKED == 0);
NG_STABLE_AT(ng_live_name, name, 0);
NG_STABLE_AT(ng_live_name, used, 32);
NG_STABLE(NG_LIVE_HEAD == 512);
NG_STABLE_AT(ng_live_head, buckets, 56);
NG_STABLE(sizeof(struct ng_live_bucket) == 64 && sizeof(struct ng_live_entry) == 32);
NG_STABLE_AT(ng_live_entry, hi, 0);
NG_STABLE_AT(ng_live_entry, lo, 8);
NG_STABLE_AT(ng_live_entry, until, 16);
NG_STABLE_AT(ng_live_entry, meta, 24);
NG_STABLE(NG_LIVE_STATE == 3 && NG_LIVE_MEMBER == 1);
NG_STABLE(NG_LIVE_SINGLE == 4 && NG_CLASS_IPV4 == 0 && NG_CLASS_IPV6 == 1);
NG_STABLE(NG_LIVE_ROW_SHIFT == 8);

/*
 * From layout 9 on: buckets, and the map of their tables; how times and tags are written, see
 * limit.h, does not change either.
 */
NG_STABLE(NG_BUCKETS == 4096);
NG_STABLE(sizeof(struct ng_bucket) == 64 && sizeof(struct ng_limit_line) == 64);
NG_STABLE_AT(ng_bucket, full_at, 0);
NG_STABLE_AT(ng_bucket, key, 8);
NG_STABLE_AT(ng_bucket, lines, 40);
NG_STABLE(NG_LIMIT_WAYS == 8 && NG_LIMIT_TIME_BITS == 40);

/* Owners of entries, from this layout on. Before, those bits of ng_live_entry.until are time. */
#define NG_LAYOUT_OWNERS 9
NG_STABLE(NG_LIVE_OWNERS == 128 && NG_LIVE_OWNER_LEN == 24);
NG_STABLE_AT(ng_live_name, owner, 40);
NG_STABLE(NG_LIVE_CLAIM_SHIFT == 16);
NG_STABLE(NG_LIVE_OWNER == 127 && NG_LIVE_SHARED == 128 && NG_LIVE_NEVER_ENDS == ~255ULL);

/* The variable ng_config in a program's read-only data. */
NG_STABLE_AT(ng_config, iface, 0);
NG_STABLE_AT(ng_config, first_generation, 16);
NG_STABLE_AT(ng_config, last_generation, 20);
NG_STABLE_AT(ng_config, attachment, 24);
NG_STABLE_AT(ng_config, direction, 28);
#define NG_STABLE_CONFIG 32 /* bytes of it */

#endif
