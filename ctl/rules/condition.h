/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads the conditions of a rule from tokens. */
#ifndef NG_CONDITION_H
#define NG_CONDITION_H

#include "rules/lexer.h"
#include "rules/ruleset.h"

#define NG_VALUES_MAX 1024 /* in one list of a rule, so that its text fits on a line */

/**
 * struct ng_rule_places - where the parts of a rule are in the text, for messages
 * @conditions: their keywords; line 0 where there is none
 * @values:     their values, after the keyword and `not`
 * @iface:      the name after `on`
 * @quoted:     that name is in quotes
 */
struct ng_rule_places {
	struct ng_place conditions[NG_FIELDS];
	struct ng_place values[NG_FIELDS];
	struct ng_place iface;
	bool quoted;
};

/**
 * struct ng_rule_reader - a rule that is being read
 * @found:  by field; those whose place is set own what they point to, the others are uninitialized
 * @icmp:   the lexer at the value of `icmp-type`, to read it again when the protocol is known
 */
struct ng_rule_reader {
	struct ng_lexer *lexer;
	struct ng_rule_places *places;
	struct ng_condition found[NG_FIELDS];
	struct ng_lexer icmp;
	struct ng_error *err;
};

/** ng_condition_read() - read the condition at the current token into reader->found */
int ng_condition_read(struct ng_rule_reader *reader);

/** ng_condition_read_icmp() - read `icmp-type` again, now that the rule's protocol is known */
int ng_condition_read_icmp(struct ng_rule_reader *reader);

/**
 * ng_prefixes_read() - read "{ a, b }"; the current token is the opening brace
 * @max: the most that are accepted; 0: no limit
 *
 * Appends to the list, which the caller sorts with ng_prefixes_sort(). The last prefix may be
 * followed by a comma.
 */
int ng_prefixes_read(struct ng_lexer *lexer, size_t max, struct ng_prefix **list, size_t *n,
		     struct ng_error *err);

/** ng_set_name_read() - check a set's name, which is at @place, and copy it */
int ng_set_name_read(const struct ng_lexer *lexer, struct ng_place place, const char *text,
		     char name[NG_SET_NAME_LEN], struct ng_error *err);

#endif
