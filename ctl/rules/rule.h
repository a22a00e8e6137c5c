/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads one rule from tokens. */
#ifndef NG_RULE_H
#define NG_RULE_H

#include "rules/condition.h"
#include "rules/lexer.h"
#include "rules/ruleset.h"

/** ng_verdict_of() - the verdict that the token names; NG_VERDICTS: none */
enum ng_verdict ng_verdict_of(const struct ng_token *token);

/**
 * ng_rule_read() - read the rule whose verdict is the current token
 *
 * The end of the statement is the current token afterwards. Does not check whether the rule can
 * match, nor whether its sets exist.
 * Return: 0 with *@rule owned by the caller; -EINVAL with @err; -ENOMEM.
 */
int ng_rule_read(struct ng_lexer *lexer, struct ng_rule *rule, struct ng_rule_places *places,
		 struct ng_error *err);

/**
 * ng_rule_check_iface() - refuse a pattern after `on`, which compares whole names
 *
 * A name that looks like a pattern is accepted in quotes. Not done by ng_rule_read(), since an
 * image may have such a rule from a version that did not check this. Return: 0; -EINVAL with @err.
 */
int ng_rule_check_iface(const struct ng_lexer *lexer, const struct ng_rule *rule,
			const struct ng_rule_places *places, struct ng_error *err);

/** ng_iface_wants_quotes() - has a rule to put this interface's name in quotes? */
bool ng_iface_wants_quotes(const char *name);

/** ng_text_iface() - the interface that a rule's canonical text names; false: none */
bool ng_text_iface(const char *text, size_t len, char iface[NG_IFNAME_LEN]);

#endif
