/* SPDX-License-Identifier: GPL-2.0-only */
/* Changing a tree of an image by one rule, without its builder. */
#ifndef NG_TREE_EDIT_H
#define NG_TREE_EDIT_H

#include "base/buffer.h"
#include "compile/entry/items.h"

/**
 * struct ng_tree_place - a tree that a rule is to be added to
 * @body:       the image; what is new is appended
 * @items, @i:  the rule
 * @rule_shift: see NG_LEAF_RANK
 * @longest:    entries of a leaf
 * @most:       bytes that may be appended
 */
struct ng_tree_place {
	struct ng_buffer *body;
	const struct ng_items *items;
	size_t i;
	unsigned int rule_shift;
	size_t longest, most;
};

/**
 * ng_tree_insert() - a tree that has one rule more than that of @root
 *
 * The old tree stays as it is: nodes on the way to the leaves that the rule can match in are
 * written anew, the others are in both. The rule excludes none behind it.
 * Return: the root's node word; 0: it would take more than @most, or a leaf would be longer than
 * @longest.
 */
__u64 ng_tree_insert(const struct ng_tree_place *place, __u64 root);

/**
 * ng_tree_meet() - set the bytes of @met, by number, of rules that may cover the rule, or it them
 *
 * They are those of the leaves that it can match in whose addresses nest with its own.
 */
void ng_tree_meet(const struct ng_tree_place *place, __u64 root, __u8 *met);

/**
 * struct ng_renumbering - rules get other numbers
 * @body:     the image, changed in place
 * @gone:     this rule leaves all trees; 0: none
 * @from:     then those from this number on get the next one; 0: none
 * @beyond:   a rule's number is too high for its forest's rule_shift
 * @seen:     a bit for each 8 bytes of the image, 0 at first: nodes that were changed
 */
struct ng_renumbering {
	struct ng_buffer *body;
	__u32 gone, from;
	bool beyond;
	__u64 *seen;
};

/** ng_renumbered() - the new number of a rule that stays */
static inline __u32 ng_renumbered(const struct ng_renumbering *r, __u32 rule)
{
	rule -= r->gone && rule > r->gone;
	return rule + (r->from && rule >= r->from);
}

/** ng_tree_renumber() - in one tree; returns its root's new node word */
__u64 ng_tree_renumber(struct ng_renumbering *r, __u64 root, bool ipv6, unsigned int rule_shift);

/**
 * ng_tree_move() - @root's tree is going to stand @by bytes behind where it stands in @body
 * @seen: as in struct ng_renumbering
 *
 * Return: the root's node word there.
 */
__u64 ng_tree_move(struct ng_buffer *body, __u64 root, size_t by, __u64 *seen);

#endif
