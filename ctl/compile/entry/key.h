/* SPDX-License-Identifier: GPL-2.0-only */
/* Positions of the fields of layout/fields.h in the key, and the parts that trees cut. */
#ifndef NG_KEY_H
#define NG_KEY_H

#include <linux/types.h>

#include "layout/key.h"
#include "rules/ruleset.h"

/*
 * What trees can cut on: at most 32 bits of a word of the key each. Wider fields have several
 * parts, the highest first; an IPv4 address is in the last one. A field that trees do not cut takes
 * no number: its constant is that of the next one, and must not be used.
 */
#define NG_CUT_PARTS_NONE    0
#define NG_CUT_PARTS_RANGE   1
#define NG_CUT_PARTS_TERNARY 1
#define NG_CUT_PARTS_TWO     2
#define NG_CUT_PARTS_FOUR    4
#define NG_CUT_ENUM(NAME, WORD, SHIFT, BITS, HAS, CUT, ...) \
	NG_CUT_##NAME, NG_CUT_##NAME##_LAST = NG_CUT_##NAME + NG_CUT_PARTS_##CUT - 1,
enum ng_cut {
	NG_FIELD_TABLE(NG_CUT_ENUM)
		NG_CUT_PRESENCE,	/* ternary: NG_BIT_STATES and flags such as DF */
	NG_CUT_SETS,			/* ternary, 2 parts */
	NG_CUT_IFACE = NG_CUT_SETS + 2, /* 4 parts */
	NG_CUTS = NG_CUT_IFACE + 4,
	NG_CUT_NONE = NG_CUTS
};

/**
 * struct ng_cut_field - position of a field in the key
 * @ternary: a box fixes some bits and not others; else it is a range of numbers
 */
struct ng_cut_field {
	__u8 word, shift, bits, ternary;
};
extern const struct ng_cut_field ng_cut_fields[NG_CUTS];

static inline __u32 ng_cut_max(enum ng_cut cut)
{
	return ~0U >> (32 - ng_cut_fields[cut].bits);
}

/**
 * struct ng_key_field - the number in the key for a field
 * @word:  enum ng_word; for an address, that of the lower half. NG_WORDS: there is no such number
 * @shift, @bits: its position in the word
 * @cut:   the (first) part that trees cut; NG_CUT_NONE: none
 * @has:   bits of NG_WORD_BITS that are set if it could be read; else the number is 0
 */
struct ng_key_field {
	__u8 word, shift, bits;
	enum ng_cut cut;
	__u32 has;
};
extern const struct ng_key_field ng_key_fields[NG_FIELDS];

/** ng_key_mask() - mask of the number; for an address, of one half */
static inline __u64 ng_key_mask(enum ng_field field)
{
	const struct ng_key_field *number = &ng_key_fields[field];

	return number->bits < 64 ? (1ULL << number->bits) - 1 : ~0ULL;
}

#endif
