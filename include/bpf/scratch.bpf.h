/* SPDX-License-Identifier: GPL-2.0-only */
/* The state of one packet in the program: what was read, compared and decided. */
#ifndef NG_SCRATCH_BPF_H
#define NG_SCRATCH_BPF_H

#include "bpf/image.bpf.h"
#include "bpf/parse.bpf.h"

/**
 * struct ng_live_search - state of looking up live entries
 * @next:  number of the next struct ng_lookup; the one before it is being looked up
 * @marks: marks of its prefix lengths that are left, the upper half first
 */
struct ng_live_search {
	__u64 next;
	__u64 marks[2];
};

/**
 * struct ng_match_search - state of checking the matches of one entry
 * @match: offset of the current struct ng_match
 * @left:  number of matches left, including the current one; 0: there is no current entry
 * @bounds: number of its bounds left to search
 * @below: number of its bounds found to be not above the number
 */
struct ng_match_search {
	__u32 match;
	__u32 left;
	__u32 bounds;
	__u32 below;
};

/**
 * struct ng_slow_scan - state of ng_slow_step()
 * @leaf:    index of the next leaf
 * @wanted:  bit i: leaf @leaf + i has to be compared
 * @logged:  number of a matching `count` rule that is marked `log`; 0: none
 * @entry:   offset of the next entry; @entries are left in the current leaf
 * @matches: those of the current entry; @outcome: its NG_OUTCOME_*
 */
struct ng_slow_scan {
	__u32 leaf;
	__u32 wanted;
	__u32 logged;
	__u32 entry;
	__u32 entries;
	struct ng_match_search matches;
	__u64 outcome;
};

/**
 * struct ng_filter_scan - state of comparing a packet with the filter of a reader
 * @entry: offset of the next entry; @entries are left
 * @holds: an entry matched
 */
struct ng_filter_scan {
	__u32 entry;
	__u32 entries;
	struct ng_match_search matches;
	__u32 holds;
};

/**
 * struct ng_flow_search - the conversation that a packet may belong to
 * @key:      as the packet that left had it
 * @timeouts: of the image in force
 * @copy:     room for a header
 */
struct ng_flow_search {
	struct ng_flow_key key;
	__u32 timeouts[NG_FLOW_STATES];
	union ng_copy copy;
};

/**
 * struct ng_scratch - the state of the current packet
 * @outcome: NG_OUTCOME_* of the first entry, by rule, that matched; 0: none
 * @rule:   its rule; without one, a number above all rules
 * @packets, @bytes: to be counted
 * @action, @slot: of what decided
 * @leaves: node words of the leaves for this packet, one for each tree; the last: `count` rules
 *
 * The members of the union are used one after the other.
 *
 * The alignment keeps its address from having the same low 12 bits as that of a frame, which
 * drivers put 256 bytes after the beginning of a page or half a page: processors would take a load
 * for dependent on a store with the same low bits.
 */
struct ng_scratch {
	struct ng_packet packet;
	__u64 outcome;
	__u64 rule;
	__u32 packets, bytes;
	__u32 action;
	__u32 slot;
	union {
		union ng_copy copy;	    /* while the frame is read */
		struct ng_flow_search flow; /* before rules are compared, and when all is decided */
		struct ng_live_search live; /* while live entries are looked up */
		struct {
			__u64 leaves[NG_TREES_MAX + 1];
			struct ng_slow_scan slow;
		};
		struct ng_filter_scan filter; /* when all else is done */
	};
} __attribute__((aligned(512)));

/* All ones when @x is not 0, else 0. */
static __always_inline __u64 ng_all_if(__u64 x)
{
	return -((x | -x) >> 63);
}

/* ng_packets() - how many the frame is on the wire */
static __always_inline __u32 ng_packets(const struct ng_scratch *scratch)
{
	return NG_AGGREGATES ? scratch->packets : 1;
}

/*
 * An element for each possible CPU (max_entries is set when the program is opened). Each loaded
 * program has its own map, not pinned, so a test run never disturbs an attached program. Both hooks
 * run with softirqs disabled, so packets on a CPU do not interrupt each other; where that is not
 * enough, see ng_config.preemptible. An ARRAY, since only newer kernels inline lookups in
 * PERCPU_ARRAYs; mmapable, so that elements begin at a cache line.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct ng_scratch);
	__uint(map_flags, BPF_F_MMAPABLE);
} ng_scratches SEC(".maps");

/**
 * struct ng_scan - pointers for the current packet, on the stack: maps cannot hold them
 * @image: the image in force
 * @row:   this CPU's counters
 */
struct ng_scan {
	const void *image;
	void *row;
	struct ng_scratch *scratch;
};

#endif
