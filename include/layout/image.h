/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The image of a ruleset: written by the command, read by programs. What only the command reads is
 * its source, which is in a map of its own (struct ng_image_source).
 */
#ifndef NG_LAYOUT_IMAGE_H
#define NG_LAYOUT_IMAGE_H

#include <linux/types.h>

#include "layout/flow_state.h"
#include "layout/hosts.h"
#include "layout/key.h"
#include "layout/limit.h"

/* Slots of the map of images. */
enum ng_image_slot { NG_IMAGE_CURRENT, NG_IMAGE_PREVIOUS, NG_IMAGE_SLOTS };

#define NG_IMAGE_MAGIC 0x6e67696dU /* "ngim" */
#define NG_IMAGE_MIN   (64U << 10) /* smallest capacity; a capacity is a power of two */
#define NG_IMAGE_MAX   (1U << 30)
/*
 * The value of an image's map is longer than the capacity by this much, so that reading up to
 * NG_IMAGE_SLACK bytes at (offset & (capacity - 8)) stays inside.
 */
#define NG_IMAGE_SLACK (32U << 10)

struct ng_list {
	__u32 offset; /* of the first element, from the start of the image, a multiple of 8 */
	__u32 count;
};

#define NG_LOOKUPS_MAX 64 /* pairs of (set, source or destination) that a ruleset may use */

#define NG_TREES_MAX	   6
#define NG_LEVELS_TOGETHER 12 /* at most so many steps are taken in all trees together */
#define NG_LEVELS_MAX	   24 /* no tree is deeper */

/**
 * struct ng_forest - the rules for frames of one kind, as trees
 * @trees:  number of @roots in use; 0: there are no rules that decide
 * @levels: number of steps that are taken in all trees together; deeper levels tree by tree
 * @rule_shift: see NG_LEAF_RANK
 * @roots:  node words, see NG_NODE_*; each rule that decides is in the leaves of one tree
 * @count:  node word of the tree of `count` rules; 0: there are none
 */
struct ng_forest {
	__u8 trees;
	__u8 levels;
	__u8 rule_shift;
	__u8 pad[5];
	__u64 roots[NG_TREES_MAX];
	__u64 count;
};
_Static_assert(sizeof(struct ng_forest) == 64, "ng_forest is one cache line");

/**
 * struct ng_image_header - the beginning of an image
 * @size:    bytes of the image, without its source
 * @source:  where the source is in memory, from the start of the image: after it, a multiple of
 *           NG_SOURCE_ALIGN
 * @source_id: the id of the map with the source; 0: not in the kernel yet
 * @log_limits: struct ng_log_limit for each rule, the end of the image; empty when no rule is
 * marked `log`
 * @limiters: struct ng_limiter, for rules with a rate
 * @reserved: 0
 * @tries:   number of @lookups up to the last one that has prefixes in the image
 * @blocked: bits of NG_WORD_SETS for which an incoming frame is dropped before any rule: the
 *           implicit `drop from @blocked`
 * @forests: by direction (enum ng_direction) and enum ng_class
 * @drop_default: by direction: 1 drop, 0 pass
 * @reads_vlan: a rule for incoming frames has a condition on tags; @decides_out: a rule is for
 *              outgoing frames
 * @logs_counted: a `count` rule is marked `log`
 * @established: a rule has the condition `established`, and @flows is used
 * @cost:    by direction, class and whether the packet is invalid: estimated time of an average one
 *           in its forest, in units of NG_IMAGE_COST_NS; 0: less, or not estimated. Only for the
 *           command
 * @worst:   ns that no packet exceeds in any forest, by the same model; 0: not known. Likewise
 * @lookups: struct ng_lookup, bit i of NG_WORD_SETS is the result of the i-th
 * @changes: number of changes since it was compiled, see compile/change.h
 */
