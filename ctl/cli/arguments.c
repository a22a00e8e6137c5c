// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "cli/arguments.h"
#include "cli/guesses.h"
#include "cli/options.h"
#include "cli/usage.h"

#define NAMES_MAX    64
#define NAME_LEN_MAX 64

static const struct ng_command *find_command(const char *name)
{
	for (size_t i = 0; i < ng_commands_n; i++)
		if (!strcmp(ng_commands[i].name, name))
			return &ng_commands[i];
	return NULL;
}

/* @word if it is the first word of a command of two words, or NULL. */
static const char *find_group(const char *word)
{
	size_t len = strlen(word);

	for (size_t i = 0; i < ng_commands_n; i++)
		if (!strncmp(ng_commands[i].name, word, len) && ng_commands[i].name[len] == ' ')
			return word;
	return NULL;
}

static int unknown_command(struct ng_context *ctx, const char *name)
{
	const char *names[NAMES_MAX];

	for (size_t i = 0; i < ng_commands_n; i++)
		names[i] = ng_commands[i].name;
	return ng_usage_unknown(ctx, "command", name, names, ng_commands_n);
}

/* An unset shell variable in quotes must not mean everything. */
static int empty_word(struct ng_context *ctx)
{
	if (!ctx->command)
		return ng_usage(ctx, "the command's name is empty");
	return ng_usage(ctx, "%s: an argument is empty, like an unset shell variable",
			ctx->command->name);
}

/* The first words name the command, the others are arguments. */
static int take_word(struct ng_context *ctx, char *word)
{
	char name[NAME_LEN_MAX];

	if (ng_is_blank(word) && !(ctx->command && ctx->command->takes_any))
		return empty_word(ctx);
	if (ctx->group && !ctx->n_words) {
		const struct ng_command *command;

		snprintf(name, sizeof(name), "%s %s", ctx->group, word);
		command = find_command(name);
		if (!command && !ctx->command)
			return unknown_command(ctx, name);
		ctx->group = NULL;
		if (command) {
			ctx->command = command;
			return 0;
		}
	}
	if (ctx->command) {
		ctx->words[ctx->n_words++] = word;
		return 0;
	}
	ctx->command = find_command(word);
	ctx->group = find_group(word);
	return ctx->command || ctx->group ? 0 : unknown_command(ctx, word);
}

static int check_number_of_words(struct ng_context *ctx)
{
	const struct ng_command *command = ctx->command;
	char name[NAME_LEN_MAX];
	const char *guess;
	int least, most;

	ng_words_allowed(command, &least, &most);
	if (ctx->n_words < least)
		return ng_usage(ctx, "%s: an argument is missing", command->name);
	if (ctx->n_words <= most)
		return 0;
	ng_usage(ctx, "%s: unexpected argument '%s'", command->name, ctx->words[most]);
	snprintf(name, sizeof(name), "%s %s", command->name, ctx->words[0]);
	guess = most ? NULL : ng_foreign_hint(name);
	return guess ? ng_hint(&ctx->error, -EINVAL, "%s", guess) : -EINVAL;
}

int ng_arguments_read(struct ng_context *ctx, int argc, char **argv)
{
	bool options = true;

	/* Words are moved to the front of @argv, never past the one that is read. */
	ctx->words = argv;
	for (int i = 1; i < argc; i++) {
		bool option = options && argv[i][0] == '-' && argv[i][1];

		if (option && !strcmp(argv[i], "--")) {
			options = false;
			continue;
		}
		int ret = option ? ng_option_take(ctx, argc, argv, &i) : take_word(ctx, argv[i]);

		if (ret)
			return ret;
	}
	return 0;
}

static int group_alone(struct ng_context *ctx)
{
	ng_usage(ctx, "%s: a subcommand is missing", ctx->group);
	return ng_hint(&ctx->error, -EINVAL, "%s help %s lists them", ng_netguard(), ctx->group);
}

int ng_arguments_parse(struct ng_context *ctx, int argc, char **argv)
{
	int ret;

	/* Errors in words before --json have to be JSON, too. */
	for (int i = 1; i < argc && strcmp(argv[i], "--"); i++)
		ctx->json |= !strcmp(argv[i], "--json");
	ret = ng_arguments_read(ctx, argc, argv);
	if (ret)
		return ret;
	if (ctx->help || ctx->version)
		return 0;
	if (!ctx->command && ctx->group)
		return group_alone(ctx);
	if (!ctx->command)
		return ng_usage(ctx, "no command given");
	if (ctx->json && ctx->quiet)
		return ng_usage(ctx, "--json and -q exclude each other");
	return check_number_of_words(ctx);
}

int ng_words_distinct(struct ng_context *ctx)
{
	for (int i = 1; i < ctx->n_words; i++)
		for (int j = 0; j < i; j++)
			if (!strcmp(ctx->words[i], ctx->words[j]))
				return ng_usage(ctx, "%s: '%s' is given twice", ctx->command->name,
						ctx->words[i]);
	return 0;
}

char *ng_words_joined(const struct ng_context *ctx, int first)
{
	size_t size = 1;
	char *text, *end;

	for (int i = first; i < ctx->n_words; i++)
		size += strlen(ctx->words[i]) + 1;
	end = text = malloc(size);
	if (!text)
		return NULL;
	*end = 0;
	for (int i = first; i < ctx->n_words; i++) {
		if (i > first)
			*end++ = ' ';
		end = stpcpy(end, ctx->words[i]);
	}
	return text;
}

int ng_word_number(struct ng_context *ctx, int at, const char *noun, size_t max, size_t *number)
{
	const char *word = ctx->words[at];
	unsigned long long value;
	char *end;

	errno = 0;
	value = strtoull(word, &end, 10);
	if (*word < '0' || *word > '9' || *end || errno)
		return ng_usage(ctx, "'%s' is not a %s number", word, noun);
	if (!max)
		return ng_fail(&ctx->error, -ERANGE, "there is no %s %s: the ruleset is empty",
			       noun, word);
	if (value < 1 || value > max) {
		ng_fail(&ctx->error, -ERANGE, "there is no %s %s", noun, word);
		return ng_hint(&ctx->error, -ERANGE, "give a number from 1 to %zu", max);
	}
	*number = value;
	return 0;
}
