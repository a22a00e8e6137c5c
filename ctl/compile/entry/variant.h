/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A rule with lists -> rules with one value or range each, its variants: a list is no box, and
 * trees part boxes.
 */
#ifndef NG_VARIANT_H
#define NG_VARIANT_H

#include "compile/entry/entry.h"

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

/** ng_variant_append() - the entries of one variant, for every kind of frames; as ng_entries_add()
 */
int ng_variant_append(struct ng_compiler *compiler, const struct ng_variant *v,
		      const struct ng_target *target, struct ng_error *err);

#endif