struct ng_image_header {
	__u32 magic;
	__u32 version;
	__u64 size;
	__u64 created; /* CLOCK_REALTIME, ns */
	__u64 source;
	__u32 source_id;
	__u32 changes;
	struct ng_list log_limits;
	struct ng_list limiters;
	__u64 blocked;
	__u8 drop_default[2];
	__u8 drop_invalid;
	__u8 reads_vlan;
	__u8 decides_out;
	__u8 tries;
	__u8 logs_counted;
	__u8 established;
	struct ng_list lookups;
	__u16 cost[2][NG_CLASSES][2];
	__u32 worst;
	__u32 reserved[5];
	struct ng_flow_settings flows;
	struct ng_forest forests[2][NG_CLASSES];
};
#define NG_IMAGE_COST_NS 100
#define NG_SOURCE_ALIGN	 (64U << 10) /* pages of any architecture begin there */
_Static_assert(sizeof(struct ng_image_header) == 192 + 6 * sizeof(struct ng_forest),
	       "forests begin with a cache line");

/*
 * A node word describes a node of a tree. An inner node takes a stride of bits from the key, which
 * selects the next node word from an array; a leaf is a list of entries.
 *
 *	   63..52   47..16  15  14..13  12..7    6..3   2..0
 *	  +--------+-------+---+------+-------+------+------+
 *	  | stride | array | 0 |  0   | shift | word |  0   |
 *	  +--------+-------+---+------+--+----+------+------+
 *	  |   0    | leaf  | 1 | entries |      rank        |
 *	  +--------+-------+---+---------+------------------+
 *	                        14..10           9..0
 *
 * The index into the array of node words is (key[word] >> shift) & stride; a leaf is struct
 * ng_leaf.
 *
 * Array and leaf are offsets in the image. A leaf begins with its own node word: since its stride
 * is 0, a step from a leaf stays there. So trees of different depth can be walked together.
 *
 * Each step waits for the one before. So the word's offset in the key, which has to be loaded,
 * needs no shift, and the array is found meanwhile.
 */
#define NG_NODE_WORD_SHIFT   3
#define NG_NODE_WORD_BITS    4
#define NG_NODE_SHIFT_SHIFT  7
#define NG_NODE_SHIFT_BITS   6
#define NG_NODE_LEAF	     (1ULL << 15)
#define NG_NODE_OFFSET_SHIFT 16
#define NG_NODE_STRIDE_SHIFT 52
#define NG_NODE_STRIDE_BITS  12
_Static_assert(8 << NG_NODE_STRIDE_BITS <= NG_IMAGE_SLACK,
	       "an array of node words is read with one check, that of its beginning");

/*
 * A leaf's rank is the number of its first rule >> rule_shift, so a leaf with a higher rank than
 * that of a rule that matched can be skipped. A leaf without entries has the highest rank, which no
 * rule has.
 */
#define NG_LEAF_RANK	      0x3ffULL
#define NG_LEAF_ENTRIES_SHIFT 10
#define NG_LEAF_ENTRIES	      31 /* so many or more: see struct ng_leaf */

/**
 * struct ng_leaf - rules in order: struct ng_entry4 or ng_entry6 follow
 * @self: the leaf's node word
 *
 * If there are NG_LEAF_ENTRIES or more, their number is in the 8 bytes before.
 */
struct ng_leaf {
	__u64 self;
};

/*
 * Entries of a leaf that are compared inline, after one check of the leaf's offset; the others are
 * left to bpf_loop().
 */
#define NG_LEAF_STEPS 16

/**
 * struct ng_match - a condition on one number of the key
 * @word:   enum ng_word that contains the number: (word >> @shift) & @mask
 * @wide:   1: the word before @word is the upper half of the number; 0: the upper half is 0
 * @odd:    1: the number of bounds that are not above the number must be odd; 0: even
 * @bounds: struct ng_bound, ascending; the ranges are [b0,b1) [b2,b3) …: a number is inside when an
 *          odd number of bounds is not above it; a range that ends with the largest number has no
 *          end bound
 */
struct ng_match {
	__u16 word;
	__u16 shift;
	__u16 wide;
	__u16 odd;
	__u64 mask;
	struct ng_list bounds;
};
_Static_assert(sizeof(struct ng_match) == 24, "ng_match has no holes");

struct ng_bound {
	__u64 hi, lo;
};

/* Maximum of bounds, and of the steps of a binary search in them, which the verifier must know. */
#define NG_MATCH_STEPS	12
#define NG_MATCH_BOUNDS (1U << NG_MATCH_STEPS)

enum ng_action { NG_ACTION_PASS, NG_ACTION_DROP, NG_ACTION_COUNT, NG_ACTION_LIMIT };

