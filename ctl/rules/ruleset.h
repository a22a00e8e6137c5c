/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A ruleset as its text describes it. Nothing here knows of BPF or of the kernel.
 *
 * The rule language is described in docs/rules.md; what a rule means for a packet, in
 * docs/semantics.md. Structs own everything they point to; ng_ruleset_free() frees it.
 */
#ifndef NG_RULESET_H
#define NG_RULESET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"
#include "layout/fields.h"
#include "layout/flow_state.h"
#include "net/ip.h"

#define NG_SET_NAME_LEN 32 /* with its NUL */
#define NG_LABEL_LEN	64 /* with its NUL */
#define NG_IFNAME_LEN	16 /* IFNAMSIZ */
#define NG_INCLUDE_MAX	16 /* files open at once through include */

/* The set whose entries live outside every ruleset: `netguard block ADDRESS`. */
#define NG_BLOCKED "blocked"

enum ng_verdict { NG_PASS, NG_DROP, NG_COUNT, NG_LIMIT, NG_VERDICTS };

/** ng_verdict_decides() - false: packets that match go on to the next rule */
static inline bool ng_verdict_decides(enum ng_verdict verdict)
{
	return verdict == NG_PASS || verdict == NG_DROP;
}

enum ng_direction { NG_IN, NG_OUT, NG_DIRECTIONS };

/* Fields that a condition can look at, in the order in which a rule is printed: layout/fields.h. */
#define NG_FIELD_ENUM(NAME, ...) NG_FIELD_##NAME,
enum ng_field { NG_FIELD_TABLE(NG_FIELD_ENUM) NG_FIELDS };

#define NG_VLAN_NONE 0

enum ng_fragment { NG_FRAGMENT_NO, NG_FRAGMENT_FIRST, NG_FRAGMENT_LATER };

/**
 * struct ng_range - numbers from @lo to @hi inclusive, in host order
 *
 * An ICMP type without a code is the range (type << 8) to (type << 8 | 255), and a range of types
 * accordingly; a packet needs no readable code to match it. With a code, @lo == @hi, and such a
 * range is never merged with others: all 256 codes of a type do not mean the same as the type. It
 * is kept even if another range contains it: `8,8/0` requires a readable code, `8` does not.
 */
struct ng_range {
	uint64_t lo, hi;
};

/**
 * struct ng_condition - one condition of a rule
 * @field:    what it compares; a rule has each field at most once
 * @negated:  true of a packet that has the field with any other value
 * @ranges:   numeric fields: ascending, disjoint and not adjacent (5,6 is 5-6), but see
 *            struct ng_range for ICMP codes
 * @prefixes: FROM and TO without a set: sorted by family, address, length; no duplicates.
 *            `any` is the two prefixes of length 0.
 * @set:      FROM and TO: the set's name without '@', or empty
 * @flags_value, @flags_mask: FLAGS: byte 13 of the TCP header under the mask
 */
struct ng_condition {
	enum ng_field field;
	bool negated;
	struct ng_range *ranges;
	size_t n_ranges;
	struct ng_prefix *prefixes;
	size_t n_prefixes;
	char set[NG_SET_NAME_LEN];
	uint8_t flags_value, flags_mask;
};

enum ng_limit_unit { NG_LIMIT_SECOND, NG_LIMIT_MINUTE, NG_LIMIT_HOUR, NG_LIMIT_BITS };

enum ng_limit_per { NG_LIMIT_ALL, NG_LIMIT_PER_SOURCE, NG_LIMIT_PER_DESTINATION };

/**
 * struct ng_rule_limit - how much a `limit` rule admits
 * @rate:  packets in a @unit of time, or bits per second
 * @burst: packets, or bytes for a rate of bits; 0: none was given
 * @table: number of addresses; 0: none was given
 * @unit, @per: enum ng_limit_unit, enum ng_limit_per
 * @len4, @len6: lengths of prefixes that share a rate, with `per`
 */
struct ng_rule_limit {
	uint64_t rate;
	uint32_t burst;
	uint32_t table;
	uint8_t unit, per;
	uint8_t len4, len6;
};

/**
 * struct ng_rule - one rule
 * @limit: only used for verdict NG_LIMIT
 * @log_rate: records per second; 0: none was given; only used if @log is set
 * @iface:    `on IFACE`, or empty
 * @until:    seconds since the epoch: the rule matches nothing from then on; 0: it does not expire
 * @file, @line, @column: where it was read, for messages; @file is owned by the ruleset, NULL
 *            for a rule that was not read from a text
 */
