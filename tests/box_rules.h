/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Random rules that are boxes, for tests of trees. An inexact one also has a pseudo-random bit of
 * key and rule, in place of the conditions beyond the box.
 */
#ifndef NG_TEST_BOX_RULES_H
#define NG_TEST_BOX_RULES_H

#include "compile/entry/entry.h"
#include "compile/tree/tree.h"

#include "random_number.h"

#define SADDR4 (NG_CUT_FROM + 3)
#define DADDR4 (NG_CUT_TO + 3)

/**
 * struct box_rules - drawn rules, item i being boxes[i]; its entry's slot is i
 * @decide, @count: the same rules, as deciding and as counting ones
 */
struct box_rules {
	struct random random;
	struct ng_items decide, count;
	struct ng_box *boxes;
	bool *exact;
	size_t n;
};

/* Draws rule @i of @n of a shape; @box contains everything before. */
typedef void box_draw(struct random *random, bool ipv6, size_t i, size_t n, struct ng_box *box);

extern box_draw box_draw_acl, box_draw_rectangle, box_draw_dport, box_draw_ternaries,
	box_draw_flags, box_draw_same, box_draw_whole, box_draw_covered, box_draw_nested,
	box_draw_iface, box_draw_ether, box_draw_vlan, box_draw_validity, box_draw_behind_a_pass,
	box_draw_anything;

/**
 * box_rules_draw() - @n random rules, of which @inexact percent are inexact
 *
 * Rule numbers have gaps, and some rules have two items, as with `count` rules and variants.
 */
struct box_rules box_rules_draw(box_draw *draw, bool ipv6, size_t n, unsigned int inexact);
void box_rules_clear(struct box_rules *rules);

#define BOX_BODY 64 /* an image never has a node at its beginning */

/** box_rules_body() - BOX_BODY zeros: masks and ports of all items */
struct ng_buffer box_rules_body(void);

/** box_rules_add() - item @i, for rule number @rule */
void box_rules_add(struct ng_items *items, const struct ng_box *box, size_t i, __u32 rule,
		   bool exact);

/** box_rules_match() - does item @i match the key? */
bool box_rules_match(const struct box_rules *rules, size_t i, const __u64 *key);

/** box_rules_key() - a key inside a rule, on its border or just outside; sometimes anywhere */
void box_rules_key(struct box_rules *rules, __u64 *key);

#endif
