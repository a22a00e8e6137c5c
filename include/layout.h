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

/* Raised with every change of this file that an older or newer netguard would misread. */
#define NG_LAYOUT_VERSION 2

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
 * struct ng_decision - what was decided about one frame, left by programs loaded with ng_trace
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
#define NG_IMAGE_SLACK 256

/* Frames are split by what can be asked of them; each class has its own list of entries. */
enum ng_class { NG_CLASS_IPV4, NG_CLASS_IPV6, NG_CLASS_OTHER, NG_CLASSES };

struct ng_list {
	__u32 offset; /* of the first entry, from the start of the image, a multiple of 8 */
	__u32 count;
};

#define NG_LOOKUPS_MAX 64 /* pairs of (set, source or destination) that a ruleset may use */

/**
 * struct ng_image_header - stands at offset 0 of an image
 * @entries: by direction (enum ng_direction) and enum ng_class
 * @drop_default: by direction: 1 drop, 0 pass
 * @lookups: struct ng_lookup, bit i of the key's set word is the result of the i-th
 * @rules, @sets, @text: what only the command reads: struct ng_image_rule, struct
 *           ng_image_set, and the ruleset's text (@text.count bytes)
 */
struct ng_image_header {
	__u32 magic;
	__u32 version;
	__u64 size;
	__u64 created; /* CLOCK_REALTIME, ns */
	struct ng_list entries[2][NG_CLASSES];
	__u8 drop_default[2];
	__u8 drop_invalid;
	__u8 pad[5];
	struct ng_list lookups;
	struct ng_list rules;
	struct ng_list sets;
	struct ng_list text;
};
_Static_assert(sizeof(struct ng_image_header) == 24 + 48 + 8 + 32, "image header has no holes");

/*
 * The key of a packet: what rules can ask for, in words of 64 bits. Fields that could not be
 * read are 0.
 */
