// SPDX-License-Identifier: GPL-2.0-only
#include "compile/entry/key.h"

#include "layout/image.h"

/* The column CUT of layout/fields.h: the parts, and the field's cut. */
#define CUT_NONE(cut, word, shift, bits)
#define CUT_RANGE(cut, word, shift, bits)   [cut] = { word, shift, bits, 0 },
#define CUT_TERNARY(cut, word, shift, bits) [cut] = { word, shift, bits, 1 },
#define CUT_TWO(cut, word, shift, bits) \
	[cut] = { word, 32, (bits)-32, 0 }, [(cut) + 1] = { word, 0, 32, 0 },
#define CUT_FOUR(cut, word, shift, bits)                                       \
	[cut] = { (word)-1, 32, 32, 0 }, [(cut) + 1] = { (word)-1, 0, 32, 0 }, \
	[(cut) + 2] = { word, 32, 32, 0 }, [(cut) + 3] = { word, 0, 32, 0 },
#define CUT_ROW(NAME, WORD, SHIFT, BITS, HAS, CUT, ...) \
	CUT_##CUT(NG_CUT_##NAME, NG_WORD_OF_##WORD, SHIFT, BITS)

const struct ng_cut_field ng_cut_fields[NG_CUTS] = {
	[NG_CUT_PRESENCE] = { NG_WORD_BITS, 16, 16, 1 },
	[NG_CUT_SETS + 0] = { NG_WORD_SETS, 32, 32, 1 },
	[NG_CUT_SETS + 1] = { NG_WORD_SETS, 0, 32, 1 },
	[NG_CUT_IFACE + 0] = { NG_WORD_IFACE_HI, 32, 32, 0 },
	[NG_CUT_IFACE + 1] = { NG_WORD_IFACE_HI, 0, 32, 0 },
	[NG_CUT_IFACE + 2] = { NG_WORD_IFACE_LO, 32, 32, 0 },
	[NG_CUT_IFACE + 3] = { NG_WORD_IFACE_LO, 0, 32, 0 },
	NG_FIELD_TABLE(CUT_ROW)
};

#define CUT_OF_NONE(cut)    NG_CUT_NONE
#define CUT_OF_RANGE(cut)   cut
#define CUT_OF_TERNARY(cut) cut
#define CUT_OF_TWO(cut)	    cut
#define CUT_OF_FOUR(cut)    cut
#define KEY_ROW(NAME, WORD, SHIFT, BITS, HAS, CUT, ...) \
	[NG_FIELD_##NAME] = { NG_WORD_OF_##WORD, SHIFT, BITS, CUT_OF_##CUT(NG_CUT_##NAME), HAS },

const struct ng_key_field ng_key_fields[NG_FIELDS] = { NG_FIELD_TABLE(KEY_ROW) };

/* ---- what a row may say ---------------------------------------------------------------- */

#define ROW_FITS(NAME, WORD, SHIFT, BITS, HAS, CUT, LAYER, IPV4, IPV6, KEYWORD, KIND, NOUN, MIN, \
		 MAX, ...)                                                                       \
	_Static_assert((MIN) <= (MAX) && (!(BITS) || (BITS) > 63 || (MAX) >> ((BITS)&63) == 0),  \
		       #NAME ": the key has room for all values");                               \
	_Static_assert((IPV4) + (BITS) <= 160 && (IPV6) + (BITS) <= 320,                         \
		       #NAME " lies inside the IP headers");
NG_FIELD_TABLE(ROW_FITS)

/* If numbers or guards overlapped, their sum would differ from their union. */
#define IN(WORD, IN, BITS) (NG_WORD_OF_##WORD == NG_WORD_OF_##IN ? (BITS) : 0)
#define SUM_LANES(NAME, WORD, SHIFT, BITS, ...) \
	+IN(WORD, LANE, NG_FIELD_MASK(SHIFT, NG_LANE_BITS) + NG_FIELD_GUARD(SHIFT, NG_LANE_BITS))
#define SUM_MISC(NAME, WORD, SHIFT, BITS, ...) \
	+IN(WORD, MISC, NG_FIELD_MASK(SHIFT, BITS) + NG_FIELD_GUARD(SHIFT, BITS))
#define SUM_BITS(NAME, WORD, SHIFT, BITS, ...) +IN(WORD, BIT, NG_FIELD_MASK(SHIFT, BITS))
#define OR_BITS(NAME, WORD, SHIFT, BITS, ...)  | IN(WORD, BIT, NG_FIELD_MASK(SHIFT, BITS))
_Static_assert((0 NG_FIELD_TABLE(SUM_LANES)) == (1ULL << 63) - 1, "lanes do not overlap");
_Static_assert((0 NG_FIELD_TABLE(SUM_MISC)) == (NG_MISC_MAX | NG_MISC_GUARDS),
	       "numbers of NG_WORD_MISC and their guards do not overlap");
_Static_assert((NG_BIT_STATES NG_FIELD_TABLE(SUM_BITS)) == (NG_BIT_STATES NG_FIELD_TABLE(OR_BITS)),
	       "numbers of NG_WORD_BITS do not overlap");
