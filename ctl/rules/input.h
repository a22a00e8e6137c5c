/* SPDX-License-Identifier: GPL-2.0-only */
/* State of reading a ruleset, and of reading one of its files. */
#ifndef NG_INPUT_H
#define NG_INPUT_H

#include <sys/types.h>

#include "rules/lexer.h"
#include "rules/messages.h"
#include "rules/ruleset.h"

/* Where a statement that may occur only once was found. */
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
 * struct ng_reader - a ruleset that is being read
 * @folder:     of the main text; NULL: there is none
 * @unsearched: rules that others cover are not searched for
 * @kept:       the ruleset was accepted before: rules that can never match are warnings
 * @defaults:   `default`, `default out`, `default invalid`
 * @flows, @timeouts: `default flows`, `default timeout`
 * @unread:     an included file could not be read
 * @statements: number of statements so far
 * @files:      number of files that were opened
 * @ahead:      it reads a part of a text, in a thread of its own
 * @too_large:  reading has ended with the error that it is too large
 */
struct ng_reader {
	const char *folder;
	const struct ng_set_source *source;
	bool unsearched, kept;
	struct ng_messages *messages;
	struct ng_ruleset *ruleset;
	struct ng_seen defaults[3];
	struct ng_seen flows;
	struct ng_seen timeouts[NG_FLOW_STATES];
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
 * @base:  put before file names in it to make them relative to the main folder
 * @outer: the text that includes it
 * @depth: number of open texts, this one included
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

/** ng_set_is_known() - is there such a set, or has a rule already named it? */
bool ng_set_is_known(const struct ng_reader *reader, const char *name);

/** ng_wanted_set_add() - add a set that a rule names, unless it is known; 0 or -ENOMEM */
int ng_wanted_set_add(struct ng_reader *reader, const struct ng_wanted_set *wanted);

/** ng_input_join() - @path, in @folder if it is relative; caller frees; NULL: out of memory */
char *ng_input_join(const char *folder, const char *path);

/** ng_input_open_name() - the name to open @path by, where "-" is a file; caller frees; or NULL */
char *ng_input_open_name(const struct ng_reader *reader, const char *path);

/** ng_input_keep_name() - a copy that the ruleset owns, for its rules and sets; or NULL */
const char *ng_input_keep_name(struct ng_ruleset *ruleset, const char *name);

/**
 * ng_input_read_path() - read a file name, the string that is the current token
 *
 * Return: 0 with *@path, which the caller frees; -EINVAL with @err; -ENOMEM.
 */
int ng_input_read_path(struct ng_lexer *lexer, char **path, struct ng_error *err);

/** ng_input_take_room() - count @bytes more of memory; 0, or -E2BIG with @err: reading has to end
 */
int ng_input_take_room(struct ng_ruleset *ruleset, size_t bytes, struct ng_error *err);

#endif
