/* SPDX-License-Identifier: GPL-2.0-only */
/* Entries of the history */
#ifndef NG_LAYOUT_HISTORY_H
#define NG_LAYOUT_HISTORY_H

#include <linux/types.h>

#define NG_HISTORY_MAX	 8	       /* rulesets */
#define NG_HISTORY_BYTES (64ULL << 20) /* of all their texts and prefixes */

/**
 * struct ng_history_head - the beginning of a map of the history; then the source of the image
 * follows, without @rules and @hides. (Up to layout 8 it is an image's header with text and sets.)
 * @passing: not one of the NG_HISTORY_MAX entries; removed when its image is in no slot any more
 * @created: ng_image_header.created
 * @size:    bytes of the source; 0: it is not kept
 * @applied: the image has been in force
 * @unconfirmed: it was rolled back because it was not confirmed in time
 * @rules, @sets: number of rules and sets
 * @command, @user: what put it in force, and who; NUL-terminated
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
