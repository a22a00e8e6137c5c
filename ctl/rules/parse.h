/* SPDX-License-Identifier: GPL-2.0-only */
/* Text -> ruleset. */
#ifndef NG_PARSE_H
#define NG_PARSE_H

#include "rules/ruleset.h"

/**
 * struct ng_messages - what was found while reading: errors and warnings, in order of text
 *
 * At most NG_MESSAGES_MAX are kept; @left_out counts the rest.
 */
#define NG_MESSAGES_MAX 20
struct ng_message {
	bool warning;
	struct ng_error error; /* .where is file:line:column */
};
struct ng_messages {
	struct ng_message *list;
	size_t n, left_out;
	size_t errors; /* of all found, kept or not */
};
void ng_messages_clear(struct ng_messages *messages);

/**
 * struct ng_set_source - where the contents of `set NAME file "…"` come from
 * @read: fills @set's prefixes (sorted, unique, owned by @set); NULL reads the file itself,
 *        its name relative to the folder of the file that names it
 *
 * A ruleset read back from an image takes them from there: the files may have changed since.
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
 * Reads on after an error, to name several. Checks the whole as well: rules that can never
 * match are errors, a rule covered by one earlier rule is a warning.
 * Return: 0 with *@ruleset owned by the caller; -EINVAL with messages->errors > 0; -ENOMEM.
 * *@ruleset stays untouched on failure.
 */
int ng_parse_file(const char *path, struct ng_ruleset **ruleset, struct ng_messages *messages);

/**
 * ng_parse_text() - the same for text in memory
 * @name:   what messages call it
 * @folder: what include and set files are relative to; NULL refuses both
 * @source: NULL reads set files
 */
int ng_parse_text(const char *text, size_t len, const char *name, const char *folder,
		  const struct ng_set_source *source, struct ng_ruleset **ruleset,
		  struct ng_messages *messages);

/**
 * ng_parse_rule() - one rule, as typed on the command line
 * @sets: the ruleset whose sets it may name, or NULL for none
 *
 * Return: 0 with *@rule filled (free with ng_rule_clear()); -EINVAL with @err filled, whose
 * .where is "rule:1:COLUMN" .
 */
int ng_parse_rule(const char *text, const struct ng_ruleset *sets, struct ng_rule *rule,
		  struct ng_error *err);

/** ng_parse_address() - "203.0.113.7", "2001:db8::/32"; strict; host bits are an error */
int ng_parse_prefix(const char *text, struct ng_prefix *prefix, struct ng_error *err);

/** ng_read_set_file() - the prefixes of a list file into @set (sorted, unique) */
int ng_read_set_file(const char *path, struct ng_set *set, struct ng_error *err);

/**
 * ng_check_ruleset() - find rules that can never match (errors) and rules wholly covered by
 * one earlier rule (warnings, a bounded search). The parser calls it; so do commands that
 * change a ruleset in memory.
 */
void ng_check_ruleset(const struct ng_ruleset *ruleset, struct ng_messages *messages);

#endif
