/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The rules for frames of one kind, as needed to build trees: each is a box, with a range of values
 * in each field that a tree can cut on, and an entry, which is copied into leaves.
 */
#ifndef NG_ITEMS_H
#define NG_ITEMS_H

#include <linux/types.h>
#include <stdbool.h>

#include "base/buffer.h"
#include "compile/entry/key.h"
#include "layout/image.h"

/**
 * struct ng_box - the range of a rule in each field, both ends included
 * @said: bit i: field i is restricted; the others are whole
 *
 * In a ternary field the bits where @lo and @hi are equal are fixed, the others are free.
 */
struct ng_box {
	__u32 lo[NG_CUTS], hi[NG_CUTS];
	__u32 said;
};
_Static_assert(NG_CUTS <= 32, "ng_box.said has a bit for each");

void ng_box_whole(struct ng_box *box);

/** ng_box_narrow() - restrict the field to @lo to @hi; false when nothing is left */
bool ng_box_narrow(struct ng_box *box, enum ng_cut cut, __u64 lo, __u64 hi);

/**
 * ng_box_fix() - restrict a number of @bits bits to @value where @mask is set; parts from @cut on
 */
void ng_box_fix(struct ng_box *box, enum ng_cut cut, __u64 value, __u64 mask, int bits);

/**
 * struct ng_items - rules in order
 * @n:       number of rules
 * @columns: by field: lo and hi of each rule; NULL: all are whole
 * @used:    the fields with a column, @n_used of them; @has: bit i: field i has one
 * @entries: struct ng_entry4 or ng_entry6 of each rule; what they refer to is elsewhere
 * @ipv6:    it is ng_entry6
 * @exact:   by rule: every frame inside its box matches
 */
struct ng_items {
	size_t n, room;
	__u32 *columns[NG_CUTS][2];
	enum ng_cut used[NG_CUTS];
	size_t n_used;
	__u32 has;
	bool ipv6;
	__u8 *entries;
	__u8 *exact;
};

size_t ng_items_entry_size(const struct ng_items *items);

/** ng_items_size() - bytes of memory for one rule */
size_t ng_items_size(const struct ng_items *items);

/** ng_items_add() - append a rule; @entry is of the type given by @items->ipv6; 0 or -ENOMEM */
int ng_items_add(struct ng_items *items, const struct ng_box *box, const void *entry, bool exact);

/** ng_entry_common() - what a struct ng_entry4 and ng_entry6 have in common */
const struct ng_entry *ng_entry_common(const void *entry, bool ipv6);

/** ng_entry_rule() - number of the rule of an entry, from 1 */
__u32 ng_entry_rule(const void *entry, bool ipv6);
void ng_entry_set_rule(void *entry, bool ipv6, __u32 rule);

/** ng_entry_bits() - the condition of an entry on NG_WORD_BITS; @data: what its offsets refer to */
const struct ng_bits *ng_entry_bits(const void *data, const void *entry, bool ipv6);

/**
 * ng_entries_nest() - are the addresses of one entry inside those of the other?
 * @data_a, @data_b: what the offsets of @a and @b refer to
 *
 * If not, neither rule covers the other.
 */
bool ng_entries_nest(const void *data_a, const void *a, const void *data_b, const void *b,
		     bool ipv6);

/** ng_items_rule() - the number of a rule, from 1 */
__u32 ng_items_rule(const struct ng_items *items, size_t i);

void ng_items_clear(struct ng_items *items);

#endif
