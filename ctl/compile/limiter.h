/* SPDX-License-Identifier: GPL-2.0-only */
/* Rules with a rate: their parameters, counters and buckets. */
#ifndef NG_COMPILE_LIMITER_H
#define NG_COMPILE_LIMITER_H

#include "compile/slots.h"
#include "layout/image.h"
#include "layout/limit.h"
#include "rules/ruleset.h"

/** ng_limiter_of() - the parameters of a rule with a rate, without @slot, @over and @bucket */
struct ng_limiter ng_limiter_of(const struct ng_rule_limit *limit);

/**
 * ng_limiters_assign() - give each limiter a second counter, and a bucket
 * @limiters: @n of them, with the slot of their rule
 * @rules:    all @n_rules rules, with their slots
 * @slots:    those of all rules; the counters that are not in a kept image are added
 *
 * The rule that has the same slot in a kept image has the same text, so its counter and bucket stay
 * its own. Return: 0; -ENOMEM.
 */
int ng_limiters_assign(struct ng_limiter *limiters, size_t n, const struct ng_image_rule *rules,
		       size_t n_rules, const void *const *kept, size_t n_kept,
		       struct ng_slots *slots);

#endif
