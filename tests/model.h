/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * docs/semantics.md as a plain program: the verdict for a frame under a ruleset. It was written
 * from that page alone, to be read beside it: it shares no code with the BPF programs, so that the
 * two can be compared.
 */
#ifndef NG_TEST_MODEL_H
#define NG_TEST_MODEL_H

#include "layout/counters.h"
#include "model_limit.h"
#include "rules/ruleset.h"

/**
 * struct model_frame - a frame and how it arrived
 * @bytes, @len: from the Ethernet header on, at least 14 bytes
 * @iface:    the interface for `on IFACE`; "": none
 * @tagged:   at TC: a VLAN tag is in the metadata, with the fields @tag_tci
 * @segments: at TC: packets of an aggregate, each with @segment_size bytes of payload; 0 or 1
 *            is a single packet
 * @time:     when it arrived, ns, by the clock that rates are measured with
 * @boot:     the same by CLOCK_BOOTTIME
 * @utc:      the same in seconds since the epoch
 * @tick:     the same for flows, see layout/flows.h
 */
struct model_frame {
	const uint8_t *bytes;
	size_t len;
	enum ng_direction direction;
	const char *iface;
	bool tagged;
	uint16_t tag_tci;
	uint32_t segments, segment_size;
	uint64_t time, boot, utc, tick;
};

/**
 * struct model_live_entry - an entry of `block` or `set add`, which is not part of a ruleset
 * @set:   without '@'
 * @until: CLOCK_BOOTTIME, ns, when it expires; 0: permanent
 */
struct model_live_entry {
	char set[NG_SET_NAME_LEN];
	struct ng_prefix prefix;
	uint64_t until;
};

struct model_live {
	const struct model_live_entry *entries;
	size_t n;
};

/**
 * struct model_rules - what decides frames
 * @live:  NULL: no set has live entries
 * @buckets: of rules with a rate; NULL: all are always full
 * @flows: NULL: no packet is established, and none is noted
 * @index: that of @ruleset, which makes large rulesets fast and changes no result; NULL: try every
 *         rule and compare every prefix
 */
struct model_rules {
	const struct ng_ruleset *ruleset;
	const struct model_live *live;
	struct model_flows *flows;
	const struct model_index *index;
	struct model_buckets *buckets;
};

/** struct model_counted - the `count` and `limit` rules that matched, by index; the caller has room
 * for all */
struct model_counted {
	size_t *list;
	size_t n;
};

/** model_decide() - decide one frame; @counted may be NULL */
void model_decide(const struct model_rules *rules, const struct model_frame *frame,
		  struct ng_decision *decision, struct model_counted *counted);

#define MODEL_SLOTS (NG_SLOT_TOTALS + 2)

/**
 * struct model_counters - what the decisions of many frames add up to
 * @fixed: by enum ng_slot: the fixed slots, with the totals of one attachment
 * @rules: one for each rule, of whatever verdict; owned
 * @over:  likewise: packets over the rate of a `limit` rule
 */
struct model_counters {
	struct ng_counter fixed[MODEL_SLOTS];
	struct ng_counter *rules, *over;
	size_t n_rules;
};

/** model_counters_init() - all zero, for a ruleset of @n_rules; 0 or -ENOMEM */
int model_counters_init(struct model_counters *counters, size_t n_rules);
void model_counters_clear(struct model_counters *counters);

/** model_count() - add one frame, as model_decide() decided it */
void model_count(struct model_counters *counters, enum ng_direction direction,
		 const struct ng_decision *decision, const struct model_counted *counted);

#endif
