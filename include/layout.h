/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the BPF programs and the command agree on: the layout of the image and of the maps,
 * limits, names. Included by both sides; every fact of this kind stands here and nowhere else.
 *
 * All numbers in the image and the maps are in host order; addresses are numbers too:
 * an IPv4 address is a __u32, an IPv6 address two __u64, the upper half first.
 */
#ifndef NG_LAYOUT_H
#define NG_LAYOUT_H

#include <linux/types.h>

#include "siphash.h"

/*
 * Raised with every change of this file that an older or newer netguard would misread. What never
 * changes is in stable.h; tests set another number.
 */
#ifndef NG_LAYOUT_VERSION
#define NG_LAYOUT_VERSION 6
#endif

/* ---- who decided about a packet -------------------------------------------------------- */

enum ng_decider {
	NG_BY_RULE,
	NG_BY_DEFAULT,
	NG_BY_INVALID,
	NG_BY_NON_IP,
	NG_BY_EXEMPT,
	NG_BY_BLOCKED,
};

/* Why a frame is invalid; in the order of reading, the first that is met counts. */
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
 * struct ng_decision - what was decided about one frame; see struct ng_trace
 * @drop:    1 drop, 0 pass
 * @decider: enum ng_decider
 * @reason:  enum ng_reason of the frame, whoever decided
 * @rule:    the deciding rule's number from 1; 0 unless @decider is NG_BY_RULE
 * @packets, @bytes: what was counted
 */
