/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The grammar of the command line: options, arguments, and their values. Parsing, usage lines, help
 * and completion all use these tables.
 */
#ifndef NG_GRAMMAR_H
#define NG_GRAMMAR_H

#include <stdbool.h>
#include <stddef.h>

#define NG_ANY_NUMBER  (1 << 24) /* more words than a command line can have */
#define NG_CHOICES_MAX 6

/* Kinds of arguments, and of values of options. */
enum ng_arg {
	NG_ARG_NONE,
	NG_ARG_ADDRESS,
	NG_ARG_ADDR_PORT,
	NG_ARG_BLOCK, /* what `unblock` can undo */
	NG_ARG_BLOCKED_ADDRESS,
	NG_ARG_BYTES,
	NG_ARG_CAPTURE,
	NG_ARG_COMMAND,
	NG_ARG_CONDITIONS,
	NG_ARG_DECLARED_SET, /* not @blocked */
	NG_ARG_ELEMENT,	     /* of a set */
	NG_ARG_FILE,
	NG_ARG_FOR_TIME,
	NG_ARG_HOOK,
	NG_ARG_IFACE,
	NG_ARG_LENGTHS,	     /* prefix lengths: IPv4, IPv6 */
	NG_ARG_LIVE_ADDRESS, /* a live entry of the set that is named before */
	NG_ARG_LIVE_ELEMENT,
	NG_ARG_MODE,
	NG_ARG_NETNS,
	NG_ARG_NEW_NUMBER, /* the new number of a rule */
	NG_ARG_NUMBER,
	NG_ARG_OWN,   /* addresses, prefixes and MAC addresses */
	NG_ARG_OWNER, /* of live entries */
	NG_ARG_PACKET,
	NG_ARG_PREFIX,
	NG_ARG_RULE,
	NG_ARG_RULE_NUMBER,
	NG_ARG_SECONDS,
	NG_ARG_SELECTION, /* of packets */
	NG_ARG_SET,
	NG_ARG_SHELL,
	NG_ARG_STDIN,
	NG_ARG_TARGET,
	NG_ARG_TIME,
	NG_ARG_VIEW,
	NG_ARGS,
};

/**
 * struct ng_choice - one alternative of an argument
 * @keyword: a literal word; NULL: none
 * @arg:     follows @keyword, as in `rule N`, or is alone; NG_ARG_NONE: only the keyword
 */
struct ng_choice {
	const char *keyword;
	enum ng_arg arg;
};

/**
 * struct ng_arg_info - a row of ng_args[]
 * @name:    its name in usage lines
 * @words:   the most words it may have; 0: one
 * @choices: alternatives; usage lines show them in place of @name
 */
struct ng_arg_info {
	const char *name;
	int words;
	struct ng_choice choices[NG_CHOICES_MAX];
};

extern const struct ng_arg_info ng_args[NG_ARGS];

enum ng_how {
	NG_OPTIONAL = 1,
	NG_REPEATED = 2, /* once or more; with NG_OPTIONAL any number of times */
};

/**
 * struct ng_argument - an argument of a command
 * @arg: NG_ARG_NONE after the last one
 * @how: bits of enum ng_how
 */
struct ng_argument {
	enum ng_arg arg;
	unsigned int how;
};

/**
 * struct ng_option - an option
 * @name:      with its dashes
 * @value:     NG_ARG_NONE: a flag
 * @summary:   one line for the help
 * @required:  the command does not work without it
 * @replaces:  is given in place of the command's arguments; @arguments follow it instead
 */
struct ng_option {
	const char *name;
	enum ng_arg value;
	const char *summary;
	bool required, replaces;
	struct ng_argument arguments[2];
};

/** ng_choice_at() - choice number @i of @arg, from 0; NULL after the last one */
const struct ng_choice *ng_choice_at(enum ng_arg arg, size_t i);

/** ng_keyword() - the choice of @arg that begins with the keyword @word, or NULL */
const struct ng_choice *ng_keyword(enum ng_arg arg, const char *word);

/** ng_is_keyword() - does @arg always begin with a keyword? */
bool ng_is_keyword(enum ng_arg arg);

/** ng_words_of() - the most words @argument may have; NG_ANY_NUMBER and more: any number */
int ng_words_of(const struct ng_argument *argument);

/** ng_is_blank() - is @text empty or only white space? */
bool ng_is_blank(const char *text);

#endif
