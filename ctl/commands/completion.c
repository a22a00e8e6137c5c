// SPDX-License-Identifier: GPL-2.0-only
/*
 * completion: prints the script for a shell; and `completion words -- WORD...`, which the scripts
 * run, prints candidates for the last WORD.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "cli/arguments.h"
#include "cli/command.h"
#include "cli/completion/offer.h"
#include "cli/completion/rule_words.h"
#include "cli/completion/scripts.h"
#include "cli/context.h"
#include "cli/options.h"
#include "cli/usage.h"
#include "commands/edit.h"
#include "commands/set/name.h"
#include "kernel/live/live.h"
#include "kernel/programs/namespaces.h"
#include "rules/prefix.h"
#include "rules/print.h"

#define TIMEOUT	    2	/* seconds for all of a completion */
#define RULES_SHOWN 500 /* longer lists are of no use */
#define LIVE_SHOWN  500
#define PREFIX_LEN  64

/* A word that is to be completed. */
struct question {
	struct ng_context *ctx; /* of `netguard completion` itself */
	struct ng_context typed;
	struct ng_offer offer;
	struct ng_ruleset *ruleset; /* NULL: not read yet, or it cannot be read */
};

/* ---- what is in force ---------------------------------------------------------------------- */

static const struct ng_ruleset *ruleset_of(struct question *question)
{
	__cleanup_state struct ng_state *state = NULL;
	__cleanup_free void *image = NULL;

	if (!question->ruleset && !ng_open_state(question->ctx, &state))
		ng_image_of(question->ctx, state, &image, &question->ruleset);
	return question->ruleset;
}

static void offer_declared_sets(struct question *question)
{
	const struct ng_ruleset *ruleset = ruleset_of(question);

	if (ruleset)
		ng_offer_sets(&question->offer, ruleset->sets, ruleset->n_sets, false);
}

static void offer_sets(struct question *question)
{
	offer_declared_sets(question);
	if (question->ruleset)
		ng_offer_blocked(&question->offer, false);
}

static void offer_live(struct question *question, const char *set)
{
	__cleanup_free struct ng_live_member *list = NULL;
	__cleanup_state struct ng_state *state = NULL;
	struct ng_error *err = &question->ctx->error;
	char text[PREFIX_LEN];
	size_t n = 0;

	if (ng_open_state(question->ctx, &state) || ng_live_list(state, set, &list, &n, err))
		return;
	for (size_t i = 0; i < n && i < LIVE_SHOWN; i++)
		ng_offer(&question->offer, ng_prefix_text(&list[i].prefix, text, sizeof(text)),
			 "live entry");
}

/* The prefixes of rules that `block PREFIX` makes. */
static void offer_blocking_rules(struct question *question)
{
	const struct ng_ruleset *ruleset = ruleset_of(question);
	char text[PREFIX_LEN];

	for (size_t i = 0; ruleset && i < ruleset->n_rules && i < RULES_SHOWN; i++) {
		const struct ng_rule *rule = &ruleset->rules[i];
		const struct ng_condition *from = ng_rule_condition(rule, NG_FIELD_FROM);

		if (rule->verdict == NG_DROP && rule->n_conditions == 1 && from &&
		    from->n_prefixes == 1 && !from->negated)
			ng_offer(&question->offer,
				 ng_prefix_text(&from->prefixes[0], text, sizeof(text)), "rule");
	}
}

static void offer_rules(struct question *question)
{
	const struct ng_ruleset *ruleset = ruleset_of(question);
	char number[16];

	for (size_t i = 0; ruleset && i < ruleset->n_rules && i < RULES_SHOWN; i++) {
		__cleanup_free char *text = ng_rule_text(&ruleset->rules[i]);

		snprintf(number, sizeof(number), "%zu", i + 1);
		ng_offer(&question->offer, number, text);
	}
}

/* @first: where the rule begins among the words */
static void offer_rule_word(struct question *question, int first, bool verdict)
{
	const struct ng_context *typed = &question->typed;
	const struct ng_ruleset *ruleset = ruleset_of(question);

	ng_offer_rule_word(&question->offer, typed->words + first, typed->n_words - first, verdict,
			   ruleset ? ruleset->sets : NULL, ruleset ? ruleset->n_sets : 0);
}

