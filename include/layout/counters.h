/* SPDX-License-Identifier: GPL-2.0-only */
/* What decided a packet, and where it is counted */
#ifndef NG_LAYOUT_COUNTERS_H
#define NG_LAYOUT_COUNTERS_H

#include <linux/types.h>

enum ng_decider {
	NG_BY_RULE,
	NG_BY_DEFAULT,
	NG_BY_INVALID,
	NG_BY_NON_IP,
	NG_BY_EXEMPT,
	NG_BY_BLOCKED,
};

/* Why a frame is invalid; the first reason found while reading counts. */
enum ng_reason {
	NG_VALID,
	NG_VLAN_DEPTH,
	NG_VLAN_TRUNCATED,
	NG_L3_TRUNCATED,
	NG_IP_VERSION,
	NG_IP_HEADER_LENGTH,
	NG_IP_LENGTH,
	NG_OPTIONS_TRUNCATED,
	NG_EXT_TRUNCATED,
	NG_EXT_DEPTH,
	NG_FRAGMENT_TCP_OFFSET,
	NG_FRAGMENT_TINY,
	NG_REASONS
};

/* clang-format off */
#define NG_REASON_NAMES {				\
	[NG_VALID]		 = "valid",		\
	[NG_VLAN_DEPTH]		 = "vlan-depth",	\
	[NG_VLAN_TRUNCATED]	 = "vlan-truncated",	\
	[NG_L3_TRUNCATED]	 = "l3-truncated",	\
	[NG_IP_VERSION]		 = "ip-version",	\
	[NG_IP_HEADER_LENGTH]	 = "ip-header-length",	\
	[NG_IP_LENGTH]		 = "ip-length",		\
	[NG_OPTIONS_TRUNCATED]	 = "options-truncated",	\
	[NG_EXT_TRUNCATED]	 = "ext-truncated",	\
	[NG_EXT_DEPTH]		 = "ext-depth",		\
	[NG_FRAGMENT_TCP_OFFSET] = "fragment-tcp-offset", \
	[NG_FRAGMENT_TINY]	 = "fragment-tiny",	\
}
/* clang-format on */

/**
 * struct ng_decision - the decision about one frame; see struct ng_trace
 * @drop:    1 drop, 0 pass
 * @decider: enum ng_decider
 * @reason:  enum ng_reason of the frame, whatever decided
 * @over:    the rule is a `limit`, and the frame was over its rate
 * @rule:    number of the rule that decided, from 1; 0 unless @decider is NG_BY_RULE
 * @packets, @bytes: what was counted
 */
struct ng_decision {
	__u8 drop;
	__u8 decider;
	__u8 reason;
	__u8 over;
	__u32 rule;
	__u64 packets;
	__u64 bytes;
};

/* ---- counters -------------------------------------------------------------------------- */

struct ng_counter {
	__u64 packets;
	__u64 bytes;
};

/*
 * A row of struct ng_counter for each possible CPU, indexed by slot. The first slots are fixed; a
 * rule keeps its slot as long as its text is the same.
 */
enum ng_slot {
	NG_SLOT_DEFAULT_IN,
	NG_SLOT_DEFAULT_OUT,
	NG_SLOT_NON_IP,
	NG_SLOT_EXEMPT,
	NG_SLOT_BLOCKED,
	NG_SLOT_LOG_LIMITED,  /* packets without a record: over the limit of records a second */
	NG_SLOT_LOG_FULL,     /* likewise: the ring buffer was full */
	NG_SLOT_INVALID = 16, /* + enum ng_reason */
	NG_SLOT_TOTALS = 64,  /* + 2 * attachment + (0 passed, 1 dropped) */
	NG_SLOT_RULES = 1024,
};
#define NG_ATTACHMENTS_MAX 480
_Static_assert(NG_SLOT_TOTALS + 2 * NG_ATTACHMENTS_MAX == NG_SLOT_RULES, "totals end at rules");
_Static_assert(NG_SLOT_INVALID + NG_REASONS <= NG_SLOT_TOTALS, "reasons end at totals");

#define NG_SLOTS_MIN 2048 /* a power of two; doubled as rulesets grow */

#endif
