/* SPDX-License-Identifier: GPL-2.0-only */
/* The part of the model for rules with a rate: docs/semantics.md, "Rates", with exact numbers. */
#ifndef NG_TEST_MODEL_LIMIT_H
#define NG_TEST_MODEL_LIMIT_H

#include "rules/ruleset.h"

/** struct model_buckets - the buckets of all rules that have a debt */
struct model_buckets;

/** model_buckets_new() - all full; NULL: no memory */
struct model_buckets *model_buckets_new(void);
void model_buckets_free(struct model_buckets *buckets); /* NULL is fine */

/**
 * struct model_passing - a packet, or an aggregate, that a `limit` rule matched
 * @rule:  index of the rule
 * @time:  ns
 * @family: 4, 6, or anything when the rule does not say `per`
 * @source, @destination: in network order
 */
struct model_passing {
	size_t rule;
	const struct ng_rule_limit *limit;
	uint64_t time;
	uint64_t packets, bytes;
	uint64_t family;
	const uint8_t *source, *destination;
};

/** model_buckets_admit() - is it within the rate? If so, it is charged. Aborts without memory */
bool model_buckets_admit(struct model_buckets *buckets, const struct model_passing *passing);

#endif