/* The first words of all commands, or the second ones of @group. */
static void offer_commands(const struct ng_offer *offer, const char *group)
{
	size_t len = group ? strlen(group) : 0;
	char last[32] = "";

	for (size_t i = 0; i < ng_commands_n; i++) {
		const char *name = ng_commands[i].name;
		char word[32];

		if (group && (strncmp(name, group, len) || name[len] != ' '))
			continue;
		name += group ? len + 1 : 0;
		snprintf(word, sizeof(word), "%.*s", (int)strcspn(name, " "), name);
		if (strcmp(word, last))
			ng_offer(offer, word, strchr(name, ' ') ? NULL : ng_commands[i].summary);
		strcpy(last, word);
	}
}

/* ---- what the table of commands says ------------------------------------------------------- */

/* @first: the number of words before the first one of @arg */
static void offer_arg(struct question *question, enum ng_arg arg, int first)
{
	const struct ng_context *typed = &question->typed;
	const struct ng_offer *offer = &question->offer;
	const struct ng_choice *choice;

	for (size_t i = 0; (choice = ng_choice_at(arg, i)); i++) {
		if (choice->keyword)
			ng_offer(offer, choice->keyword, NULL);
		else
			offer_arg(question, choice->arg, first);
	}
	switch (arg) {
	case NG_ARG_IFACE:
		ng_offer_interfaces(offer);
		break;
	case NG_ARG_NETNS:
		ng_offer_netns(offer);
		break;
	case NG_ARG_FILE:
	case NG_ARG_CAPTURE:
		ng_offer_files(offer);
		break;
	case NG_ARG_SET:
		offer_sets(question);
		break;
	case NG_ARG_DECLARED_SET:
		offer_declared_sets(question);
		break;
	case NG_ARG_BLOCKED_ADDRESS:
		if (typed->n_words == first) {
			offer_live(question, NG_BLOCKED);
			offer_blocking_rules(question);
		}
		break;
	case NG_ARG_LIVE_ADDRESS:
		offer_live(question, ng_set_name(typed->words[first - 1]));
		break;
	case NG_ARG_RULE:
	case NG_ARG_CONDITIONS:
	case NG_ARG_PACKET:
		offer_rule_word(question, first, arg == NG_ARG_RULE);
		break;
	case NG_ARG_RULE_NUMBER:
		offer_rules(question);
		break;
	case NG_ARG_COMMAND:
		offer_commands(offer, typed->n_words > first ? typed->words[first] : NULL);
		break;
	default: /* there are no candidates for addresses, numbers and times */
		break;
	}
}

/* Is the word before the one to be completed a keyword of @arg that something follows? */
static bool offer_after_keyword(struct question *question, enum ng_arg arg)
{
	const struct ng_context *typed = &question->typed;
	const struct ng_choice *choice =
		typed->n_words ? ng_keyword(arg, typed->words[typed->n_words - 1]) : NULL;

	if (choice && choice->arg)
		offer_arg(question, choice->arg, typed->n_words);
	return choice && choice->arg;
}

/* How many of the @left words are @argument: 0 for an optional keyword that is left out. */
static int words_taken(const struct ng_argument *argument, char *const *words, int left)
{
	int most = ng_words_of(argument);

	if (left && ng_is_keyword(argument->arg)) {
		const struct ng_choice *choice = ng_keyword(argument->arg, *words);

		if (choice)
			most = choice->arg ? 2 : 1;
		else if (argument->how & NG_OPTIONAL)
			most = 0;
	}
	return left < most ? left : most;
}

/* The command's, or those of the option in their place. */
static const struct ng_argument *arguments_of(const struct ng_context *typed)
{
	const struct ng_option *option;

	for (size_t i = 0; (option = ng_option_at(typed->command, i)); i++)
		if (option->replaces && typed->values[i])
			return option->arguments;
	return typed->command->arguments;
}

static void offer_arguments(struct question *question)
{
	const struct ng_context *typed = &question->typed;
	const struct ng_argument *arguments = arguments_of(typed), *argument;
	int at = 0;

	for (argument = arguments; argument->arg; argument++)
		if (offer_after_keyword(question, argument->arg))
			return;
	for (argument = arguments; argument->arg; argument++) {
		int left = typed->n_words - at;
		bool more = !ng_is_keyword(argument->arg) && left < ng_words_of(argument);

		if (!left || more)
			offer_arg(question, argument->arg, at);
		if (!left && !(argument->how & NG_OPTIONAL))
			return;
		at += words_taken(argument, typed->words + at, left);
	}
}

