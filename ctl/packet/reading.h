/* SPDX-License-Identifier: GPL-2.0-only */
/* The fields that a program read of a frame, in the words of the rule language. */
#ifndef NG_READING_H
#define NG_READING_H

#include "layout/config.h"
#include "rules/ruleset.h"

/**
 * ng_reading() - the fields that could be read, each as a condition with that one value
 * @rule: the caller clears it with ng_rule_clear(); a field that could not be read has no
 *        condition. The mask of flags is all eight
 *
 * Return: 0 or -ENOMEM.
 */
int ng_reading(const struct ng_trace *trace, struct ng_rule *rule);

/** ng_reading_address() - get NG_FIELD_FROM or _TO of an IP packet; false: there is none */
bool ng_reading_address(const struct ng_trace *trace, enum ng_field field,
			struct ng_prefix *address);

/**
 * ng_reading_text() - the value of a condition of such a rule, without its keyword
 *
 * Return: the caller frees it; NULL: out of memory.
 */
char *ng_reading_text(const struct ng_rule *rule, const struct ng_condition *condition);

#endif
