/* SPDX-License-Identifier: GPL-2.0-only */
/* A ruleset while its statements are read, and the text that they stand in. */
#ifndef NG_INPUT_H
#define NG_INPUT_H

#include <sys/types.h>

#include "rules/lexer.h"
#include "rules/messages.h"
#include "rules/ruleset.h"

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
 * @ahead:      this is a part of a text that is read beside the rest
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
	bool ahead;
	bool too_large;
};

/**
 * struct ng_input - a text that is being read
 * @name:  for messages; owned by the ruleset
 * @base:  what stands before the names of files in it to make them relative to the main folder
 * @outer: the text that includes it
 * @depth: how many are open, this one included
 */
struct ng_input {
	const char *name;
	const char *base;
	dev_t dev;
	ino_t ino;
	const struct ng_input *outer;
	unsigned int depth;
	struct ng_lexer lexer;
};

/** ng_set_is_known() - is it declared, or wanted? */
bool ng_set_is_known(const struct ng_reader *reader, const char *name);

/** ng_wanted_set_add() - note a set that was named, once; 0 or -ENOMEM */
int ng_wanted_set_add(struct ng_reader *reader, const struct ng_wanted_set *wanted);

/** ng_input_join() - @path, from @folder on when it is relative; for free(), NULL without memory
 */
char *ng_input_join(const char *folder, const char *path);

/** ng_input_open_name() - by what a file is opened: "-" is one here, not standard input; likewise
 */
char *ng_input_open_name(const struct ng_reader *reader, const char *path);

/** ng_input_keep_name() - a copy that the ruleset owns, for its rules and sets to point to; NULL
 * without memory
 */
const char *ng_input_keep_name(struct ng_ruleset *ruleset, const char *name);

/** ng_input_read_path() - the string that is the current token; 0 with *@path for free(), -EINVAL
 * with @err, -ENOMEM
 */
int ng_input_read_path(struct ng_lexer *lexer, char **path, struct ng_error *err);

/** ng_input_take_room() - is there room for so many bytes more? 0; -E2BIG with @err: that ends the
 * reading
 */
int ng_input_take_room(struct ng_ruleset *ruleset, size_t bytes, struct ng_error *err);

#endif