/*
 * Leaves take most of an image's memory, and a packet reads few of them, from far caches. So an
 * entry has only what differs from rule to rule; what many rules have in common stands in the image
 * once, and a few cache lines hold all of it that is used often.
 */

/**
 * struct ng_entry - an entry without its addresses
 * @outcome: NG_OUTCOME_*: the rule, its action and counter
 * @masks:   offset of struct ng_masks4 or ng_masks6
 * @ports:   offset of struct ng_ports
 */
struct ng_entry {
	__u64 outcome;
	__u32 masks;
	__u32 ports;
};
_Static_assert(sizeof(struct ng_entry) == 16, "ng_entry has no holes");

#define NG_OUTCOME_SLOT                                                                      \
	0xffffffffULL /* the counter's slot; of a rule with a rate, the offset of its struct \
			 ng_limiter; with NG_OUTCOME_EXTRA: that of struct ng_entry_extra */
#define NG_OUTCOME_RULE_SHIFT	32
#define NG_OUTCOME_RULE		0xffffffULL /* number of the rule, from 1 */
#define NG_OUTCOME_ACTION_SHIFT 56
#define NG_OUTCOME_ACTION	3ULL
#define NG_OUTCOME_EXTRA	(1ULL << 58)
#define NG_OUTCOME_LOG		(1ULL << 59) /* ng_image_header.log_limits has the limit */
#define NG_OUTCOME_OVER		(1ULL << 60) /* made by programs: over the rate of a `limit` */
#define NG_RULES_MAX		NG_OUTCOME_RULE

/* @addrs: the source in the lower half, the destination in the upper. */
struct ng_entry4 {
	__u64 addrs;
	struct ng_entry common;
};
_Static_assert(sizeof(struct ng_entry4) == 24, "a leaf of two entries is in one cache line");

/* Upper halves first. */
struct ng_entry6 {
	__u64 saddr[2], daddr[2];
	struct ng_entry common;
};
_Static_assert(sizeof(struct ng_entry6) == 48, "a leaf of one entry is in one cache line");

/**
 * struct ng_bits - a condition on NG_WORD_BITS: under @mask they must be @value
 */
struct ng_bits {
	__u32 value, mask;
};

/**
 * struct ng_masks4 - which bits of the key an IPv4 entry compares
 * @addrs: of ng_entry4.addrs
 */
struct ng_masks4 {
	struct ng_bits bits;
	__u64 addrs;
};

/** struct ng_masks6 - the same of an IPv6 entry; bits of its addresses beyond these are 0 */
struct ng_masks6 {
	struct ng_bits bits;
	__u64 saddr[2], daddr[2];
	__u64 pad;
};

/**
 * struct ng_ports - ranges of ports, as lanes of NG_WORD_LANES
 * @first, @last: both ends, inclusive
 *
 * A number below @first or above @last leaves a borrow above its lane: a bit of NG_PORT_BORROWS.
 * It may make a difference to the next lane, but only where the ports differ anyway.
 */
struct ng_ports {
	__u64 first, last;
};
#define NG_SHARED_ALIGN 16 /* of ng_masks4, ng_masks6 and ng_ports in the image */

_Static_assert(sizeof(struct ng_leaf) + NG_LEAF_STEPS * sizeof(struct ng_entry6) <= NG_IMAGE_SLACK,
	       "leaves are read with one check");
_Static_assert(NG_LEAF_STEPS < NG_LEAF_ENTRIES, "a node word tells where a short leaf ends");

/**
 * struct ng_entry_extra - conditions that do not fit into an entry; struct ng_match follow it
 * @lo, @hi: bounds for NG_WORD_MISC, lane by lane, inclusive; @hi includes the guards
 * @length, @length_end: bounds for the packet's length, inclusive
 * @sets, @sets_mask: NG_WORD_SETS under the mask must be this
 * @iface: NG_WORD_IFACE_HI and _LO under the mask must be this; @iface_mask: all bits or none
 * @until: CLOCK_TAI, ns: the rule expires then; 0: never
 * @slot:  as in NG_OUTCOME_SLOT
 * @matches: number of struct ng_match that follow; all must hold
 */
