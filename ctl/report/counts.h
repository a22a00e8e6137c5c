/* SPDX-License-Identifier: GPL-2.0-only */
/* Prints counters by what decided, for live counters and for test runs. */
#ifndef NG_COUNTS_H
#define NG_COUNTS_H

#include "layout/counters.h"
#include "report/json.h"
#include "report/rates.h"
#include "report/terminal.h"
#include "rules/ruleset.h"

/**
 * struct ng_counts - counters and the ruleset they belong to
 * @image:    its data, which says the slot of each rule
 * @counters: by slot, @n of them; slots beyond are 0
 * @rates:    shown beside the counters; NULL: not known
 */
struct ng_counts {
	const struct ng_ruleset *ruleset;
	const void *image;
	const struct ng_counter *counters;
	__u32 n;
	const struct ng_rates *rates;
};

const char *ng_verdict_name(enum ng_verdict verdict);
/** ng_reason_name() - "ip-length"; @reason: enum ng_reason; "unknown" for any other number */
const char *ng_reason_name(unsigned int reason);
enum ng_colour ng_verdict_colour(enum ng_verdict verdict);

/**
 * ng_counts_json_rules() - "rules": [{"index","text","verdict","packets","bytes"}…]; and rates
 *
 * A `limit` rule has "over", too: {"packets","bytes"}.
 */
void ng_counts_json_rules(const struct ng_counts *counts, struct json_object *object);

/** ng_counts_json_default() - @key: {"verdict","packets","bytes"} of one direction */
void ng_counts_json_default(const struct ng_counts *counts, enum ng_direction direction,
			    struct json_object *object, const char *key);

/** ng_counts_json_others() - "invalid" with its reasons, "non_ip", "exempt", "blocked", "over" */
void ng_counts_json_others(const struct ng_counts *counts, struct json_object *object);

/** ng_counts_print_rules() - a table of the rules for people */
void ng_counts_print_rules(const struct ng_counts *counts, FILE *out);

/** ng_counts_print_others() - a table of all but rules; @directions: bits 1 << NG_IN, NG_OUT */
void ng_counts_print_others(const struct ng_counts *counts, unsigned int directions, FILE *out);

#endif
