// SPDX-License-Identifier: GPL-2.0-only
#include "cli/grammar.h"

#include <string.h>

/* clang-format off */
const struct ng_arg_info ng_args[NG_ARGS] = {
	[NG_ARG_ADDRESS]         = { "ADDRESS" },
	[NG_ARG_ADDR_PORT]       = { "ADDR:PORT" },
	[NG_ARG_BLOCK]           = { .choices = { { NULL, NG_ARG_BLOCKED_ADDRESS },
						  { NULL, NG_ARG_PREFIX },
						  { NULL, NG_ARG_CONDITIONS } } },
	[NG_ARG_BLOCKED_ADDRESS] = { "ADDRESS" },
	[NG_ARG_BYTES]           = { "BYTES" },
	[NG_ARG_CAPTURE]         = { "CAPTURE" },
	[NG_ARG_COMMAND]         = { "COMMAND", .words = 2 },
	[NG_ARG_CONDITIONS]      = { "CONDITIONS", .words = NG_ANY_NUMBER },
	[NG_ARG_DECLARED_SET]    = { "NAME" },
	[NG_ARG_ELEMENT]         = { .choices = { { NULL, NG_ARG_ADDRESS },
						  { NULL, NG_ARG_PREFIX } } },
	[NG_ARG_FILE]            = { "FILE" },
	[NG_ARG_FOR_TIME]        = { .choices = { { "for", NG_ARG_TIME } } },
	[NG_ARG_HOOK]            = { "HOOK", .choices = { { "xdp" }, { "tc-in" }, { "tc-out" } } },
	[NG_ARG_IFACE]           = { "IFACE" },
	[NG_ARG_LENGTHS]         = { "LEN4,LEN6" },
	[NG_ARG_LIVE_ADDRESS]    = { "ADDRESS" },
	[NG_ARG_LIVE_ELEMENT]    = { .choices = { { NULL, NG_ARG_LIVE_ADDRESS },
						  { NULL, NG_ARG_PREFIX } } },
	[NG_ARG_MODE]            = { "MODE", .choices = { { "auto" }, { "native" },
							  { "generic" }, { "tc" } } },
	[NG_ARG_NETNS]           = { "NETNS" },
	[NG_ARG_NEW_NUMBER]      = { "M" },
	[NG_ARG_NUMBER]          = { "N" },
	[NG_ARG_OWN]             = { "ADDRESS,..." },
	[NG_ARG_OWNER]           = { "NAME" },
	[NG_ARG_PACKET]          = { "PACKET" },
	[NG_ARG_PREFIX]          = { "PREFIX" },
	[NG_ARG_RULE]            = { "RULE" },
	[NG_ARG_RULE_NUMBER]     = { "N" },
	[NG_ARG_SECONDS]         = { "SECONDS" },
	[NG_ARG_SELECTION]       = { .choices = { { "all" }, { "log" }, { "drop" }, { "invalid" },
						  { "blocked" },
						  { "rule", NG_ARG_RULE_NUMBER } } },
	[NG_ARG_SET]             = { "NAME" },
	[NG_ARG_SHELL]           = { .choices = { { "bash" }, { "zsh" }, { "fish" } } },
	[NG_ARG_STDIN]           = { "-", .choices = { { "-" } } },
	[NG_ARG_TARGET]          = { .choices = { { NULL, NG_ARG_ADDRESS },
						  { NULL, NG_ARG_PREFIX },
						  { NULL, NG_ARG_CONDITIONS } } },
	[NG_ARG_TIME]            = { "TIME" },
	[NG_ARG_VIEW]            = { .choices = { { "rules" }, { "interfaces" }, { "sources" } } },
};
/* clang-format on */

const struct ng_choice *ng_choice_at(enum ng_arg arg, size_t i)
{
	const struct ng_choice *choice = &ng_args[arg].choices[i];

	return i < NG_CHOICES_MAX && (choice->keyword || choice->arg) ? choice : NULL;
}

const struct ng_choice *ng_keyword(enum ng_arg arg, const char *word)
{
	const struct ng_choice *choice;

	for (size_t i = 0; (choice = ng_choice_at(arg, i)); i++)
		if (choice->keyword && !strcmp(choice->keyword, word))
			return choice;
	return NULL;
}

bool ng_is_keyword(enum ng_arg arg)
{
	return ng_args[arg].choices[0].keyword;
}

static int words_of(enum ng_arg arg)
{
	const struct ng_choice *choice;
	int most = ng_args[arg].words ? ng_args[arg].words : 1;

	for (size_t i = 0; (choice = ng_choice_at(arg, i)); i++) {
		int words = !!choice->keyword + (choice->arg ? words_of(choice->arg) : 0);

		if (words > most)
			most = words;
	}
	return most;
}

int ng_words_of(const struct ng_argument *argument)
{
	return argument->how & NG_REPEATED ? NG_ANY_NUMBER : words_of(argument->arg);
}

bool ng_is_blank(const char *text)
{
	return !text[strspn(text, " \t\r\n")];
}
