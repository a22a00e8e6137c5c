/* SPDX-License-Identifier: GPL-2.0-only */
/* An image while it is written, and the entries that a rule without lists becomes in it. */
#ifndef NG_ENTRY_H
#define NG_ENTRY_H

#include "base/buffer.h"
#include "compile/entry/items.h"
#include "layout/image.h"
#include "layout/key.h"
#include "rules/ruleset.h"

/**
 * struct ng_used_set - a set that rules look up, on one side
 * @set: NULL for the live set
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
 * struct ng_compiler - an image while it is written
 * @body:    the image: the header's place first, then bounds and matches as they come
 * @rules:   by direction and class, in the order of the rules
 * @entry_bytes: of memory, roughly, that @rules take
 * @reads_vlan: a rule asks how incoming frames are tagged
 * @used:    the sets that were met, @n_used of them, bit i of the key's set word the i-th
 */
struct ng_compiler {
	const struct ng_ruleset *ruleset;
	struct ng_buffer body;
	struct ng_rules_of rules[NG_DIRECTIONS][NG_CLASSES];
	size_t entry_bytes;
	bool reads_vlan;
	struct ng_used_set used[NG_LOOKUPS_MAX];
	size_t n_used;
};

/*
 * What reading and compiling may take before trees and tries are built. More comes to more than an
 * image holds, and is refused as soon as that is known.
 */
#define NG_COMPILE_BYTES (850UL << 20)

/** ng_compiler_has_room() - for @more bytes; 0, or -E2BIG with @err */
int ng_compiler_has_room(const struct ng_compiler *compiler, size_t more, struct ng_error *err);

/** ng_compiler_clear() - free what was written; a zeroed one is fine */
void ng_compiler_clear(struct ng_compiler *compiler);

/** ng_set_bit() - the bit of NG_WORD_SETS that tells of a set; 0 with @err when there are too many
 */
__u64 ng_set_bit(struct ng_compiler *compiler, const char *name, int daddr, struct ng_error *err);

/* What becomes of a frame that matches. */
struct ng_target {
	__u32 rule, slot, action;
};

/** struct ng_variant - a rule with some of its lists narrowed to one of their parts */
struct ng_variant {
	const struct ng_rule *rule;
	struct ng_condition conditions[NG_FIELDS + 2];
	size_t n;
};

/** ng_variant_append() - the entries of one variant, for every kind of frames; 0, -ENOMEM,
 * or -E2BIG with @err when a limit of the layout is exceeded
 */
int ng_variant_append(struct ng_compiler *compiler, const struct ng_variant *v,
		      const struct ng_target *target, struct ng_error *err);

#endif
