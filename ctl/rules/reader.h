/* SPDX-License-Identifier: GPL-2.0-only */
/* Reading the statements of a ruleset from a text and all it includes. */
#ifndef NG_READER_H
#define NG_READER_H

#include "rules/parse.h"
#include "rules/text.h"

#define NG_FILES_MAX 1024 /* read in all: files that include others twice multiply */

/* A statement that may stand once, and where it did. */
struct ng_seen {
	const char *file; /* NULL: not yet */
	unsigned int line;
};

/* A set that was named before it was declared. */
struct ng_wanted_set {
	char name[NG_SET_NAME_LEN];
	struct ng_error error; /* if it never is */
};

/**
 * struct ng_reader - what is read so far
 * @folder:     of the main text; NULL: there is none
 * @unsearched: what covers what is left to be found out
 * @kept:       rules that would be refused were taken once: warnings
 * @defaults:   `default`, `default out`, `default invalid`
 * @unread:     an included file could not be read
 * @statements: how many there were
 * @files:      how many texts were read
 * @too_large:  reading ended there, which was said
 */
struct ng_reader {
	const char *folder;
	const struct ng_set_source *source;
	bool unsearched, kept;
	struct ng_messages *messages;
	struct ng_ruleset *ruleset;
	struct ng_seen defaults[3];
	struct ng_wanted_set *wanted;
	size_t n_wanted;
	bool unread;
	size_t statements;
	size_t files;
	bool too_large;
};

/**
 * ng_reader_read() - read the main text into reader->ruleset
 *
 * What is wrong goes to reader->messages. Return: 0 also then; -ENOMEM; -E2BIG, said there too.
 */
int ng_reader_read(struct ng_reader *reader, const char *name, const struct ng_text *text);

/** ng_reader_check_sets() - are all sets declared that rules name? Messages likewise */
void ng_reader_check_sets(struct ng_reader *reader);

/** ng_reader_clear() - free all but the ruleset */
void ng_reader_clear(struct ng_reader *reader);

#endif
