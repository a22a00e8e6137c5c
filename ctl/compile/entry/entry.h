/* SPDX-License-Identifier: GPL-2.0-only */
/* An image that is being written, and the entries in it for a rule without lists. */
#ifndef NG_ENTRY_H
#define NG_ENTRY_H

#include "base/buffer.h"
#include "compile/entry/items.h"
#include "compile/entry/shared.h"
#include "layout/image.h"
#include "layout/key.h"
#include "rules/ruleset.h"

/**
 * struct ng_used_set - a set that rules look up, for source or destination addresses
 * @set: NULL: @blocked, which only has live entries
 */
struct ng_used_set {
	char name[NG_SET_NAME_LEN];
	const struct ng_set *set;
	int daddr;
};

/**
 * struct ng_rules_of - the rules for one kind of frames
 * @decide: those with a verdict; @count: `count` rules
 */
struct ng_rules_of {
	struct ng_items decide, count;
};

/**
 * struct ng_compiler - an image that is being written
 * @body:    the image: first room for the header, then all that entries refer to
 * @source:  its source: room for the header, text, sets
 * @shared:  what entries refer to that may be used again
 * @rules:   by direction and class, in the order of the rules
 * @limiters: struct ng_limiter of the rules with a rate, in @body
 * @entry_bytes: memory that @rules take, roughly
 * @reads_vlan: a rule for incoming frames has a condition on tags
 * @logs:    a rule is marked `log`
 * @hides:   by rule, see struct ng_tree_build
 * @used:    the sets looked up, @n_used of them; bit i of NG_WORD_SETS is for the i-th
 */
struct ng_compiler {
	const struct ng_ruleset *ruleset;
	struct ng_buffer body, source;
	struct ng_shared shared;
	struct ng_rules_of rules[NG_DIRECTIONS][NG_CLASSES];
	struct ng_list limiters;
	size_t entry_bytes;
	bool reads_vlan, logs;
	__u8 *hides;
	struct ng_used_set used[NG_LOOKUPS_MAX];
	size_t n_used;
};

/*
 * Memory for reading and compiling before trees and tries are built. A ruleset that needs more
 * would not fit into an image, and is refused as early as possible.
 */
#define NG_COMPILE_BYTES (850UL << 20)

/** ng_compiler_has_room() - may it take @more bytes? 0; -E2BIG with @err filled */
int ng_compiler_has_room(const struct ng_compiler *compiler, size_t more, struct ng_error *err);

/** ng_compiler_clear() - free everything; may be all zero */
void ng_compiler_clear(struct ng_compiler *compiler);

/** ng_set_bit() - the bit of NG_WORD_SETS for a set; 0 with @err filled when there are too many */
__u64 ng_set_bit(struct ng_compiler *compiler, const char *name, int daddr, struct ng_error *err);

/* What to do with a frame that matches. @limiter: the offset of its struct ng_limiter; 0: none */
struct ng_target {
	__u32 rule, slot, action, limiter;
};

/** ng_target_decides() - or are packets that match counted, and go on? */
static inline bool ng_target_decides(const struct ng_target *target)
{
	return target->action == NG_ACTION_PASS || target->action == NG_ACTION_DROP;
}

/** struct ng_variant - a rule in which some lists are reduced to one of their values */
struct ng_variant {
	const struct ng_rule *rule;
	struct ng_condition conditions[NG_FIELDS + 2];
	size_t n;
};

/**
 * ng_variant_append() - append the entries of a variant, for all kinds of frames; 0; -ENOMEM;
 * -E2BIG with @err filled when a limit of the layout is exceeded
 */
int ng_variant_append(struct ng_compiler *compiler, const struct ng_variant *v,
		      const struct ng_target *target, struct ng_error *err);

#endif
