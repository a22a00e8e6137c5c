/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Change one rule of the ruleset in force. For a large ruleset, the text is not read and the trees
 * are not rebuilt if the image in force can be changed instead (compile/change.h).
 */
#ifndef NG_EDIT_RULE_H
#define NG_EDIT_RULE_H

#include "commands/edit.h"

/** ng_edit_count() - how many rules are in force */
size_t ng_edit_count(const struct ng_edit *edit);

/** ng_edit_text() - text of rule @number in force; the caller frees it; NULL: no memory */
char *ng_edit_text(const struct ng_edit *edit, size_t number);

/** ng_edit_rule() - the same, parsed; for ng_rule_clear(); 0 or -errno with @ctx->error */
int ng_edit_rule(struct ng_context *ctx, struct ng_edit *edit, size_t number, struct ng_rule *rule);

/**
 * ng_edit_find() - the first rule that equals @rule, except for `until`
 * @same:  its `until` is the same too
 * @first: no rule before it has another verdict, `count` aside
 *
 * Return: 0 with *@number, which is 0 if there is none; -ENOMEM.
 */
int ng_edit_find(const struct ng_edit *edit, const struct ng_rule *rule, size_t *number, bool *same,
		 bool *first);

/**
 * ng_edit_change() - delete one rule, insert one, or both, and put the result in force
 * @gone: number of the rule to delete; 0: none
 * @put:  number that @rule gets, after @gone was deleted; 0: insert none
 *
 * Otherwise like ng_edit_publish().
 */
int ng_edit_change(struct ng_context *ctx, struct ng_edit *edit, size_t gone, size_t put,
		   const struct ng_rule *rule);

#endif
