/* SPDX-License-Identifier: GPL-2.0-only */
/* Reading what a rule is made of, from tokens. */
#ifndef NG_CONDITION_H
#define NG_CONDITION_H

#include "rules/lexer.h"
#include "rules/ruleset.h"

#define NG_VALUES_MAX 1024 /* in one list of a rule, so that its text fits into a line */

/**
 * struct ng_rule_places - where parts of a rule stand, for messages
 * @conditions: their keywords; line 0 where there is none
 * @values:     what stands behind the keyword, and behind `not`
 * @iface:      the name behind `on`
 * @quoted:     it stands in quotes
 */
struct ng_rule_places {
	struct ng_place conditions[NG_FIELDS];
	struct ng_place values[NG_FIELDS];
	struct ng_place iface;
	bool quoted;
};

/**
 * struct ng_rule_reader - a rule that is being read
 * @found:  by field; those whose place is set own what they point to, the others hold nothing
 * @icmp:   the lexer at the value of `icmp-type`, whose names wait for the protocol
 */
struct ng_rule_reader {
	struct ng_lexer *lexer;
	struct ng_rule_places *places;
	struct ng_condition found[NG_FIELDS];
	struct ng_lexer icmp;
	struct ng_error *err;
};

/** ng_condition_read() - the condition that begins with the current token, into reader->found */
int ng_condition_read(struct ng_rule_reader *reader);

/** ng_condition_read_icmp() - `icmp-type` once more, when the rule's protocol is known */
int ng_condition_read_icmp(struct ng_rule_reader *reader);

/**
 * ng_prefixes_read() - "{ a, b }" from the opening brace, the current token, to behind the
 * closing one
 * @max: how many; 0: no limit
 *
 * Appends to the list, which ng_prefixes_sort() then has to sort. A comma may stand behind the
 * last one.
 */
int ng_prefixes_read(struct ng_lexer *lexer, size_t max, struct ng_prefix **list, size_t *n,
		     struct ng_error *err);

/** ng_set_name_read() - check a set's name, which stands at @place, and copy it */
int ng_set_name_read(const struct ng_lexer *lexer, struct ng_place place, const char *text,
		     char name[NG_SET_NAME_LEN], struct ng_error *err);

#endif