struct ng_rule {
	enum ng_verdict verdict;
	enum ng_direction direction;
	char iface[NG_IFNAME_LEN];
	struct ng_rule_limit limit;
	struct ng_condition *conditions; /* in the order of enum ng_field */
	size_t n_conditions;
	bool log;
	uint32_t log_rate;
	char label[NG_LABEL_LEN];
	uint64_t until;
	const char *file;
	unsigned int line, column;
};

/**
 * struct ng_set - a named set of prefixes
 * @path:     the file it came from, relative to the folder of the ruleset's main file; NULL when
 *            inline
 * @prefixes: sorted by family, address, length; no duplicates; may nest
 * @masked:   how many prefixes of a file had host bits set, which reading cleared
 * @duplicates: how many repeated prefixes were removed
 */
struct ng_set {
	char name[NG_SET_NAME_LEN];
	char *path;
	struct ng_prefix *prefixes;
	size_t n_prefixes;
	size_t masked, duplicates;
	const char *file;
	unsigned int line;
};

/**
 * struct ng_set_source - where the contents of `set NAME file "…"` and `set NAME {}` come from
 * @read: fills @set's prefixes (sorted, unique, owned by @set)
 *
 * For a ruleset that is read back from an image: the files may have changed since, and the text in
 * an image has no prefixes. Such a text was checked before and is not checked again.
 */
struct ng_set_source {
	int (*read)(void *data, struct ng_set *set, struct ng_error *err);
	void *data;
};

/*
 * Limits of a text: more would not fit into an image, or it would take minutes to find out. What is
 * larger is refused while it is read, before the machine runs out of memory.
 */
#define NG_RULESET_RULES 2000000
#define NG_RULESET_BYTES (640UL << 20) /* of memory, rules and sets together */

/**
 * struct ng_flow_rules - `default timeout …` and `default flows …`, for `established`
 * @timeouts: seconds, by enum ng_flow_state
 * @flows:    number of flows that there must be room for
 */
struct ng_flow_rules {
	uint32_t timeouts[NG_FLOW_STATES];
	uint32_t flows;
};

/**
 * struct ng_ruleset - what a text says
 * @bytes: memory of its rules and sets, roughly
 */
struct ng_ruleset {
	enum ng_verdict default_verdict[NG_DIRECTIONS];
	enum ng_verdict default_invalid;
	struct ng_flow_rules flows;
	struct ng_set *sets;
	size_t n_sets;
	struct ng_rule *rules;
	size_t n_rules;
	char **files; /* names that rules and sets point to */
	size_t n_files;
	size_t bytes;
};

/**
 * ng_ruleset_new() - an empty ruleset: default pass, default out pass, default invalid drop, the
 * usual timeouts and number of flows
 */
struct ng_ruleset *ng_ruleset_new(void);
void ng_ruleset_free(struct ng_ruleset *ruleset); /* NULL is fine */

/** ng_rule_clear() - free what @rule owns and zero it */
void ng_rule_clear(struct ng_rule *rule);
/** ng_rule_copy() - deep copy without @file, which belongs to a ruleset; 0 or -ENOMEM */
int ng_rule_copy(struct ng_rule *to, const struct ng_rule *from);

/** ng_ruleset_insert() - put a copy of @rule before index @at (0-based; n_rules appends)
 *
 * Return: 0, -ENOMEM, -ERANGE when there is no such index.
 */
int ng_ruleset_insert(struct ng_ruleset *ruleset, size_t at, const struct ng_rule *rule);
void ng_ruleset_delete(struct ng_ruleset *ruleset, size_t at); /* @at < n_rules */

/** ng_ruleset_find_timed() - the first rule equal to @rule but for @until: its index, or -1 */
long ng_ruleset_find_timed(const struct ng_ruleset *ruleset, const struct ng_rule *rule);

const struct ng_set *ng_ruleset_set(const struct ng_ruleset *ruleset, const char *name);
/** ng_set_longest() - the longest prefix of @set (NULL: none) that holds @address, or NULL */
const struct ng_prefix *ng_set_longest(const struct ng_set *set, const struct ng_prefix *address);
const struct ng_condition *ng_rule_condition(const struct ng_rule *rule, enum ng_field field);
/** ng_ruleset_names_set() - does a rule refer to the set @name, such as NG_BLOCKED? */
bool ng_ruleset_names_set(const struct ng_ruleset *ruleset, const char *name);
/** ng_rule_place() - "file:line:column", or "rule N" when it was not read from a text */
const char *ng_rule_place(const struct ng_ruleset *ruleset, size_t index, char *text, size_t size);

#endif