enum ng_word {
	NG_WORD_BITS,	    /* NG_BIT_* */
	NG_WORD_LANES,	    /* NG_LANE_*: ports and length */
	NG_WORD_MISC,	    /* NG_MISC_* */
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
#define NG_BIT_INVALID	      (1ULL << 27)
#define NG_BIT_TAGGED	      (1ULL << 28) /* a VLAN id that is not 0 */
#define NG_BIT_HAS_ETHER      (1ULL << 29)
#define NG_BIT_VLAN_SHIFT     32 /* 12 bits */
#define NG_BIT_DSCP_SHIFT     44 /* 6 bits */

/*
 * Three numbers in lanes of 21 bits, for one comparison of all three with a range: with a
 * guard bit set above each lane of the minuend, no subtraction borrows from the next lane and
 * the guard stays set exactly where minuend >= subtrahend.
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
#define NG_MISC_ETHERTYPE_SHIFT 16 /* 16 bits */
#define NG_MISC_TTL_SHIFT	32 /* 8 bits: TTL or hop limit */

/**
 * struct ng_match - a further condition of an entry, on one number of the key
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
#define NG_SET_STEPS	24
#define NG_SET_BOUNDS	(1U << NG_SET_STEPS)

enum ng_action { NG_ACTION_PASS, NG_ACTION_DROP, NG_ACTION_COUNT };

/**
 * struct ng_entry - the part of a rule that does not depend on the address family
 * @bits, @bits_mask: NG_WORD_BITS under the mask must be this
 * @sets, @sets_mask: likewise for the results of the set lookups
 * @lo, @hi: lanes that the packet's lanes must lie between; @hi comes with guards
 * @rule:    number from 1, 0 for the implicit `drop from @blocked`
 * @slot:    of its counter
 * @action:  enum ng_action
 * @matches: struct ng_match; all of them must hold
 */
struct ng_entry {
	__u64 bits, bits_mask;
	__u64 sets, sets_mask;
	__u64 lo, hi;
	__u32 rule;
	__u32 slot;
	__u32 action;
	__u32 pad;
	struct ng_list matches;
};
_Static_assert(sizeof(struct ng_entry) == 72, "ng_entry has no holes");

struct ng_entry4 {
	__u32 saddr, daddr;
	__u32 saddr_mask, daddr_mask;
	struct ng_entry common;
};

struct ng_entry6 {
	__u64 saddr[2], daddr[2];
	__u64 saddr_mask[2], daddr_mask[2];
	struct ng_entry common;
};

/**
 * struct ng_lookup - one set to look an address up in, once per packet
 * @daddr: 0 source, 1 destination
 * @row:   of the live table, whose entries the set holds besides; NG_LIVE_NO_ROW: none. Written
 *         when the image is published, see ng_live_bind()
 * @set:   which one: index of its struct ng_image_set, or NG_LOOKUP_BLOCKED
 * @ipv4, @ipv6: bounds as in struct ng_match; an IPv4 address is a number below 2^32
 */
struct ng_lookup {
	__u16 daddr;
	__u16 row;
	__u32 set;
	struct ng_list ipv4, ipv6;
};
#define NG_LOOKUP_BLOCKED 0xffffffffU

/* What only the command reads. */
struct ng_image_rule {
	__u32 slot;
	__u32 pad;
	struct ng_list text; /* canonical, without newline; count is bytes */
};

struct ng_image_prefix {
	__u8 addr[16]; /* network order */
	__u8 family;   /* 4 or 6 */
	__u8 len;
	__u8 pad[6];
};

struct ng_image_set {
	char name[32];
	struct ng_list prefixes; /* struct ng_image_prefix */
};

/* ---- maps ------------------------------------------------------------------------------ */

/* Slots of the map of images. */
enum ng_image_slot { NG_IMAGE_CURRENT, NG_IMAGE_PREVIOUS, NG_IMAGE_SLOTS };

#define NG_LIVE_ROWS	256    /* names of sets that the live table knows at a time */
#define NG_LIVE_NO_ROW	0xffff /* what has no live entries */
#define NG_LIVE_BLOCKED 0      /* the row of @blocked, which is always there */

/**
 * struct ng_control - the words that all programs share; single element, mmapable
 * @version:    NG_LAYOUT_VERSION
 * @generation: which programs are to work, see ng_first_generation
 * @live:       0: the live table has no entries, nothing is looked up in it
 */
struct ng_control {
	__u32 version;
	__u32 generation;
	__u64 live;
	__u64 reserved[6];
};

/* ---- the live table -------------------------------------------------------------------- */

/*
 * The live entries of all sets: an array of elements of one cache line, inside a map of maps so
 * that a larger one takes its place at one instant. Only commands write it, under the lock and
 * through a mapping, while programs read it. The elements are, in this order:
 *
 *	NG_LIVE_ROWS	struct ng_live_row
 *	NG_LIVE_ROWS	struct ng_live_name, of the same rows
 *	1		struct ng_live_head
 *	2^n		struct ng_live_bucket
 *
 * An entry stands in the bucket that its hash names, or in one of the next NG_LIVE_PROBES - 1 when
 * those before it are full: a bucket with an unused entry ends every search. What an entry's key
 * is never changes in one map: so a reader that sees @meta and the key as it wants them has found
 * it, whatever is written meanwhile.
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
 * @mask:    buckets - 1, the same in all rows
 * @seed:    of ng_live_hash(), likewise
 */
struct ng_live_row {
	struct ng_live_lengths lengths[2];
	__u64 mask;
	__u64 seed;
	__u64 pad[2];
};

/**
 * struct ng_live_name - whose a row is
 * @used:     0: nobody's, and without entries
 * @in_force: the current ruleset has that set, not only the previous one
 */
struct ng_live_name {
	char name[32];
	__u32 used;
	__u32 in_force;
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
 */
struct ng_live_head {
	__u64 written;
	__u64 entries;
	__u64 expires;
	__u64 sweep;
	__u64 unsettled;
	__u64 full_until;
	__u64 pad[2];
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

#define NG_LIVE_ELEMENT 64 /* bytes */
_Static_assert(sizeof(struct ng_live_row) == NG_LIVE_ELEMENT, "an element is a cache line");
_Static_assert(sizeof(struct ng_live_name) == NG_LIVE_ELEMENT, "an element is a cache line");
_Static_assert(sizeof(struct ng_live_head) == NG_LIVE_ELEMENT, "an element is a cache line");
_Static_assert(sizeof(struct ng_live_bucket) == NG_LIVE_ELEMENT, "an element is a cache line");

#define NG_LIVE_HEAD	(2 * NG_LIVE_ROWS) /* its element */
#define NG_LIVE_BUCKETS (NG_LIVE_HEAD + 1) /* the first one's */
#define NG_LIVE_PROBES	8
#define NG_LIVE_MAX	(1U << 20) /* entries that are members */
#define NG_LIVE_MIN	512	   /* buckets of the smallest table */

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

/** ng_live_hash() - of a key and its ng_live_meta(); @seed keeps others from aiming at a bucket */
static inline __u64 ng_live_hash(__u64 seed, __u64 hi, __u64 lo, __u64 meta)
{
	__u64 hash = (lo ^ seed) * 0x9e3779b97f4a7c15ULL;

	hash ^= hash >> 32;
	hash = ((hash ^ hi) + meta) * 0xd6e8feb86659fd93ULL;
	return hash ^ hash >> 32;
}

/** ng_live_tagged() - the meta word of a member whose key has this hash */
static inline __u64 ng_live_tagged(__u64 meta, __u64 hash)
{
	return meta | (hash & ~0xffffffffULL);
}

/**
 * struct ng_config - read-only data of one loaded program: each interface and hook has its own
 * @image_mask: capacity of the images - 8
 * @slot_mask:  slots of a row of counters - 1
 * @iface:      the interface's name as NG_WORD_IFACE_HI and _LO
 * @first_generation, @last_generation: the program works while ng_control.generation lies
 *              between them, and otherwise hands every frame on untouched
 * @attachment: its slots for totals, see enum ng_slot
 * @direction:  enum ng_direction: 0 in, 1 out
 * @trace:      leave a struct ng_decision for each frame: test runs only
 */
struct ng_config {
	__u64 image_mask;
	__u64 slot_mask;
	__u64 iface[2];
	__u32 first_generation, last_generation;
	__u32 attachment;
	__u32 direction;
	__u32 trace;
	__u32 pad;
};

#endif
