/* SPDX-License-Identifier: GPL-2.0-only */
/* Add or remove a rule in a finished tree of an image. */
#ifndef NG_TREE_EDIT_H
#define NG_TREE_EDIT_H

#include "base/buffer.h"
#include "compile/entry/items.h"

/**
 * struct ng_tree_place - a rule, and the limits for adding it to a tree
 * @body:       the image; new nodes are appended
 * @items, @i:  the rule
 * @data:       what the offsets of its entry refer to; @body, or something else for ng_tree_meet()
 * @rule_shift: see NG_LEAF_RANK
 * @longest:    maximum number of entries in a leaf
 * @most:       maximum number of bytes to append
 */
struct ng_tree_place {
	struct ng_buffer *body;
	const struct ng_items *items;
	size_t i;
	const void *data;
	unsigned int rule_shift;
	size_t longest, most;
};

/**
 * ng_tree_insert() - copy a tree, with the rule added
 *
 * The old tree is unchanged: only nodes on the paths to leaves where the rule can match are copied,
 * the others are shared. No rule after it is left out of the leaves.
 * Return: the root's node word; 0: it would take more than @most bytes, or a leaf more than
 * @longest entries.
 */
__u64 ng_tree_insert(const struct ng_tree_place *place, __u64 root);

/**
 * ng_tree_meet() - set the bytes in @met, indexed by number, of rules that may cover the rule or be
 * covered by it
 *
 * These are the rules in leaves where it can match whose addresses contain its own or are inside
 * them.
 */
void ng_tree_meet(const struct ng_tree_place *place, __u64 root, __u8 *met);

/**
 * struct ng_renumbering - how rule numbers change
 * @body:     the image, changed in place
 * @gone:     number of the rule to remove; 0: none
 * @from:     after that, numbers from this one on increase by 1; 0: none
 * @beyond:   set if a number is too high for its forest's rule_shift
 * @seen:     a bit for each 8 bytes of the image, initially 0: nodes already changed
 */
struct ng_renumbering {
	struct ng_buffer *body;
	__u32 gone, from;
	bool beyond;
	__u64 *seen;
};

/** ng_renumbered() - the new number of a remaining rule */
static inline __u32 ng_renumbered(const struct ng_renumbering *r, __u32 rule)
{
	rule -= r->gone && rule > r->gone;
	return rule + (r->from && rule >= r->from);
}

/** ng_tree_renumber() - renumber one tree; returns its root's new node word */
__u64 ng_tree_renumber(struct ng_renumbering *r, __u64 root, bool ipv6, unsigned int rule_shift);

#endif