struct ng_decision {
	__u8 drop;
	__u8 decider;
	__u8 reason;
	__u8 pad;
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
 * One row of struct ng_counter for each possible CPU, a row indexed by slot. The first slots
 * are fixed; a rule keeps its slot as long as its text stays.
 */
enum ng_slot {
	NG_SLOT_DEFAULT_IN,
	NG_SLOT_DEFAULT_OUT,
	NG_SLOT_NON_IP,
	NG_SLOT_EXEMPT,
	NG_SLOT_BLOCKED,
	NG_SLOT_LOG_LIMITED,  /* packets without a record, for the limit of records per second */
	NG_SLOT_LOG_FULL,     /* likewise, for want of room in the ring buffer */
	NG_SLOT_INVALID = 16, /* + enum ng_reason */
	NG_SLOT_TOTALS = 64,  /* + 2 * attachment + (0 passed, 1 dropped) */
	NG_SLOT_RULES = 1024,
};
#define NG_ATTACHMENTS_MAX 480
_Static_assert(NG_SLOT_TOTALS + 2 * NG_ATTACHMENTS_MAX == NG_SLOT_RULES, "totals end at rules");
_Static_assert(NG_SLOT_INVALID + NG_REASONS <= NG_SLOT_TOTALS, "reasons end at totals");

#define NG_SLOTS_MIN 2048 /* a power of two; doubled as rulesets grow */

/* ---- the image ------------------------------------------------------------------------- */

#define NG_IMAGE_MAGIC 0x6e67696dU /* "ngim" */
#define NG_IMAGE_MIN   (64U << 10) /* smallest capacity; a capacity is a power of two */
#define NG_IMAGE_MAX   (1U << 30)
/*
 * An image map's value is longer than its capacity by this much, so that a read of up to
 * NG_IMAGE_SLACK bytes at (offset & (capacity - 8)) stays inside.
 */
#define NG_IMAGE_SLACK 2048

/* Frames are split by what can be asked of them; each class has rules of its own. */
enum ng_class { NG_CLASS_IPV4, NG_CLASS_IPV6, NG_CLASS_OTHER, NG_CLASSES };

struct ng_list {
	__u32 offset; /* of the first element, from the start of the image, a multiple of 8 */
	__u32 count;
};

#define NG_LOOKUPS_MAX 64 /* pairs of (set, source or destination) that a ruleset may use */

#define NG_TREES_MAX	   6
#define NG_LEVELS_TOGETHER 12 /* at most that many steps of all trees at once */
#define NG_LEVELS_MAX	   24 /* no tree is deeper */

/**
 * struct ng_forest - the rules that frames of one kind are compared with, as trees
 * @trees:  roots in use of @roots; 0: no rule decides
 * @levels: steps that all trees are walked together; what is deeper is walked tree by tree
 * @rule_shift: see NG_LEAF_RANK
 * @roots:  node words, see NG_NODE_*; a rule that decides stands in the leaves of one tree
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
 * struct ng_image_header - stands at offset 0 of an image
 * @text, @rules, @sets: what only the command reads: the ruleset's text (@text.count bytes),
 *           struct ng_image_rule, struct ng_image_set
 * @nothing: 0, which the verifier does not know, see ng_forget()
 * @tries:   of @lookups, those up to the last one that has prefixes in the image
 * @blocked: bits of NG_WORD_SETS that mean "drop it before any rule": the implicit
 *           `drop from @blocked` of incoming frames
 * @forests: by direction (enum ng_direction), enum ng_class and whether the frame is invalid
 * @drop_default: by direction: 1 drop, 0 pass
 * @reads_vlan: a rule asks how incoming frames are tagged; @decides_out: one is about outgoing
 * @logs_counted: a `count` rule is marked `log`
 * @cost:    by what forests are: what an average packet takes in the forest, in NG_IMAGE_COST_NS,
 * as it was estimated; 0: it was not, or it is less than one. For the command alone
 * @lookups: struct ng_lookup, bit i of NG_WORD_SETS is the result of the i-th
 * @source:  the bytes from offset 0 on that hold @sets and @text with all that is theirs
 */
struct ng_image_header {
	__u32 magic;
	__u32 version;
	__u64 size;
	__u64 created; /* CLOCK_REALTIME, ns */
	struct ng_list text;
	struct ng_list rules;
	struct ng_list sets;
	__u64 nothing;
	__u64 blocked;
	__u64 source;
	__u8 drop_default[2];
	__u8 drop_invalid;
	__u8 reads_vlan;
	__u8 decides_out;
	__u8 tries;
	__u8 logs_counted;
	__u8 pad;
	struct ng_list lookups;
	__u16 cost[2][NG_CLASSES][2];
	__u64 pad2[2];
	struct ng_forest forests[2][NG_CLASSES][2];
};
#define NG_IMAGE_COST_NS 100
_Static_assert(sizeof(struct ng_image_header) == 128 + 12 * sizeof(struct ng_forest),
	       "forests begin with a cache line");

/*
 * A node word stands for a node of a tree. An inner node cuts a window out of the key and goes
 * on with one of the node words of an array; a leaf is a list of entries.
 *
 *	   63..51   47..16  15    14..10  9..6   5..0
 *	  +--------+-------+---+---------+------+-------+
 *	  | window | array | 0 |    0    | word | shift |   (key[word] >> shift) & window: index
 *	  +--------+-------+---+---------+------+-------+   into the array of node words
 *	  |   0    | leaf  | 1 | entries |     rank     |   struct ng_leaf
 *	  +--------+-------+---+---------+------+-------+
 *
 * Array and leaf are offsets in the image. A leaf begins with its own node word: a step from a
 * leaf, the window being 0, stays there, and so trees of different depth are walked together.
 */
#define NG_NODE_SHIFT_BITS   6
#define NG_NODE_WORD_SHIFT   6
#define NG_NODE_WORD_BITS    4
#define NG_NODE_LEAF	     (1ULL << 15)
#define NG_NODE_OFFSET_SHIFT 16
#define NG_NODE_WINDOW_SHIFT 51
#define NG_NODE_WINDOW_BITS  13

/*
 * A leaf's rank is the number of its first rule >> rule_shift, so a leaf whose rank is above
 * that of a rule that matched need not be looked at. A leaf without entries has the highest
 * rank, which no rule has.
 */
#define NG_LEAF_RANK	      0x3ffULL
#define NG_LEAF_ENTRIES_SHIFT 10
#define NG_LEAF_ENTRIES	      31 /* this many or more: see struct ng_leaf */

/**
 * struct ng_leaf - rules in order, as struct ng_entry4 or ng_entry6
 * @self:    its own node word
 * @entries: that follow
 */
struct ng_leaf {
	__u64 self;
	__u64 entries;
};

/*
 * Entries of a leaf that are compared one after the other, after one check of where the leaf is;
 * what is beyond is left to bpf_loop().
 */
#define NG_LEAF_STEPS 16

/*
 * The key of a packet: what rules can ask for, in words of 64 bits. Fields that could not be
 * read are 0.
 */
enum ng_word {
	NG_WORD_BITS,	    /* NG_BIT_* */
	NG_WORD_LANES,	    /* NG_LANE_*: ports and length */
	NG_WORD_MISC,	    /* NG_MISC_*: more numbers */
	NG_WORD_ETHER_FROM, /* 48 bits, the first byte on the wire uppermost */
	NG_WORD_ETHER_TO,
	NG_WORD_IFACE_HI, /* the interface's name, its first byte uppermost */
	NG_WORD_IFACE_LO,
	NG_WORD_SADDR_HI, /* IPv6: upper half; IPv4: 0 */
	NG_WORD_SADDR_LO, /* IPv6: lower half; IPv4: the address */
	NG_WORD_DADDR_HI,
	NG_WORD_DADDR_LO,
	NG_WORD_SETS, /* bit i: the i-th struct ng_lookup holds the address */
	NG_WORDS
};

/**
 * struct ng_trace - what a test run is told of one frame, left by programs with ng_config.trace
 * @key:   as the rules were compared with it, sets included; see enum ng_word
 * @class: enum ng_class
 */
struct ng_trace {
	struct ng_decision decision;
	__u64 key[NG_WORDS];
	__u32 class;
	__u32 pad;
};

/*
 * Small fields, and what could be read at all: a condition on a field that could not be read
 * asks for a bit that is not set, and so does not match, negated or not.
 */
#define NG_BIT_PROTO_SHIFT    0 /* 8 bits */
#define NG_BIT_FLAGS_SHIFT    8 /* 8 bits: byte 13 of the TCP header */
#define NG_BIT_HAS_PROTO      (1ULL << 16)
#define NG_BIT_HAS_PORTS      (1ULL << 17)
#define NG_BIT_HAS_FLAGS      (1ULL << 18)
#define NG_BIT_HAS_ICMP_TYPE  (1ULL << 19)
#define NG_BIT_HAS_ICMP_CODE  (1ULL << 20)
#define NG_BIT_HAS_VLAN	      (1ULL << 21) /* how the frame is tagged is known */
#define NG_BIT_HAS_ETHERTYPE  (1ULL << 22)
#define NG_BIT_HAS_FRAGMENT   (1ULL << 23)
#define NG_BIT_FRAGMENT_NO    (1ULL << 24)
#define NG_BIT_FRAGMENT_FIRST (1ULL << 25)
#define NG_BIT_FRAGMENT_LATER (1ULL << 26)
#define NG_BIT_TAGGED	      (1ULL << 28) /* a VLAN id that is not 0 */
#define NG_BIT_HAS_ETHER      (1ULL << 29)

/*
 * Numbers in lanes, for one comparison of all of them with a range each: with a guard bit set
 * above each lane of the minuend, no subtraction borrows from the next lane and the guard stays
 * set exactly where minuend >= subtrahend.
 */
#define NG_LANE_SPORT_SHIFT  0	/* 16 bits */
#define NG_LANE_DPORT_SHIFT  21 /* 16 bits */
#define NG_LANE_LENGTH_SHIFT 42 /* 20 bits: BIG TCP aggregates fit, nothing is longer */
#define NG_LANE_GUARDS	     ((1ULL << 20) | (1ULL << 41) | (1ULL << 62))
#define NG_LANE_LENGTH_MAX   0xfffffULL
#define NG_LANES_MAX                                                           \
	(0xffffULL << NG_LANE_SPORT_SHIFT | 0xffffULL << NG_LANE_DPORT_SHIFT | \
	 NG_LANE_LENGTH_MAX << NG_LANE_LENGTH_SHIFT)

#define NG_MISC_ICMP_SHIFT	0  /* 16 bits: type << 8 | code */
#define NG_MISC_ETHERTYPE_SHIFT 17 /* 16 bits */
#define NG_MISC_TTL_SHIFT	34 /* 8 bits: TTL or hop limit */
#define NG_MISC_VLAN_SHIFT	43 /* 12 bits: the first id that is not 0 */
#define NG_MISC_DSCP_SHIFT	56 /* 6 bits */
#define NG_MISC_GUARDS		((1ULL << 16) | (1ULL << 33) | (1ULL << 42) | (1ULL << 55) | (1ULL << 62))
#define NG_MISC_MAX                                                               \
	(0xffffULL << NG_MISC_ICMP_SHIFT | 0xffffULL << NG_MISC_ETHERTYPE_SHIFT | \
	 0xffULL << NG_MISC_TTL_SHIFT | 0xfffULL << NG_MISC_VLAN_SHIFT |          \
	 0x3fULL << NG_MISC_DSCP_SHIFT)

/**
 * struct ng_match - a condition on one number of the key
 * @word:   enum ng_word the number is cut from: (word >> @shift) & @mask
 * @wide:   1: the word before @word is the upper half of the number, else that is 0
 * @odd:    1: the number must stand behind an odd count of bounds, 0: behind an even count
 * @bounds: struct ng_bound, ascending; they part the numbers into the ranges [b0,b1) [b2,b3) …
 *          and the rest: a number is inside when an odd count of bounds is not above it;
 *          a range that ends with the last number of all has no end bound
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

/* How long lists of bounds may be: the verifier wants to know how often a search halves. */
#define NG_MATCH_STEPS	12
#define NG_MATCH_BOUNDS (1U << NG_MATCH_STEPS)

enum ng_action { NG_ACTION_PASS, NG_ACTION_DROP, NG_ACTION_COUNT };

/**
 * struct ng_entry - what most rules ask for, apart from addresses
 * @bits, @bits_mask: NG_WORD_BITS under the mask must be this
 * @lo, @hi: lanes that the packet's lanes must lie between; @hi comes with guards
 * @take: NG_TAKE_*: what to do with a frame that matches
 */
struct ng_entry {
	__u32 bits, bits_mask;
	__u64 lo, hi;
	__u64 take;
};
_Static_assert(sizeof(struct ng_entry) == 32, "ng_entry has no holes");

#define NG_TAKE_SLOT \
	0xffffffffULL /* the counter's slot; with NG_TAKE_REST: the offset of struct ng_rest */
#define NG_TAKE_RULE_SHIFT   32
#define NG_TAKE_RULE	     0xffffffULL /* number of the rule, from 1 */
#define NG_TAKE_ACTION_SHIFT 56
#define NG_TAKE_ACTION	     3ULL
#define NG_TAKE_REST	     (1ULL << 58)
#define NG_TAKE_LOG	     (1ULL << 59) /* struct ng_image_rule says how often */
#define NG_RULES_MAX	     NG_TAKE_RULE

/* @addrs, @addrs_mask: the source in the lower half, the destination in the upper. */
struct ng_entry4 {
	__u64 addrs, addrs_mask;
	struct ng_entry common;
};
_Static_assert(sizeof(struct ng_entry4) == 48, "ng_entry4 has no holes");

struct ng_entry6 {
	__u64 saddr[2], daddr[2];
	__u64 saddr_mask[2], daddr_mask[2];
	struct ng_entry common;
};
_Static_assert(sizeof(struct ng_entry6) == 96, "ng_entry6 has no holes");
_Static_assert(sizeof(struct ng_leaf) + NG_LEAF_STEPS * sizeof(struct ng_entry6) <= NG_IMAGE_SLACK,
	       "leaves are read with one check");
_Static_assert(NG_LEAF_STEPS < NG_LEAF_ENTRIES, "a node word tells where a short leaf ends");

/**
 * struct ng_rest - what an entry cannot hold; struct ng_match follow
 * @lo, @hi: NG_WORD_MISC must lie between, lane by lane; @hi comes with guards
 * @sets, @sets_mask: NG_WORD_SETS under the mask must be this
 * @iface: NG_WORD_IFACE_HI and _LO under the mask must be this; @iface_mask: all bits or none
 * @until: CLOCK_TAI, ns: the rule matches before; 0: for good
 * @slot:  of the counter
 * @matches: that follow; all of them must hold
 */
struct ng_rest {
	__u64 lo, hi;
	__u64 sets, sets_mask;
	__u64 iface[2], iface_mask;
	__u64 until;
	__u32 slot;
	__u32 matches;
};
_Static_assert(sizeof(struct ng_rest) == 72, "ng_rest has no holes");

/*
 * A static set is a trie for each family, over the fewest prefixes that hold the same addresses.
 * An entry, 64 bits, says what is known of the addresses that lead to it:
 *
 *   all bits 0      none of them is in the set
 *   NG_TRIE_IN      all of them are
 *   NG_TRIE_NODE    look at further bits: a table of 1 << B entries, indexed by
 *                   (address >> A) & ((1 << B) - 1)
 *   NG_TRIE_LEAF    compare: B words of narrow items, then wide ones: C, see there
 *
 *   NG_TRIE_HASH    look in a table of IPv6 prefixes, then go on with its @next: at
 *                   NG_TRIE_OFFSET is struct ng_trie_hash
 *
 * with A, B and C as below and the table or the items at NG_TRIE_OFFSET. An address is a number
 * of 32 or 128 bits, and a window of bits lies in one half of the 128.
 *
 * The item of a prefix is the rest of its bits behind the first A, then a one, then zeros to the
 * item's width, so never 0: what is below the lowest one of an item is not compared. Items are
 * disjoint and each is as narrow as it fits:
 *
 *            narrow                       wide
 *   IPv4     16 bits, four to a word      32 bits, two to a word: C counts words
 *   IPv6     64 bits                      128 bits, the upper half first: C counts items
 *
 * The first of a word's items is lowermost; the last item stands again in what room it leaves.
 * Nodes pass bits over that all prefixes below them share; items hold those bits too. What room
 * a last word leaves is filled up by an item that stands before.
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

/* How many tables of prefixes can follow one another, before the nodes. */
#define NG_TRIE_HASHES 3
#define NG_TRIE_LINE   4 /* items of a line */

/**
 * struct ng_trie_hash - many prefixes of a large set
 * @mask:   of the bits that make up a key; all prefixes of the table are that long or longer
 * @top:    the first bit of all of them, where it stands in an address
 * @next:   entry: what else the set holds
 * @groups: @n_groups words, one for each group of keys: lowest the shift, a number that leads to
 *          their lines, NG_TRIE_SHIFT; then the bits that the keys have set, ng_trie_filtered().
 *          An address whose bits are not all set is in no line. Small enough for a cache
 * @lines:  @n_lines of them, each a cache line of NG_TRIE_LINE wide items
 *
 * Of the items, the first bit is left out, so A is 1. Here they may end anywhere. Both places are
 * in words of 8 bytes, from the start of the image.
 */
struct ng_trie_hash {
	__u64 mask[2];
	__u64 top;
	__u64 next;
	__u32 groups, n_groups;
	__u32 lines, n_lines;
	__u64 pad[2];
};
_Static_assert(sizeof(struct ng_trie_hash) == 64, "ng_trie_hash is one cache line");

/** ng_trie_hash() - of a key: an address under the mask */
static inline __u64 ng_trie_hash(__u64 hi, __u64 lo)
{
	__u64 hash = (lo + 0xd6e8feb86659fd93ULL) * 0x9e3779b97f4a7c15ULL;

	hash = (hash ^ hash >> 32 ^ hi) * 0xd6e8feb86659fd93ULL;
	return hash ^ hash >> 32;
}

/** ng_trie_group() - which group's key it is, of @n */
static inline __u64 ng_trie_group(__u64 hash, __u64 n)
{
	return (hash >> 32) * n >> 32;
}

#define NG_TRIE_SHIFT 0xffULL

/** ng_trie_filtered() - the bits of its group's word that stand for a key */
static inline __u64 ng_trie_filtered(__u64 hash)
{
	return 1ULL << (8 + ((hash & 63) * 56 >> 6)) | 1ULL << (8 + ((hash >> 6 & 63) * 56 >> 6));
}

/** ng_trie_line() - where the items of a key with this hash are, of @n lines */
static inline __u64 ng_trie_line(__u64 hash, __u64 shift, __u64 n)
{
	hash = (hash + shift) * 0x9e3779b97f4a7c15ULL;
	return (hash >> 32) * n >> 32;
}

/* How many nodes can follow one another: each looks at 4 bits or more. */
#define NG_TRIE_DEPTH4 8
#define NG_TRIE_DEPTH6 32
/* The longest leaf: neither B nor C is more. */
#define NG_TRIE_LEAF4 5
#define NG_TRIE_LEAF6 4
_Static_assert(2 * 8 * NG_TRIE_LEAF6 <= NG_IMAGE_SLACK && 8 * NG_TRIE_LEAF4 <= NG_IMAGE_SLACK,
	       "items are read with one check");

/**
 * struct ng_trie - where the search begins
 * @value, @mask: bits that all prefixes share: of an IPv4 address, of an IPv6 one's upper half
 * @root: what holds of the addresses that have these bits, no others being in the set
 */
struct ng_trie {
	__u64 value, mask;
	__u64 root;
};

/**
 * struct ng_lookup - one set to look an address up in, once per packet
 * @daddr: 0 source, 1 destination
 * @row:   of the live table, whose entries the set holds besides; NG_LIVE_NO_ROW: none. Written
 *         when the image is published, see ng_live_bind()
 * @set:   which one: index of its struct ng_image_set, or NG_LOOKUP_BLOCKED
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

/* What the command reads; programs only for a record. @log: records per second; 0: none */
struct ng_image_rule {
	__u32 slot;
	__u32 log;
	struct ng_list text; /* canonical, without newline; count is bytes */
};

/**
 * struct ng_image_set - a set's prefixes as they were given, by family, address and length
 * @ipv4, @ipv6: how many there are, and where
 *
 * First the lengths, a __u8 each, and zeros up to a multiple of 8; then the addresses. IPv4: a
 * __u32 each. IPv6: two arrays of __u64, the upper half of every address, then the lower half of
 * those that are longer than 64 bits.
 */
struct ng_image_set {
	char name[32];
	struct ng_list ipv4, ipv6;
};

/* ---- the history ----------------------------------------------------------------------- */

#define NG_HISTORY_MAX	 8	       /* rulesets */
#define NG_HISTORY_BYTES (64ULL << 20) /* of all their texts and prefixes */

/**
 * struct ng_history_head - begins a map of the history; the source of the image follows, an image
 *                          without what programs read
 * @passing: takes none of the NG_HISTORY_MAX places, and goes when its image has left the slots
 * @created: of the image
 * @size:    of the source; 0: it is not kept
 * @applied: the image has been in force
 * @unconfirmed: and was taken back because nobody confirmed it in time
 * @rules, @sets: how many the ruleset has
 * @command, @user: what put it in force, and who; end with NUL
 */
struct ng_history_head {
	__u32 version; /* NG_LAYOUT_VERSION */
	__u32 passing;
	__u64 created;
	__u64 size;
	__u32 applied;
	__u32 unconfirmed;
	__u32 rules;
	__u32 sets;
	char command[96];
	char user[32];
};
_Static_assert(sizeof(struct ng_history_head) % 8 == 0, "the source is aligned");

/* ---- maps ------------------------------------------------------------------------------ */

/* Slots of the map of images. */
enum ng_image_slot { NG_IMAGE_CURRENT, NG_IMAGE_PREVIOUS, NG_IMAGE_SLOTS };

#define NG_LIVE_ROWS	256    /* names of sets that the live table knows at a time */
#define NG_LIVE_NO_ROW	0xffff /* what has no live entries */
#define NG_LIVE_BLOCKED 0      /* the row of @blocked, which is always there */

/**
 * struct ng_control - the words that all programs share; single element, mmapable
 * @version:    NG_LAYOUT_VERSION of the generation in force
 * @generation: which programs are to work, see ng_config.first_generation
 * @in_force:   both, for one store
 * @live:       0: the live table has no entries, nothing is looked up in it
 * @window:     0: no change waits to be confirmed; else the CLOCK_BOOTTIME, ns, when it is taken
 *              back, and NG_WINDOW_EXPIRED from the first packet or command on that comes after
 * @trial:      what waits is the attachments whose ng_config.trial is this; 0: it is the image
 * @trials:     the last number that a trial was given
 * @deadline:   of the last window, unless that ended by being confirmed or taken back
 * @watch:      NG_WATCH_*: of which packets records are made; 0: nobody reads any
 * @lease:      CLOCK_BOOTTIME, ns: @watch means nothing from then on
 */
struct ng_control {
	union {
		struct {
			__u32 version;
			__u32 generation;
		};
		__u64 in_force;
	};
	__u64 live;
	__u64 window;
	__u32 trial;
	__u32 trials;
	__u64 deadline;
	__u64 watch;
	__u64 lease;
	__u64 reserved;
};
_Static_assert(sizeof(struct ng_control) == 64, "the words are in one cache line");

#define NG_WINDOW_EXPIRED 1

/* ---- records of single packets --------------------------------------------------------- */

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
 * @invalid:    1: only frames that are invalid
 * @nothing:    0, as in struct ng_image_header
 * @entries:    by class: struct ng_entry4 or ng_entry6, any of which may match. What belongs to
 * them follows, as in an image; offsets are from here on
 */
struct ng_filter {
	__u32 directions;
	__u32 invalid;
	__u64 nothing;
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

/* ---- the live table -------------------------------------------------------------------- */

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
 * answer shows the key. How full tables may be with it: see ctl/kernel/live_table.c.
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

/**
 * struct ng_config - read-only data of one loaded program: each interface and hook has its own
 * @iface:      the interface's name as NG_WORD_IFACE_HI and _LO
 * @first_generation, @last_generation: the program works while ng_control.generation lies
 *              between them, and otherwise hands every frame on untouched
 * @attachment: its slots for totals, see enum ng_slot
 * @direction:  enum ng_direction: 0 in, 1 out
 * @image_mask: capacity of the images - 8
 * @slot_mask:  slots of a row of counters - 1
 * @trial:      see ng_control.trial; 0: it was attached for good
 * @trace:      leave a struct ng_decision for each frame: test runs only
 * @generic:    XDP: it was attached in generic mode; for the command, which attaches it again so
 */
struct ng_config {
	__u64 iface[2];
	__u32 first_generation, last_generation;
	__u32 attachment;
	__u32 direction;
	__u64 image_mask;
	__u64 slot_mask;
	__u32 trace;
	__u32 trial;
	__u32 generic;
	__u32 pad;
};

#include "stable.h"

#endif
