// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "cli/command.h"
#include "cli/options.h"
#include "cli/usage.h"

const struct ng_option *ng_option_at(const struct ng_command *command, size_t i)
{
	if (i < NG_GLOBALS)
		return &ng_global_options[i];
	i -= NG_GLOBALS;
	return command && i < NG_OPTIONS_MAX && command->options[i].name ? &command->options[i]
									 : NULL;
}

/* *@at is its number. */
static const struct ng_option *find(const struct ng_command *command, const char *name, size_t *at)
{
	const struct ng_option *option;

	for (*at = 0; (option = ng_option_at(command, *at)); ++*at)
		if (!strcmp(option->name, name))
			return option;
	return NULL;
}

const char *ng_option(const struct ng_context *ctx, const char *name)
{
	size_t at;

	return find(ctx->command, name, &at) ? ctx->values[at] : NULL;
}

bool ng_has_option(const struct ng_command *command, const char *name)
{
	size_t at;

	return find(command, name, &at);
}

static int unknown(struct ng_context *ctx, const char *name)
{
	const char *names[NG_GLOBALS + NG_OPTIONS_MAX];
	const struct ng_option *option;
	size_t n = 0;

	/* Every one-letter option is equally near. */
	if (strlen(name) > 2)
		for (; (option = ng_option_at(ctx->command, n)); n++)
			names[n] = option->name;
	return ng_usage_unknown(ctx, "option", name, names, n);
}

/* Errors in later words depend on these options. */
static void note_globals(struct ng_context *ctx)
{
	ctx->netns = ng_option(ctx, "-n");
	if (ctx->netns)
		ng_hints_netns(ctx->netns);
	ctx->json |= !!ng_option(ctx, "--json");
	ctx->quiet = ng_option(ctx, "-q");
	ctx->help = ng_option(ctx, "-h") || ng_option(ctx, "--help");
	ctx->version = ng_option(ctx, "--version");
}

int ng_option_take(struct ng_context *ctx, int argc, char **argv, int *at)
{
	char *equals = strchr(argv[*at], '=');
	__cleanup_free char *name =
		equals ? strndup(argv[*at], equals - argv[*at]) : strdup(argv[*at]);
	const char *value = equals ? equals + 1 : NULL;
	const struct ng_option *option;
	size_t number;

	if (!name)
		return ng_fail(&ctx->error, -ENOMEM, "out of memory");
	option = find(ctx->command, name, &number);
	if (!option)
		return unknown(ctx, name);
	if (!option->value && value)
		return ng_usage(ctx, "option %s takes no value", name);
	if (option->value && !value) {
		if (*at + 1 >= argc)
			return ng_usage(ctx, "option %s needs a value, %s", name,
					ng_args[option->value].name);
		value = argv[++*at];
	}
	if (value && ng_is_blank(value))
		return ng_usage(ctx, "the value of option %s is empty", name);
	/* One of two values would be ignored without a word. */
	if (ctx->values[number])
		return ng_usage(ctx, "option %s is given twice", name);
	ctx->values[number] = value ? value : option->name;
	note_globals(ctx);
	return 0;
}
