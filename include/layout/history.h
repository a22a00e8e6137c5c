/* SPDX-License-Identifier: GPL-2.0-only */
/* Rulesets that were in force */
#ifndef NG_LAYOUT_HISTORY_H
#define NG_LAYOUT_HISTORY_H

#include <linux/types.h>

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

#endif
