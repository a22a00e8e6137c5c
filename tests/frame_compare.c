// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "compile/entry/key.h"
#include "frame_compare.h"
#include "rules/fields.h"

/**
 * struct part - a number in the key
 * @presence: bits of NG_WORD_BITS; 0: every IP packet has it, and no other frame
 */
struct part {
	const char *name;
	__u64 presence;
	enum ng_word word;
	__u64 mask;
};

/* Parts that are not a single number, or are not read as one. */
static const struct part others[] = {
	{ "fragment", NG_BIT_HAS_FRAGMENT, NG_WORD_BITS,
	  NG_BIT_FRAGMENT_NO | NG_BIT_FRAGMENT_FIRST | NG_BIT_FRAGMENT_LATER },
	{ "ICMP code", NG_BIT_HAS_ICMP_CODE, NG_WORD_MISC, 0xffULL << NG_MISC_ICMP_SHIFT },
	{ "tagging", NG_BIT_HAS_VLAN, NG_WORD_BITS, NG_BIT_TAGGED },
	{ "source", 0, NG_WORD_SADDR_HI, ~0ULL },
	{ "destination", 0, NG_WORD_DADDR_HI, ~0ULL },
};
#define OTHERS (sizeof(others) / sizeof(*others))

/* The @i-th of all parts; false: it is not a number in the key. */
static bool part_at(size_t i, struct part *part)
{
	enum ng_field field = i < OTHERS ? 0 : i - OTHERS;
	const struct ng_key_field *number = &ng_key_fields[field];

	if (i < OTHERS) {
		*part = others[i];
		return true;
	}
	*part = (struct part){ ng_fields[field].keyword, number->has, number->word,
			       ng_key_mask(field) << number->shift };
	if (field == NG_FIELD_ICMP_TYPE)
		part->mask = 0xff00ULL << number->shift;
	return number->bits;
}

/* The bits of a word that depend on the frame alone. */
static __u64 own_bits(enum ng_word word, unsigned int segments)
{
	if (word == NG_WORD_SETS || word == NG_WORD_IFACE_HI || word == NG_WORD_IFACE_LO)
		return 0;
	if (word == NG_WORD_LANES && segments > 1)
		return ~(NG_LANE_LENGTH_MAX << NG_LANE_LENGTH_SHIFT);
	return ~0ULL;
}

static bool has(const struct part *part, const __u64 *key, __u32 class)
{
	return part->presence ? (key[NG_WORD_BITS] & part->presence) == part->presence
			      : class != NG_CLASS_OTHER;
}

static const char *part_difference(const struct part *part, const struct ng_frame_fields *fields,
				   const struct ng_trace *whole)
{
	bool is_read = has(part, fields->key, fields->class);

	if (!is_read && (fields->cut || !has(part, whole->key, whole->class)))
		return NULL;
	if (!is_read || !has(part, whole->key, whole->class) ||
	    (fields->key[part->word] ^ whole->key[part->word]) & part->mask)
		return part->name;
	return NULL;
}

const char *frame_difference(const struct ng_frame_fields *fields, const struct ng_trace *whole,
			     unsigned int segments)
{
	const char *different = NULL;
	struct part part;

	if (fields->class != whole->class && !(fields->cut && fields->class == NG_CLASS_OTHER))
		return "class";
	if (fields->reason != whole->decision.reason && !(fields->cut && !fields->reason))
		return "reason";
	for (size_t i = 0; !different && i < OTHERS + NG_FIELDS; i++)
		if (part_at(i, &part) && (segments < 2 || strcmp(part.name, "length") != 0))
			different = part_difference(&part, fields, whole);
	for (enum ng_word word = 0; !different && !fields->cut && word < NG_WORDS; word++)
		if ((fields->key[word] ^ whole->key[word]) & own_bits(word, segments))
			different = "some bit";
	return different;
}
