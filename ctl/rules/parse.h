/* SPDX-License-Identifier: GPL-2.0-only */
/* Text -> ruleset. */
#ifndef NG_PARSE_H
#define NG_PARSE_H

#include "rules/ruleset.h"

#define NG_MESSAGES_MAX 20   /* kept */
#define NG_ERRORS_MAX	1000 /* after so many, reading ends: this is no ruleset */

/** struct ng_message - .where of @error is "file:line:column", or "rule N" where there is no file
 */
struct ng_message {
	bool warning;
	struct ng_error error;
};

/**
 * struct ng_messages - what was found while reading: errors and warnings, as they were found
 *
 * At most NG_MESSAGES_MAX are kept; @left_out counts the rest. Zeroed, it is empty.
 */
struct ng_messages {
	struct ng_message *list;
	size_t n, left_out;
	size_t errors; /* of all found, kept or not */
};
/** ng_messages_add() - add a copy of @error; without memory it is only counted */
void ng_messages_add(struct ng_messages *messages, bool warning, const struct ng_error *error);
/** ng_messages_put_first() - a warning that is kept in any case, before all others */
void ng_messages_put_first(struct ng_messages *messages, const struct ng_error *warning);
void ng_messages_clear(struct ng_messages *messages);

/**
 * struct ng_set_source - where the contents of `set NAME file "…"` and `set NAME {}` come from
 * @read: fills @set's prefixes (sorted, unique, owned by @set)
 *
 * A ruleset read back from an image takes them from there: the files may have changed since, and
 * the text of an image says no prefixes. Such a text was checked before; it is not checked again.
 */
struct ng_set_source {
	int (*read)(void *data, struct ng_set *set, struct ng_error *err);
	void *data;
};

/**
 * ng_parse_file() - read a ruleset file with all it includes
 * @path:     "-" is standard input
 * @messages: errors and warnings are added to it; never NULL
 *
 * Reads on after an error, to name several. Columns are bytes from 1. Checks the whole as well:
 * rules that can never match are errors, a rule covered by one earlier rule is a warning, and so
 * are host bits that were cleared in a set file. A ruleset without any statement is an error.
 * Return: 0 with *@ruleset owned by the caller; -EINVAL with messages->errors > 0; -ENOMEM.
 * *@ruleset stays untouched on failure.
 */
int ng_parse_file(const char *path, struct ng_ruleset **ruleset, struct ng_messages *messages);

/**
 * ng_parse_file_unsearched() - the same, but for rules that others cover: ng_check_cover() of
 * rules/check.h is to look for them, which takes half as long as reading
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
 * ng_parse_conditions() - the same of all but the verdict: "[in|out] [on IFACE] CONDITIONS"
 * @name: in place of "rule" in .where, whose column is in @text
 * @verdict: "drop", say
 */
int ng_parse_conditions(const char *text, const char *name, const char *verdict,
			const struct ng_ruleset *sets, struct ng_rule *rule, struct ng_error *err);

/**
 * ng_parse_prefix() - "203.0.113.7", "2001:db8::/32"
 *
 * Strict: no leading zeros in IPv4, no zone, no host names; host bits are an error.
 * Return: 0, or -EINVAL with @err, whose .where is empty.
 */
int ng_parse_prefix(const char *text, struct ng_prefix *prefix, struct ng_error *err);

/**
 * ng_check_ruleset() - find rules that can never match (errors) and rules wholly covered by
 * one earlier rule (warnings, a bounded search). For commands that change a ruleset in memory;
 * the parser has done the same.
 *
 * A rule that names a set which is not declared is an error too.
 */
void ng_check_ruleset(const struct ng_ruleset *ruleset, struct ng_messages *messages);

/**
 * ng_check_new_rules() - the same of the rules that were read from no text (their line is 0) in a
 * ruleset whose others were checked before
 *
 * Takes as long as there are rules, for each new one.
 */
void ng_check_new_rules(const struct ng_ruleset *ruleset, struct ng_messages *messages);

#endif
