/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The description of a command, and the context it runs in. cli/table.c lists all commands; a
 * command parses its arguments, calls the modules below and prints.
 */
#ifndef NG_COMMAND_H
#define NG_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/privilege.h"
#include "cli/grammar.h"
#include "rules/messages.h"
#include "session/find.h"

#define NG_VERSION	 "0.1.0-dev"
#define NG_GLOBALS	 6
#define NG_OPTIONS_MAX	 6
#define NG_ARGUMENTS_MAX 4 /* with NG_ARG_NONE after the last one */
#define NG_USAGE_LEN	 400

/* What a command needs before it can run; bits. */
enum ng_needs {
	NG_NEEDS_ROOT = 1,   /* uses the kernel in ways that need privileges */
	NG_NEEDS_STATE = 2,  /* netguard must be attached to an interface */
	NG_NEEDS_LOCK = 4,   /* changes the state: only one command at a time */
	NG_NEEDS_GROWTH = 8, /* may have to load larger programs */
};

/* What a command that changes nothing prints; with -q only results are printed. */
enum ng_tells {
	NG_TELLS_RESULTS, /* results */
	NG_TELLS_ANSWER,  /* an answer that the exit status gives as well */
	NG_TELLS_FILE,	  /* results; if a file is named, only which one it wrote */
};

struct ng_context;

/**
 * struct ng_command - a row of the table: dispatch, usage, help, completion and man page
 * @name:      one word or two ("rule add")
 * @arguments: those that are not options, in order
 * @summary:   one line
 * @details:   sentences for the help, without line breaks; may be NULL
 * @needs:     enum ng_needs
 * @tells:     enum ng_tells; commands with NG_NEEDS_LOCK print what they did
 * @asks:      the exit status is an answer, as grep's: 0 yes, 1 no, 2 error
 * @automatic: scripts call it often: the rulesets it makes take no place in the history
 * @takes_any: scripts call it with more words than the usage line has, and empty ones
 * @privilege: the capabilities it keeps of those it is started with
 * @run:       returns 0, 1 for a negative answer that it printed, or -errno with @ctx->error or
 *             @ctx->messages filled
 */
struct ng_command {
	const char *name;
	const char *summary;
	const char *details;
	struct ng_argument arguments[NG_ARGUMENTS_MAX];
	struct ng_option options[NG_OPTIONS_MAX];
	unsigned int needs;
	enum ng_tells tells;
	bool asks, automatic, takes_any;
	const struct ng_privilege *privilege;
	int (*run)(struct ng_context *ctx);
};

extern const struct ng_command ng_commands[];
extern const size_t ng_commands_n;
extern const struct ng_option ng_global_options[NG_GLOBALS];

/**
 * struct ng_context - one invocation
 * @command:  NULL for `netguard --help` and `netguard --version`
 * @words, @n_words: the arguments that are neither the command's name nor options
 * @values:   values of options, in the order of ng_option_at()
 * @group:    first word of a command of two words, if the second is missing
 * @error:    what went wrong; undefined on success
 * @usage:    @error is a mistake in the call, exit status 2
 * @messages: errors and warnings about rules
 * @confirm:  seconds within which the change has to be confirmed; 0: it stays
 * @waits:    the change was made, and waits to be confirmed
 * @said:     the JSON was printed, including an error
 * @sessions: the remote sessions that the command is run from, see ng_session_find()
 */
struct ng_context {
	const struct ng_command *command;
	char **words;
	int n_words;
	const char *values[NG_GLOBALS + NG_OPTIONS_MAX];
	const char *group;
	const char *netns;
	bool json, quiet, help, version;
	struct ng_error error;
	bool usage;
	struct ng_messages messages;
	uint64_t confirm;
	bool waits;
	bool said;
	struct ng_sessions sessions;
};

int ng_command_attach(struct ng_context *ctx);
int ng_command_detach(struct ng_context *ctx);
int ng_command_status(struct ng_context *ctx);
int ng_command_block(struct ng_context *ctx);
int ng_command_unblock(struct ng_context *ctx);
int ng_command_allow(struct ng_context *ctx);
int ng_command_count(struct ng_context *ctx);
int ng_command_rules(struct ng_context *ctx);
int ng_command_rule_add(struct ng_context *ctx);
int ng_command_rule_insert(struct ng_context *ctx);
int ng_command_rule_replace(struct ng_context *ctx);
int ng_command_rule_delete(struct ng_context *ctx);
int ng_command_rule_move(struct ng_context *ctx);
int ng_command_counters(struct ng_context *ctx);
int ng_command_counters_reset(struct ng_context *ctx);
int ng_command_flows(struct ng_context *ctx);
int ng_command_flows_flush(struct ng_context *ctx);
int ng_command_set_list(struct ng_context *ctx);
int ng_command_set_test(struct ng_context *ctx);
int ng_command_set_add(struct ng_context *ctx);
int ng_command_set_delete(struct ng_context *ctx);
int ng_command_set_flush(struct ng_context *ctx);
int ng_command_set_load(struct ng_context *ctx);
int ng_command_feed(struct ng_context *ctx);
int ng_command_apply(struct ng_context *ctx);
int ng_command_confirm(struct ng_context *ctx);
int ng_command_rollback(struct ng_context *ctx);
int ng_command_check(struct ng_context *ctx);
int ng_command_diff(struct ng_context *ctx);
int ng_command_save(struct ng_context *ctx);
int ng_command_flush(struct ng_context *ctx);
int ng_command_test(struct ng_context *ctx);
int ng_command_explain(struct ng_context *ctx);
int ng_command_upgrade(struct ng_context *ctx);
int ng_command_metrics(struct ng_context *ctx);
int ng_command_top(struct ng_context *ctx);
int ng_command_watch(struct ng_context *ctx);
int ng_command_capture(struct ng_context *ctx);
int ng_command_doctor(struct ng_context *ctx);
int ng_command_completion(struct ng_context *ctx);
int ng_command_help(struct ng_context *ctx);
int ng_command_version(struct ng_context *ctx);

#endif
