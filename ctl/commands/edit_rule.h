/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Changing one rule of the ruleset in force. Of a large one neither is the text read nor are trees
 * built anew: the image in force is changed (compile/change.h), where that can be done.
 */
#ifndef NG_EDIT_RULE_H
#define NG_EDIT_RULE_H

#include "commands/edit.h"

/** ng_edit_count() - how many rules are in force */
size_t ng_edit_count(const struct ng_edit *edit);

/** ng_edit_text() - the rule of this number as it stands there; for free(), NULL without memory */
char *ng_edit_text(const struct ng_edit *edit, size_t number);

/** ng_edit_rule() - the same as a rule for ng_rule_clear(); 0, -errno with @ctx->error */
int ng_edit_rule(struct ng_context *ctx, struct ng_edit *edit, size_t number, struct ng_rule *rule);

/**
 * ng_edit_find() - the first rule that says what @rule says, but perhaps with another time
 * @same:  that one has the same time
 * @first: nothing before it could decide otherwise
 *
 * Return: 0 with *@number, 0: there is none; -ENOMEM.
 */
int ng_edit_find(const struct ng_edit *edit, const struct ng_rule *rule, size_t *number, bool *same,
		 bool *first);

/**
 * ng_edit_change() - put in force what a change by one rule or two leaves
 * @gone: the rule of this number goes; 0: none
 * @put:  the number that @rule gets when that one is gone; 0: none comes
 *
 * As ng_edit_publish().
 */
int ng_edit_change(struct ng_context *ctx, struct ng_edit *edit, size_t gone, size_t put,
		   const struct ng_rule *rule);

#endif