struct ng_entry_extra {
	__u64 lo, hi;
	__u32 length, length_end;
	__u64 sets, sets_mask;
	__u64 iface[2], iface_mask;
	__u64 until;
	__u32 slot;
	__u32 matches;
};
_Static_assert(sizeof(struct ng_entry_extra) == 80, "ng_entry_extra has no holes");

/*
 * A static set is a trie for each family, of the fewest prefixes that contain the same addresses.
 * An entry has 64 bits and tells about the addresses that lead to it:
 *
 *   all bits 0      none of them is in the set
 *   NG_TRIE_IN      all of them are
 *   NG_TRIE_NODE    examine further bits: a table of 1 << B entries, indexed by
 *                   (address >> A) & ((1 << B) - 1)
 *   NG_TRIE_LEAF    compare: B words of narrow items, then wide ones: C, see below
 *
 *   NG_TRIE_HASH    search a table, then go on with its @next: at NG_TRIE_OFFSET is struct
 *                   ng_trie_hosts for IPv4, which has no other before it or after it, struct
 *                   ng_trie_hash for IPv6
 *
 * with A, B and C as below and the table or the items at NG_TRIE_OFFSET. An address is a number of
 * 32 or 128 bits, and the bits that a node examines are in one half of the 128.
 *
 * The item of a prefix has its bits after the first A, then a one, then zeros up to the item's
 * width, so it is never 0: bits from the lowest one of an item on are not compared. Items are
 * disjoint, and each is as narrow as possible:
 *
 *            narrow                       wide
 *   IPv4     16 bits, four to a word      32 bits, two to a word: C counts words
 *   IPv6     64 bits                      128 bits, the upper half first: C counts items
 *
 * The first item of a word is in its lowest bits; free room in the last word is filled by repeating
 * an item. Nodes skip bits that all prefixes below them share; items contain those bits, too.
 */
#define NG_TRIE_OFFSET(entry) \
	((__u32)(entry)) /* from the start of the image, in words of 8 bytes */
#define NG_TRIE_A(entry) ((entry) >> 32 & 0xff)
#define NG_TRIE_B(entry) ((entry) >> 40 & 0xff)
#define NG_TRIE_C(entry) ((entry) >> 48 & 0xff)
#define NG_TRIE_HASH	 (1ULL << 60)
#define NG_TRIE_IN	 (1ULL << 61)
#define NG_TRIE_LEAF	 (1ULL << 62)
#define NG_TRIE_NODE	 (1ULL << 63)

/* Maximum of hash tables that follow one another, before the nodes. */
#define NG_TRIE_HASHES 3
#define NG_TRIE_LINE   4 /* items in a line */

/**
 * struct ng_trie_hash - a hash table of prefixes of a large set
 * @mask:   the bits of a key; all prefixes in the table are so long or longer
 * @top:    the first bit of all of them, at its position in an address
 * @next:   entry: the rest of the set
 * @groups: @n_groups words, one for each group of keys: in the lowest bits (NG_TRIE_SHIFT) a number
 *          that is hashed into the index of their lines; then the filter, bits set by the keys,
 *          ng_trie_filtered(). An address whose bits are not all set is in no line. Small enough
 *          for a cache
 * @lines:  @n_lines cache lines of NG_TRIE_LINE wide items
 * @single: 1: all items are single addresses
 *
 * Items lack the first bit, so A is 1. Here they may have any length. @groups and @lines are
 * offsets from the start of the image, in words of 8 bytes.
 */
struct ng_trie_hash {
	__u64 mask[2];
	__u64 top;
	__u64 next;
	__u32 groups, n_groups;
	__u32 lines, n_lines;
	__u64 single;
	__u64 pad;
};
_Static_assert(sizeof(struct ng_trie_hash) == 64, "ng_trie_hash is one cache line");

/** ng_trie_hash() - hash of a key, which is an address under the mask */
static inline __u64 ng_trie_hash(__u64 hi, __u64 lo)
{
	__u64 hash = (lo + 0xd6e8feb86659fd93ULL) * 0x9e3779b97f4a7c15ULL;

	hash = (hash ^ hash >> 32 ^ hi) * 0xd6e8feb86659fd93ULL;
	return hash ^ hash >> 32;
}

/** ng_trie_group() - index of the key's group, of @n */
static inline __u64 ng_trie_group(__u64 hash, __u64 n)
{
	return (hash >> 32) * n >> 32;
}

