/* SPDX-License-Identifier: GPL-2.0-only */
/* One packet on its way through the program: what was read, compared and decided. */
#ifndef NG_SCRATCH_BPF_H
#define NG_SCRATCH_BPF_H

#include "bpf/image.bpf.h"
#include "bpf/parse.bpf.h"

/**
 * struct ng_live_search - while live entries are looked up
 * @next:  number of the next struct ng_lookup; the one before it is at work
 * @marks: of its prefixes that are still to be looked for, the upper half first
 */
struct ng_live_search {
	__u64 next;
	__u64 marks[2];
};

/**
 * struct ng_match_search - the matches of one entry, compared step by step
 * @match: offset of the struct ng_match in hand
 * @left:  matches that are left of the entry, the one in hand among them; 0: no entry is in hand
 * @bounds: of the match in hand that are still to be searched
 * @below: of its bounds that are not above the number
 */
struct ng_match_search {
	__u32 match;
	__u32 left;
	__u32 bounds;
	__u32 below;
};

/**
 * struct ng_slow_scan - how far ng_slow_step() compared the leaves
 * @leaf:    index of the next leaf
 * @wanted:  bit i: leaf @leaf + i is to be compared
 * @logged:  number of a `count` rule marked `log` that matched; 0: none did
 * @entry:   offset of the next entry; @entries are left of the leaf in hand
 * @matches: of the entry in hand; @outcome: its NG_OUTCOME_*
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
 * struct ng_filter_scan - how far a packet was compared with the filter of who reads records
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
 * struct ng_scratch - what is known of the packet in hand
 * @outcome:   NG_OUTCOME_* of the best entry that matched, 0: none did
 * @rule:   its rule; without one a number behind all rules
 * @packets, @bytes: what is counted
 * @action, @slot: of the rule that decided
 * @leaves: node words of the leaves that the packet came to, one a tree; the last: `count` rules
 *
 * The members of the union follow each other in time.
 *
 * Aligned so that it never has the low 12 bits of a frame's address, which drivers put 256 bytes
 * behind the beginning of a page or half a page: processors take a load behind such a store to
 * depend on it.
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
		struct ng_live_search live; /* while live entries are looked up */
		struct {
			__u64 leaves[NG_TREES_MAX + 1];
			struct ng_slow_scan slow;
		};
		struct ng_filter_scan filter; /* when all else is done */
	};
} __attribute__((aligned(512)));

/*
 * An element for each possible CPU (max_entries is set when the program is opened); a map of each
 * loaded program's own, not pinned, so a test run never disturbs a program at work. Both hooks run
 * with softirqs disabled, so no packet comes between on the same CPU; where that is not enough, see
 * ng_config.preemptible. An ARRAY, since only newer kernels look PERCPU_ARRAYs up in line;
 * mmapable, so that elements begin with a cache line.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct ng_scratch);
	__uint(map_flags, BPF_F_MMAPABLE);
} ng_scratches SEC(".maps");

/**
 * struct ng_scan - what else a packet's way needs, on the stack: maps cannot hold pointers
 * @image: the image in force
 * @row:   this CPU's counters
 */
struct ng_scan {
	const void *image;
	void *row;
	struct ng_scratch *scratch;
};

#endif