static void offer_option(const struct ng_offer *offer, const struct ng_option *option)
{
	/* If nothing is typed, options would hide the other candidates. */
	if (*offer->typed == '-')
		ng_offer(offer, option->name, option->summary);
}

static void offer_options(const struct question *question)
{
	const struct ng_context *typed = &question->typed;
	const struct ng_option *option;

	for (size_t i = NG_GLOBALS; (option = ng_option_at(typed->command, i)); i++)
		if (!typed->values[i])
			offer_option(&question->offer, option);
	for (size_t i = 0; (option = ng_option_at(NULL, i)); i++)
		if (!typed->values[i])
			offer_option(&question->offer, option);
}

static void offer_word(struct question *question)
{
	const struct ng_context *typed = &question->typed;

	if (!typed->command || (typed->group && !typed->n_words))
		offer_commands(&question->offer, typed->group);
	offer_options(question);
	if (typed->command)
		offer_arguments(question);
}

/* ---- the command --------------------------------------------------------------------------- */

/* The option called @word that has a value; NULL: there is none. */
static const struct ng_option *valued_option(const struct question *question, const char *word)
{
	const struct ng_option *option;

	for (size_t i = 0; (option = ng_option_at(question->typed.command, i)); i++)
		if (option->value && !strcmp(option->name, word))
			return option;
	return NULL;
}

/* "--mode=na": the option, and what is typed is its value. */
static const struct ng_option *option_within(struct question *question)
{
	const char *word = question->offer.typed, *equals = strchr(word, '=');
	char name[32];

	if (*word != '-' || !equals)
		return NULL;
	question->offer.typed = equals + 1;
	question->offer.kept = equals + 1 - word;
	snprintf(name, sizeof(name), "%.*s", (int)(equals - word), word);
	return valued_option(question, name);
}

/* Read the first @n words with ng_arguments_read(), which moves them: in @room is a copy. */
static int read_typed(struct question *question, char **room, int n)
{
	memset(&question->typed, 0, sizeof(question->typed));
	memcpy(room + 1, question->ctx->words + 1, n * sizeof(*room));
	return ng_arguments_read(&question->typed, n + 1, room);
}

static void answer(struct question *question, char **room)
{
	struct ng_context *ctx = question->ctx;
	int n = ctx->n_words - 2; /* without "words" and the one that is to be completed */
	const struct ng_option *option = NULL;
	int ret;

	if (n < 0)
		return;
	question->offer.typed = ctx->words[ctx->n_words - 1];
	ret = read_typed(question, room, n);
	if (!ret)
		option = option_within(question);
	else if (n && !read_typed(question, room, n - 1))
		option = valued_option(question, ctx->words[n]);
	if (ret && !option)
		return;
	if (question->typed.netns && ng_netns_enter(question->typed.netns, &ctx->error))
		return;
	if (option)
		offer_arg(question, option->value, 0);
	else
		offer_word(question);
}

/* Errors are not reported, since a shell cannot show them: there are just fewer candidates. */
static int answer_words(struct ng_context *ctx)
{
	struct question question = { .ctx = ctx, .offer.out = stdout };
	__cleanup_free char **room = calloc(ctx->n_words + 1, sizeof(*room));

	if (!room)
		return 0;
	alarm(TIMEOUT);
	answer(&question, room);
	ng_ruleset_free(question.ruleset);
	return 0;
}

int ng_command_completion(struct ng_context *ctx)
{
	const char *script;

	if (!strcmp(ctx->words[0], "words"))
		return answer_words(ctx);
	script = ng_completion_script(ctx->words[0]);
	if (!script || ctx->n_words > 1)
		return ng_usage(ctx, "completion: name one shell: bash, zsh or fish");
	if (ctx->json) {
		struct json_object *object = ng_json_new();

		ng_json_text(object, "script", script);
		ng_say_json(ctx, object, 0);
	} else {
		fputs(script, stdout);
	}
	return 0;
}
