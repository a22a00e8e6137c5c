// SPDX-License-Identifier: GPL-2.0-only
/* Makes usage lines from the table of commands. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cli/guesses.h"
#include "cli/usage.h"
#include "rules/names.h"

static void add(char text[NG_USAGE_LEN], const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void add(char text[NG_USAGE_LEN], const char *format, ...)
{
	size_t len = strlen(text);
	va_list args;

	va_start(args, format);
	vsnprintf(text + len, NG_USAGE_LEN - len, format, args);
	va_end(args);
}

/* "FILE", "auto|native", "all|rule N" */
static void add_arg(char text[NG_USAGE_LEN], enum ng_arg arg)
{
	const struct ng_choice *choice;
	size_t i;

	for (i = 0; (choice = ng_choice_at(arg, i)); i++) {
		add(text, "%s%s%s", i ? "|" : "", choice->keyword ? choice->keyword : "",
		    choice->keyword && choice->arg ? " " : "");
		if (choice->arg)
			add_arg(text, choice->arg);
	}
	if (!i)
		add(text, "%s", ng_args[arg].name);
}

static void add_argument(char text[NG_USAGE_LEN], const struct ng_argument *argument)
{
	add_arg(text, argument->arg);
	if (argument->how & NG_REPEATED)
		add(text, "...");
}

static void add_option(char text[NG_USAGE_LEN], const struct ng_option *option)
{
	add(text, "%s", option->name);
	if (option->value) {
		add(text, " ");
		add_arg(text, option->value);
	}
	for (const struct ng_argument *argument = option->arguments; argument->arg; argument++) {
		add(text, " ");
		add_argument(text, argument);
	}
}

static bool is_replaced(const struct ng_command *command)
{
	for (size_t i = 0; i < NG_OPTIONS_MAX; i++)
		if (command->options[i].replaces)
			return true;
	return false;
}

/* An argument, or an option in its place: "{IFACE... | --all}". */
static void add_arguments(char text[NG_USAGE_LEN], const struct ng_command *command)
{
	for (const struct ng_argument *argument = command->arguments; argument->arg; argument++) {
		const char *brackets = argument->how & NG_OPTIONAL ? "[]"
				       : is_replaced(command)	   ? "{}"
								   : "";

		add(text, " %.1s", brackets);
		add_argument(text, argument);
		for (size_t i = 0; i < NG_OPTIONS_MAX; i++)
			if (command->options[i].replaces) {
				add(text, " | ");
				add_option(text, &command->options[i]);
			}
		add(text, "%s", *brackets ? brackets + 1 : "");
	}
}

void ng_usage_text(const struct ng_command *command, char text[NG_USAGE_LEN])
{
	snprintf(text, NG_USAGE_LEN, "netguard %s", command->name);
	add_arguments(text, command);
	for (size_t i = 0; i < NG_OPTIONS_MAX && command->options[i].name; i++) {
		const struct ng_option *option = &command->options[i];

		if (option->replaces)
			continue;
		add(text, option->required ? " " : " [");
		add_option(text, option);
		add(text, option->required ? "" : "]");
	}
}

static void count(const struct ng_argument *arguments, int *least, int *most)
{
	*least = *most = 0;
	for (; arguments->arg; arguments++) {
		*least += !(arguments->how & NG_OPTIONAL);
		*most += ng_words_of(arguments);
	}
}

void ng_words_allowed(const struct ng_command *command, int *least, int *most)
{
	int option_least, option_most;

	count(command->arguments, least, most);
	for (size_t i = 0; i < NG_OPTIONS_MAX; i++) {
		if (!command->options[i].replaces)
			continue;
		count(command->options[i].arguments, &option_least, &option_most);
		if (option_least < *least)
			*least = option_least;
		if (option_most > *most)
			*most = option_most;
	}
	if (command->takes_any)
		*most = NG_ANY_NUMBER;
}

int ng_usage(struct ng_context *ctx, const char *format, ...)
{
	char usage[NG_USAGE_LEN];
	va_list args;

	ctx->usage = true;
	memset(&ctx->error, 0, sizeof(ctx->error));
	va_start(args, format);
	vsnprintf(ctx->error.what, sizeof(ctx->error.what), format, args);
	va_end(args);
	if (!ctx->command)
		return ng_hint(&ctx->error, -EINVAL, "see netguard --help");
	ng_usage_text(ctx->command, usage);
	return ng_hint(&ctx->error, -EINVAL, "usage: %s", usage);
}

int ng_usage_unknown(struct ng_context *ctx, const char *noun, const char *word,
		     const char *const *names, size_t n)
{
	const char *hint = ng_foreign_hint(word);
	struct ng_guess guess = { 0 };

	for (size_t i = 0; i < n; i++)
		ng_guess_word(&guess, word, names[i]);
	ng_usage(ctx, "unknown %s '%s'", noun, word);
	if (hint)
		ng_hint(&ctx->error, 0, "%s", hint);
	else if (guess.best)
		ng_hint(&ctx->error, 0, "did you mean '%s'?", guess.best);
	return -EINVAL;
}
