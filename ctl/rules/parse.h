/* SPDX-License-Identifier: GPL-2.0-only */
/* Text -> ruleset. */
#ifndef NG_PARSE_H
#define NG_PARSE_H

#include "rules/messages.h"
#include "rules/ruleset.h"

/**
 * ng_parse_file() - read a ruleset file with all it includes
 * @path:     "-" is standard input
 * @messages: errors and warnings are added to it; never NULL
 *
 * Continues after an error, to report several. Columns are bytes from 1. Checks the whole as well:
 * rules that can never match are errors, a rule covered by one earlier rule is a warning, and so
 * are host bits that were cleared in a set file. A ruleset without any statement is an error.
 * Return: 0 with *@ruleset owned by the caller; -EINVAL with messages->errors > 0; -ENOMEM.
 * *@ruleset stays untouched on failure.
 */
int ng_parse_file(const char *path, struct ng_ruleset **ruleset, struct ng_messages *messages);

/**
 * ng_parse_file_unsearched() - the same without the search for covered rules
 *
 * The caller does that with ng_check_cover(); it takes half as long as reading.
 * @kept: the ruleset was in force once: rules that can never match are warnings
 */
int ng_parse_file_unsearched(const char *path, bool kept, struct ng_ruleset **ruleset,
			     struct ng_messages *messages);

/**
 * ng_parse_text() - ng_parse_file() for text in memory
 * @name:   what messages call it
 * @folder: what include and set files are relative to; NULL refuses include, and without
 *          @source set files as well
 * @source: NULL reads set files, their names relative to the folder of the file that names them
 */
int ng_parse_text(const char *text, size_t len, const char *name, const char *folder,
		  const struct ng_set_source *source, struct ng_ruleset **ruleset,
		  struct ng_messages *messages);

/**
 * ng_parse_rule() - one rule, as typed on the command line
 * @sets: the ruleset whose sets it may name, or NULL for none
 *
 * A rule that can never match is an error here too.
 * Return: 0 with *@rule filled (free with ng_rule_clear()); -EINVAL with @err filled, whose
 * .where is "rule:1:COLUMN"; -ENOMEM.
 */
int ng_parse_rule(const char *text, const struct ng_ruleset *sets, struct ng_rule *rule,
		  struct ng_error *err);

/**
 * ng_parse_conditions() - the same for a rule without its verdict: "[in|out] [on IFACE] CONDITIONS"
 * @name: in place of "rule" in .where, whose column is in @text
 * @verdict: such as "drop"
 */
int ng_parse_conditions(const char *text, const char *name, const char *verdict,
			const struct ng_ruleset *sets, struct ng_rule *rule, struct ng_error *err);

#endif