#define NG_TRIE_SHIFT 0xffULL

/** ng_trie_filtered() - the bits that a key sets in the word of its group */
static inline __u64 ng_trie_filtered(__u64 hash)
{
	return 1ULL << (8 + ((hash & 63) * 56 >> 6)) | 1ULL << (8 + ((hash >> 6 & 63) * 56 >> 6));
}

/** ng_trie_line() - index of the line with the items of a key, of @n */
static inline __u64 ng_trie_line(__u64 hash, __u64 shift, __u64 n)
{
	hash = (hash + shift) * 0x9e3779b97f4a7c15ULL;
	return (hash >> 32) * n >> 32;
}

/* Maximum depth in nodes: each examines at least 4 bits. */
#define NG_TRIE_DEPTH4 8
#define NG_TRIE_DEPTH6 32
/* The longest leaf: maximum of B and C. */
#define NG_TRIE_LEAF4 5
#define NG_TRIE_LEAF6 4
_Static_assert(2 * 8 * NG_TRIE_LEAF6 <= NG_IMAGE_SLACK && 8 * NG_TRIE_LEAF4 <= NG_IMAGE_SLACK,
	       "items are read with one check");

/**
 * struct ng_trie - the root of a trie
 * @value, @mask: bits that all prefixes share, of an IPv4 address or of the upper half of an IPv6
 *                one
 * @root: entry for the addresses with these bits; others are not in the set
 */
struct ng_trie {
	__u64 value, mask;
	__u64 root;
};

/**
 * struct ng_lookup - one set to look an address up in, once per packet
 * @daddr: 0 source, 1 destination
 * @row:   row of the set in the live table; NG_LIVE_NO_ROW: none. Written when the image is
 *         published, see ng_live_bind()
 * @set:   index of its struct ng_image_set, or NG_LOOKUP_BLOCKED
 */
struct ng_lookup {
	__u16 daddr;
	__u16 row;
	__u32 set;
	__u64 pad;
	struct ng_trie ipv4, ipv6;
};
_Static_assert(sizeof(struct ng_lookup) == 64, "ng_lookup is one cache line");
#define NG_LOOKUP_BLOCKED 0xffffffffU

/** struct ng_log_limit - for records of a rule: its counter's slot; records a second, 0: none */
struct ng_log_limit {
	__u32 slot;
	__u32 rate;
};

/** ng_source_offset() - the least ng_image_header.source for an image of @size bytes */
static inline __u64 ng_source_offset(__u64 size)
{
	return (size + NG_SOURCE_ALIGN - 1) & ~(__u64)(NG_SOURCE_ALIGN - 1);
}

#define NG_SOURCE_MAGIC 0x6e677372U /* "ngsr" */

/**
 * struct ng_image_source - the beginning of a source: what the command needs to know about an image
 * @size:    bytes, a multiple of 8
 * @created: that of the image
 * @text:    the ruleset's text, @text.count bytes, without the prefixes of its sets
 * @rules, @sets: struct ng_image_rule, struct ng_image_set; the list of sets begins the source
 * @hides:   a __u8 for each rule: 1 if trees leave out rules after it. @hides and @rules end the
 *           source; what is before them does not depend on how the ruleset was compiled
 *
 * Offsets are from the start of the source.
 */
struct ng_image_source {
	__u32 magic;
	__u32 version;
	__u64 size;
	__u64 created;
	struct ng_list text;
	struct ng_list rules;
	struct ng_list sets;
	struct ng_list hides;
	__u64 reserved;
};
_Static_assert(sizeof(struct ng_image_source) == 64, "ng_image_source has no holes");

struct ng_image_rule {
	__u32 slot;
	__u32 reserved;
	struct ng_list text; /* canonical, without newline; count is bytes */
};

/**
 * struct ng_image_set - the prefixes of a set as they were given, sorted by family, address and
 * length
 * @ipv4, @ipv6: their number and offset
 *
 * First the lengths, a __u8 each, padded with zeros to a multiple of 8; then the addresses. IPv4: a
 * __u32 each. IPv6: two arrays of __u64, with the upper halves of all addresses, then the lower
 * halves of those longer than 64 bits.
 */
struct ng_image_set {
	char name[32];
	struct ng_list ipv4, ipv6;
};

#endif
