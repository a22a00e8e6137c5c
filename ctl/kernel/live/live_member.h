/* SPDX-License-Identifier: GPL-2.0-only */
/* A live entry, as those see it who do not know the table. */
#ifndef NG_LIVE_MEMBER_H
#define NG_LIVE_MEMBER_H

#include <linux/types.h>

#include "net/ip.h"

#define NG_LIVE_FOR_GOOD 0

/**
 * struct ng_live_member - a live entry
 * @until: CLOCK_BOOTTIME, ns, at which it expires, or NG_LIVE_FOR_GOOD
 */
struct ng_live_member {
	struct ng_prefix prefix;
	__u64 until;
};

/**
 * enum ng_live_change - what an addition changed
 * @NG_LIVE_ADDED:     it was no member, or had expired
 * @NG_LIVE_CHANGED:   it was to expire at another time
 * @NG_LIVE_UNCHANGED: nothing
 * @NG_LIVE_HELD:      nothing that programs see: another owner wants it longer
 */
enum ng_live_change { NG_LIVE_ADDED, NG_LIVE_CHANGED, NG_LIVE_UNCHANGED, NG_LIVE_HELD };

#endif
